"""Giving the messages of a channel that is down to the one behind it, with all that follows about the same incident.

What is given on is a copy of the row, with `diverted_from`. Whoever writes the next message of that incident for the
first channel finds the copy and writes it for the other one, too: so it does not matter what the configuration says by
then.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select

from adapters.store.alert_tables import OUTBOX
from adapters.store.channel_health import last_sent_us
from adapters.store.statuses import DEAD, PENDING, SUPERSEDED
from domain.delivery import delivery_id
from domain.facts import to_us
from domain.fallback import Fallback
from domain.message import MessageKind, message_json

_OLD_NEWS = timedelta(days=1)


def followers(connection: Connection, keys: Collection[str]) -> dict[tuple[str, str], list[str]]:
    """Return, by channel and key, who was given what the channel should have been told of these incidents."""
    query = select(OUTBOX.c.diverted_from, OUTBOX.c.key, OUTBOX.c.channel).distinct()
    given = query.where(OUTBOX.c.key.in_(keys), OUTBOX.c.diverted_from.is_not(None)).order_by(OUTBOX.c.channel)
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for row in connection.execute(given):
        found[row.diverted_from, row.key].append(row.channel)
    return found


def stuck(
    connection: Connection, channel: str, fallback: Fallback, now: datetime, *mine: ColumnElement[bool]
) -> list[Row[Any]]:
    """Return the rows of *channel* that must be told by the one behind it and are not yet, in order.

    A channel is down when it has taken nothing since its oldest message began to wait for so long. Until then only
    messages that have waited so long themselves are given on: one odd message does not make a channel down. With a
    message go those that were written after it. One whose attempt is under way may be taken yet, and stays.
    """
    here = (*mine, OUTBOX.c.channel == channel, OUTBOX.c.kind != str(MessageKind.CHANGE))
    late = to_us(now - fallback.after)
    is_under_way = and_(OUTBOX.c.lease_until_us.is_not(None), OUTBOX.c.lease_until_us >= to_us(now))
    waits = [OUTBOX.c.status == PENDING, OUTBOX.c.first_tried_us.is_not(None), ~is_under_way]
    if not _is_down(connection, channel, late, mine):
        waits.append(OUTBOX.c.first_tried_us <= late)
    refused = [OUTBOX.c.status == DEAD, OUTBOX.c.dead_us >= to_us(now - _OLD_NEWS)]
    first = [
        row
        for state in (waits, refused)
        for row in connection.execute(
            select(OUTBOX.c.key, func.min(OUTBOX.c.position).label("position"))
            .where(*here, *state)
            .group_by(OUTBOX.c.key)
        )
    ]
    since: dict[str, int] = {}
    for row in first:
        since[row.key] = min(row.position, since.get(row.key, row.position))
    if not since:
        return []
    rows = connection.execute(
        select(OUTBOX)
        .where(OUTBOX.c.channel == channel, OUTBOX.c.key.in_(since), OUTBOX.c.status != SUPERSEDED)
        .order_by(OUTBOX.c.position)
    ).all()
    wanted = {
        delivery_id(message_json.validate_json(row.payload), fallback.to): row
        for row in rows
        if row.position >= since[row.key]
    }
    there = set(connection.scalars(select(OUTBOX.c.id).where(OUTBOX.c.id.in_(wanted))))
    return [row for identity, row in wanted.items() if identity not in there]


def _is_down(connection: Connection, channel: str, late: int, mine: Sequence[ColumnElement[bool]]) -> bool:
    """Whether the oldest message has waited since before *late*, and none was taken since."""
    here = (*mine, OUTBOX.c.channel == channel)
    waiting = connection.scalar(select(func.min(OUTBOX.c.first_tried_us)).where(*here, OUTBOX.c.status == PENDING))
    if waiting is None or waiting > late:
        return False
    taken = last_sent_us(connection, *here)
    return taken is None or taken < waiting

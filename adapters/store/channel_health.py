"""How channels do, by what they took, refused and left waiting; and which pages nobody has taken."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, exists, func, or_, select

from adapters.store.alert_tables import OUTBOX
from adapters.store.statuses import DEAD, PENDING, SENT
from domain.delivery import Unheard
from domain.facts import from_us, to_us
from domain.message import MessageKind, Severity, message_json
from domain.watching import ChannelHealth


def channel_health(connection: Connection, channels: Sequence[str], *mine: ColumnElement[bool]) -> list[ChannelHealth]:
    """Return how each of *channels* does."""
    return [_health(connection, name, mine) for name in channels]


def unsettled(*only_if: ColumnElement[bool]) -> Select[Any]:
    """Ask for what was tried and is not delivered, oldest first."""
    return (
        select(OUTBOX.c.channel, OUTBOX.c.key, OUTBOX.c.error)
        .where(*only_if, OUTBOX.c.error.is_not(None))
        .where(OUTBOX.c.status.in_([PENDING, DEAD]))
        .order_by(OUTBOX.c.position)
    )


def unheard_pages(connection: Connection, before: datetime, *mine: ColumnElement[bool]) -> list[Unheard]:
    """Return the pages due by *before* that go on and that nobody has heard of, oldest first.

    A page is due from its first attempt on, which comes late where slots are made up for; one that nobody even tried
    to tell is due since its slot.
    """
    created, tried = OUTBOX.c.created_us, func.coalesce(OUTBOX.c.first_tried_us, 0)
    since = case((tried > created, tried), else_=created)
    by_key: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(_untold_pages(*mine).where(since <= to_us(before))):
        by_key[row.key].append(row)
    return [_unheard(key, rows) for key, rows in by_key.items()]


def refused_pages(connection: Connection, before: datetime, *mine: ColumnElement[bool]) -> list[int]:
    """Return the positions of the pages that were refused for good by *before*, go on, and nobody has heard of."""
    rows = connection.execute(_untold_pages(*mine).where(OUTBOX.c.status == DEAD, OUTBOX.c.dead_us <= to_us(before)))
    return [row.position for row in rows]


def _untold_pages(*mine: ColumnElement[bool]) -> Select[Any]:
    """Ask for pages that wait or were refused, of incidents that go on and that nobody was told or has taken."""
    page, firing = OUTBOX.c.severity == str(Severity.PAGE), OUTBOX.c.kind == str(MessageKind.FIRING)
    other = OUTBOX.alias("other")
    is_heard = exists().where(
        other.c.key == OUTBOX.c.key,
        or_(
            other.c.kind.in_([str(MessageKind.RESOLVED), str(MessageKind.ACKNOWLEDGED)]),
            and_(other.c.severity == str(Severity.PAGE), other.c.status == SENT),
        ),
    )
    return (
        select(OUTBOX)
        .where(*mine, page, firing, OUTBOX.c.status.in_([PENDING, DEAD]), ~is_heard)
        .order_by(OUTBOX.c.position)
    )


def _unheard(key: str, rows: Sequence[Row[Any]]) -> Unheard:
    return Unheard(
        key=key,
        title=message_json.validate_json(rows[0].payload).title,
        since=from_us(min(row.created_us for row in rows)),
        errors=tuple((row.channel, row.error or "") for row in rows),
    )


def _health(connection: Connection, name: str, mine: Sequence[ColumnElement[bool]]) -> ChannelHealth:
    here = (*mine, OUTBOX.c.channel == name)
    sent_us = last_sent_us(connection, *here)
    dead = connection.execute(
        select(OUTBOX.c.dead_us, OUTBOX.c.error)
        .where(*here, OUTBOX.c.status == DEAD, OUTBOX.c.dead_us.is_not(None))
        .order_by(OUTBOX.c.dead_us.desc())
        .limit(1)
    ).first()
    waiting = connection.execute(
        select(OUTBOX.c.first_tried_us, OUTBOX.c.error)
        .where(*here, OUTBOX.c.status == PENDING)
        .order_by(OUTBOX.c.position)
    ).all()
    tried = [row.first_tried_us for row in waiting if row.first_tried_us is not None]
    error = next((row.error for row in waiting if row.error), None) or (dead.error if dead else None)
    return ChannelHealth(
        name=name,
        sent_at=_moment(sent_us),
        dead_at=_moment(dead.dead_us if dead else None),
        waiting_since=_moment(min(tried, default=None)),
        waiting=len(waiting),
        error=error or "",
    )


def last_sent_us(connection: Connection, *here: ColumnElement[bool]) -> int | None:
    """Return when the newest delivery of the rows *here* was, in microseconds, or None."""
    taken = select(OUTBOX.c.sent_us).where(*here, OUTBOX.c.sent_us.is_not(None))
    found: int | None = connection.scalar(taken.order_by(OUTBOX.c.sent_us.desc()).limit(1))
    return found


def _moment(us: int | None) -> datetime | None:
    return None if us is None else from_us(us)

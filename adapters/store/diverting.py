"""Giving the messages of a channel that is down to the one behind it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, or_, select

from adapters.store.alert_tables import OUTBOX
from adapters.store.database import add_new
from adapters.store.enqueueing import PENDING, outbox_row
from domain.delivery import DeliveryStatus
from domain.facts import from_us, to_us
from domain.fallback import Fallback
from domain.message import message_json

_DEAD, _SUPERSEDED = str(DeliveryStatus.DEAD), str(DeliveryStatus.SUPERSEDED)
_OLD_NEWS = timedelta(days=1)
_LONGEST_INCIDENT = timedelta(days=90)


def divert(connection: Connection, channel: str, fallback: Fallback, now: datetime, *mine: ColumnElement[bool]) -> int:
    """Write what *channel* does not take, and what follows on it, for the channel behind it; return how many.

    A channel is down when it has taken nothing since its oldest message began to wait for so long. Until then only
    messages that have waited so long themselves are given on: one odd message does not make a channel down.
    """
    rows = connection.execute(
        select(OUTBOX)
        .where(*mine, OUTBOX.c.channel == channel, _is_to_go(connection, channel, fallback, now, mine))
        .where(~_is_there(fallback.to))
        .order_by(OUTBOX.c.position)
    ).all()
    add_new(connection, OUTBOX, [_diverted(row, fallback.to) for row in rows], key="id")
    return len(rows)


def _is_to_go(
    connection: Connection, channel: str, fallback: Fallback, now: datetime, mine: Sequence[ColumnElement[bool]]
) -> ColumnElement[bool]:
    late = to_us(now - fallback.after)
    tried = and_(OUTBOX.c.status == PENDING, OUTBOX.c.first_tried_us.is_not(None))
    waits_long = tried if _is_down(connection, channel, late, mine) else and_(tried, OUTBOX.c.first_tried_us <= late)
    refused = and_(OUTBOX.c.status == _DEAD, OUTBOX.c.dead_us >= to_us(now - _OLD_NEWS))
    other = OUTBOX.alias("other")
    begun_there = exists().where(
        other.c.channel == fallback.to,
        other.c.key == OUTBOX.c.key,
        other.c.diverted_from == channel,
        other.c.position > OUTBOX.c.position,
    )
    follows = select(other.c.key).where(
        other.c.diverted_from == channel,
        other.c.channel == fallback.to,
        other.c.created_us >= to_us(now - _LONGEST_INCIDENT),
    )
    goes_on = and_(OUTBOX.c.key.in_(follows), OUTBOX.c.status != _SUPERSEDED, ~begun_there)
    return or_(waits_long, refused, goes_on)


def _is_down(connection: Connection, channel: str, late: int, mine: Sequence[ColumnElement[bool]]) -> bool:
    """Whether the oldest message has waited since before *late*, and none was taken since."""
    here = (*mine, OUTBOX.c.channel == channel)
    waiting = connection.scalar(select(func.min(OUTBOX.c.first_tried_us)).where(*here, OUTBOX.c.status == PENDING))
    sent = connection.scalar(select(func.max(OUTBOX.c.sent_us)).where(*here))
    return waiting is not None and waiting <= late and (sent is None or sent < waiting)


def _is_there(to: str) -> ColumnElement[bool]:
    """Whether that channel has the message by itself, or was given it before."""
    there = OUTBOX.alias("there")
    return exists().where(
        there.c.channel == to,
        there.c.key == OUTBOX.c.key,
        there.c.kind == OUTBOX.c.kind,
        there.c.payload == OUTBOX.c.payload,
    )


def _diverted(row: Row[Any], to: str) -> dict[str, object]:
    message = message_json.validate_json(row.payload)
    return {**outbox_row(message, to, from_us(row.created_us)), "diverted_from": row.channel}

"""Writing messages to the outbox, in the transaction of the decision that caused them."""

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, func, select, tuple_, update

from adapters.store.alert_tables import OUTBOX
from adapters.store.database import add_new
from domain.alerting import Notice
from domain.delivery import DeliveryStatus, delivery_id
from domain.facts import to_us
from domain.message import Message, MessageKind, message_json

PENDING = str(DeliveryStatus.PENDING)

_log = logging.getLogger(__name__)

_BETWEEN = (MessageKind.UPDATED, MessageKind.REMINDER, MessageKind.ACKNOWLEDGED)


def enqueue(connection: Connection, notices: Sequence[Notice], at: datetime) -> None:
    """Write *notices* to the outbox in the caller's transaction.

    A resolve whose alert was never even tried on a channel takes the alert back instead: nobody needs to hear that
    something they never heard of is over. What waits in between is taken back by any later message of its kind.
    """
    every = [(notice, channel) for notice in notices for channel in notice.channels]
    over = {(channel, one.message.key) for one, channel in every if one.message.kind is MessageKind.RESOLVED}
    _supersede(connection, over, _BETWEEN)
    for kind in _BETWEEN:
        _supersede(
            connection, {(channel, one.message.key) for one, channel in every if one.message.kind is kind}, {kind}
        )
    unheard = _supersede(connection, over, {MessageKind.FIRING})
    rows = [
        outbox_row(one.message, channel, at)
        for one, channel in every
        if one.message.kind is not MessageKind.RESOLVED or (channel, one.message.key) not in unheard
    ]
    _say_what_was_written_before(connection, rows)
    add_new(connection, OUTBOX, rows, key="id")


def acknowledgements(connection: Connection, key: str) -> int:
    """Return how often it was told that somebody has taken the incident with this *key*."""
    query = select(func.count(OUTBOX.c.id.distinct())).where(
        OUTBOX.c.key == key, OUTBOX.c.kind == str(MessageKind.ACKNOWLEDGED)
    )
    return connection.scalar(query) or 0


def _say_what_was_written_before(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Log what is not written because it was before: a digest that is sent again, or a defect of ours."""
    written = select(OUTBOX.c.channel, OUTBOX.c.kind, OUTBOX.c.key).where(OUTBOX.c.id.in_(row["id"] for row in rows))
    for row in connection.execute(written):
        _log.warning("%s: %s %s was written before and is not told again", row.channel, row.kind, row.key)


def _supersede(
    connection: Connection, of: Collection[tuple[str, str]], kinds: Collection[MessageKind]
) -> set[tuple[str, str]]:
    """Take back the messages of these kinds that nobody has tried to send; return their channels and keys."""
    if not of:
        return set()
    untried = and_(
        tuple_(OUTBOX.c.channel, OUTBOX.c.key).in_(of),
        OUTBOX.c.kind.in_([str(kind) for kind in kinds]),
        OUTBOX.c.status == PENDING,
        OUTBOX.c.first_tried_us.is_(None),
    )
    taken_back = update(OUTBOX).where(untried).values(status=str(DeliveryStatus.SUPERSEDED))
    return {(row.channel, row.key) for row in connection.execute(taken_back.returning(OUTBOX.c.channel, OUTBOX.c.key))}


def outbox_row(message: Message, channel: str, at: datetime) -> dict[str, object]:
    """Return the row of a message that waits for a channel."""
    return {
        "id": delivery_id(message, channel),
        "application": message.application,
        "channel": channel,
        "key": message.key,
        "kind": str(message.kind),
        "severity": str(message.severity),
        "payload": message_json.dump_json(message).decode(),
        "status": PENDING,
        "attempts": 0,
        "created_us": to_us(at),
        "not_before_us": 0,
    }

"""Writing messages to the outbox, in the transaction of the decision that caused them."""

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select, tuple_, update

from adapters.store.alert_tables import OUTBOX
from adapters.store.database import add_new, take_turns
from adapters.store.diverting import followers
from adapters.store.statuses import PENDING, SUPERSEDED
from domain.alerting import Notice
from domain.delivery import delivery_id
from domain.facts import from_us, to_us
from domain.message import Message, MessageKind, message_json

Told = tuple[Notice, str, str | None]
"""What is told through which channel, and instead of which."""

_log = logging.getLogger(__name__)

_BETWEEN = (MessageKind.UPDATED, MessageKind.REMINDER, MessageKind.ACKNOWLEDGED)


def enqueue(connection: Connection, notices: Sequence[Notice], at: datetime) -> None:
    """Write *notices* to the outbox in the caller's transaction.

    A resolve whose alert was never even tried on a channel takes the alert back instead: nobody needs to hear that
    something they never heard of is over. What waits in between is taken back by any later message of its kind.
    """
    if notices:
        take_turns(connection, "outbox")
        _write(connection, _with_followers(connection, notices), at)


def _with_followers(connection: Connection, notices: Sequence[Notice]) -> list[Told]:
    """Return who is told what, and instead of whom: who was given the beginning of an incident hears how it goes on."""
    told: list[Told] = [(notice, channel, None) for notice in notices for channel in notice.channels]
    instead = followers(connection, {notice.message.key for notice in notices})
    known = {(notice.message, channel) for notice, channel, _ in told}
    for notice, channel, _ in told:  # it grows while it is walked through: the one behind may have one behind it
        for other in instead.get((channel, notice.message.key), ()):
            if (notice.message, other) not in known:
                known.add((notice.message, other))
                told.append((notice, other, channel))
    return told


def give_on(connection: Connection, rows: Sequence[Row[Any]], to: str) -> None:
    """Write copies of *rows* for the channel *to*, in order."""
    copies = []
    for row in rows:
        message = message_json.validate_json(row.payload)
        copies.append({**outbox_row(message, to, from_us(row.created_us)), "diverted_from": row.channel})
    add_new(connection, OUTBOX, copies, key="id")


def _write(connection: Connection, told: Sequence[Told], at: datetime) -> None:
    every = [(notice, channel) for notice, channel, _ in told]
    over = {(channel, one.message.key) for one, channel in every if one.message.kind is MessageKind.RESOLVED}
    _supersede(connection, over, _BETWEEN)
    for kind in _BETWEEN:
        _supersede(
            connection, {(channel, one.message.key) for one, channel in every if one.message.kind is kind}, {kind}
        )
    unheard = _supersede(connection, over, {MessageKind.FIRING})
    rows = [
        {**outbox_row(one.message, channel, at), "diverted_from": instead_of}
        for one, channel, instead_of in told
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
    taken_back = update(OUTBOX).where(untried).values(status=SUPERSEDED)
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

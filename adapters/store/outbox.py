"""The outbox: messages wait here from the moment they are decided until a channel has them.

A message is written in the transaction of the decision that caused it, claimed under a lease, sent outside any
transaction, and marked afterwards. Whoever dies in between leaves a lease that runs out; the delivery's id then lets
the channel recognise what it already has. Per channel and key, messages go out in order.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, exists, func, or_, select, tuple_, update

from adapters.store.alert_tables import OUTBOX
from adapters.store.database import Database, add_new
from domain.alerting import Notice
from domain.delivery import Delivery, DeliveryStatus, delivery_id
from domain.facts import from_us, to_us
from domain.message import Message, MessageKind, message_json
from domain.watching import ChannelHealth

_log = logging.getLogger(__name__)

_PENDING = str(DeliveryStatus.PENDING)
_LEASE = timedelta(minutes=2)
_BETWEEN = (MessageKind.UPDATED, MessageKind.REMINDER, MessageKind.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class Outbox:
    """The messages on their way: those of all applications, or of one."""

    database: Database
    application: str | None = None

    def of(self, application: str) -> "Outbox":
        """Return the messages of *application* only: nobody else's channels may take them."""
        return Outbox(self.database, application)

    def add(self, notices: Sequence[Notice], at: datetime) -> None:
        """Queue *notices* that belong to no decision, such as a digest; the same notice again changes nothing."""
        with self.database.writing() as connection:
            enqueue(connection, notices, at)

    def claim(self, owner: str, now: datetime, limit: int = 50) -> list[Delivery]:
        """Take up to *limit* messages that are due, first in first out per channel and key, for one lease."""
        with self.database.writing() as connection:
            rows = connection.execute(self._due(now, limit)).all()
            connection.execute(
                update(OUTBOX)
                .where(OUTBOX.c.position.in_([row.position for row in rows]))
                .values(
                    attempts=OUTBOX.c.attempts + 1,
                    lease_owner=owner,
                    lease_until_us=to_us(now + _LEASE),
                    first_tried_us=func.coalesce(OUTBOX.c.first_tried_us, to_us(now)),
                )
            )
        return [_delivery(row) for row in rows]

    def sent(self, delivery: Delivery, ref: str | None, now: datetime) -> None:
        """Mark *delivery* as delivered; *ref* is where it is now. True whoever has the lease by now."""
        self._end(delivery, status=str(DeliveryStatus.SENT), ref=ref, sent_us=to_us(now), error=None)

    def failed(self, delivery: Delivery, error: str, retry_at: datetime) -> None:
        """Put *delivery* back; it is tried again at *retry_at*. Nothing if its lease went to somebody else."""
        self._end(delivery, _still_ours(delivery), error=error, not_before_us=to_us(retry_at))

    def dead(self, delivery: Delivery, error: str, now: datetime) -> None:
        """Give *delivery* up: its channel refused it for good. Nothing if its lease went to somebody else."""
        self._end(delivery, _still_ours(delivery), status=str(DeliveryStatus.DEAD), error=error, dead_us=to_us(now))

    def counts(self) -> dict[DeliveryStatus, int]:
        """Return how many messages stand where."""
        query = select(OUTBOX.c.status, func.count().label("times")).where(*self._mine()).group_by(OUTBOX.c.status)
        with self.database.reading() as connection:
            found = {row.status: row.times for row in connection.execute(query)}
        return {status: found.get(str(status), 0) for status in DeliveryStatus}

    def undelivered(self, application: str) -> list[tuple[str, str, str]]:
        """Return channel, key and last error of what an application could not deliver, oldest first."""
        with self.database.reading() as connection:
            rows = connection.execute(_unsettled(OUTBOX.c.application == application)).all()
        return [(row.channel, row.key, row.error) for row in rows]

    def health(self, channels: Sequence[str]) -> list[ChannelHealth]:
        """Return how each of *channels* does."""
        pending = OUTBOX.c.status == _PENDING
        query = (
            select(
                OUTBOX.c.channel,
                func.max(OUTBOX.c.sent_us).label("sent_us"),
                func.max(OUTBOX.c.dead_us).label("dead_us"),
                func.min(case((pending, OUTBOX.c.first_tried_us))).label("waiting_us"),
                func.count(case((pending, 1))).label("waiting"),
            )
            .where(*self._mine(), OUTBOX.c.channel.in_(channels))
            .group_by(OUTBOX.c.channel)
        )
        with self.database.reading() as connection:
            found = {row.channel: row for row in connection.execute(query)}
            errors = {row.channel: row.error for row in connection.execute(_unsettled(*self._mine()))}
        return [_health(name, found.get(name), errors.get(name) or "") for name in channels]

    def written(self) -> list[Message]:
        """Return every message that was ever queued, each once, oldest first."""
        query = select(OUTBOX.c.payload).where(*self._mine())
        with self.database.reading() as connection:
            found = connection.execute(query.order_by(OUTBOX.c.position)).all()
        payloads = dict.fromkeys(row.payload for row in found)
        return [message_json.validate_json(payload) for payload in payloads]

    def _end(self, delivery: Delivery, *only_if: ColumnElement[bool], **values: object) -> None:
        with self.database.writing() as connection:
            connection.execute(
                update(OUTBOX)
                .where(OUTBOX.c.id == delivery.id, OUTBOX.c.status == _PENDING, *only_if)
                .values(lease_owner=None, lease_until_us=None, **values)
            )

    def _mine(self) -> list[ColumnElement[bool]]:
        return [] if self.application is None else [OUTBOX.c.application == self.application]

    def _due(self, now: datetime, limit: int) -> Select[Any]:
        other = OUTBOX.alias("other")
        same_key = and_(other.c.channel == OUTBOX.c.channel, other.c.key == OUTBOX.c.key)
        blocked = exists().where(same_key, other.c.position < OUTBOX.c.position, other.c.status == _PENDING)
        refs = select(other.c.ref).where(same_key, other.c.ref.is_not(None)).order_by(other.c.position).limit(1)
        return (
            select(OUTBOX, refs.correlate(OUTBOX).scalar_subquery().label("earlier_ref"))
            .where(
                *self._mine(),
                OUTBOX.c.status == _PENDING,
                OUTBOX.c.not_before_us <= to_us(now),
                or_(OUTBOX.c.lease_until_us.is_(None), OUTBOX.c.lease_until_us < to_us(now)),
                ~blocked,
            )
            .order_by(OUTBOX.c.position)
            .limit(limit)
            .with_for_update(skip_locked=True, of=OUTBOX)
        )


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
        _row(one, channel, at)
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
        OUTBOX.c.status == _PENDING,
        OUTBOX.c.first_tried_us.is_(None),
    )
    taken_back = update(OUTBOX).where(untried).values(status=str(DeliveryStatus.SUPERSEDED))
    return {(row.channel, row.key) for row in connection.execute(taken_back.returning(OUTBOX.c.channel, OUTBOX.c.key))}


def _row(notice: Notice, channel: str, at: datetime) -> dict[str, object]:
    message = notice.message
    return {
        "id": delivery_id(message, channel),
        "application": message.application,
        "channel": channel,
        "key": message.key,
        "kind": str(message.kind),
        "payload": message_json.dump_json(message).decode(),
        "status": _PENDING,
        "attempts": 0,
        "created_us": to_us(at),
        "not_before_us": 0,
    }


def _unsettled(*only_if: ColumnElement[bool]) -> Select[Any]:
    """Ask for what was tried and is not delivered, oldest first."""
    return (
        select(OUTBOX.c.channel, OUTBOX.c.key, OUTBOX.c.error)
        .where(*only_if, OUTBOX.c.error.is_not(None))
        .where(OUTBOX.c.status.in_([_PENDING, str(DeliveryStatus.DEAD)]))
        .order_by(OUTBOX.c.position)
    )


def _health(name: str, row: Row[Any] | None, error: str) -> ChannelHealth:
    if row is None:
        return ChannelHealth(name=name)
    sent, dead, waiting = (from_us(us) if us is not None else None for us in (row.sent_us, row.dead_us, row.waiting_us))
    return ChannelHealth(name=name, sent_at=sent, dead_at=dead, waiting_since=waiting, waiting=row.waiting, error=error)


def _still_ours(delivery: Delivery) -> ColumnElement[bool]:
    """Nobody has claimed it since: every claim counts one attempt."""
    return OUTBOX.c.attempts == delivery.attempts + 1


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        channel=row.channel,
        message=message_json.validate_json(row.payload),
        attempts=row.attempts,
        first_tried_at=from_us(row.first_tried_us) if row.first_tried_us is not None else None,
        earlier_ref=row.earlier_ref,
    )

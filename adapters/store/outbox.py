"""The outbox: messages wait here from the moment they are decided until a channel has them.

A message is written in the transaction of the decision that caused it, claimed under a lease, sent outside any
transaction, and settled afterwards with a log of the attempt. Whoever dies in between leaves a lease that runs out; the
delivery's id then lets the channel recognise what it already has. Per channel and key, messages go out in order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Update, and_, case, exists, func, or_, select, update

from adapters.store.alert_tables import ATTEMPT, OUTBOX
from adapters.store.channel_health import channel_health, unheard_pages, unsettled
from adapters.store.database import Database, add_new
from adapters.store.diverting import divert
from adapters.store.enqueueing import PENDING, enqueue
from adapters.store.going_on import SAY_WHAT_IS_WRONG, incidents_going_on
from domain.alerting import Notice
from domain.delivery import Attempt, Delivery, DeliveryStatus, GoingOn, Unheard
from domain.facts import from_us, to_us
from domain.fallback import Fallback
from domain.message import Message, MessageKind, message_json
from domain.watching import ChannelHealth

_LEASE = timedelta(minutes=2)


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
        return [_delivery(row, now) for row in rows]

    def settle(self, attempts: Sequence[Attempt], owner: str) -> None:
        """Note what came of *attempts* in one transaction.

        That a message was delivered is true whoever has its lease by now; of what failed, nothing is changed if its
        lease went to somebody else.
        """
        if not attempts:
            return
        with self.database.writing() as connection:
            for attempt in attempts:
                connection.execute(_end(attempt))
            add_new(connection, ATTEMPT, [_logged(attempt, owner) for attempt in attempts])

    def divert(self, fallbacks: Mapping[str, Fallback], now: datetime) -> int:
        """Give what a channel does not take to the one behind it; return how many messages."""
        if not fallbacks:
            return 0
        with self.database.writing() as connection:
            return sum(divert(connection, name, one, now, *self._mine()) for name, one in fallbacks.items())

    def unheard(self, before: datetime) -> list[Unheard]:
        """Return the pages decided by *before* that go on and that no channel has taken, oldest first."""
        with self.database.reading() as connection:
            return unheard_pages(connection, before, *self._mine())

    def going_on(self, channel: str, now: datetime) -> list[GoingOn]:
        """Return the incidents that *channel* was told of and of which no end was told or waits."""
        with self.database.reading() as connection:
            return incidents_going_on(connection, channel, now, *self._mine())

    def counts(self) -> dict[DeliveryStatus, int]:
        """Return how many messages stand where."""
        query = select(OUTBOX.c.status, func.count().label("times")).where(*self._mine()).group_by(OUTBOX.c.status)
        with self.database.reading() as connection:
            found = {row.status: row.times for row in connection.execute(query)}
        return {status: found.get(str(status), 0) for status in DeliveryStatus}

    def undelivered(self, application: str) -> list[tuple[str, str, str]]:
        """Return channel, key and last error of what an application could not deliver, oldest first."""
        with self.database.reading() as connection:
            rows = connection.execute(unsettled(OUTBOX.c.application == application)).all()
        return [(row.channel, row.key, row.error) for row in rows]

    def health(self, channels: Sequence[str]) -> list[ChannelHealth]:
        """Return how each of *channels* does."""
        with self.database.reading() as connection:
            return channel_health(connection, channels, *self._mine())

    def newest(self, key: str) -> Message | None:
        """Return the newest message that says what is wrong with the incident of this *key*, or None."""
        query = select(OUTBOX.c.payload).where(*self._mine(), OUTBOX.c.key == key, OUTBOX.c.kind.in_(SAY_WHAT_IS_WRONG))
        with self.database.reading() as connection:
            payload = connection.scalar(query.order_by(OUTBOX.c.position.desc()).limit(1))
        return None if payload is None else message_json.validate_json(payload)

    def known(self, keys: Sequence[str]) -> set[str]:
        """Return those of *keys* that some message was written under."""
        query = select(OUTBOX.c.key).where(*self._mine(), OUTBOX.c.key.in_(keys)).distinct()
        with self.database.reading() as connection:
            return {row.key for row in connection.execute(query)}

    def written(self) -> list[Message]:
        """Return every message that was ever queued, each once, oldest first."""
        query = select(OUTBOX.c.payload).where(*self._mine())
        with self.database.reading() as connection:
            found = connection.execute(query.order_by(OUTBOX.c.position)).all()
        payloads = dict.fromkeys(row.payload for row in found)
        return [message_json.validate_json(payload) for payload in payloads]

    def _mine(self) -> list[ColumnElement[bool]]:
        return [] if self.application is None else [OUTBOX.c.application == self.application]

    def _due(self, now: datetime, limit: int) -> Select[Any]:
        other = OUTBOX.alias("other")
        same_key = and_(other.c.channel == OUTBOX.c.channel, other.c.key == OUTBOX.c.key)
        blocked = exists().where(same_key, other.c.position < OUTBOX.c.position, other.c.status == PENDING)
        over = exists().where(
            same_key,
            other.c.position > OUTBOX.c.position,
            other.c.status == PENDING,
            other.c.kind == str(MessageKind.RESOLVED),
        )
        refs = select(other.c.ref).where(same_key, other.c.ref.is_not(None)).order_by(other.c.position).limit(1)
        return (
            select(
                OUTBOX,
                refs.correlate(OUTBOX).scalar_subquery().label("earlier_ref"),
                case((over, 1), else_=0).label("is_over"),
            )
            .where(
                *self._mine(),
                OUTBOX.c.status == PENDING,
                OUTBOX.c.not_before_us <= to_us(now),
                or_(OUTBOX.c.lease_until_us.is_(None), OUTBOX.c.lease_until_us < to_us(now)),
                ~blocked,
            )
            .order_by(OUTBOX.c.position)
            .limit(limit)
            .with_for_update(skip_locked=True, of=OUTBOX)
        )


def _end(attempt: Attempt) -> Update:
    delivery = attempt.delivery
    values: dict[str, object] = {"lease_owner": None, "lease_until_us": None, "error": attempt.error}
    mine = [OUTBOX.c.id == delivery.id, OUTBOX.c.status == PENDING]
    if attempt.status is DeliveryStatus.SENT:
        values |= {"status": str(attempt.status), "ref": attempt.ref, "sent_us": to_us(attempt.ended_at)}
    else:
        mine.append(OUTBOX.c.attempts == delivery.attempts + 1)  # nobody has claimed it since
    if attempt.status is DeliveryStatus.DEAD:
        values |= {"status": str(attempt.status), "dead_us": to_us(attempt.ended_at)}
    if attempt.retry_at is not None:
        values["not_before_us"] = to_us(attempt.retry_at)
    return update(OUTBOX).where(*mine).values(values)


def _logged(attempt: Attempt, owner: str) -> dict[str, object]:
    delivery = attempt.delivery
    return {
        "delivery": delivery.id,
        "number": delivery.attempts + 1,
        "application": delivery.message.application,
        "channel": delivery.channel,
        "owner": owner,
        "started_us": to_us(delivery.tried_at or attempt.ended_at),
        "ended_us": to_us(attempt.ended_at),
        "outcome": "to be tried again" if attempt.status is DeliveryStatus.PENDING else str(attempt.status),
        "error": attempt.error,
    }


def _delivery(row: Row[Any], now: datetime) -> Delivery:
    return Delivery(
        id=row.id,
        channel=row.channel,
        message=message_json.validate_json(row.payload),
        attempts=row.attempts,
        first_tried_at=from_us(row.first_tried_us) if row.first_tried_us is not None else None,
        tried_at=now,
        earlier_ref=row.earlier_ref,
        is_over=bool(row.is_over),
    )

"""The outbox: messages wait here from the moment they are decided until a channel has them.

A message is written in the transaction of the decision that caused it, claimed under a lease, sent outside any
transaction, and settled afterwards with a log of the attempt. Whoever dies in between leaves a lease that runs out; the
delivery's id then lets the channel recognise what it already has. Per channel and key, messages go out in order.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Update, and_, case, exists, func, or_, select, update

from adapters.store.alert_tables import ATTEMPT, OUTBOX
from adapters.store.channel_health import channel_health, refused_pages, unheard_pages, unsettled
from adapters.store.database import Database, add_new, take_turns
from adapters.store.diverting import stuck
from adapters.store.enqueueing import enqueue, give_on
from adapters.store.going_on import incidents_going_on
from adapters.store.statuses import DEAD, PENDING, SENT
from domain.alerting import Notice
from domain.delivery import Attempt, Delivery, DeliveryStatus, GoingOn, Unheard
from domain.facts import from_us, to_us
from domain.fallback import Fallback
from domain.message import Message, MessageKind, Severity, message_json
from domain.watching import ChannelHealth

_LEASE = timedelta(minutes=2)
_REFUSED_FOR = timedelta(minutes=5)


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

    def claim(self, owner: str, now: datetime, limit: int = 50, but_not: Collection[str] = ()) -> list[Delivery]:
        """Take up to *limit* messages that are due, for one lease: pages first, in order per channel and key.

        Args:
            but_not: Channels that have enough to do.
        """
        page = OUTBOX.c.severity == str(Severity.PAGE)
        with self.database.writing() as connection:
            rows = list(connection.execute(self._due(now, limit, page, OUTBOX.c.channel.not_in(but_not))))
            if len(rows) < limit:
                rows += connection.execute(self._due(now, limit - len(rows), ~page, OUTBOX.c.channel.not_in(but_not)))
            if rows:
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
        with self.database.reading() as connection:  # mostly there is nothing to do, and nobody need wait for that
            waiting = [
                name for name, one in fallbacks.items() if stuck(connection, name, one, now, *self._all_of_mine())
            ]
        given = 0
        for name in waiting:
            with self.database.writing() as connection:
                take_turns(connection, "outbox")  # nobody writes what follows meanwhile
                rows = stuck(connection, name, fallbacks[name], now, *self._all_of_mine())
                give_on(connection, rows, fallbacks[name].to)
            given += len(rows)
        return given

    def unheard(self, before: datetime) -> list[Unheard]:
        """Return the pages due by *before* that go on and that nobody has heard of, oldest first."""
        with self.database.reading() as connection:
            return unheard_pages(connection, before, *self._mine())

    def revive(self, now: datetime) -> int:
        """Let the pages that every channel has refused for good be tried again; return how many messages.

        What was wrong may have been mended: a token, a channel. Each is tried again five minutes after its refusal.
        """
        with self.database.reading() as connection:
            dead = refused_pages(connection, now - _REFUSED_FOR, *self._mine())
        if dead:
            with self.database.writing() as connection:
                again = update(OUTBOX).where(OUTBOX.c.position.in_(dead), OUTBOX.c.status == DEAD)
                connection.execute(again.values(status=PENDING, not_before_us=0))
        return len(dead)

    def going_on(self, channel: str) -> list[GoingOn]:
        """Return the open incidents that *channel* was told of."""
        with self.database.reading() as connection:
            return incidents_going_on(connection, channel, self.application)

    def end_again(self, channel: str, keys: Collection[str]) -> None:
        """Let it be told once more that these incidents are over, to a channel that may have heard otherwise since."""
        told = [OUTBOX.c.channel == channel, OUTBOX.c.key.in_(keys), OUTBOX.c.status == SENT]
        over = update(OUTBOX).where(*self._mine(), *told, OUTBOX.c.kind == str(MessageKind.RESOLVED))
        with self.database.writing() as connection:
            connection.execute(over.values(status=PENDING, not_before_us=0))

    def counts(self) -> dict[DeliveryStatus, int]:
        """Return how many messages stand where."""
        query = select(OUTBOX.c.status, func.count().label("times")).where(*self._mine())
        with self.database.reading() as connection:
            found = {row.status: row.times for row in connection.execute(query.group_by(OUTBOX.c.status))}
        return {status: found.get(str(status), 0) for status in DeliveryStatus}

    def undelivered(self, application: str) -> list[tuple[str, str, str]]:
        """Return channel, key and last error of what an application could not deliver, oldest first."""
        with self.database.reading() as connection:
            rows = connection.execute(unsettled(OUTBOX.c.application == application)).all()
        return [(row.channel, row.key, row.error) for row in rows]

    def health(self, channels: Sequence[str]) -> list[ChannelHealth]:
        """Return how each of *channels* does."""
        with self.database.reading() as connection:
            return channel_health(connection, channels, *self._all_of_mine())

    def newest(self, key: str) -> Message | None:
        """Return the newest message that says all that is wrong with the incident of this *key*, or None."""
        whole = OUTBOX.c.kind.in_([str(MessageKind.FIRING), str(MessageKind.UPDATED)])
        query = select(OUTBOX.c.payload).where(*self._mine(), OUTBOX.c.key == key, whole)
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
        return [message_json.validate_json(payload) for payload in dict.fromkeys(row.payload for row in found)]

    def _mine(self) -> list[ColumnElement[bool]]:
        """Return what rules out the messages of other applications, for rows that are found by something better."""
        mine = func.coalesce(OUTBOX.c.application, "")  # so that no engine takes it for the way to find them
        return [] if self.application is None else [mine == self.application]

    def _all_of_mine(self) -> list[ColumnElement[bool]]:
        """Return by what all messages of the application are found."""
        return [] if self.application is None else [OUTBOX.c.application == self.application]

    def _due(self, now: datetime, limit: int, *only_if: ColumnElement[bool]) -> Select[Any]:
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
                *only_if,
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

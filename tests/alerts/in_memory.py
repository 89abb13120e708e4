"""Small real things that the engine's parts talk to: a memory, an outbox, channels and a condition that is told."""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from alerts.rule import Rule
from alerts.view import View
from domain.alerting import Decision, Finding, Instance, Notice, Standing
from domain.delivery import Attempt, Delivery, DeliveryStatus, delivery_id
from domain.measurement import Labels
from domain.message import Message, WorstTrace
from domain.silence import Silence
from tests.builders import SHOP, rule, view

Told = Mapping[datetime, Sequence[Finding]]


@dataclass
class Notebook:
    """A memory that keeps decisions in order, whole or not at all."""

    decisions: list[Decision] = field(default_factory=list)
    standing_now: Standing = field(default_factory=Standing)
    before_keeping: list[Callable[[], None]] = field(default_factory=list)

    @property
    def alerts(self) -> Mapping[tuple[str, Labels], Instance]:
        return self.standing_now.instances

    def standing(self, application: str) -> Standing:
        return self.standing_now

    def last_slot(self, application: str) -> datetime | None:
        return self.decisions[-1].slot if self.decisions else None

    def keep(self, decision: Decision, after: datetime | None = None) -> bool:
        while self.before_keeping:
            self.before_keeping.pop()()
        last = self.last_slot(decision.application)
        if (last is not None and decision.slot <= last) or last != after:
            return False
        self.decisions.append(decision)
        self.standing_now = self.standing_now.after(decision)
        return True

    @property
    def notices(self) -> list[Notice]:
        return [notice for decision in self.decisions for notice in decision.notices]


@dataclass(frozen=True)
class Scripted:
    """A condition that finds at each slot what it was told to find."""

    findings: Told
    looks_back: timedelta = timedelta(minutes=5)

    def find(self, view: View) -> Sequence[Finding]:
        return self.findings[view.slot]

    def worst(self, view: View, labels: Labels) -> Sequence[WorstTrace]:
        return (WorstTrace("trace-1", "failed"),)

    def gauge(self, view: View, labels: Labels) -> None:
        return None

    def chart(self, view: View, labels: Labels, since: datetime) -> None:
        return None

    def around(self, view: View) -> Sequence[tuple[str, str]]:
        return ()

    def figure(self, finding: Finding) -> str:
        return ""


def told(findings: Told, **said: object) -> Rule:
    """Return a rule whose condition finds what *findings* say."""
    return rule(**said).model_copy(update={"when": Scripted(findings), "version": "scripted"})


@dataclass
class Always:
    """An outlook to which nothing but the time ever changes, and what nobody wants to hear of."""

    silences: list[Silence] = field(default_factory=list)
    application: str = SHOP.name

    def view(self, slot: datetime) -> View:
        there = SHOP.model_copy(update={"name": self.application})
        return replace(view(slot=slot), silences=self.silences, application=there)


@dataclass
class _Row:
    delivery: Delivery
    status: DeliveryStatus = DeliveryStatus.PENDING
    not_before: datetime | None = None
    error: str | None = None
    ref: str | None = None
    leased: bool = False


@dataclass
class Tray:
    """An outbox: first in, first out per channel and key."""

    rows: list[_Row] = field(default_factory=list)
    at_most: int = 50

    def put(self, channel: str, *messages: Message, attempts: int = 0) -> None:
        for message in messages:
            one = Delivery(id=delivery_id(message, channel), channel=channel, message=message, attempts=attempts)
            self.rows.append(_Row(one))

    def claim(self, owner: str, now: datetime, limit: int = 50, but_not: Collection[str] = ()) -> Sequence[Delivery]:
        heads: dict[tuple[str, str], _Row] = {}
        for row in self.rows:
            if row.status is DeliveryStatus.PENDING:
                heads.setdefault((row.delivery.channel, row.delivery.message.key), row)
        due = [
            row
            for row in heads.values()
            if row.delivery.channel not in but_not
            and not row.leased
            and (row.not_before is None or row.not_before <= now)
        ]
        taken = due[: min(limit, self.at_most)]
        for row in taken:
            row.leased = True
        return [row.delivery for row in taken]

    def settle(self, attempts: Sequence[Attempt], owner: str) -> None:
        for one in attempts:
            said = {"status": one.status, "ref": one.ref, "error": one.error, "not_before": one.retry_at}
            self._end(one.delivery, **said)

    def divert(self, fallbacks: object, now: datetime) -> int:
        return 0

    def of(self, channel: str) -> list[_Row]:
        return [row for row in self.rows if row.delivery.channel == channel]

    def _end(self, delivery: Delivery, **values: object) -> None:
        row = next(row for row in self.rows if row.delivery == delivery)
        for name, value in {"leased": False, **values}.items():
            setattr(row, name, value)


@dataclass
class Phone:
    """A channel that writes down what it was told, after doing what it must: raise, hang, or nothing."""

    before: Callable[[Delivery], None] = lambda _: None
    heard: list[str] = field(default_factory=list)

    def send(self, delivery: Delivery) -> str | None:
        self.before(delivery)
        self.heard.append(f"{delivery.message.kind} {delivery.message.key}")
        return f"ref-{len(self.heard)}"


def raises(error: BaseException) -> Callable[[Delivery], None]:
    def fail(_: Delivery) -> None:
        raise error

    return fail


def hangs(until: threading.Event) -> Callable[[Delivery], None]:
    return lambda _: until.wait(20) and None

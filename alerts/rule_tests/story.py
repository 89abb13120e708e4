"""One test of rules: what happens, which rules are decided at which slots, and what is expected of them."""

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from alerts.rule_tests.expectation import Expectation
from alerts.rule_tests.happening import (
    AnchorRound,
    ChannelTrouble,
    Comparison,
    Probing,
    Serving,
    Silencing,
    Taking,
)
from alerts.rule_tests.moments import During, Offset, Said, spell_offset
from alerts.rule_tests.stretch import Stretch
from domain.duration import Duration
from domain.window import floor_to, utc

Location = tuple[str | int, ...]
Flaw = tuple[Location, str]
"""Where something is wrong in a test, and what."""

_NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)  # a Monday
_NOTHING = timedelta()
_MOST_SLOTS, _MOST_REQUESTS = 20_000, 2_000_000


class Story(Said):
    """One test. All moments are counted from its start.

    Attributes:
        slot: How far slots lie apart, each of them is decided; or *slots*, which ones are.
        until: The last slot; by default the last moment that anything in the test names.
        known_from: Since when traces are known; by default since the first stretch of traffic.
        rules: Which rules are decided, by default all that there are.
        unread: The source is down, and nothing that ends in the meantime is read before it is over.
        unjudged: The judge is down. A test that says it has its answers judged each quarter of an hour, as they are
            live; in the others an answer is judged at once.
        asleep: The watcher is down: no slot is decided.
        restart: Slots before which everything in memory is thrown away, and read again from the store.
        exactly: No alert begins to fire or ends, and nobody is told anything, but for what is expected.
    """

    name: str = Field(min_length=1, max_length=160)
    start: Annotated[AwareDatetime, AfterValidator(utc)] = _NOON
    slot: Duration = timedelta(minutes=1)
    slots: tuple[Offset, ...] | None = None
    until: Offset | None = None
    known_from: Offset | None = None
    rules: tuple[str, ...] | None = Field(default=None, min_length=1)
    traffic: tuple[Stretch, ...] = ()
    unread: tuple[During, ...] = ()
    unjudged: tuple[During, ...] = ()
    asleep: tuple[During, ...] = ()
    probes: tuple[Probing, ...] = ()
    silences: tuple[Silencing, ...] = ()
    acknowledge: tuple[Taking, ...] = ()
    restart: tuple[Offset, ...] = ()
    channels: tuple[ChannelTrouble, ...] = ()
    books: tuple[Comparison, ...] = ()
    anchors: tuple[AnchorRound, ...] = ()
    judge_models: tuple[Serving, ...] = ()
    expect: tuple[Expectation, ...]
    exactly: bool = True

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.slot < timedelta(minutes=1) or floor_to(self.start, self.slot) != self.start:
            raise ValueError(f"start does not lie on a slot of {spell_offset(self.slot)}, or a slot is below 1m")
        if self.slots is not None and (not self.slots or min(self.slots) < _NOTHING):
            raise ValueError("slots names no slot, or one before the start")
        if self.end < _NOTHING or self.end // self.slot > _MOST_SLOTS:
            raise ValueError(f"from 0m until {spell_offset(self.end)} there are no slots, or more than {_MOST_SLOTS:,}")
        if sum(one.count(self.end) for one in self.traffic) > _MOST_REQUESTS:
            raise ValueError(f"there are more than {_MOST_REQUESTS:,} requests: let them be fewer or farther apart")
        if not self.expect and not self.exactly:
            raise ValueError("nothing is expected, and exactly is false: it could not fail")
        return self

    @property
    def end(self) -> timedelta:
        """The last moment that is looked at."""
        if self.until is not None:
            return self.until
        named = [moment for stretch in self._stretches for moment in stretch.moments]
        named += [moment for expected in self.expect for moment in expected.moments]
        named += [taking.at for taking in self.acknowledge] + [made.at for made in self.anchors]
        return max((_NOTHING, *named, *self.restart, *(self.slots or ())))

    @property
    def begins_to_be_known(self) -> timedelta:
        """Since when traces are known."""
        if self.known_from is not None:
            return self.known_from
        return min((one.since for one in self.traffic), default=_NOTHING)

    def offsets(self) -> list[timedelta]:
        """Return the slots that are decided, oldest first."""
        every = range(self.end // self.slot + 1)
        all_of_them = sorted(set(self.slots)) if self.slots is not None else [count * self.slot for count in every]
        return [one for one in all_of_them if one <= self.end and not any(nap.is_on(one) for nap in self.asleep)]

    def offset_of(self, slot: datetime) -> timedelta:
        """Return how long after the start *slot* is."""
        return slot - self.start

    def flaws(self, rules: Collection[str]) -> Iterator[Flaw]:
        """Yield what can never be so: rules that there are not, and slots that nobody decides."""
        slots = set(self.offsets())
        decided = rules if self.rules is None else self.rules
        for position, name in enumerate(self.rules or ()):
            if name not in rules:
                yield ("rules", position), f"there is no rule {name!r}; there are {', '.join(sorted(rules))}"
        for where, rule, at in self._named:
            if rule is not None and rule not in decided:
                yield (*where, "rule"), f"{rule!r} is not decided here; decided are {', '.join(sorted(decided))}"
            if at is not None and at not in slots:
                yield (*where, "at"), f"no slot is decided at {spell_offset(at)}"

    @property
    def _named(self) -> Iterator[tuple[Location, str | None, timedelta | None]]:
        """Yield the rules and slots that are named, with where."""
        yield from ((("expect", place), one.rule, one.at) for place, one in enumerate(self.expect))
        yield from ((("acknowledge", place), one.rule, one.at) for place, one in enumerate(self.acknowledge))
        yield from ((("restart", place), None, at) for place, at in enumerate(self.restart))

    @property
    def _stretches(self) -> Iterable[During]:
        return (
            *self.traffic, *self.unread, *self.unjudged, *self.asleep, *self.probes, *self.silences, *self.channels,
            *self.books, *self.judge_models,
        )  # fmt: skip

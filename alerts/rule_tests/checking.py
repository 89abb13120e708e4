"""Holding what was decided against what a test expects."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alerts.rule_tests.expectation import Expectation
from alerts.rule_tests.record import Record, Telling, begins_or_ends, carries
from alerts.rule_tests.story import Location, Story
from alerts.rule_tests.wording import moment, of_alert, said_words, telling_words, told_words
from domain.alerting import State, Transition

_MOST_UNEXPECTED = 8


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that is not as expected.

    Attributes:
        where: The place in the test.
        rule, at: Whose timeline shows it, and where in it.
    """

    where: Location
    words: str
    rule: str | None = None
    at: datetime | None = None


def check(story: Story, record: Record) -> list[Failure]:
    """Return everything that is not as *story* expects."""
    checking = _Checking(story, record)
    in_time = sorted(enumerate(story.expect), key=lambda one: one[1].at is None)
    found = {place: list(checking.failures(("expect", place), one)) for place, one in in_time}
    failures = [failure for place in sorted(found) for failure in found[place]]
    return [*failures, *_few(list(checking.unexpected()))] if story.exactly else failures


def _few(failures: list[Failure]) -> list[Failure]:
    """Return the first of *failures*, and how many more there are."""
    more = len(failures) - _MOST_UNEXPECTED
    return (
        [*failures[:_MOST_UNEXPECTED], Failure((), f"and {more} more that nobody expected")] if more > 0 else failures
    )


@dataclass(slots=True)
class _Checking:
    """The expectations that were met so far have used up what met them."""

    story: Story
    record: Record
    met_changes: list[Transition] = field(default_factory=list)
    met_told: list[Telling] = field(default_factory=list)

    def failures(self, where: Location, one: Expectation) -> Iterator[Failure]:
        """Yield what is not as *one* expects."""
        if one.becomes is not None:
            yield from self._change(where, one, one.becomes)
        if one.told is not None:
            yield from self._telling(where, one)
        slots = [slot for slot in self.record.slots if self._is_meant(one, slot)]
        if one.by is None and not slots:
            yield Failure(where, "no slot was decided in this time")
        for check in (self._state, self._evidence, self._quiet):
            wrong = next((words for slot in slots if (words := check(one, slot))), None)
            if wrong is not None:
                yield Failure(where, wrong[1], one.rule, wrong[0])

    def unexpected(self) -> Iterator[Failure]:
        """Yield what begins, ends or is told without being expected."""
        for change in self.record.transitions:
            if begins_or_ends(change) and change not in self.met_changes:
                what = f"{of_alert(change.rule, change.labels)} became {change.after}"
                words = f"expected nothing more, but {what} {self._moment(change.slot)}: {change.because}"
                yield Failure((), words, change.rule, change.slot)
        for one in self.record.told:
            if one not in self.met_told:
                words = f"expected nobody to be told more, but {telling_words(one)} {self._moment(one.slot)}"
                yield Failure((), words, next(iter(sorted(one.rules)), None), one.slot)

    def _change(self, where: Location, one: Expectation, state: State) -> Iterator[Failure]:
        fitting = [
            change
            for change in self.record.changes(one.rule or "")
            if change.after is state and carries(change.labels, one.labels) and self._is_in_time(one, change.slot)
        ]
        if one.by is not None:
            fitting = [change for change in fitting if change not in self.met_changes]
            fitting = [change for change in fitting if change.slot == fitting[0].slot]
        self.met_changes += fitting
        if not fitting:
            what = f"expected {of_alert(one.rule or '', one.labels)} to become {state} {self._when(one)}"
            yield Failure(where, f"{what}: {self._instead(one, state)}", one.rule, self._slot_of(one))

    def _telling(self, where: Location, one: Expectation) -> Iterator[Failure]:
        fitting = [
            telling
            for telling in self.record.told
            if (telling.severity, telling.kind) == (one.told, one.what)
            and (one.rule is None or one.rule in telling.rules)
            and self._is_in_time(one, telling.slot)
        ]
        if one.by is not None:
            fitting = [telling for telling in fitting if telling not in self.met_told][:1]
        self.met_told += fitting
        if not fitting:
            at = self._slot_of(one)
            others = [telling for telling in self.record.told if telling.slot == at]
            why = self.record.said(one.rule, one.labels, at) if one.rule is not None else []
            instead = told_words(others, why)
            about = f" of {one.rule}" if one.rule else ""
            words = f"expected a {one.told} to be told ({one.what}){about} {self._when(one)}: {instead}"
            yield Failure(where, words, one.rule, at)

    def _state(self, one: Expectation, slot: datetime) -> tuple[datetime, str] | None:
        if one.stands is None or one.rule is None:
            return None
        states = self.record.states(one.rule, one.labels, slot)
        if states == {one.stands}:
            return None
        what = f"expected {of_alert(one.rule, one.labels)} to be {one.stands} {self._moment(slot)}"
        return slot, f"{what}: {self._said(one, slot)}"

    def _evidence(self, one: Expectation, slot: datetime) -> tuple[datetime, str] | None:
        if one.rule is None or (one.says is None and one.because is None and one.quiet_because is None):
            return None
        said = self.record.said(one.rule, one.labels, slot)
        if said and all(
            one.says in {None, found.truth}
            and (one.because or "") in found.because
            and (one.quiet_because or "") in found.told
            for found in said
        ):
            return None
        words = [f"to say {one.says}" if one.says else "", f'because "{one.because}"' if one.because else ""]
        words += [f'to be kept quiet because "{one.quiet_because}"' if one.quiet_because else ""]
        what = f"expected {of_alert(one.rule, one.labels)} {', '.join(filter(None, words))} {self._moment(slot)}"
        return slot, f"{what}: {self._said(one, slot)}"

    def _quiet(self, one: Expectation, slot: datetime) -> tuple[datetime, str] | None:
        if not one.quiet:
            return None
        heard = [told for told in self.record.told if told.slot == slot and (not one.rule or one.rule in told.rules)]
        if not heard:
            return None
        return slot, f"expected nobody to be told {self._moment(slot)}: {told_words(heard, [])}"

    def _instead(self, one: Expectation, state: State) -> str:
        """Return what was so instead, and when the state came about if it did."""
        changes = self.record.changes(one.rule or "")
        others = [change.slot for change in changes if change.after is state and carries(change.labels, one.labels)]
        elsewhere = f"; it became {state} {self._moment(others[0])}" if others else ""
        return f"{self._said(one, self._slot_of(one))}{elsewhere}"

    def _said(self, one: Expectation, slot: datetime) -> str:
        states = self.record.states(one.rule or "", one.labels, slot)
        return said_words(states, self.record.said(one.rule or "", one.labels, slot))

    def _is_meant(self, one: Expectation, slot: datetime) -> bool:
        offset = self.story.offset_of(slot)
        if one.at is not None:
            return offset == one.at
        return one.since is not None and one.until is not None and one.since <= offset < one.until

    def _is_in_time(self, one: Expectation, slot: datetime) -> bool:
        offset = self.story.offset_of(slot)
        return offset == one.at if one.at is not None else one.by is not None and offset <= one.by

    def _slot_of(self, one: Expectation) -> datetime:
        """Return the slot at which it should be so at the latest."""
        latest = self.story.start + (one.at if one.at is not None else one.by or timedelta())
        return max((slot for slot in self.record.slots if slot <= latest), default=latest)

    def _when(self, one: Expectation) -> str:
        at = one.at if one.at is not None else one.by or timedelta()
        words = moment(self.story, self.story.start + at)
        return words if one.at is not None else words.replace("at ", "by ", 1)

    def _moment(self, slot: datetime) -> str:
        return moment(self.story, slot)

"""Tests of rules, played: the desk that decides live, on a store of its own, slot after slot."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.maintenance import silences_of
from adapters.store import Store
from adapters.store.alerts import Alerts
from adapters.yaml_files import position_of
from alerts.desk import AlertDesk
from alerts.engine import Rulebook
from alerts.routing import Routing
from alerts.rule import Rule
from alerts.rule_tests.checking import Failure, check
from alerts.rule_tests.happening import Taking
from alerts.rule_tests.moments import spell_offset
from alerts.rule_tests.record import Record
from alerts.rule_tests.story import Story
from alerts.rule_tests.wording import timeline
from alerts.rule_tests.world import World
from alerts.view import View
from alerts.words import acknowledged
from domain.alerting import Decision, Notice
from domain.application import Application
from domain.incident import Acknowledgement
from domain.incident import Taking as Came
from domain.message import Severity
from domain.silence import Silence
from domain.watching import WatchedRule
from domain.window import Window
from flows.rule_test_file import RuleTests

_LOOK = timedelta(hours=2)
_JUST_AFTER = timedelta(microseconds=1)
_ROUTES = Routing({severity: (f"{severity}s",) for severity in Severity})


@dataclass(frozen=True, slots=True)
class Result:
    """How one test went.

    Attributes:
        failures: What was not as expected, each a line with file, line and column.
        timelines: How the rules went that these are about, in lines.
    """

    name: str
    failures: Sequence[str]
    timelines: Sequence[str]


def run_rule_tests(tests: RuleTests) -> Iterator[Result]:
    """Play every test, each as an application of its own in one store, and yield how it went."""
    with TemporaryDirectory(prefix="goodput-rules-") as folder:
        url = f"sqlite:///{Path(folder) / 'tests.db'}"
        for place, story in tests.stories:
            played = _Play(tests, story, url, f"test-{place}")
            record = Record.of(played.decisions())
            failures = [*played.failures, *check(story, record)]
            yield Result(
                name=story.name,
                failures=[_line(tests.path, place, story, one) for one in failures],
                timelines=list(_timelines(story, record, failures)),
            )


def _line(path: Path, place: int, story: Story, failure: Failure) -> str:
    return f"{position_of(path, ('tests', place, *failure.where))}: {story.name}: {failure.words}"


def _timelines(story: Story, record: Record, failures: Sequence[Failure]) -> Iterator[str]:
    """Yield how each rule went that a failure is about, around the first of its failures."""
    moments: dict[str, datetime] = {}
    for one in failures:
        if one.rule is not None and one.at is not None:
            moments[one.rule] = min(one.at, moments.get(one.rule, one.at))
    for rule, at in moments.items():
        yield f"  {rule}:"
        yield from (f"  {line}" for line in timeline(story, record, rule, at))


class _Play:
    """One test while it is played."""

    def __init__(self, tests: RuleTests, story: Story, url: str, name: str) -> None:
        self.failures: list[Failure] = []
        self._story = story
        self._url = url
        self._application = tests.application.model_copy(update={"name": name})
        names = tests.rules if story.rules is None else story.rules
        rules = [tests.rules[one] for one in names]
        self._book = _book(tests, story, [rule for rule in rules if not rule.watches_goodput])
        self._watcher = _book(tests, story, [rule for rule in rules if rule.watches_goodput])
        self._world = World(story, self._application, tests.objectives, _maintenance(tests, story, name))

    def decisions(self) -> Iterator[Decision]:
        """Decide the slots; in between people act, and the process ends and begins again."""
        slots = [self._story.start + offset for offset in self._story.offsets()]
        restarts = [place for place, slot in enumerate(slots) if self._offset(slot) in self._story.restart]
        for first, last in pairwise([0, *restarts, len(slots)]):
            store = Store.open(self._url)
            try:
                yield from self._decide(store, slots[first:last])
            finally:
                store.close()

    def _decide(self, store: Store, slots: Sequence[datetime]) -> Iterator[Decision]:
        """Decide *slots* as one run would, or run by run where people act or Goodput watches itself."""
        acts = {self._story.start + one.at for one in self._story.acknowledge}
        cuts = [place for place, slot in enumerate(slots) if place and (slot in acts or self._watcher.rules)]
        outlook = _Outlook(self._world, store.alerts, self._application, self._book.rules)
        for first, last in pairwise([0, *cuts, len(slots)]):
            run = slots[first:last]
            if run:
                self._act(store, run[0])
            yield from self._desk(self._book, store.alerts).decide(run, outlook)
            if self._watcher.rules:
                yield from self._desk(self._watcher, store.alerts.of_watcher).decide(run, outlook)

    def _desk(self, book: Rulebook, alerts: Alerts) -> AlertDesk:
        return AlertDesk(self._application.name, book, alerts)

    def _act(self, store: Store, slot: datetime) -> None:
        for place, taking in enumerate(self._story.acknowledge):
            if self._story.start + taking.at == slot and not _take(store, self._application, taking, slot):
                words = f"nothing that is open of {taking.rule} can be taken at {spell_offset(taking.at)}"
                self.failures.append(Failure(("acknowledge", place), words, taking.rule, slot))

    def _offset(self, slot: datetime) -> timedelta:
        return self._story.offset_of(slot)


@dataclass(frozen=True, slots=True)
class _Outlook:
    """The world of a test, with what the store knows of how Goodput itself does."""

    world: World
    alerts: Alerts
    application: Application
    rules: Sequence[Rule]

    def view(self, slot: datetime) -> View:
        """Return the world at *slot*."""
        known = self.world.view(slot)
        past = Window(slot - _LOOK, slot + _JUST_AFTER)
        return replace(known, watched=self._watched(), decided=self.alerts.decided(self.application.name, past))

    def _watched(self) -> list[WatchedRule]:
        seen: Mapping[str, datetime] = self.alerts.seen(self.application.name)
        return [
            WatchedRule(
                name=rule.name, severity=rule.severity, blind_after=rule.blind_after, seen_at=seen.get(rule.name)
            )
            for rule in self.rules
            if rule.blind_after is not None
        ]


def _book(tests: RuleTests, story: Story, rules: Sequence[Rule]) -> Rulebook:
    return Rulebook(rules=rules, routes=_ROUTES, policy=tests.policy, slot_length=story.slot)


def _take(store: Store, application: Application, taking: Taking, slot: datetime) -> bool:
    """Acknowledge the open incidents of a rule, as `goodput alerts ack` does; False if there was none to take."""
    taken = False
    for incident in store.alerts.incidents(application.name):
        if taking.rule in {member.rule for member in incident.members}:
            said = Acknowledgement(key=incident.key, by=taking.by, at=slot)
            message = acknowledged(incident, application.name, application.environment, said)
            notice = Notice(message=message, channels=incident.channels)
            taken |= store.alerts.acknowledge(application.name, said, notice) is Came.FIRST
    return taken


def _maintenance(tests: RuleTests, story: Story, name: str) -> list[Silence]:
    if not tests.maintenance:
        return []
    return silences_of(tests.maintenance, name, Window(story.start, story.start + story.end + _JUST_AFTER))

"""Whatever happens in whatever order, people are told once that it began and once that it is over.

The numbers P1 to P8 are those of the usual list of what an alert engine must keep.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from alerts.desk import AlertDesk
from alerts.engine import Rulebook
from domain.alerting import State, Truth
from domain.measurement import Labels
from domain.message import MessageKind, Severity
from tests.alerts.in_memory import Always, Notebook, told
from tests.builders import BETWEEN, CLEAR, MINUTE, NOON, TRUE, UNKNOWN

FINDINGS = {"T": TRUE, "b": BETWEEN, "F": CLEAR, "?": UNKNOWN}
WHERE: dict[str, Labels] = {"here": (("feature", "here"),), "there": (("feature", "there"),)}
PLACES = st.fixed_dictionaries({name: st.sampled_from("TTTTbFFFF??-") for name in WHERE})
"""What is found of each label; `-`: its requests have vanished."""
History = list[tuple[datetime, str]]


def seen_s(history: History, symbols: str) -> float:
    """Return for how long the end of *history* was seen to be one of *symbols*; looks over two minutes apart see nothing."""
    begin = len(history)
    while begin and history[begin - 1][1] in symbols + "?":
        begin -= 1
    while begin < len(history) and history[begin][1] == "?":
        begin += 1
    pairs = zip(history[begin:], history[begin + 1 :], strict=False)
    spans = [(late - early, a + b) for (early, a), (late, b) in pairs]
    return sum(span.total_seconds() for span, looks in spans if span <= 2 * MINUTE and "?" not in looks)


def oracle(history: History, hold_s: float, resolve_s: float) -> tuple[State, list[tuple[str, datetime]]]:
    """Return where an alert with this history stands, and when it began to fire and was over: no memory but the list."""
    told_so_far: list[tuple[str, datetime]] = []
    begun, state = 0, State.INACTIVE
    for position, (slot, symbol) in enumerate(history):
        known = history[begun : position + 1]
        firing = bool(told_so_far) and told_so_far[-1][0] == "began"
        if symbol == "?":
            continue
        if not firing and symbol == "T":
            fires = seen_s(known, "T") >= hold_s
            state = State.FIRING if fires else State.PENDING
            told_so_far += [("began", slot)] if fires else []
        elif not firing:
            state = State.INACTIVE
        elif symbol == "F":
            over = seen_s(known, "F") >= resolve_s
            state = State.INACTIVE if over else State.RECOVERING
            told_so_far += [("over", slot)] if over else []
        else:
            state = State.FIRING
        if firing != (bool(told_so_far) and told_so_far[-1][0] == "began"):
            begun = position + 1
    return state, told_so_far


class LifeOfAlerts(RuleBasedStateMachine):
    """Slots come, are missed, repeated, mixed up, decided twice at once, and lost before they are kept."""

    @initialize(hold=st.integers(0, 3), resolve=st.integers(0, 3))
    def open(self, hold: int, resolve: int) -> None:
        self.hold, self.resolve = hold * MINUTE, resolve * MINUTE
        self.findings: dict[datetime, list] = {}
        self.history: dict[str, History] = {name: [] for name in WHERE}
        self.notebook = Notebook()
        self.now = NOON
        when = told(self.findings, **{"for": f"{hold}m", "resolve_after": f"{resolve}m"})
        self.book = Rulebook(
            rules=[when.model_copy(update={"severity": Severity.PAGE})], routes={Severity.PAGE: ["pager"]}
        )

    def desk(self) -> AlertDesk:
        return AlertDesk("shop", self.book, self.notebook)

    def finds(self, gap: int, places: dict[str, str]) -> datetime:
        self.now += gap * MINUTE
        self.findings[self.now] = [
            replace(FINDINGS[symbol], labels=WHERE[name]) for name, symbol in places.items() if symbol != "-"
        ]
        for name, symbol in places.items():
            self.history[name].append((self.now, "?" if symbol == "-" else symbol))
        return self.now

    @rule(gap=st.sampled_from([1, 1, 1, 1, 2, 2, 3, 9]), places=PLACES)
    def a_slot(self, gap: int, places: dict[str, str]) -> None:
        made = self.desk().decide([self.finds(gap, places)], Always())

        assert [self.now] == [decision.slot for decision in made]

    @rule(slots=st.lists(st.tuples(st.integers(1, 3), PLACES), min_size=2, max_size=5), data=st.data())
    def slots_in_any_order(self, slots: Sequence[tuple[int, dict[str, str]]], data: st.DataObject) -> None:
        due = [self.finds(gap, places) for gap, places in slots]
        made = self.desk().decide(data.draw(st.permutations(due)), Always())

        assert due == [decision.slot for decision in made]

    @precondition(lambda self: self.notebook.decisions)
    @rule(data=st.data(), places=PLACES)
    def a_slot_again(self, data: st.DataObject, places: dict[str, str]) -> None:
        """P2: what was decided stays, even if a late trace would now say something else."""
        slot = data.draw(st.sampled_from([one.slot for one in self.notebook.decisions]))
        before = dict(self.notebook.alerts)
        meant = self.findings[slot]
        self.findings[slot] = [replace(TRUE, labels=of) for of in WHERE.values()]

        assert [] == self.desk().decide([slot - MINUTE / 2, slot], Always())
        assert before == self.notebook.alerts

        self.findings[slot] = meant

    @rule(places=PLACES, more=PLACES)
    def two_workers_at_once(self, places: dict[str, str], more: dict[str, str]) -> None:
        first, second = self.finds(1, places), self.finds(1, more)
        other = self.desk()
        self.notebook.before_keeping.append(lambda: other.decide([first], Always()) and None)
        made = self.desk().decide([first, second], Always())

        assert [second] == [decision.slot for decision in made]

    @rule(places=PLACES)
    def a_worker_dies_before_it_keeps(self, places: dict[str, str]) -> None:
        def die() -> None:
            raise InterruptedError

        slot = self.finds(1, places)
        before = dict(self.notebook.alerts)
        self.notebook.before_keeping.append(die)
        try:
            self.desk().decide([slot], Always())
        except InterruptedError:
            assert before == self.notebook.alerts
        self.desk().decide([slot], Always())

    @invariant()
    def every_alert_stands_where_its_history_says(self) -> None:
        """P1 and P8."""
        for name, of in WHERE.items():
            state, events = oracle(self.history[name], self.hold.total_seconds(), self.resolve.total_seconds())
            stands = self.notebook.alerts.get(("errors", of))

            assert state is (stands.state if stands else State.INACTIVE)
            assert [kind for kind, _ in events].count("began") == (stands.episode if stands else 0)
            assert events == [
                ("began" if notice.message.kind is MessageKind.FIRING else "over", notice.message.at)
                for notice in self.notebook.notices
                if (("Feature", name) in notice.message.facts)
            ]

    @invariant()
    def every_episode_is_told_once_and_in_order(self) -> None:
        """P4 and P5, and what a receiver shows as open is what is firing (P3)."""
        by_key = defaultdict(list)
        for notice in self.notebook.notices:
            by_key[notice.message.key].append(notice.message.kind)
        open_now = [key for key, kinds in by_key.items() if kinds == [MessageKind.FIRING]]

        assert all(kinds[:2] == [MessageKind.FIRING, MessageKind.RESOLVED][: len(kinds)] for kinds in by_key.values())
        assert all(len(kinds) <= 2 for kinds in by_key.values())
        assert len(open_now) == sum(one.is_firing for one in self.notebook.alerts.values())
        assert sum(one.episode for one in self.notebook.alerts.values()) == len(by_key)

    @invariant()
    def nothing_changes_on_unknown(self) -> None:
        """P7."""
        for decision in self.notebook.decisions:
            truths = {one.labels: one.truth for one in decision.evaluations}

            assert all(truths[one.labels] is not Truth.UNKNOWN for one in decision.transitions)
            assert all(one.before is not one.after for one in decision.transitions)


TestLifeOfAlerts = LifeOfAlerts.TestCase
TestLifeOfAlerts.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)

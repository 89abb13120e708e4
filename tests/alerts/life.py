"""The life of an alert engine as a state machine: whatever happens in whatever order, people believe what is so.

The numbers P1 to P17 are the properties of the engine; those that this machine cannot see are proven elsewhere:
P12 tests/adapters/store/test_history.py, P10, P13 and P14 tests/alerts/test_properties.py, P15 tests/alerts/test_words.py
(a digest's key is its ISO week), P17 tests/alerts/channels/test_pagerduty.py and test_properties.py.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from adapters.store import Store
from alerts.desk import AlertDesk
from alerts.engine import Rulebook
from alerts.policy import Policy
from alerts.routing import Routing
from domain.alerting import Decision, Notice, State
from domain.incident import Acknowledgement, Incident, Member, Taking
from domain.measurement import Labels
from domain.message import MessageKind, Severity, message_json
from domain.silence import Silence
from domain.window import Window
from tests.alerts.hostile_world import Killed, Receiver, drain, mortal
from tests.alerts.in_memory import Always, Notebook, told
from tests.alerts.oracle import History, firing_at, oracle
from tests.builders import BETWEEN, CLEAR, DAY, MINUTE, NOON, TRUE, UNKNOWN

FINDINGS = {"T": TRUE, "b": BETWEEN, "F": CLEAR, "?": UNKNOWN}
SUBJECTS: dict[str, tuple[str, Labels]] = {
    "here": ("errors", (("feature", "h\u0435re \U0001f6d1\n'\""),)),
    "there": ("errors", (("feature", "there"),)),
    "slow": ("slow", ()),
}
FOUND = st.fixed_dictionaries({name: st.sampled_from("TTTTbFFFF??") for name in SUBJECTS})
ROUTES = Routing({Severity.PAGE: ("pager",), Severity.TICKET: ("slack",)})
NUMBERS = count(1)


class LifeOfAlerts(RuleBasedStateMachine):
    """Slots come, are missed, repeated, mixed up, decided twice at once; workers die; people silence and take things."""

    open_store: Callable[[], Store]

    @initialize(hold=st.integers(0, 3), resolve=st.integers(0, 3), cap=st.sampled_from([1000, 1000, 6]))
    def begin(self, hold: int, resolve: int, cap: int) -> None:
        self.store = type(self).open_store()
        self.application = f"shop-{next(NUMBERS)}"
        self.hold, self.resolve, self.cap = hold * MINUTE, resolve * MINUTE, cap
        self.findings: dict[datetime, list] = {}
        self.slow: dict[datetime, list] = {}
        self.history: dict[str, History] = {name: [] for name in SUBJECTS}
        self.silences: list[Silence] = []
        self.receiver, self.now, self.limit = Receiver(), NOON, 1
        self.inputs: dict[datetime, tuple[Rulebook, tuple[Silence, ...]]] = {}
        self.taken: list[tuple[datetime, str]] = []
        self.told: dict[str, set[Member]] = defaultdict(set)

    # What happens

    @rule(gap=st.sampled_from([1, 1, 1, 1, 2, 2, 3, 9, 70]), found=FOUND)
    def a_slot(self, gap: int, found: dict[str, str]) -> None:
        slot = self.finds(gap, found)

        assert [slot] == self.decide([slot])

    @rule(slots=st.lists(st.tuples(st.integers(1, 3), FOUND), min_size=2, max_size=5), data=st.data())
    def slots_in_any_order(self, slots: Sequence[tuple[int, dict[str, str]]], data: st.DataObject) -> None:
        due = [self.finds(gap, found) for gap, found in slots]

        assert due == self.decide(data.draw(st.permutations(due)))

    @precondition(lambda self: self.inputs)
    @rule(data=st.data())
    def a_slot_again_or_late(self, data: st.DataObject) -> None:
        """P2: what was decided stays, even if a late trace would now say something else."""
        slot = data.draw(st.sampled_from(sorted(self.inputs)))
        before, messages = self.store.alerts.standing(self.application), self.messages()
        late = {
            at: [replace(TRUE, labels=of) for _, of in list(SUBJECTS.values())[:2]] for at in (slot, slot - MINUTE / 2)
        }
        kept, self.findings = self.findings, {**self.findings, **late}

        assert [] == self.decide([slot - MINUTE / 2, slot])
        assert (before, messages) == (self.store.alerts.standing(self.application), self.messages())

        self.findings = kept

    @rule(found=FOUND, more=FOUND, knows_both=st.booleans())
    def two_workers_at_once(self, found: dict[str, str], more: dict[str, str], knows_both: bool) -> None:
        """One is overtaken while it decides the same slot, or only the one after it."""
        first, second = self.finds(1, found), self.finds(1, more)
        slow_worker = AlertDesk(
            self.application, self.book(), Interrupted(self.store.alerts, lambda: self.decide([first]))
        )

        assert [second] == [
            one.slot for one in slow_worker.decide([first, second] if knows_both else [second], self.outlook())
        ]

        self.note([first, second])

    @rule(found=FOUND, dies=st.sampled_from(["before commit", "after commit"]))
    def a_worker_dies_while_deciding(self, found: dict[str, str], dies: str) -> None:
        slot = self.finds(1, found)
        desk = AlertDesk(self.application, self.book(), mortal(self.store, dies))
        try:
            desk.decide([slot], self.outlook())
        except Killed:
            self.note([slot] if dies == "after commit" else [])
        self.decide([slot])

    @rule(dies=st.sampled_from(["", "", "before send", "after send", "after mark"]), later=st.integers(0, 3))
    def a_worker_delivers(self, dies: str, later: int) -> None:
        drain(self.store, self.application, self.receiver, self.now + later * MINUTE, dies)

    @rule(busy=st.lists(st.sampled_from(["refuses", "loses its answer", "takes"]), max_size=4))
    def the_receiver_is_busy(self, busy: list[str]) -> None:
        self.receiver.busy += busy

    @rule(
        minutes=st.integers(1, 6),
        what=st.sampled_from([(), (("rule", "errors"),), (("feature", "there"),), (("rule", "slow"),)]),
    )
    def somebody_asks_for_silence(self, minutes: int, what: Labels) -> None:
        starts = self.now + MINUTE / 2
        one = Silence(
            id=str(len(self.silences)), application=self.application, matchers=what, starts=starts,
            ends=starts + minutes * MINUTE, by="ada",
        )  # fmt: skip
        self.silences.append(one)

    @precondition(lambda self: any(one.is_on(self.now + MINUTE) for one in self.silences))
    @rule()
    def a_silence_is_ended(self) -> None:
        ends = self.now + MINUTE / 2
        self.silences = [replace(one, ends=max(one.starts, min(one.ends, ends))) for one in self.silences]

    @precondition(lambda self: self.open_incidents())
    @rule(data=st.data())
    def somebody_takes_an_incident(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.open_incidents()))
        message = replace(self.first_message(one.key), kind=MessageKind.ACKNOWLEDGED)
        taken = Acknowledgement(key=one.key, by="ada", at=self.now)
        first = self.store.alerts.acknowledge(self.application, taken, Notice(message=message, channels=one.channels))

        assert (first is Taking.FIRST) == (not one.is_taken)
        self.taken.append((self.now, one.key))

    @rule()
    def a_rule_is_edited(self) -> None:
        """Its words, and so its version, while its alerts go on."""
        self.limit += 1

    # What must hold

    @invariant()
    def every_alert_stands_where_its_history_says(self) -> None:
        """P1, P7 and P8."""
        instances = self.store.alerts.instances(self.application)
        for name, subject in SUBJECTS.items():
            state, events = oracle(self.history[name], self.hold.total_seconds(), self.resolve.total_seconds())
            stands = instances.get(subject)

            assert state is (stands.state if stands else State.INACTIVE)
            assert [kind for kind, _ in events].count("began") == (stands.episode if stands else 0)

    @invariant()
    def people_are_told_of_what_fires(self) -> None:
        """P3, P4, P6 and P9: the members of open incidents are the live episodes that were not muted when they began."""
        members = {member for one in self.open_incidents() for member in one.members}
        if self.cap == 1000:
            assert members == {member for group in self.told.values() for member in group}

    @invariant()
    def each_incident_begins_once_and_ends_once(self) -> None:
        """P4 and P5, as written and as heard."""
        written = defaultdict(list)
        for message in self.messages():
            written[message.key].append(message.kind)
        for kinds in (*written.values(), *self.receiver.kinds.values()):
            assert MessageKind.FIRING is kinds[0]
            assert 1 == kinds.count(MessageKind.FIRING)
            assert MessageKind.RESOLVED not in kinds[:-1]

    @invariant()
    def nobody_is_told_too_often(self) -> None:
        """P16."""
        times = defaultdict(list)
        for message in self.messages():
            if message.kind is not MessageKind.ACKNOWLEDGED:
                times[message.key.rsplit(":", 1)[0]].append(message.at)
        for told_at in times.values():
            within = [sum(timedelta() <= other - one < 60 * MINUTE for other in told_at) for one in told_at]
            assert max(within) <= self.cap + len(SUBJECTS)  # what is new is told at once, each once

    def teardown(self) -> None:
        """P3: with a receiver that answers, what it believes is what is so; and when all is well, that all is over."""
        if not hasattr(self, "store"):
            return
        self.receiver.busy = []
        self.deliver_all()
        assert {one.key for one in self.open_incidents()} == self.receiver.open

        self.silences = []
        for gap in (61, 1, 1, 1, 1, 61, 1, 61, 1):
            self.a_slot(gap, dict.fromkeys(SUBJECTS, "F"))
        self.deliver_all()
        assert set() == self.receiver.open
        assert [] == self.open_incidents()
        self.backtest()

    def backtest(self) -> None:
        """P11: the same slots decided again, without a store, give the same bytes."""
        notebook = Notebook()
        for slot in sorted(self.inputs):
            book, silences = self.inputs[slot]
            acknowledged = {key: at for at, key in self.taken if at < slot}
            notebook.standing_now = notebook.standing_now.updated(
                (),
                [
                    replace(one, acknowledged_by="ada", acknowledged_at=acknowledged.get(one.key))
                    if one.key in acknowledged
                    else one
                    for one in notebook.standing_now.incidents.values()
                ],
            )
            AlertDesk(self.application, book, notebook).decide([slot], self.outlook(silences))

        live = [message_json.dump_json(one) for one in self.messages() if one.kind is not MessageKind.ACKNOWLEDGED]
        past = {message_json.dump_json(notice.message): notice.message for notice in notebook.notices}
        unsaid = [message.kind for said, message in past.items() if said not in live]
        assert set(live) <= past.keys()
        assert all(kind is MessageKind.RESOLVED for kind in unsaid)  # of what was over before anybody was told
        every_transition = [one for decision in notebook.decisions for one in decision.transitions]
        assert self.store.alerts.transitions(self.application, Window(NOON, self.now + DAY)) == sorted(
            every_transition, key=lambda one: (one.slot, one.rule, one.labels)
        )

    # How it is done

    def finds(self, gap: int, found: dict[str, str]) -> datetime:
        self.now += gap * MINUTE
        places = [replace(FINDINGS[found[name]], labels=SUBJECTS[name][1]) for name in ("here", "there")]
        self.findings[self.now], self.slow[self.now] = places, [FINDINGS[found["slow"]]]
        for name, symbol in found.items():
            self.history[name].append((self.now, symbol))
        return self.now

    def book(self) -> Rulebook:
        said = {"for": f"{self.hold // MINUTE}m", "resolve_after": f"{self.resolve // MINUTE}m"}
        errors = told(self.findings, **said).model_copy(update={"severity": Severity.PAGE})
        slow = told(self.slow, name="slow", inhibited_by=["errors"], **said)
        rules = [one.model_copy(update={"version": f"v{self.limit}"}) for one in (errors, slow)]
        return Rulebook(rules=rules, routes=ROUTES, policy=Policy(most_an_hour=self.cap))

    def outlook(self, silences: Sequence[Silence] | None = None) -> Always:
        return Always(list(self.silences if silences is None else silences), self.application)

    def decide(self, slots: Sequence[datetime]) -> list[datetime]:
        made = AlertDesk(self.application, self.book(), self.store.alerts).decide(slots, self.outlook())
        self.note([one.slot for one in made], made)
        return [one.slot for one in made]

    def note(self, slots: Sequence[datetime], made: Sequence[Decision] = ()) -> None:
        """Remember what the new *slots* were decided by, and who ought to have been told."""
        for one in made:
            assert all(t.after is not t.before for t in one.transitions)
            assert not any(e.told == "nobody is told" for e in one.evaluations), "who fires knows why nobody is told"
        for slot in sorted(slots):
            if slot not in self.inputs:
                self.inputs[slot] = self.book(), tuple(self.silences)
                self.expect(slot)

    def expect(self, slot: datetime) -> None:
        """Keep, for each rule, the live episodes that people must know of: told before, or not muted now."""
        limits = self.hold.total_seconds(), self.resolve.total_seconds()
        firing = {name: firing_at(self.history[name], slot, *limits) for name in SUBJECTS}
        for name, (of_rule, labels) in SUBJECTS.items():
            since, known = firing[name], self.told[name]
            episode = sum(kind == "began" for kind, _ in self.events(name, slot))
            member = Member(of_rule, labels, episode)
            if since is None:
                known.clear()
            elif known != {member} and self.state_at(name, slot) is State.FIRING:
                said = {("rule", of_rule), *labels}
                silent = any(s.starts <= slot < s.ends and set(s.matchers) <= said for s in self.silences)
                heard = [one for one in ("here", "there") if self.told[one] and self.is_fresh(one, slot)]
                causes = [firing[one] for one in heard] if name == "slow" else []
                caused = any(cause is not None and since >= cause - 5 * MINUTE for cause in causes)
                self.told[name] = set() if silent or caused else {member}

    def is_fresh(self, name: str, slot: datetime) -> bool:
        """Whether something was known of it within five minutes: an old cause explains nothing."""
        return any(symbol != "?" and slot - at <= 5 * MINUTE for at, symbol in self.history[name] if at <= slot)

    def state_at(self, name: str, slot: datetime) -> State:
        past = [one for one in self.history[name] if one[0] <= slot]
        return oracle(past, self.hold.total_seconds(), self.resolve.total_seconds())[0]

    def events(self, name: str, slot: datetime) -> list[tuple[str, datetime]]:
        past = [one for one in self.history[name] if one[0] <= slot]
        return oracle(past, self.hold.total_seconds(), self.resolve.total_seconds())[1]

    def open_incidents(self) -> list[Incident]:
        return self.store.alerts.incidents(self.application)

    def messages(self) -> list:
        return self.store.outbox.of(self.application).written()

    def first_message(self, key: str):
        return next(message for message in self.messages() if message.key == key)

    def deliver_all(self) -> None:
        for minutes in range(0, 60, 3):
            drain(self.store, self.application, self.receiver, self.now + minutes * MINUTE)


class Interrupted:
    """A memory before whose first keeping something else happens."""

    def __init__(self, real, before: Callable[[], object]) -> None:
        self._real, self._before = real, [before]

    def keep(self, decision: Decision, after: datetime | None) -> bool:
        while self._before:
            self._before.pop()()
        return self._real.keep(decision, after)

    def __getattr__(self, name: str):
        return getattr(self._real, name)

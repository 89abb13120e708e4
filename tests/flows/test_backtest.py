"""A backtest decides what a live run decided, byte for byte, and leaves the store as it is."""

from dataclasses import dataclass, field

import pytest

from adapters.store import Store
from alerts.desk import Memory
from alerts.ledger import Ledger
from domain.alerting import Decision, Health
from domain.errors import ConfigError
from domain.message import message_json
from domain.window import Window
from flows import backtest as module
from flows.backtest import backtest, backtest_tried, replay
from flows.rulebooks import rulebook
from flows.services import open_services
from tests.adapters.store.examples import dump
from tests.builders import DAY, HOUR, MINUTE
from tests.flows.made_up_past import BEGINS, LIVED, SHOP, fired, live, shop

ENGINES = ("sqlite", pytest.param("postgres", marks=pytest.mark.xdist_group("postgres")))


@dataclass
class Recorder:
    """A memory that writes down what it is told to keep."""

    memory: Memory = field(default_factory=Ledger)
    made: list[Decision] = field(default_factory=list)

    def standing(self, application):
        return self.memory.standing(application)

    def last_slot(self, application):
        return self.memory.last_slot(application)

    def keep(self, decision, after=None):
        self.made.append(decision)
        return self.memory.keep(decision, after)


@pytest.fixture
def store(tmp_path):
    opened = Store.open(f"sqlite:///{tmp_path / 'goodput.db'}")
    yield opened
    opened.close()


@pytest.fixture(params=ENGINES)
def any_store(request):
    if request.param == "sqlite":
        yield request.getfixturevalue("store")
        return
    opened = Store.open(request.getfixturevalue("postgres").migrated_database())
    yield opened
    opened.close()


def test_the_same_slots_give_the_same_bytes(any_store, tmp_path):
    """P11, with the shipped rules on a real store; every live slot reads its state and its requests anew."""
    store = any_store
    configured = shop(tmp_path)
    lived = live(store, configured)
    before, again = dump(store), Recorder()

    replay(store, configured, LIVED, again, lambda _: None)

    assert {"availability", "error-rate", "provider-outage", "endpoint-down"} <= fired(lived)
    assert {"hallucination-spike", "daily-allowance"} <= fired(lived)
    assert 110 == len(lived)
    for was, now in zip(lived, again.made, strict=True):
        assert was == now
    assert before == dump(store)
    transitions = [one for made in again.made for one in made.transitions]
    messages = [notice.message for made in again.made for notice in made.notices]
    whole = Window(LIVED.start, LIVED.end + MINUTE)
    assert store.alerts.transitions(SHOP, whole) == sorted(transitions, key=lambda t: (t.slot, t.rule, t.labels))
    assert [*map(message_json.dump_json, store.outbox.of(SHOP).written())] == [*map(message_json.dump_json, messages)]
    assert {one.key: one for one in store.alerts.incidents(SHOP)} == {
        one.key: one for one in again.standing(SHOP).incidents.values() if one.is_open
    }


def test_an_outcome_says_who_would_have_been_told(store, tmp_path):
    configured = shop(tmp_path)
    live(store, configured)
    reached = []

    found = backtest(store, configured, LIVED, reached.append)

    rules = {one.name: one for one in found.rules}
    episodes = {one.rule: one for one in found.episodes}
    assert (110, LIVED.end) == (found.slots, reached[-1])
    assert {"monitor-blind", "slots-lost", "dead-letter"} <= set(found.left_out)
    assert not set(found.left_out) & rules.keys()
    assert episodes["availability"].why_untold is not None
    assert rules["availability"].detection == (3 * MINUTE,), "for: 2m, and the minute that traces are given"
    assert (110, 110) == (rules["availability"].answers.slots, rules["endpoint-down"].answers.slots)
    days = rules["availability-days"].answers
    assert (days.slots, {Health.NO_DATA: 1}) == (1, dict(days.unanswered)), "three days are not known yet"
    assert found.pages + found.tickets >= found.incidents > 0
    quieted = {one.silence.comment: one.episodes for one in found.silences if one.episodes}
    assert quieted["nightly"] == 1


def test_it_is_the_same_however_the_slots_are_cut(store, tmp_path, monkeypatch):
    configured = shop(tmp_path)
    live(store, configured, Window(BEGINS, BEGINS + 60 * MINUTE))
    window = Window(BEGINS, BEGINS + 60 * MINUTE)
    whole = backtest(store, configured, window)
    monkeypatch.setattr(module, "_AT_ONCE", 7)
    monkeypatch.setattr(module, "stretch_of", lambda history, past: 25 * MINUTE)

    assert whole == backtest(store, configured, window)


SLOW = """\
rules:
  - name: slow
    severity: ticket
    summary: Slow.
    when: {kind: share, signal: latency_s, above: 1.25, share_above: 0.1, over: 6h, alpha: 0.001}
    look: x
"""


def test_rules_that_count_otherwise_leave_the_counted_hours_alone(any_store, tmp_path):
    """A live run would have to count them all again, and a backtest beside it would throw them away each minute."""
    store = any_store
    present = shop(tmp_path / "present")
    tried = shop(tmp_path / "tried", SLOW)
    live(store, present, Window(BEGINS, BEGINS + 10 * MINUTE))
    backtest(store, present, LIVED)
    before = dump(store)

    found = backtest_tried(store, tried, present, Window(BEGINS, BEGINS + 10 * MINUTE))

    assert tried.plan.version != present.plan.version
    assert before == dump(store)
    assert ["slow"] == [one.rule for one in found.episodes if one.rule == "slow"]


@pytest.mark.parametrize(
    ("window", "words"),
    [
        pytest.param(Window(BEGINS - 9 * DAY, BEGINS - 8 * DAY), "known from 2026-10-31T11:00Z to", id="before"),
        pytest.param(Window(BEGINS + DAY, BEGINS + 2 * DAY), "nothing is known of that time", id="after"),
        pytest.param(Window(BEGINS, BEGINS + MINUTE / 2), "no slot lies in that time", id="too short"),
    ],
)
def test_a_time_of_which_nothing_is_known_is_refused(store, tmp_path, window, words):
    configured = shop(tmp_path)
    live(store, configured, Window(BEGINS, BEGINS + 2 * MINUTE))

    with pytest.raises(ConfigError, match=words):
        backtest(store, configured, window)


def test_what_was_never_read_has_no_past(store, tmp_path):
    with pytest.raises(ConfigError, match="shop: nothing is read yet"):
        backtest(store, shop(tmp_path), Window(BEGINS, BEGINS + HOUR))


async def test_a_live_run_decides_by_the_same_book(tmp_path, monkeypatch):
    configured = shop(tmp_path)
    monkeypatch.setenv("GOODPUT_DEPLOYMENTS_FOLDER", str(tmp_path))
    monkeypatch.setenv("GOODPUT_DATABASE_URL", f"sqlite:///{tmp_path / 'goodput.db'}")

    async with open_services(SHOP) as services:
        assert rulebook(configured) == services.book

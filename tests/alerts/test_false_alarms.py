"""The simulation behind the published false alarms: it asks what the engine asks, and the guards keep what they promise."""

import numpy as np
import pytest

from alerts.states import step
from benchmarks.false_alarms import Setting, count, delays
from benchmarks.false_alarms_services import LIVE_MIN, ORIGIN, RULES, Service, Watch
from domain.alerting import Instance, Truth
from tests.builders import MINUTE

DAY_MIN = 24 * 60


def ailing(per_minute: float, fine: float, ill: float, length: int = 600) -> Service:
    """A service that is ill in the middle third of its time."""
    share = np.where(np.arange(length) // (length // 3) == 1, ill, fine)
    return Service.drawn(np.random.default_rng(3), per_minute, share, length)


@pytest.mark.parametrize(
    ("watch", "service"),
    [
        pytest.param(Watch(RULES["A4"]), ailing(1.0, 0.05, 0.5), id="judged at once"),
        pytest.param(Watch(RULES["A4"], LIVE_MIN), ailing(1.0, 0.05, 0.5), id="judged each quarter"),
        pytest.param(Watch(RULES["A1"]), ailing(20, 0.001, 0.02), id="a promise"),
        pytest.param(Watch(RULES["A2"]), ailing(2, 0.02, 0.2), id="few requests"),
        pytest.param(Watch(RULES["A5"]), ailing(5, 0.05, 0.2), id="a quantile"),
    ],
)
def test_equal_counts_stand_for_all_rows(watch, service):
    slots = watch.looks(len(service.n))[::7]
    found = watch.findings(service, slots)

    assert {Truth.TRUE, Truth.FALSE} <= {one.truth for one in found}
    assert [watch.find(service, slot) for slot in slots.tolist()] == found


@pytest.mark.parametrize("guide", ["A1", "A2", "A4", "A5"])
def test_pages_are_the_episodes_of_the_shipped_states(guide):
    watch, service = Watch(RULES[guide]).unguarded, ailing(2, 0.04, 0.1, 1200)
    slots = watch.looks(len(service.n))
    alert, begun = Instance(application="shop", rule=watch.rule.name), []
    for slot, finding in zip(slots.tolist(), watch.findings(service, slots), strict=True):
        after = step(alert, finding, watch.rule, ORIGIN + slot * MINUTE, MINUTE)
        begun += [slot] if after.episode > alert.episode else []
        alert = after

    assert begun == watch.pages(service, slots)
    assert begun


def test_rows_are_as_many_as_counted():
    service = ailing(3, 0.05, 0.5)
    minute = (service.facts.ended_us - service.facts.ended_us[0] // 60_000_000 * 60_000_000) // 60_000_000
    first = int(np.flatnonzero(service.n)[0])

    assert service.n.tolist() == np.bincount(minute + first, minlength=len(service.n)).tolist()
    assert service.k.tolist() == np.bincount(minute + first, service.facts.failed, len(service.k)).tolist()


def test_the_literal_rule_fires_when_its_limit_was_passed_for_as_long_as_it_says():
    failures = np.isin(np.arange(60), [20, 21, 22, 40])  # one request a minute; known a minute later, held for one
    service = Service(np.ones(60, dtype=np.int64), failures.astype(np.int64))
    watch = Watch(RULES["A2"])

    assert [23, 43] == watch.literal_pages(service, watch.looks(60))


@pytest.mark.parametrize(
    ("setting", "literally"),
    [
        pytest.param(Setting("A4", 10.5, LIVE_MIN, 0.05), 50, id="inventions, at the objective"),
        pytest.param(Setting("A1", 50, 1, 0.0005), 150, id="availability, half of what is allowed"),
        pytest.param(Setting("A2", 5, 1, 0.005), 150, id="errors, at the objective"),
        pytest.param(Setting("A5", 10, 1, 0.04), 20, id="first tokens, 4 % slow"),
    ],
)
def test_a_service_that_is_fine_wakes_nobody(setting, literally):
    pages = count(setting, runs=1, days=7)

    assert pages.literal[0] > literally
    assert [0] == pages.shipped


def test_the_guard_costs_at_most_a_minute_where_50_answers_are_judged():
    literal, shipped = delays(Setting("A4", 50, LIVE_MIN, 0.05), after=0.5, trials=100)

    assert literal <= shipped <= literal + 1

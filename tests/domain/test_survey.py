"""A survey: every signal at once, each with its sample."""

from datetime import timedelta

import pytest

from domain.bad import Bad
from domain.counts import total
from domain.measurement import labels
from domain.planning import SPREADS, plan_of
from domain.probe import Probe
from domain.rollup import hours
from domain.signals import SIGNALS
from domain.survey import probed, survey
from domain.window import Window
from tests.builders import DAY, MINUTE, NOON, bad_of, facts

TODAY = Window.ending(NOON, DAY)
PLAN = plan_of([])


def lines(of, **said):
    found = survey(of, TODAY, **said)
    return {(one.measurement.signal, one.measurement.statistic, one.limit): one for one in found.lines}


def sample(n=40):
    ends = [NOON - (n - number) * 7 * MINUTE for number in range(n)]
    return facts(
        ends,
        failed=bad_of(4, n),
        latency_s=[float(number + 1) for number in range(n)],
        faithfulness=bad_of(3, n, good=1.0, bad=0.6),
        spend_usd=0.25,
        labels={"feature": ["a", "b"] * (n // 2)},
    )


@pytest.mark.parametrize(
    "of", [sample(), total(PLAN, hours(sample(), PLAN), SPREADS)], ids=["from rows", "from counts"]
)
def test_every_signal_is_there_with_its_sample(of):
    found = lines(of)

    assert set(SIGNALS) == {signal for signal, _, _ in found}
    assert (4, 40, 0.1) == tuple(
        getattr(found["failed", "share", None].measurement, name) for name in ("k", "n", "value")
    )
    assert 38.0 == pytest.approx(found["latency_s", "p95", None].measurement.value, rel=0.01)
    assert 3 == found["faithfulness", "share", Bad(below=0.70)].measurement.k
    assert 1.0 == found["faithfulness", "p50", None].measurement.value
    assert 10.0 == pytest.approx(found["spend_usd", "total", None].measurement.value)
    assert (4, 40) == (found["failed", "slices", None].measurement.k, found["failed", "slices", None].measurement.n)
    assert 0 == found["ttft_s", "p95", None].measurement.n


def test_traffic_is_a_signal_too():
    found = survey(sample(), TODAY)

    assert (40, 40 / 1440) == (found.requests, found.per_minute)
    assert 0 == survey(facts([]), TODAY).requests


def test_minutes_are_of_all_requests():
    assert ("failed", "slices", None) not in lines(sample(), labels=labels({"feature": "a"}))


def test_probes_are_measured():
    seen = [
        Probe(application="shop", at=NOON - n * MINUTE, ok=n > 1, latency_s=0.2 * n if n > 1 else None)
        for n in range(20)
    ]
    unanswered, latency = probed(seen, TODAY)

    assert (2, 20, 0.1) == (unanswered.measurement.k, unanswered.measurement.n, unanswered.measurement.value)
    low, high = unanswered.measurement.interval
    assert 0.01 < low < 0.1 < high < 0.32
    assert (18, pytest.approx(3.8)) == (latency.measurement.n, latency.measurement.value)
    assert () == probed([], Window(NOON, NOON + timedelta(minutes=1)))

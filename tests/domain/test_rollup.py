"""Rollups: any split of the requests, in any order, gives the same numbers as the requests themselves."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import measure
from domain.histogram import ERROR
from domain.measure import Bad
from domain.rollup import Plan, Probe, Rolled, hours, rolled
from domain.window import Window
from tests.builders import DAY, NOON, facts

SLOW = Probe("ttft_s", Bad(above=0.5))
FAILED = Probe("failed", Bad())
FLAGGED = Probe("hallucination_risk", Bad(above=0.15))
PLAN = Plan(probes=(SLOW, FAILED, FLAGGED), spread=("ttft_s", "spend_usd"))
TODAY = Window.ending(NOON, DAY)

unknown = st.just(float("nan"))
rows = st.lists(
    st.tuples(
        st.integers(0, 23 * 60),
        st.one_of(unknown, st.floats(0, 3)),
        st.sampled_from([0.0, 1.0]),
        st.one_of(unknown, st.floats(0, 1)),
        st.integers(0, 10**9),
        st.sampled_from(["a", "b", None]),
    ),
    max_size=60,
)


def table(found):
    return facts(
        ended=[NOON - DAY + timedelta(minutes=row[0]) for row in found],
        ttft_s=[row[1] for row in found],
        failed=[row[2] for row in found],
        faithfulness=[row[3] for row in found],
        spend_usd=[row[4] / 1e9 for row in found],
        labels={"feature": [row[5] for row in found]},
    )


def equal(one: Rolled, two: Rolled) -> bool:
    return bool((one.counters == two.counters).all()) and one.histograms == two.histograms


@given(rows)
def test_a_rollup_counts_what_the_requests_count(found):
    sample = table(found)
    total = rolled(PLAN, hours(sample, PLAN))

    for probe in PLAN.probes:
        counted = measure.share(sample, probe.signal, TODAY, bad=probe.bad)
        assert (counted.n, counted.k) == total.known_and_bad(probe)
    assert len(found) == total.requests
    assert sum(row[4] for row in found) == round(total.total("spend_usd")[1] * 1e9)


@given(rows, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_any_split_in_any_order_adds_up_to_the_same(found, luck):
    whole = rolled(PLAN, hours(table(found), PLAN))
    shuffled = [*found]
    luck.shuffle(shuffled)
    cut = luck.randint(0, len(shuffled))
    parts = [rolled(PLAN, hours(table(part), PLAN)) for part in (shuffled[:cut], shuffled[cut:])]

    assert equal(whole, parts[0] + parts[1])
    assert equal(whole, parts[1] + parts[0])


@pytest.mark.parametrize("q", [0.5, 0.95, 0.99])
def test_a_percentile_is_within_one_percent(q):
    rng = np.random.default_rng(3)
    values = rng.lognormal(-1, 0.8, 5000).tolist()
    sample = facts(ended=[NOON - timedelta(minutes=n % 1400) for n in range(5000)], ttft_s=values)

    found = rolled(PLAN, hours(sample, PLAN)).histogram("ttft_s").quantile(q)

    assert ERROR >= abs(found / np.sort(values)[int(np.ceil(q * 5000)) - 1] - 1) - 1e-9


def test_a_cell_is_one_hour_of_one_combination():
    sample = facts(
        ended=[NOON - timedelta(minutes=5), NOON + timedelta(minutes=5), NOON + timedelta(minutes=6)],
        labels={"feature": ["a", "a", "b"]},
    )

    assert [[1], [1, 1]] == [hour.counters[:, 0].tolist() for hour in hours(sample, PLAN)]
    assert [] == hours(facts(ended=[]), PLAN)
    assert 0 == rolled(PLAN, []).requests


def test_another_limit_makes_another_version():
    other = Plan(probes=(Probe("ttft_s", Bad(above=0.6)), FAILED, FLAGGED), spread=PLAN.spread)

    assert PLAN.version != other.version
    assert PLAN.version == Plan(probes=PLAN.probes, spread=PLAN.spread).version

"""Rollups: any split of the requests, in any order, gives the same numbers as the requests themselves."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import measure
from domain.bad import Bad
from domain.counts import Counts, total
from domain.histogram import ERROR
from domain.joint import Joint
from domain.measure import distribution, tally
from domain.plan import Limit
from domain.planning import plan_of
from domain.rollup import hours, relabelled
from domain.window import Window
from tests.builders import DAY, HOUR, NOON, facts, objective

PROMISED = (
    objective("end-to-end", signal="latency_s", statistic="p95", at_most=2.0),
    objective("availability", signal="answered", at_most=None, at_least=0.999),
    objective("up", signal="answered", statistic="slices", at_most=None, at_least=0.9),
    objective("hallucination", signal="hallucination_risk", above=0.15, at_most=0.05, clusters="session"),
    objective("dear", signal="cost_usd", statistic="mean", at_most=0.015, where={"feature": "a"}),
)
SLOW = Limit("ttft_s", Bad(above=0.5))
PLAN = plan_of(PROMISED, [SLOW])
TODAY = Window.ending(NOON, DAY)

NAN = float("nan")
unknown = st.just(NAN)
rows = st.lists(
    st.fixed_dictionaries(
        {
            "minute": st.integers(0, 23 * 60),
            "ttft_s": st.one_of(unknown, st.floats(0, 3)),
            "latency_s": st.one_of(unknown, st.floats(0, 9)),
            "failed": st.sampled_from([0.0, 1.0, NAN]),
            "faithfulness": st.one_of(unknown, st.floats(0, 1)),
            "rate": st.sampled_from([1.0, 0.25, 0.1, NAN]),
            "spend_usd": st.integers(0, 10**9).map(lambda nano: nano / 1e9),
            "cost_usd": st.one_of(unknown, st.floats(0, 1)),
            "feature": st.sampled_from(["a", "b", None]),
            "session": st.sampled_from(["s", "t", None]),
        }
    ),
    max_size=40,
)
NUMBERS = ("ttft_s", "latency_s", "failed", "faithfulness", "rate", "spend_usd", "cost_usd")


def table(found):
    return facts(
        ended=[NOON - DAY + timedelta(minutes=row["minute"]) for row in found],
        labels={"feature": [row["feature"] for row in found]},
        sessions=[row["session"] for row in found],
        **{name: [row[name] for row in found] for name in NUMBERS},
    )


def counted(found) -> Counts:
    return total(PLAN, hours(table(found), PLAN), PLAN.spread)


def equal(one: Counts, two: Counts) -> bool:
    same = (one.counters == two.counters).all() and (one.minutes == two.minutes).all()
    return bool(same) and one.histograms == two.histograms


@given(rows)
def test_counts_are_what_the_requests_count(found):
    sample, whole = table(found), counted(found)

    for limit in PLAN.limits:
        if not limit.clustered:
            assert tally(sample, limit) == tally(whole, limit)
    assert Joint.of(sample, PLAN.promises) == whole.joint()
    assert [limit.count(sample) for limit in PLAN.minutes] == [whole.minutes_of(limit) for limit in PLAN.minutes]
    assert len(found) == len(whole)
    assert sum(round(row["spend_usd"] * 1e9) for row in found) == whole.total_nano("spend_usd")


@given(rows, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_hours_in_any_order_add_up_to_the_same(found, luck):
    whole = counted(found)
    parts = hours(table(found), PLAN)
    luck.shuffle(parts)

    assert equal(whole, total(PLAN, parts, PLAN.spread))


@given(rows, st.integers(0, 23))
def test_rows_at_the_ends_count_like_the_hours_they_would_be(found, cut):
    """A window that begins within an hour has rows at its end; whatever is asked, they and the cells are the whole."""
    sample, whole = table(found), counted(found)
    middle = NOON - DAY + cut * HOUR
    late = sample.within(Window(middle, NOON))
    early = total(PLAN, hours(sample.within(Window(NOON - 2 * DAY, middle)), PLAN), PLAN.spread)
    both = replace(early, edges=(late,))

    assert [tally(whole, limit) for limit in PLAN.limits] == [tally(both, limit) for limit in PLAN.limits]
    assert whole.joint() == both.joint()
    for signal in PLAN.spread:
        assert whole.distribution(signal) == both.distribution(signal)
    assert [whole.minutes_of(limit) for limit in PLAN.minutes] == [both.minutes_of(limit) for limit in PLAN.minutes]


@given(rows, st.sampled_from(["a", "b", None, "unheard of"]))
def test_cells_that_become_one_lose_nothing(found, name):
    made = hours(table(found), PLAN)
    fewer = [relabelled(hour, lambda labels: (name, *labels[1:])) for hour in made]

    assert equal(total(PLAN, made, PLAN.spread), total(PLAN, fewer, PLAN.spread))
    assert all(len(hour.labels) == 1 for hour in fewer)


@pytest.mark.parametrize("which", ["p10", "p50", "p95", "p99"])
def test_a_percentile_is_within_one_percent_and_so_is_its_interval(which):
    rng = np.random.default_rng(3)
    values = rng.lognormal(-1, 0.8, 5000).tolist()
    sample = facts(ended=[NOON - timedelta(minutes=n % 1400) for n in range(5000)], ttft_s=values)
    whole = total(PLAN, hours(sample, PLAN), ["ttft_s"])

    exact, found = (measure.statistic(of, "ttft_s", which, TODAY) for of in (sample, whole))

    assert found.n == exact.n
    assert ERROR >= abs(found.value / exact.value - 1) - 1e-9
    assert found.interval.low <= exact.interval.low <= exact.interval.high <= found.interval.high
    for one, other in zip(found.interval, exact.interval, strict=True):
        assert 2 * ERROR + 0.001 >= abs(one / other - 1)


@pytest.mark.parametrize("scores", [[1.0] * 400, [0.5, 1.0] * 200, [0.0] * 10 + [0.333] * 390])
def test_scores_read_as_they_are(scores):
    sample = facts(ended=NOON - HOUR, faithfulness=scores)
    whole = total(PLAN, hours(sample, PLAN), ["faithfulness"])

    for which in ("p10", "p50"):
        exact, found = (measure.statistic(of, "faithfulness", which, TODAY) for of in (sample, whole))
        assert exact.value == pytest.approx(found.value, abs=1e-12)
        assert found.interval.low <= exact.interval.low <= exact.interval.high <= found.interval.high <= 1.0


@pytest.mark.parametrize("rates", [1.0, [0.1, 1.0] * 1000], ids=["all judged", "two rates"])
def test_a_mean_is_exact_and_its_interval_rather_too_wide(rates):
    rng = np.random.default_rng(4)
    sample = facts(ended=NOON - HOUR, faithfulness=rng.beta(8, 2, 2000).tolist(), rate=rates)
    whole = total(PLAN, hours(sample, PLAN), ["faithfulness"])

    exact, found = (distribution(of, "faithfulness") for of in (sample, whole))

    assert exact.mean == pytest.approx(found.mean, abs=1e-9)
    assert exact.total == pytest.approx(found.total, abs=1e-5)
    for one, other in zip(exact.mean_interval(), found.mean_interval(), strict=True):
        assert one == pytest.approx(other, rel=2e-3)


def test_a_cell_is_one_hour_of_one_combination():
    sample = facts(
        ended=[NOON - timedelta(minutes=5), NOON + timedelta(minutes=5), NOON + timedelta(minutes=6)],
        labels={"feature": ["a", "a", "b"]},
    )

    assert [[1], [1, 1]] == [hour.counters[:, 0].tolist() for hour in hours(sample, PLAN)]
    assert [] == hours(facts(ended=[]), PLAN)
    assert 0 == len(total(PLAN, []))


def test_another_limit_makes_another_version():
    other = plan_of(PROMISED, [Limit("ttft_s", Bad(above=0.6))])

    assert PLAN.version != other.version
    assert PLAN.version == plan_of(PROMISED, [SLOW]).version


def test_what_is_not_counted_is_not_answered():
    with pytest.raises(LookupError, match="do not count Limit"):
        total(PLAN, []).tally(Limit("ttft_s", Bad(above=0.123)))

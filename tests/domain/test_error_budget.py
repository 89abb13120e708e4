"""Error budgets: what is left, how fast it goes, and when it will be gone."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.assessment import budget_of
from domain.bad import Bad
from domain.error_budget import BURN_WINDOWS, lasts, measure_budget, measure_burn
from domain.facts import Facts
from domain.objective import Objective
from domain.plan import Limit
from tests.builders import DAY, HOUR, MINUTE, NOON, bad_of, every, facts, objective

FAILED = {"limit": Limit("failed", Bad()), "allowed": 0.001}
RISKY = {"limit": Limit("hallucination_risk", Bad(above=0.15)), "allowed": 0.05}


def budget(of: Facts, over: timedelta = DAY, **said):
    return measure_budget(of, NOON, objective="x", over=over, **{**FAILED, **said})


def test_the_windows_are_the_guides():
    assert (5 * MINUTE, 30 * MINUTE, HOUR, 6 * HOUR, DAY, 3 * DAY) == BURN_WINDOWS


@pytest.mark.parametrize(
    ("k", "n", "left"),
    [
        pytest.param(0, 2000, 1.0, id="nothing spent"),
        pytest.param(1, 2000, 0.5, id="half of it"),
        pytest.param(2, 2000, 0.0, id="exactly all"),
        pytest.param(6, 2000, -2.0, id="overspent, and it says by how much"),
    ],
)
def test_what_is_left_is_signed(k, n, left):
    found = budget(facts(failed=bad_of(k, n)))

    assert left == pytest.approx(found.left)
    assert (k, n) == (found.k, found.n)


def test_without_requests_nothing_is_known():
    found = budget(facts(ended=[]))

    assert (0, None, None) == (found.n, found.left, found.exhausted_in)
    assert {(0, 0, None, None)} == {(burn.n, burn.k, burn.rate, burn.at_least) for burn in found.burns}


def test_callers_mistakes_are_nobodys_budget():
    assert 1 == budget(facts(failed=[float("nan"), 0.0])).n


def test_each_window_burns_by_itself():
    ends = [NOON - MINUTE, NOON - 20 * MINUTE, NOON - 50 * MINUTE, NOON - 5 * HOUR, NOON - 20 * HOUR, NOON - 60 * HOUR]
    found = budget(facts(ends, failed=[0.0, 1.0, 0.0, 0.0, 0.0, 0.0]), allowed=0.1)

    assert [(1, 0.0), (2, 5.0), (3, 10 / 3), (4, 2.5), (5, 2.0), (6, 10 / 6)] == [
        (burn.n, pytest.approx(burn.rate)) for burn in found.burns
    ]


def test_the_rate_is_not_rounded():
    found = measure_burn(facts([NOON - MINUTE] * 100_000, failed=bad_of(1441, 100_000)), HOUR, **FAILED)

    assert found.rate > 14.4


def test_a_sampled_signal_says_what_it_surely_burns_at():
    sample = facts([NOON - MINUTE] * 20, faithfulness=bad_of(4, 20, good=1.0, bad=0.5))
    found = measure_burn(sample, HOUR, **RISKY)

    assert (4.0, 1.427) == (pytest.approx(found.rate), pytest.approx(found.at_least, abs=0.001))
    assert measure_burn(facts(failed=bad_of(4, 20)), HOUR, **FAILED).at_least is None


def test_no_bad_answer_surely_burns_at_nothing():
    assert 0.0 == measure_burn(facts(faithfulness=[1.0] * 9), HOUR, **RISKY).at_least


@pytest.mark.parametrize(
    ("left", "pace", "expected"),
    [
        pytest.param(1.0, 1.0, 30 * DAY, id="a burn of 1 lasts exactly its window"),
        pytest.param(1.0, 14.4, 50 * HOUR, id="14.4 lasts two days and two hours"),
        pytest.param(0.25, 6.0, 30 * HOUR, id="what is left"),
        pytest.param(0.0, 0.0, timedelta(), id="it is gone"),
        pytest.param(-3.0, None, timedelta(), id="long gone"),
        pytest.param(0.5, 0.0, None, id="never at this pace"),
        pytest.param(0.5, 0.4, None, id="by then the present failures have left the window"),
        pytest.param(0.5, None, None, id="nobody knows the pace"),
        pytest.param(None, 2.0, None, id="nobody knows what is left"),
    ],
)
def test_how_long_it_lasts(left, pace, expected):
    found = lasts(left, pace, 30 * DAY)

    assert expected == (found if found is None else timedelta(seconds=round(found.total_seconds())))


@given(st.integers(1, 40), st.sampled_from([0.5, 0.2, 0.1, 0.05]))
def test_a_burn_of_one_all_along_spends_exactly_the_budget(blocks, allowed):
    size = round(1 / allowed)
    ends = every(DAY / (blocks * size), NOON - DAY, NOON)[: blocks * size]
    sample = facts(ends, failed=[1.0, *[0.0] * (size - 1)] * blocks)
    found = budget(sample, allowed=allowed)
    whole = measure_burn(sample, DAY, **{**FAILED, "allowed": allowed})

    assert (1.0, 0.0) == (pytest.approx(whole.rate), pytest.approx(found.left, abs=1e-9))


@given(st.lists(st.booleans(), max_size=80), st.floats(0.001, 0.9))
def test_one_more_bad_request_never_raises_a_budget_and_never_lowers_a_burn(failed, allowed):
    before = budget(facts([NOON - MINUTE] * len(failed), failed=[float(one) for one in failed]), allowed=allowed)
    more = [*map(float, failed), 1.0]
    after = budget(facts([NOON - MINUTE] * len(more), failed=more), allowed=allowed)

    if before.left is not None:
        assert after.left <= before.left
        assert all(b.rate <= a.rate for b, a in zip(before.burns, after.burns, strict=True))


@given(st.integers(1, 200), st.data())
def test_the_lower_bound_lies_at_or_below_the_rate_and_no_burn_above_the_most_possible(n, data):
    k = data.draw(st.integers(0, n))
    found = measure_burn(facts(faithfulness=bad_of(k, n, good=1.0, bad=0.0)), HOUR, **RISKY)

    assert 0 <= found.at_least <= found.rate <= 1 / RISKY["allowed"] + 1e-9


def test_an_objective_says_what_its_budget_is_of():
    fast = objective("fast", signal="ttft_s", statistic="p95", at_most=0.5, over="6h")
    found = budget_of(fast, facts([NOON - HOUR] * 100, ttft_s=bad_of(2, 100, good=0.2, bad=0.9)), NOON)

    assert ("fast", 0.05, 6 * HOUR, 2, 100) == (found.objective, found.allowed, found.over, found.k, found.n)
    assert 0.6 == pytest.approx(found.left)
    assert 6 * HOUR * 0.6 / 0.4 > 6 * HOUR
    assert found.exhausted_in is None


@pytest.mark.parametrize(
    "promise",
    [
        objective(signal="cost_usd", statistic="mean", at_most=0.01),
        Objective(name="goodput", tier="quality", promise="p", statistic="goodput", at_least=0.9),
    ],
    ids=["mean", "goodput"],
)
def test_what_allows_no_share_of_bad_requests_has_no_budget(promise):
    assert budget_of(promise, facts(failed=[0.0]), NOON) is None

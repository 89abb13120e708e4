"""How many answers a rule takes before it may fire, and whether the expected traffic has them."""

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.certainty import surely_at_least
from domain.intervals import chance_of_at_least
from flows.never_applies import Here
from flows.never_enough import chance_of_so_many, least, why_too_few
from flows.promised import read_profile
from tests.builders import DAY, HOUR, MINUTE, rule

OBJECTIVES = {one.name: one for one in read_profile("rag")}
SHARE = {"kind": "share", "signal": "hallucination_risk", "above": 0.15, "over": "15m", "alpha": 1e-4}
SPIKE = {**SHARE, "share_above": 0.2, "healthy_share": 0.05}
DECLINE = {"kind": "decline", "signal": "faithfulness", "over": "24h", "by": 0.02, "clear_by": 0.01, "alpha": 0.01}
BURN = {"kind": "burn", "objective": "hallucination", "long": "6h", "alpha": 0.01}


def asks(**when):
    return rule(when=when)


def here(requests_a_day, rate=0.1):
    return Here(objectives=OBJECTIVES, criteria=["faithfulness"], requests_a_day=requests_a_day, sample_rate=rate)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        pytest.param(SPIKE, ("over", 15 * MINUTE, 4), id="an exact test"),
        pytest.param({**SPIKE, "at_least_bad": 7}, ("over", 15 * MINUTE, 7), id="more than the test takes"),
        pytest.param({**SHARE, "share_above": 0.2}, ("over", 15 * MINUTE, 6), id="the limit is the guard"),
        pytest.param(
            {"kind": "share", "objective": "availability", "over": "5m", "alpha": 1e-3},
            ("over", 5 * MINUTE, 1),
            id="an objective's budget",
        ),
        pytest.param({**DECLINE, "at_least": 30}, ("over", DAY, 30), id="two days compared"),
        pytest.param({**BURN, "factor": 6}, ("long", 6 * HOUR, 4), id="the bound of a sampled burn"),
        pytest.param({**BURN, "objective": "availability", "factor": 6}, ("long", 6 * HOUR, 1), id="a counted burn"),
        pytest.param({**BURN, "factor": 30}, None, id="a burn out of reach is another mistake"),
        pytest.param(
            {"kind": "quantile", "signal": "ttft_s", "quantile": "p95", "above": 1, "over": "5m", "alpha": 0.01},
            ("over", 5 * MINUTE, 2),
            id="a quantile",
        ),
        pytest.param({"kind": "projection", "by": 0.1, "sure": 0.9, "clear_at": 1}, None, id="money is not counted"),
    ],
)
def test_the_fewest_that_may_fire(when, expected):
    found = least(asks(**when), OBJECTIVES)

    assert expected == (None if found is None else (found.name, found.over, found.n))


@pytest.mark.parametrize(
    ("requests_a_day", "rate", "too_few"),
    [
        pytest.param(5_000, 0.05, False, id="2.6 of 4: one look in four"),
        pytest.param(1_500, 0.05, True, id="0.8 of 4"),
        pytest.param(900, 0.05, False, id="everything is judged of a little"),
        pytest.param(70, 0.05, True, id="everything of next to nothing"),
        pytest.param(None, 0.05, False, id="nobody said"),
    ],
)
def test_too_few_is_less_than_one_look_in_a_hundred(requests_a_day, rate, too_few):
    assert too_few is (why_too_few(asks(**SPIKE), here(requests_a_day, rate)) is not None)


def test_what_is_not_sampled_is_compared_with_all_requests():
    few = asks(kind="share", signal="failed", share_above=0.05, over="2m", at_least_bad=3, alpha=1e-4)

    assert (
        "2 min at 100 requests a day are 0.14 requests on average; it takes 4 to fire"
        in why_too_few(few, here(100)).words
    )


@given(n=st.integers(1, 40), mean=st.floats(0.01, 40))
def test_the_chance_is_what_the_sum_over_all_smaller_counts_leaves(n, mean):
    fewer = math.fsum(math.exp(-mean + k * math.log(mean) - math.lgamma(k + 1)) for k in range(n))

    assert 1 - fewer == pytest.approx(chance_of_so_many(n, mean), abs=1e-9)


@given(healthy=st.floats(0.001, 0.5), alpha=st.floats(1e-9, 0.4))
def test_so_many_bad_ones_pass_the_exact_test_and_one_fewer_does_not(healthy, alpha):
    need = least(asks(**{**SHARE, "share_above": 0.5, "healthy_share": healthy, "alpha": alpha}), {})

    assert chance_of_at_least(need.n, need.n, healthy) <= alpha * (1 + 1e-6)
    assert need.n == 1 or chance_of_at_least(need.n - 1, need.n - 1, healthy) >= alpha * (1 - 1e-6)


def test_so_many_bad_ones_are_surely_a_burn_above_the_factor():
    need = least(asks(**BURN, factor=6), OBJECTIVES)

    assert surely_at_least(need.n, need.n, 0.01) > 6 * 0.05 > surely_at_least(need.n - 1, need.n - 1, 0.01)
    assert need.over == timedelta(hours=6)

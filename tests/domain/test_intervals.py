"""Exact bounds against scipy's distributions and published tables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from domain.intervals import chance_of_at_least, mean_interval, quantile_interval, share_interval

COUNTS = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTS, st.sampled_from([0.80, 0.95, 0.99]))
def test_a_share_has_the_bounds_of_clopper_and_pearson(counted, confidence):
    k, n = counted
    exact = stats.binomtest(k, n).proportion_ci(confidence, method="exact")

    assert pytest.approx((exact.low, exact.high), abs=1e-9) == tuple(share_interval(k, n, confidence=confidence))


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (0, 10, 0.0, 0.3085),
        (1, 10, 0.0025, 0.4450),
        (5, 10, 0.1871, 0.8129),
        (10, 10, 0.6915, 1.0),
        (4, 20, 0.0573, 0.4366),
    ],
)
def test_a_share_has_the_bounds_of_the_tables(k, n, low, high):
    assert pytest.approx((low, high), abs=5e-5) == tuple(share_interval(k, n))


@given(COUNTS, st.floats(1e-4, 0.999))
def test_the_chance_is_the_binomial_tail(counted, share):
    k, n = counted

    assert pytest.approx(stats.binom.sf(k - 1, n, share), rel=1e-6, abs=1e-12) == chance_of_at_least(k, n, share)


@given(COUNTS)
def test_the_test_and_the_bound_agree(counted):
    k, n = counted
    low = share_interval(k, n, confidence=0.90).low

    assert (chance_of_at_least(k, n, 0.05) <= 0.05) == (low >= 0.05) or abs(low - 0.05) < 1e-9


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=50))
def test_a_mean_has_students_interval_or_a_wider_one(values):
    spread = np.std(values, ddof=1) / np.sqrt(len(values))
    expected = stats.t.interval(0.95, len(values) - 1, loc=np.mean(values), scale=max(spread, 1e-300))

    found = mean_interval(values)

    assert found.low <= expected[0] + 1e-9 * (1 + abs(expected[0]))
    assert found.high >= expected[1] - 1e-9 * (1 + abs(expected[1]))
    symmetric = mean_interval([*values, *(2 * max(values) - value for value in values)])
    around = np.mean([*values, *(2 * max(values) - value for value in values)])
    assert symmetric.high - around == pytest.approx(around - symmetric.low, abs=1e-6 * (1 + abs(around)))


def test_the_mean_of_costs_with_a_long_tail_is_not_called_low_too_often():
    """The upper bound of what costs e^normal lies below the true mean in 15 % of small samples by Student alone."""
    rng = np.random.default_rng(5)
    samples = [np.exp(rng.normal(size=60)) for _ in range(2000)]

    too_low = np.mean([mean_interval(one, confidence=0.90).high < np.exp(0.5) for one in samples])
    assert 0.09 > too_low


@pytest.mark.parametrize(
    ("n", "q", "low", "high"),
    [(100, 0.95, 90, 100), (1000, 0.95, 936, 964), (100, 0.50, 40, 61), (72, 0.95, 64, 72), (6, 0.50, 1, 6)],
)
def test_a_quantile_has_the_order_statistics_of_hahn_and_meeker(n, q, low, high):
    assert (low, high) == quantile_interval(range(1, n + 1), q)


@pytest.mark.parametrize(("n", "q"), [(71, 0.95), (5, 0.50), (1, 0.50), (0, 0.95)])
def test_too_small_a_sample_has_no_quantile_interval(n, q):
    assert quantile_interval(range(n), q) is None


def test_a_quantile_interval_holds_the_truth_as_often_as_it_says():
    random = np.random.default_rng(1)
    truth = stats.lognorm.ppf(0.95, 1)
    held = [
        low <= truth <= high for low, high in (quantile_interval(random.lognormal(size=200), 0.95) for _ in range(2000))
    ]

    assert 0.945 <= np.mean(held) <= 0.99


def test_no_sample_no_number():
    assert share_interval(0, 0) is None
    assert mean_interval([]) is None
    assert mean_interval([1.0]) is None
    assert chance_of_at_least(0, 0, 0.05) == 1.0

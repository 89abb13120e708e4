"""The test for a decline against scipy's, and how often it is wrong."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from domain.trend import shift_down

SCORES = st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.75, 0.8, 0.9, 1.0]), min_size=8, max_size=80).map(np.array)
NUMBERS = st.lists(st.floats(0, 1), min_size=8, max_size=80).map(np.array)


@given(st.one_of(st.tuples(SCORES, SCORES), st.tuples(NUMBERS, NUMBERS)))
def test_the_chance_is_that_of_mann_and_whitney(samples):
    before, now = samples
    if len(np.unique(np.concatenate(samples))) == 1:
        assert shift_down(before, now).chance == 1.0
        return
    expected = stats.mannwhitneyu(now, before, alternative="less", method="asymptotic").pvalue

    assert pytest.approx(expected, rel=1e-9, abs=1e-12) == shift_down(before, now).chance


@given(NUMBERS, NUMBERS)
def test_the_shift_is_the_median_of_all_differences(before, now):
    median = np.median([b - a for a in before for b in now])
    expected = median if median != 0 else now.mean() - before.mean()

    assert pytest.approx(expected, abs=1e-12) == shift_down(before, now).shift


def test_lumpy_scores_whose_median_stays_still_show_a_decline():
    before, now = np.array([1.0] * 90 + [0.0] * 10), np.array([1.0] * 75 + [0.0] * 25)
    shift = shift_down(before, now)

    assert pytest.approx(-0.15) == shift.shift
    assert shift.chance < 0.01


@pytest.mark.parametrize(("n", "m"), [(0, 0), (0, 5), (5, 0)])
def test_no_sample_no_shift(n, m):
    shift = shift_down(np.ones(n), np.ones(m))

    assert (None, None, n, m) == (shift.shift, shift.chance, shift.before_n, shift.now_n)


def test_samples_too_large_for_all_pairs_are_compared_by_their_medians():
    random = np.random.default_rng(3)
    before, now = random.normal(0.8, 0.1, 3_000), random.normal(0.75, 0.1, 3_000)

    assert pytest.approx(np.median(now) - np.median(before)) == shift_down(before, now).shift
    assert pytest.approx(-0.05, abs=0.01) == shift_down(before, now).shift


def test_millions_of_equal_scores_do_not_overflow():
    ones = np.ones(2_200_000)

    assert shift_down(ones, ones[:100]).chance == 1.0


@pytest.mark.parametrize("lumps", [None, [0.0, 0.5, 0.8, 0.9, 1.0]], ids=["continuous", "lumpy"])
def test_without_a_decline_it_is_wrong_no_more_often_than_it_says(lumps):
    random = np.random.default_rng(7)

    def day():
        return random.random(40) if lumps is None else random.choice(lumps, 40, p=[0.05, 0.1, 0.2, 0.25, 0.4])

    wrong = sum(shift_down(day(), day()).chance <= 0.01 for _ in range(4000))

    assert wrong <= 4000 * 0.01 + 3.1 * np.sqrt(4000 * 0.01)
    assert wrong >= 10

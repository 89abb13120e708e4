"""The histogram: within 1 % at every quantile, and a merge that knows no order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from domain.histogram import ERROR, Histogram

positive = arrays(np.float64, st.integers(0, 60), elements=st.floats(1e-6, 1e4))


def exact(values, q):
    return np.sort(values)[max(int(np.ceil(q * len(values))), 1) - 1]


@pytest.mark.parametrize("q", [0.01, 0.5, 0.9, 0.95, 0.99, 0.999])
def test_every_quantile_of_a_heavy_tail_is_within_one_percent(q):
    rng = np.random.default_rng(7)
    values = rng.lognormal(-1, 1, 200_000)
    values[::100] *= 10
    values[::5000] *= 100

    assert ERROR >= abs(Histogram.of(values).quantile(q) / exact(values, q) - 1) - 1e-9


@given(positive, st.floats(0, 1))
def test_any_sample_is_within_one_percent(values, q):
    found = Histogram.of(values).quantile(q)

    if len(values) == 0:
        assert found is None
    else:
        assert ERROR >= abs(found / exact(values, q) - 1) - 1e-9


@given(positive, positive, positive)
def test_a_merge_knows_no_order_and_equals_the_whole(one, two, three):
    whole = Histogram.of(np.concatenate([one, two, three]))

    assert whole == Histogram.of(three) + (Histogram.of(one) + Histogram.of(two))
    assert whole == Histogram.of(two) + Histogram.of(three) + Histogram.of(one)


def test_unknown_is_left_out_and_zero_has_a_place_of_its_own():
    histogram = Histogram.of(np.array([np.nan, 0.0, -1.0, 2.0]))

    assert (3, 2) == (histogram.n, histogram.zeros)
    assert (0.0, pytest.approx(2.0, rel=ERROR)) == (histogram.quantile(0.5), histogram.quantile(1.0))


def test_nothing_has_no_quantile():
    assert Histogram.empty().quantile(0.5) is None


@given(st.lists(st.floats(0.001, 1000), min_size=2, max_size=60))
def test_the_variance_is_rather_too_large_than_too_small(values):
    column = np.array(values)
    found = Histogram.of(column).variance

    assert np.sqrt(found) >= column.std() - ERROR * np.abs(column).max() - 1e-12
    assert np.sqrt(found) <= column.std() + 2 * ERROR * np.abs(column).max() + 1e-12

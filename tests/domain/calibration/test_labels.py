"""Counting labels, and what an uneven choice of them is worth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calibration import Confusion, Side
from domain.intervals import share_interval

PAIRS = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60)


@given(PAIRS, PAIRS)
def test_pairs_are_counted_once_and_add_up(one, two):
    found = Confusion.of(one) + Confusion.of(two)

    assert Confusion.of([*one, *two]) == found
    assert (len(one) + len(two), sum(bad for bad, _ in one + two)) == (found.n, found.bad)
    assert sum(flagged for _, flagged in one + two) == found.tp + found.fp


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="negative"):
        Confusion(tp=1, fn=-1, tn=0, fp=0)


@pytest.mark.parametrize(("bad", "n"), [(-1, 3), (4, 3), (float("nan"), 3)])
def test_an_impossible_side_is_refused(bad, n):
    with pytest.raises(ValueError, match="bad of"):
        Side(bad, n)


def test_no_labels_no_share():
    assert (None, None) == (Side(0, 0).share, Side(0, 0).interval())
    assert Side(0, 0) == Side.uneven([], [])


@given(st.lists(st.booleans(), min_size=1, max_size=80), st.sampled_from([1.0, 0.5, 0.02]))
def test_an_even_choice_is_worth_its_size_whatever_its_rate(bad, rate):
    found = Side.uneven(bad, [rate] * len(bad))

    assert (sum(bad), len(bad)) == pytest.approx((found.bad, found.n))


@given(st.lists(st.tuples(st.booleans(), st.floats(0.001, 1)), min_size=1, max_size=60))
def test_an_uneven_choice_is_worth_no_more_than_its_size(labelled):
    bad, rates = zip(*labelled, strict=True)
    found = Side.uneven(bad, rates)
    weights = 1 / np.array(rates)

    assert found.n <= len(bad) + 1e-9
    assert found.share == pytest.approx(weights[np.array(bad)].sum() / weights.sum(), rel=1e-3)


def test_the_interval_of_a_side_is_exact():
    assert share_interval(3, 50) == Side(3, 50).interval()

"""The stability index against its formula, its law without drift, and how often it is wrong."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from domain.drift import stability

COUNTS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 500)).filter(lambda found: sum(found.values()) > 0)


def psi(before, now):
    """The formula, written out, with half a request added to every topic."""
    names = before.keys() | now.keys()
    n, m, half = sum(before.values()), sum(now.values()), 0.5 * len(names)
    p = {name: (before.get(name, 0) + 0.5) / (n + half) for name in names}
    q = {name: (now.get(name, 0) + 0.5) / (m + half) for name in names}
    return sum((p[name] - q[name]) * math.log(p[name] / q[name]) for name in names)


@given(COUNTS, COUNTS)
def test_the_index_is_that_of_the_formula(before, now):
    assert pytest.approx(psi(before, now), abs=1e-12) == stability(before, now).psi


@given(COUNTS, COUNTS)
def test_it_does_not_matter_which_is_before_and_what_topics_are_called(before, now):
    renamed = [{f"{name}!": n for name, n in reversed(one.items())} for one in (before, now)]

    assert pytest.approx(stability(before, now).psi, abs=1e-12) == stability(now, before).psi
    assert pytest.approx(stability(before, now).psi, abs=1e-12) == stability(*renamed).psi
    assert stability(before, now).psi >= 0


@pytest.mark.parametrize(("bins", "n", "m"), [(5, 148, 148), (10, 224, 224), (20, 351, 351), (10, 112, 10**9)])
def test_from_these_sizes_on_chance_stays_below_a_quarter(bins, n, m):
    found = [stability(dict.fromkeys(range(bins), a / bins), dict.fromkeys(range(bins), b / bins)) for a, b in [(n, m)]]
    expected = stats.chi2.isf(0.001, bins - 1) * (1 / int(n) + 1 / int(m))

    assert pytest.approx(expected, rel=1e-3) == found[0].critical
    assert pytest.approx(0.25, abs=0.002) == found[0].critical


def test_a_new_topic_counts_but_does_not_dominate():
    before, now = {"a": 100_000}, {"a": 99_000, "new": 1_000}

    assert pytest.approx(0.076, abs=0.001) == stability(before, now).psi
    assert ("new", 0.0, 0.01) in stability(before, now).moved


def test_what_moved_most_comes_first():
    moved = stability({"a": 50, "b": 30, "c": 20, "d": 10}, {"a": 10, "b": 30, "c": 60, "d": 10}).moved

    assert ["a", "c", "b"] == [*sorted([name for name, _, _ in moved][:2]), moved[2][0]]
    assert 3 == len(moved)


@pytest.mark.parametrize(("before", "now"), [({}, {}), ({}, {"a": 5}), ({"a": 5}, {}), ({"a": 0}, {"a": 5})])
def test_no_sample_no_index(before, now):
    found = stability(before, now)

    assert (None, None) == (found.psi, found.critical)


def test_one_topic_cannot_move():
    assert (0.0, 0.0) == (stability({"a": 9}, {"a": 90}).psi, stability({"a": 9}, {"a": 90}).critical)


@pytest.mark.parametrize(("alpha", "draws"), [(0.001, 6000), (0.01, 3000)])
def test_without_drift_it_is_wrong_no_more_often_than_it_says(alpha, draws):
    random = np.random.default_rng(11)
    mix = np.array([0.4, 0.25, 0.15, 0.1, 0.06, 0.04])

    def day(n):
        return Counter(dict(enumerate(random.multinomial(n, mix).tolist())))

    wrong = 0
    for _ in range(draws):
        found = stability(day(900), day(300), alpha=alpha)
        wrong += found.psi > found.critical

    assert wrong <= draws * alpha + 3.1 * math.sqrt(draws * alpha)

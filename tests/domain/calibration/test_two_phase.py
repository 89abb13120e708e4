"""Labels of flagged and passed answers of the window itself: by hand, at the gates, and simulated."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calibration import Missing, Refused, Side, TwoPhase, two_phase
from domain.calibration.two_phase import between, certain, posterior


def side(most=200):
    return st.integers(0, most).flatmap(lambda n: st.builds(Side, st.integers(0, n), st.just(n)))


JUDGED = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("k", "flagged", "passed", "expected"),
    [
        pytest.param(100, Side(25, 50), Side(0, 50), 0.05, id="half of the flagged are bad"),
        pytest.param(100, Side(40, 50), Side(1, 50), 0.08 + 0.018, id="and one in fifty passed ones"),
        pytest.param(0, Side(0, 0), Side(5, 100), 0.05, id="nothing was flagged: labels are all there is"),
        pytest.param(1000, Side(50, 100), Side(0, 0), 0.5, id="everything was flagged"),
    ],
)
def test_the_two_heaps_add_up(k, flagged, passed, expected):
    found = two_phase(k, 1000, flagged, passed)

    assert (expected, 1000, k / 1000) == (pytest.approx(found.value), found.n, found.flagged)
    assert (flagged.n, passed.n) == (found.of_flagged.n, found.of_passed.n)


@pytest.mark.parametrize(
    ("k", "flagged", "passed", "missing"),
    [
        pytest.param(100, Side(9, 18), Side(0, 50), (Missing("flagged", 12),), id="few flagged"),
        pytest.param(100, Side(15, 30), Side(0, 12), (Missing("passed", 38),), id="few passed"),
        pytest.param(100, Side(0, 0), Side(0, 0), (Missing("flagged", 30), Missing("passed", 50)), id="none"),
        pytest.param(12, Side(5, 9), Side(0, 50), (Missing("flagged", 3),), id="only twelve were flagged"),
        pytest.param(100, Side(4.2, 28.4), Side(0, 50), (Missing("flagged", 2),), id="an uneven choice is worth less"),
    ],
)
def test_the_gates_say_what_is_missing(k, flagged, passed, missing):
    found = two_phase(k, 1000, flagged, passed)

    assert (Refused, missing) == (type(found), found.missing)
    assert all(f"{gap.more} more labels of {gap.kind} answers" in found.words() for gap in missing)


@pytest.mark.parametrize(
    ("k", "flagged", "passed"),
    [(100, Side(15, 30), Side(0, 50)), (12, Side(5, 12), Side(0, 50)), (970, Side(40, 60), Side(3, 30))],
)
def test_enough_is_enough(k, flagged, passed):
    assert isinstance(two_phase(k, 1000, flagged, passed), TwoPhase)


def test_without_judgements_there_is_nothing_to_estimate():
    assert Refused(because="nothing was judged", n=0) == two_phase(0, 0, Side(0, 0), Side(0, 0))


def test_impossible_counts_are_refused():
    with pytest.raises(ValueError, match="11 flagged of 10 judged"):
        two_phase(11, 10, Side(0, 0), Side(0, 0))


@settings(max_examples=50, deadline=None)
@given(JUDGED, side(), side())
def test_what_is_published_lies_within_0_and_1_and_in_its_interval(judged, flagged, passed):
    found = two_phase(*judged, flagged, passed)

    if isinstance(found, TwoPhase):
        assert 0 <= found.interval.low <= found.value <= found.interval.high <= 1
        assert found == two_phase(*judged, flagged, passed)
    assert "nan" not in found.words()


@settings(max_examples=30, deadline=None)
@given(st.integers(60, 940), st.integers(0, 49), st.integers(0, 49))
def test_one_more_bad_label_never_lowers_a_bound(k, of_flagged, of_passed):
    fewer = two_phase(k, 1000, Side(of_flagged, 50), Side(of_passed, 50)).interval
    for more in (Side(of_flagged + 1, 50), Side(of_passed, 50)), (Side(of_flagged, 50), Side(of_passed + 1, 50)):
        found = two_phase(k, 1000, *more).interval
        assert (fewer.low <= found.low, fewer.high <= found.high) == (True, True)


@settings(max_examples=50, deadline=None)
@given(st.integers(60, 940), side(50), side(50), st.integers(2, 10))
def test_more_of_the_same_labels_never_close_a_gate_nor_widen_the_interval(k, flagged, passed, times):
    few = two_phase(k, 1000, flagged, passed)
    many = two_phase(k, 1000, *(Side(one.bad * times, one.n * times) for one in (flagged, passed)))

    if isinstance(few, TwoPhase):
        assert many.interval.high - many.interval.low <= few.interval.high - few.interval.low + 1e-3


ROUNDS = 800
JUDGES = [(0.9, 0.95), (0.75, 0.9), (0.6, 0.98)]
drawn, surely_drawn = cache(posterior), cache(certain)


@cache
def interval(k, n, bad_flagged, m_flagged, bad_passed, m_passed):
    """Return the bounds that `two_phase` publishes, with draws that were made before."""
    of_both = (bad_flagged, m_flagged, 1), (bad_passed, m_passed, 2)
    low, high = between(
        drawn(k, n, 0), tuple(surely_drawn(*one) for one in of_both), tuple(drawn(*one) for one in of_both)
    )
    value = (k * (bad_flagged / m_flagged if m_flagged else 0) + (n - k) * bad_passed / m_passed) / n
    return min(low, value), max(high, value)


def held(truth, judge, n, m, rounds):
    """Return how often the interval covers when people label *m* flagged (or all) and *m* passed answers."""
    rng = np.random.default_rng(51)
    bad = rng.binomial(n, truth, rounds)
    tp, fp = rng.binomial(bad, judge[0]), rng.binomial(n - bad, 1 - judge[1])
    m_flagged = np.minimum(m[0], tp + fp)
    bad_flagged = rng.hypergeometric(tp, fp, m_flagged)
    bad_passed = rng.hypergeometric(bad - tp, n - bad - fp, m[1])
    columns = (one.tolist() for one in (tp + fp, bad_flagged, m_flagged, bad_passed))
    found = [interval(k, n, *flagged, passed, m[1]) for k, *flagged, passed in zip(*columns, strict=True)]
    return np.mean([low <= truth <= high for low, high in found])


@pytest.mark.parametrize("truth", [0.02, 0.05, 0.2])
@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize("n", [1000, 5000])
def test_intervals_by_fifty_labels_of_each_cover(truth, judge, n):
    assert held(truth, judge, n, (50, 50), ROUNDS) >= 0.93


@pytest.mark.parametrize("truth", [0.002, 0.01, 0.2])
@pytest.mark.parametrize("judge", JUDGES)
def test_intervals_by_the_fewest_labels_cover_where_bad_ones_are_rare(truth, judge):
    assert held(truth, judge, 1000, (30, 50), ROUNDS // 2) >= 0.93


def test_the_simulation_is_of_what_is_published():
    for case in ((100, 1000, 25, 50, 1, 50), (32, 1000, 0, 32, 0, 50), (500, 5000, 30, 30, 50, 50)):
        k, n, bad_flagged, m_flagged, bad_passed, m_passed = case

        found = two_phase(k, n, Side(bad_flagged, m_flagged), Side(bad_passed, m_passed))
        assert interval(*case) == pytest.approx(tuple(found.interval))


def test_intervals_of_unevenly_chosen_labels_cover():
    """Of 900 passed answers a third look suspicious: those are labelled with 0.6, the others with 0.1."""
    rng = np.random.default_rng(52)
    hits = []
    for _ in range(200):
        suspicious = np.arange(900) < 300
        rates = np.where(suspicious, 0.6, 0.1)
        chosen = rng.random(900) < rates
        bad = rng.random(900) < np.where(suspicious, 0.06, 0.015)
        k = int(rng.binomial(1000, 0.1))
        flagged = Side(int(rng.binomial(50, 0.5)), 50)
        found = two_phase(k, 1000, flagged, Side.uneven(bad[chosen].tolist(), rates[chosen].tolist()))
        hits.append(found.interval.low <= 0.1 * 0.5 + 0.9 * 0.03 <= found.interval.high)

    assert np.mean(hits) >= 0.93

"""Shares corrected for a judge's errors: by hand, at the gates, and simulated."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calibration import Confusion, Corrected, Missing, Refused, correct
from domain.calibration.rogan_gladen import bounds, point, skill

GOOD_JUDGE = Confusion(tp=85, fn=15, tn=186, fp=14)
CELLS = st.integers(0, 1000)
CONFUSIONS = st.builds(Confusion, tp=CELLS, fn=CELLS, tn=CELLS, fp=CELLS)
JUDGED = st.floats(1, 1e6).flatmap(lambda n: st.tuples(st.floats(0, n), st.just(n)))


def test_the_formula_by_hand():
    """p' = 110.9207/1003.8415, se' = 86/102, sp' = 187/202, J' = 0.768880; see below for th', d and the variance."""
    low, high = bounds(109, 1000, 85, 100, 186, 200)
    of_se, of_sp = 0.843137 * 0.156863 / 102, 0.925743 * 0.074257 / 202

    th = (0.110496 + 0.925743 - 1) / 0.768880
    shift = 2 * 3.841459 * (th * of_se - (1 - th) * of_sp)
    assert th + shift == pytest.approx((low + high) / 2, abs=5e-6)
    variance = 0.110496 * 0.889504 / 1003.8415 + (1 - th) ** 2 * of_sp + th**2 * of_se
    assert 1.959964 * variance**0.5 / 0.768880 == pytest.approx((high - low) / 2, abs=5e-6)


@pytest.mark.parametrize(
    ("flagged", "truth"),
    [
        pytest.param(70, 0.0, id="false alarms alone"),
        pytest.param(109, 0.05, id="one in twenty"),
        pytest.param(226, 0.2, id="one in five"),
        pytest.param(850, 1.0, id="all it can find"),
    ],
)
def test_what_a_judge_of_85_and_93_per_cent_flags_is_put_right(flagged, truth):
    assert truth == pytest.approx(correct(flagged, 1000, GOOD_JUDGE).value, abs=1e-9)


def test_a_judge_that_never_errs_is_corrected_by_nothing():
    found = correct(50, 1000, Confusion(tp=5000, fn=0, tn=5000, fp=0))

    assert 0.05 == pytest.approx(found.value)
    assert (0.0381, 0.0654) == pytest.approx(tuple(found.interval), abs=2e-3)


@pytest.mark.parametrize(
    ("confusion", "missing", "words"),
    [
        pytest.param(
            Confusion(tp=30, fn=8, tn=190, fp=10),
            (Missing("bad", 12),),
            "12 more labels of bad answers (38 of 50)",
            id="few bad ones",
        ),
        pytest.param(
            Confusion(tp=45, fn=5, tn=58, fp=2),
            (Missing("good", 40),),
            "40 more labels of good answers (60 of 100)",
            id="few good ones",
        ),
        pytest.param(
            Confusion(tp=0, fn=0, tn=0, fp=0), (Missing("bad", 50), Missing("good", 100)), "50 more", id="none"
        ),
        pytest.param(Confusion(tp=27, fn=27, tn=170, fp=30), (), "too poorly", id="a judge that guesses"),
    ],
)
def test_the_gates_say_what_is_missing(confusion, missing, words):
    found = correct(100, 1000, confusion)

    assert (Refused, missing, 1000) == (type(found), found.missing, found.n)
    assert words in found.words()


@pytest.mark.parametrize(
    ("tp", "tn", "published"),
    [
        pytest.param(49, 99, False, id="one bad one short"),
        pytest.param(50, 99, False, id="one good one short"),
        pytest.param(50, 100, True, id="enough"),
    ],
)
def test_the_gates_are_where_they_are_said_to_be(tp, tn, published):
    found = correct(100, 1000, Confusion(tp=tp, fn=0, tn=tn, fp=0))

    assert published == isinstance(found, Corrected)


def test_without_judgements_there_is_nothing_to_correct():
    assert Refused(because="nothing was judged", n=0) == correct(0, 0, GOOD_JUDGE)


@pytest.mark.parametrize(
    ("flagged", "words"), [(10, "of 200 labelled good 20.0 % were"), (990, "of 100 labelled bad only 80.0 % were")]
)
def test_labels_that_cannot_be_of_this_judge_are_not_believed(flagged, words):
    found = correct(flagged, 1000, Confusion(tp=80, fn=20, tn=160, fp=40))

    assert words in found.words()
    assert "has changed since" in found.words()


@pytest.mark.parametrize(("k", "n"), [(-1, 10), (11, 10), (float("nan"), 10)])
def test_impossible_counts_are_refused(k, n):
    with pytest.raises(ValueError, match="flagged of"):
        correct(k, n, GOOD_JUDGE)


@given(JUDGED, CONFUSIONS)
def test_what_is_published_lies_within_0_and_1_and_in_its_interval(judged, confusion):
    found = correct(*judged, confusion)

    if isinstance(found, Corrected):
        assert 0 <= found.interval.low <= found.value <= found.interval.high <= 1
        assert (judged[1], confusion.bad, confusion.good) == (found.n, found.m_bad, found.m_good)
    assert "nan" not in found.words()


@given(st.integers(0, 300), CONFUSIONS, st.integers(2, 20))
def test_more_of_the_same_labels_never_close_a_gate_nor_widen_the_interval(k, confusion, times):
    more = Confusion(tp=times * confusion.tp, fn=times * confusion.fn, tn=times * confusion.tn, fp=times * confusion.fp)
    few, many = correct(k, 300, confusion), correct(k, 300, more)

    if isinstance(few, Corrected) and isinstance(many, Corrected):
        assert many.interval.high - many.interval.low <= few.interval.high - few.interval.low + 0.01
    if isinstance(few, Corrected) and isinstance(many, Refused):
        assert "has changed since" in many.words()


@given(st.lists(st.integers(0, 300), min_size=2, max_size=2).map(sorted), CONFUSIONS)
def test_more_flagged_is_never_fewer_bad(flagged, confusion):
    few, many = (correct(k, 300, confusion) for k in flagged)

    if isinstance(few, Corrected) and isinstance(many, Corrected):
        assert few.value <= many.value
        assert few.interval.low <= many.interval.low + 1e-9
        assert few.interval.high <= many.interval.high + 1e-9


ROUNDS = 20_000
JUDGES = [(0.9, 0.95), (0.75, 0.9), (0.6, 0.98)]
TRUTHS = [0.02, 0.05, 0.2]


def covered(truth, k, n, tp, bad, tn, good):
    """Return which intervals cover, and which are published."""
    few, many = bounds(k, n, tp, bad, tn, good, within=False)
    low, high = bounds(k, n, tp, bad, tn, good)
    value = point(k, n, tp, bad, tn, good)
    passed = (bad >= 50) & (good >= 100) & (skill(tp, bad, tn, good) >= 0.4) & (many > 0) & (few < 1)
    held = (np.minimum(low.clip(0, 1), value) <= truth) & (truth <= np.maximum(high.clip(0, 1), value))
    return held, passed


@pytest.mark.parametrize("truth", TRUTHS)
@pytest.mark.parametrize(("sensitivity", "specificity"), JUDGES)
@pytest.mark.parametrize("n", [1000, 5000])
@pytest.mark.parametrize(("bad", "good"), [(50, 100), (100, 100), (100, 200)])
def test_intervals_by_a_golden_set_cover(truth, sensitivity, specificity, n, bad, good):
    rng = np.random.default_rng(41)
    k = rng.binomial(n, truth * sensitivity + (1 - truth) * (1 - specificity), ROUNDS)
    tp, tn = rng.binomial(bad, sensitivity, ROUNDS), rng.binomial(good, specificity, ROUNDS)

    held, passed = covered(truth, k, n, tp, np.full(ROUNDS, bad), tn, np.full(ROUNDS, good))
    assert held[passed].mean() >= 0.93
    assert passed.mean() >= 0.97


@pytest.mark.parametrize(("truth", "labels"), [(0.02, 3500), (0.05, 1400), (0.2, 400)])
@pytest.mark.parametrize(("sensitivity", "specificity"), JUDGES)
@pytest.mark.parametrize("n", [1000, 5000])
def test_intervals_by_labels_drawn_at_random_cover(truth, labels, sensitivity, specificity, n):
    rng = np.random.default_rng(42)
    k = rng.binomial(n, truth * sensitivity + (1 - truth) * (1 - specificity), ROUNDS)
    bad = rng.binomial(labels, truth, ROUNDS)
    tp, tn = rng.binomial(bad, sensitivity), rng.binomial(labels - bad, specificity)

    held, passed = covered(truth, k, n, tp, bad, tn, labels - bad)
    assert held[passed].mean() >= 0.93
    assert passed.mean() >= 0.95


def test_the_simulation_is_of_what_is_published():
    rng = np.random.default_rng(43)
    for k, tp, tn in zip(rng.integers(0, 400, 50), rng.integers(50, 100, 50), rng.integers(120, 200, 50), strict=True):
        found = correct(int(k), 1000, Confusion(tp=int(tp), fn=int(100 - tp), tn=int(tn), fp=int(200 - tn)))
        numbers = [np.array([float(one)]) for one in (k, 1000, tp, 100, tn, 200)]
        inside = found.value if isinstance(found, Corrected) else 0.0

        assert isinstance(found, Corrected) == bool(covered(inside, *numbers)[1][0])
        if isinstance(found, Corrected):
            low, high = (float(one[0].clip(0, 1)) for one in bounds(*numbers))
            assert (low, high) == pytest.approx(tuple(found.interval))

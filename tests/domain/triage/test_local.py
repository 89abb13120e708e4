"""Calibrating the triage risk on local labels: what is refused, and what a calibration promises."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.triage import Local, Refused, fit_locally
from domain.triage.ordering import auroc, standard_error


def traffic(n, *, share=0.2, apart=1.5, seed=1):
    """Risks whose log odds are normal, higher by *apart* where the answer is wrong."""
    rng = np.random.default_rng(seed)
    wrong = np.arange(n) < round(n * share)
    rng.shuffle(wrong)
    return (1 / (1 + np.exp(-rng.normal(apart * wrong, 1)))).tolist(), wrong.tolist()


@pytest.mark.parametrize(
    ("n", "share", "apart", "reason"),
    [
        pytest.param(0, 0.2, 1.5, "0 labels, at least 100 are needed", id="no labels"),
        pytest.param(99, 0.2, 1.5, "99 labels, at least 100 are needed", id="99 labels"),
        pytest.param(
            100, 0.09, 1.5, "9 wrong and 91 right answers, at least 10 of each are needed", id="9 wrong answers"
        ),
        pytest.param(100, 0.91, 1.5, "91 wrong and 9 right answers, at least 10 of each are needed", id="9 right ones"),
        pytest.param(400, 1.0, 1.5, "400 wrong and 0 right answers, at least 10 of each are needed", id="one class"),
        pytest.param(
            200, 0.2, -1.0, "the risk does not order these answers: AUROC 0.25, not clearly above 0.50", id="reversed"
        ),
    ],
)
def test_refuses_with_its_reason(n, share, apart, reason):
    assert Refused(reason) == fit_locally(*traffic(n, share=share, apart=apart))


def test_a_hundred_labels_with_ten_of_each_are_enough():
    found = fit_locally(*traffic(100, share=0.1, apart=2.0))

    assert isinstance(found, Local)
    assert (100, 10, "triage/1") == (found.n, found.wrong, found.version)


@pytest.mark.parametrize("share", [0.05, 0.2, 0.6])
def test_the_probabilities_add_up_to_the_rate(share):
    risks, wrong = traffic(2000, share=share)
    found = fit_locally(risks, wrong)

    assert np.mean([found.probability(risk) for risk in risks]) == pytest.approx(share, abs=0.005)


def test_finds_the_curve_that_made_the_labels():
    found = fit_locally(*traffic(20_000, share=0.5, apart=1.5))

    assert found.slope == pytest.approx(1.5, abs=0.05)
    assert found.intercept == pytest.approx(-(1.5**2) / 2, abs=0.05)


def test_says_how_good_the_threshold_is_on_answers_it_has_not_seen():
    found = fit_locally(*traffic(400))
    risks, wrong = traffic(20_000, seed=2)
    flagged = np.array([found.flags(risk) for risk in risks])
    truth = np.array(wrong)
    later = (flagged[truth].mean() + (~flagged[~truth]).mean()) / 2

    assert found.balanced_accuracy == pytest.approx(later, abs=0.06)


def test_separable_labels_have_a_finite_curve_and_a_threshold_in_the_gap():
    risks = [0.1] * 60 + [0.9] * 60
    found = fit_locally(risks, [False] * 60 + [True] * 60)

    assert (60, 60) == (found.caught, found.cleared)
    assert found.flags(0.9)
    assert not found.flags(0.1)
    assert 0 < found.probability(0.0) < found.probability(1.0) < 1


@given(
    st.lists(st.tuples(st.floats(0, 1) | st.sampled_from([0.0, 0.5, 1.0]), st.booleans()), min_size=100, max_size=160)
)
@settings(max_examples=60, deadline=None)
def test_any_labels_are_refused_or_give_probabilities_and_twice_the_same(labels):
    risks, wrong = zip(*labels, strict=True)
    found = fit_locally(risks, wrong)

    assert found == fit_locally(risks, wrong)
    if isinstance(found, Local):
        assert all(0 <= found.probability(risk) <= 1 for risk in (*risks, 0.0, 1.0))
        assert found.slope > 0
        assert 0 <= found.threshold <= 1
        assert 0 <= found.balanced_accuracy <= 1


@pytest.mark.parametrize("risks", [[float("nan")], [1.01], [-0.1], [float("inf")]])
def test_a_risk_outside_0_to_1_is_an_error(risks):
    with pytest.raises(ValueError, match="from 0 to 1"):
        fit_locally(risks, [True])


def test_one_label_per_risk():
    with pytest.raises(ValueError, match="2 risks but 1 labels"):
        fit_locally([0.1, 0.2], [True])


@pytest.mark.parametrize(
    ("risks", "wrong", "area"),
    [
        pytest.param([0.1, 0.9], [False, True], 1.0, id="in order"),
        pytest.param([0.9, 0.1], [False, True], 0.0, id="reversed"),
        pytest.param([0.5, 0.5, 0.5], [False, True, True], 0.5, id="ties"),
        pytest.param([0.5], [True], None, id="no right answer"),
        pytest.param([], [], None, id="nothing"),
    ],
)
def test_auroc(risks, wrong, area):
    assert area == auroc(risks, wrong)


def test_the_error_of_an_auroc_falls_with_the_labels():
    assert standard_error(0.8, 10, 90) > standard_error(0.8, 40, 360) > standard_error(0.8, 400, 3600) > 0
    assert standard_error(1.0, 10, 10) == 0.0

"""Agreement of a judge with people, against published tables and simulated judges."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calibration import Confusion, agreement
from domain.calibration.agreement import kappa
from domain.intervals import share_interval

CELLS = st.integers(0, 400)
CONFUSIONS = st.builds(Confusion, tp=CELLS, fn=CELLS, tn=CELLS, fp=CELLS)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        pytest.param((20, 5, 15, 10), 0.4, id="grants, 50 proposals"),
        pytest.param((45, 15, 15, 25), 0.1304, id="60 % agree, one way to disagree"),
        pytest.param((25, 35, 35, 5), 0.2593, id="60 % agree, the other way"),
        pytest.param((50, 0, 50, 0), 1.0, id="always"),
        pytest.param((0, 50, 0, 50), -1.0, id="never"),
        pytest.param((25, 25, 25, 25), 0.0, id="by chance"),
        pytest.param((0, 10, 90, 0), 0.0, id="a judge that passes everything"),
    ],
)
def test_kappa(cells, expected):
    tp, fn, tn, fp = cells

    assert expected == pytest.approx(agreement(Confusion(tp=tp, fn=fn, tn=tn, fp=fp)).kappa.value, abs=5e-5)


@pytest.mark.parametrize(
    ("cells", "unknown"),
    [
        pytest.param((0, 0, 0, 0), {"sensitivity", "specificity", "base_rate", "kappa"}, id="no labels"),
        pytest.param((30, 0, 0, 0), {"specificity", "kappa"}, id="all bad and flagged"),
        pytest.param((0, 0, 30, 0), {"sensitivity", "kappa"}, id="all good and passed"),
        pytest.param((0, 0, 29, 1), {"sensitivity"}, id="all good, one flagged"),
    ],
)
def test_what_labels_do_not_tell_is_unknown(cells, unknown):
    tp, fn, tn, fp = cells
    found = agreement(Confusion(tp=tp, fn=fn, tn=tn, fp=fp))
    names = ("sensitivity", "specificity", "base_rate", "kappa")

    assert unknown == {name for name in names if getattr(found, name).value is None}
    assert unknown == {name for name in names if getattr(found, name).interval is None}
    assert ("unknown" in found.words()) == bool(unknown)


@given(CONFUSIONS)
def test_every_interval_holds_its_number(confusion):
    found = agreement(confusion)

    for one, least in ((found.sensitivity, 0), (found.specificity, 0), (found.base_rate, 0), (found.kappa, -1)):
        if one.value is not None:
            assert least <= one.interval.low <= one.value <= one.interval.high <= 1
    assert (confusion.bad, confusion.good, confusion.n, confusion.n) == (
        found.sensitivity.n,
        found.specificity.n,
        found.base_rate.n,
        found.kappa.n,
    )
    assert "nan" not in found.words()


@given(CONFUSIONS)
def test_it_says_the_same_each_time(confusion):
    assert agreement(confusion) == agreement(confusion)


def test_shares_have_exact_intervals():
    found = agreement(Confusion(tp=70, fn=11, tn=186, fp=14))

    assert share_interval(70, 81) == found.sensitivity.interval
    assert share_interval(186, 200) == found.specificity.interval


ROUNDS = 3000
measured = cache(agreement)


@pytest.mark.parametrize(("n", "bad"), [(50, 0.05), (50, 0.3)])
@pytest.mark.parametrize(("sensitivity", "specificity"), [(0.9, 0.95), (0.75, 0.9), (0.6, 0.98)])
def test_kappas_intervals_cover(n, bad, sensitivity, specificity):
    shares = np.array([bad * sensitivity, bad * (1 - sensitivity)])
    shares = np.array([*shares, (1 - bad) * specificity, (1 - bad) * (1 - specificity)])
    drawn = np.random.default_rng(31).multinomial(n, shares, ROUNDS).tolist()
    found = [measured(Confusion(tp=tp, fn=fn, tn=tn, fp=fp)).kappa.interval for tp, fn, tn, fp in drawn]

    held = np.mean([one.low <= float(kappa(shares)) <= one.high for one in found if one is not None])
    assert held >= 0.93

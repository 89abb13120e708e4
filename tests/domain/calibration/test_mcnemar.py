"""The exact test of paired verdicts: published values, its rate of false alarms, its power."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from domain.calibration import Flips, pairs_needed, power

COUNTS = st.integers(0, 300)


@pytest.mark.parametrize(
    ("up", "down", "expected"),
    [
        pytest.param(150, 86, 3.716e-05, id="approval of a prime minister (Agresti)"),
        pytest.param(0, 0, 1.0, id="nothing flipped"),
        pytest.param(5, 5, 1.0, id="as many up as down"),
        pytest.param(5, 0, 2 / 2**5, id="five heads"),
        pytest.param(0, 8, 2 / 2**8, id="eight tails"),
        pytest.param(8, 1, 2 * 10 / 2**9, id="eight of nine"),
    ],
)
def test_p_values(up, down, expected):
    assert expected == pytest.approx(Flips(up=up, down=down, n=1600).p_value, rel=1e-3)


@given(COUNTS, COUNTS)
def test_it_is_the_binomial_test_at_a_half(up, down):
    expected = stats.binomtest(up, up + down, 0.5).pvalue if up + down else 1.0

    assert expected == pytest.approx(Flips(up=up, down=down, n=1000).p_value, rel=1e-9)
    assert Flips(up=up, down=down, n=1000).p_value == Flips(up=down, down=up, n=1000).p_value


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60))
def test_pairs_are_counted_once(pairs):
    found = Flips.of(pairs)

    assert (len(pairs), sum(one != two for one, two in pairs)) == (found.n, found.up + found.down)
    assert sum(after for _, after in pairs) - sum(before for before, _ in pairs) == found.up - found.down


@pytest.mark.parametrize(("up", "down", "n"), [(-1, 0, 5), (0, -1, 5), (3, 3, 5)])
def test_impossible_flips_are_refused(up, down, n):
    with pytest.raises(ValueError, match="flips of"):
        Flips(up=up, down=down, n=n)


def test_a_tiny_p_is_not_spelled_out():
    assert "(exact McNemar p < 0.001)" in Flips(up=40, down=2, n=200).words()


@pytest.mark.parametrize(
    ("n", "up", "down", "expected"),
    [
        (50, 0.08, 0.01, 0.03),
        (100, 0.08, 0.01, 0.29),
        (200, 0.08, 0.01, 0.77),
        (400, 0.08, 0.01, 0.99),
        (200, 0.05, 0.01, 0.30),
        (400, 0.05, 0.01, 0.74),
    ],
)
def test_how_many_anchors_see_which_drift(n, up, down, expected):
    assert expected == pytest.approx(power(n, up, down), abs=0.015)


@given(st.integers(0, 600), st.floats(0, 0.5), st.sampled_from([0.01, 0.05, 0.1, 0.5]))
def test_a_judge_that_has_not_changed_is_hardly_ever_said_to_have(n, flips, alpha):
    assert 0 <= power(n, flips, flips, alpha) <= alpha + 1e-12


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 25), st.integers(0, 50), st.integers(0, 50), st.sampled_from([0.01, 0.05, 0.3]))
def test_the_power_is_the_chance_of_a_small_p(n, up, down, alpha):
    by_hand, up, down = 0.0, up / 100, down / 100
    for flips in range(n + 1):
        chance = stats.binom.pmf(flips, n, up + down)
        for rose in range(flips + 1):
            if Flips(up=rose, down=flips - rose, n=n).p_value <= alpha * (1 + 1e-12):
                by_hand += chance * stats.binom.pmf(rose, flips, up / (up + down) if up + down else 0)

    assert by_hand == pytest.approx(power(n, up, down, alpha), abs=1e-9)


def test_simulated_false_alarms_and_power():
    rng = np.random.default_rng(61)
    for up, down, expected in ((0.04, 0.04, power(200, 0.04, 0.04)), (0.08, 0.01, power(200, 0.08, 0.01))):
        drawn = rng.multinomial(200, [up, down, 1 - up - down], 4000).tolist()
        seen = np.mean([Flips(up=one, down=two, n=200).p_value <= 0.01 for one, two, _ in drawn])

        assert expected == pytest.approx(seen, abs=0.02)


@pytest.mark.parametrize(
    ("up", "down", "alpha", "sure"), [(0.08, 0.01, 0.01, 0.8), (0.05, 0.01, 0.01, 0.8), (0.1, 0.0, 0.05, 0.9)]
)
def test_so_many_pairs_are_needed(up, down, alpha, sure):
    n = pairs_needed(up, down, alpha=alpha, sure=sure)

    assert power(n - 1, up, down, alpha) < sure <= power(n, up, down, alpha)
    assert all(power(more, up, down, alpha) >= sure - 0.01 for more in range(n, n + 50))


def test_flips_that_cancel_out_cannot_be_seen():
    assert pairs_needed(0.03, 0.03) is None
    assert pairs_needed(0.0, 0.0) is None


@pytest.mark.parametrize(
    ("up", "down", "alpha"), [(-0.1, 0.1, 0.05), (0.6, 0.6, 0.05), (0.1, 0.1, 0.0), (0.1, 0.1, 1.0)]
)
def test_impossible_questions_are_refused(up, down, alpha):
    with pytest.raises(ValueError, match="between 0 and 1"):
        power(100, up, down, alpha)

"""What a count is worth: weighted samples and sessions, and that the intervals cover what is true."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bad import Bad
from domain.measure import distribution, tally
from domain.plan import Limit
from domain.tally import Clusters, Tally, Weights
from tests.builders import NOON, facts

RISKY = Limit("hallucination_risk", Bad(above=0.15))
BY_SESSION = Limit("failed", Bad(), clustered=True)


def test_without_requests_there_is_no_share():
    assert (None, (0.0, 0.0), None) == (Tally(0, 0).share, Tally(0, 0).effective, Tally(0, 0).interval())


@given(st.integers(1, 500), st.sampled_from([1.0, 0.5, 0.1, 0.05]))
def test_an_even_sample_is_worth_its_size_whatever_its_rate(n, rate):
    found = tally(facts([NOON] * n, faithfulness=[0.5] + [1.0] * (n - 1), rate=rate), RISKY)

    assert (1 / n, (1.0, float(n))) == (pytest.approx(found.share), pytest.approx(found.effective))
    assert Tally(n, 1).interval() == pytest.approx(found.interval())


def test_requests_count_by_the_inverse_of_their_rate():
    """A quiet day was judged in full and was bad; a busy one to a tenth, and was good."""
    sample = facts([NOON] * 200, faithfulness=[0.5] * 50 + [1.0] * 50 + [1.0] * 100, rate=[1.0] * 100 + [0.1] * 100)
    found = tally(sample, RISKY)

    assert (50, 200) == (found.k, found.n)
    assert 50 / 1100 == pytest.approx(found.share)
    assert 1100**2 / (100 + 100 * 100) == pytest.approx(found.effective[1])


def test_what_nobody_chose_stands_for_itself():
    assert 1.0 == tally(facts(refused=[1.0], rate=float("nan")), Limit("refused", Bad())).share


@pytest.mark.parametrize(
    ("sessions", "failed", "worth"),
    [
        pytest.param([None] * 8, [1.0, 0.0] * 4, 8, id="nobody belongs together"),
        pytest.param(list("abcdefgh"), [1.0, 0.0] * 4, 8, id="sessions of one"),
        pytest.param(list("aabbccdd"), [0.0] * 8, 4, id="nothing bad: as many as there are sessions"),
        pytest.param(list("aaaaaaaa"), [1.0, 0.0] * 4, 1, id="one session is one request"),
    ],
)
def test_what_sessions_are_worth(sessions, failed, worth):
    assert worth == pytest.approx(tally(facts(sessions=sessions, failed=failed), BY_SESSION).effective[1])


def test_sessions_that_fail_as_a_whole_are_worth_less_than_their_requests():
    whole = facts(sessions=[f"s{n // 5}" for n in range(500)], failed=[float(n // 5 % 10 == 0) for n in range(500)])
    mixed = facts(sessions=[f"s{n // 5}" for n in range(500)], failed=[float(n % 10 == 0) for n in range(500)])

    assert 95 < tally(whole, BY_SESSION).effective[1] < 105
    assert 450 < tally(mixed, BY_SESSION).effective[1] <= 500


def test_tallies_add_up():
    one = Tally(3, 1, Weights(3000, 1000, 3_000_000, 1_000_000), Clusters(2, 5, 2, 1))

    assert Tally(6, 2, Weights(6000, 2000, 6_000_000, 2_000_000), Clusters(4, 10, 4, 2)) == one + one


ROUNDS = 1_500
THREE_SIGMA = 3 * (0.95 * 0.05 / ROUNDS) ** 0.5


@pytest.mark.parametrize("bad", [0.02, 0.05, 0.3])
def test_intervals_of_uneven_samples_cover(bad):
    """Half of the traffic is judged in full and is twice as bad as the other, judged to a fifth."""
    rng = np.random.default_rng(11)
    held = 0
    for _ in range(ROUNDS):
        small, large = rng.random(200) < bad * 2, rng.random(200) < bad
        sample = facts(
            [NOON] * 400,
            faithfulness=np.where(np.concatenate([small, large]), 0.5, 1.0).tolist(),
            rate=[1.0] * 200 + [0.2] * 200,
        )
        low, high = tally(sample, RISKY).interval()
        held += low <= (200 * bad * 2 + 1000 * bad) / 1200 <= high

    assert held / ROUNDS >= 0.95 - THREE_SIGMA


@pytest.mark.parametrize(("sessions", "alike"), [(60, 0.3), (60, 1.0), (200, 0.6)])
def test_intervals_of_sessions_cover(sessions, alike):
    """Sessions of one to eight requests; a part of them fails or succeeds as a whole."""
    rng = np.random.default_rng(12)
    held = naive = 0
    for _ in range(ROUNDS):
        sizes = rng.integers(1, 9, sessions)
        of = np.repeat(np.arange(sessions), sizes)
        fate = rng.random(sessions) < 0.2
        failed = np.where(rng.random(len(of)) < alike, fate[of], rng.random(len(of)) < 0.2).astype(float)
        found = tally(facts(sessions=[str(one) for one in of], failed=failed.tolist()), BY_SESSION)
        low, high = found.interval()
        held += low <= 0.2 <= high
        low, high = Tally(found.n, found.k).interval()
        naive += low <= 0.2 <= high

    assert held / ROUNDS >= 0.95 - THREE_SIGMA
    assert naive < held


def test_a_weighted_median_is_that_of_all_requests():
    values = distribution(
        facts([NOON] * 20, faithfulness=[0.5] * 10 + [0.9] * 10, rate=[1.0] * 10 + [0.1] * 10), "faithfulness"
    )

    assert 0.9 == values.quantile(0.5)
    assert (20, pytest.approx((5 + 90) / 110)) == (values.n, values.mean)


def test_intervals_hold_where_the_bad_ones_stand_for_many():
    """Nine in a hundred are bad where one in ten is judged, one in a hundred where all are: 5 % of all."""
    rng = np.random.default_rng(6)
    held = 0
    for _ in range(ROUNDS):
        few, all_of = (rng.random(500) < 0.1).sum(), 500
        values = [*np.where(rng.random(few) < 0.09, 0.5, 1.0), *np.where(rng.random(all_of) < 0.01, 0.5, 1.0)]
        of = facts([NOON] * (few + all_of), faithfulness=values, rate=[0.1] * few + [1.0] * all_of)
        low, high = tally(of, RISKY).interval()
        held += low <= 0.05 <= high

    assert held / ROUNDS >= 0.93 - THREE_SIGMA

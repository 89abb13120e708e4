"""The detector of an increase: what it promises of false alarms, and how soon it finds one."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.change import Change

DOUBLED = Change(0.05, 0.10)
ENDLESS = math.inf

CHANGES = st.tuples(st.floats(0.01, 0.4), st.floats(1.1, 2.4)).map(lambda said: Change(said[0], said[0] * said[1]))
ANSWERS = st.lists(st.booleans(), max_size=200).map(lambda said: np.array(said, dtype=bool))


def alarms_after(rate, change, limit, runs, seed, most=100_000):
    """After how many answers, at this rate of bad ones, each of so many detectors reaches the limit."""
    random = np.random.default_rng(seed)
    grows, falls = change.changed / change.healthy, (1 - change.changed) / (1 - change.healthy)
    found, after = np.zeros(runs), np.full(runs, most)
    waiting = np.arange(runs)
    for answer in range(1, most + 1):
        found = (1 + found) * np.where(random.random(len(waiting)) < rate, grows, falls)
        after[waiting[found >= limit]] = answer
        waiting, found = waiting[found < limit], found[found < limit]
        if not len(waiting):
            break
    return after


@pytest.mark.parametrize("rate", [0.05, 0.045])
def test_on_average_as_many_answers_pass_before_a_false_alarm_as_it_says(rate):
    after = alarms_after(rate, DOUBLED, limit=500, runs=600, seed=7)

    assert after.mean() >= 500 - 3 * after.std() / math.sqrt(len(after))


def test_a_rate_that_wanders_below_the_healthy_one_raises_no_more_alarms():
    random = np.random.default_rng(11)
    weeks = np.tile(np.concatenate([np.full(100, 0.05), np.full(100, 0.02)]), 50)
    alarmed = [DOUBLED.evidence(random.random(len(weeks)) < weeks, ENDLESS) >= 10_000 for _ in range(100)]

    assert sum(alarmed) <= 2


@pytest.mark.parametrize(("rate", "answers"), [(0.10, 400), (0.15, 170), (0.20, 110), (0.40, 50)])
def test_an_increase_is_found_within_some_dozens_or_hundreds_of_answers(rate, answers):
    assert np.mean(alarms_after(rate, DOUBLED, limit=50_000, runs=300, seed=3)) < answers


@given(CHANGES, ANSWERS)
def test_the_evidence_is_the_sum_over_all_moments_at_which_it_could_have_changed(change, bad):
    grows, falls = change.changed / change.healthy, (1 - change.changed) / (1 - change.healthy)
    ratios = np.where(bad, grows, falls)
    expected = sum(float(np.prod(ratios[first:])) for first in range(len(bad)))

    assert pytest.approx(expected, rel=1e-9) == change.evidence(bad, ENDLESS)


@given(CHANGES, ANSWERS, st.integers(0, 200))
def test_to_begin_later_never_gives_more_evidence(change, bad, first):
    assert change.evidence(bad[first:], ENDLESS) <= change.evidence(bad, ENDLESS) * (1 + 1e-12)


@given(CHANGES, ANSWERS, st.floats(1, 1e6))
def test_to_cut_it_off_never_gives_more_evidence(change, bad, most):
    assert change.evidence(bad, most) <= min(most, change.evidence(bad, ENDLESS)) * (1 + 1e-12)


@given(CHANGES, ANSWERS, st.integers(0, 199))
def test_one_more_bad_answer_never_gives_less_evidence(change, bad, at):
    worse = bad.copy()
    worse[at : at + 1] = True

    assert change.evidence(worse, ENDLESS) >= change.evidence(bad, ENDLESS)


@given(CHANGES, ANSWERS)
def test_it_began_where_the_rest_speaks_most_for_a_change(change, bad):
    steps = np.where(
        bad, math.log(change.changed / change.healthy), math.log((1 - change.changed) / (1 - change.healthy))
    )
    sums = [float(steps[first:].sum()) for first in range(len(bad) + 1)]

    assert pytest.approx(max(sums), abs=1e-9) == sums[change.since(bad)]


def test_without_answers_there_is_no_evidence():
    nothing = np.array([], dtype=bool)

    assert (0.0, 0) == (DOUBLED.evidence(nothing, ENDLESS), DOUBLED.since(nothing))

"""Minutes: bad, good or unknown."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain import measure
from domain.assessment import assess
from domain.bad import Bad
from domain.objective import Verdict
from domain.slices import MinuteLimit
from domain.window import Window
from tests.builders import HOUR, MINUTE, NOON, facts, objective

THIS_HOUR = Window(NOON, NOON + HOUR)
BERLIN = ZoneInfo("Europe/Berlin")


def of_minutes(*minutes: list[float]):
    """Return requests: for each minute whether they failed."""
    ends = [NOON + n * MINUTE + timedelta(seconds=1) for n, minute in enumerate(minutes) for _ in minute]
    return facts(ends, failed=[one for minute in minutes for one in minute])


def counted(of, window=THIS_HOUR, **limit):
    found = measure.slices(of, MinuteLimit("failed", Bad(), **limit), window)
    return (found.k, found.n)


NAN = float("nan")


@pytest.mark.parametrize(
    ("minutes", "k", "n"),
    [
        pytest.param([[0.0], [0.0]], 0, 2, id="all good"),
        pytest.param([[1.0] + [0.0] * 19], 0, 1, id="exactly 5 % is not more than 5 %"),
        pytest.param([[1.0] + [0.0] * 18], 1, 1, id="one more is"),
        pytest.param([[0.0], [], [1.0]], 1, 2, id="an empty minute is not counted"),
        pytest.param([[NAN, NAN], [0.0]], 0, 1, id="callers' mistakes are no traffic"),
        pytest.param([[NAN, 1.0]], 1, 1, id="nor do they dilute"),
        pytest.param([], 0, 0, id="nothing"),
    ],
)
def test_a_minute_is_bad_good_or_unknown(minutes, k, n):
    assert (k, n) == counted(of_minutes(*minutes))


def test_the_limit_can_be_another():
    assert (0, 1) == counted(of_minutes([1.0] * 29 + [0.0] * 71), above=0.29)


def test_without_traffic_there_is_no_number():
    found = measure.slices(facts([]), MinuteLimit("failed", Bad()), THIS_HOUR)

    assert (None, None, 0) == (found.value, found.interval, found.n)


@given(st.lists(st.lists(st.sampled_from([0.0, 1.0, NAN]), max_size=4), max_size=20), st.integers(1, 59))
def test_the_parts_of_an_hour_add_up_to_the_hour(minutes, cut):
    of = of_minutes(*minutes)
    parts = [Window(NOON, NOON + cut * MINUTE), Window(NOON + cut * MINUTE, NOON + HOUR)]

    found = [counted(of.within(part), part) for part in parts]

    assert counted(of) == (sum(k for k, _ in found), sum(n for _, n in found))


@pytest.mark.parametrize(
    ("day", "minutes"),
    [
        pytest.param(datetime(2026, 3, 29, tzinfo=BERLIN), 23 * 60, id="the day that lacks an hour"),
        pytest.param(datetime(2026, 10, 25, tzinfo=BERLIN), 25 * 60, id="the day with an hour twice"),
        pytest.param(datetime(2026, 11, 23, tzinfo=BERLIN), 24 * 60, id="a day like any other"),
    ],
)
def test_a_day_has_as_many_minutes_as_it_has(day, minutes):
    window = Window(day, day + timedelta(days=1))  # until the same time on the wall
    ends = [window.start + n * MINUTE for n in range(26 * 60)]
    of = facts(ends, failed=[0.0] * len(ends)).within(window)

    assert (0, minutes) == counted(of, window)


UP = {"signal": "answered", "statistic": "slices", "at_least": 0.9, "at_most": None, "over": "1h"}


def test_a_promise_about_minutes_is_shown_as_the_good_share_and_judged_by_the_bad():
    promise = objective(**UP)
    of = of_minutes(*[[0.0]] * 30, *[[1.0]] * 30)

    found = assess(promise, of, THIS_HOUR)

    assert (Verdict.BREACHED, 0.5, 30, 60) == (found.verdict, found.measurement.value, found.bad.k, found.bad.n)
    assert Verdict.MET is assess(promise, of_minutes(*[[0.0]] * 60), THIS_HOUR).verdict
    assert Verdict.INCONCLUSIVE is assess(promise, facts([]), THIS_HOUR).verdict


def test_failed_and_answered_are_two_sides_of_one_promise():
    of = of_minutes([1.0, 0.0], [0.0], [0.0] * 30 + [1.0])

    answered, failed = (
        assess(objective(**UP | {"signal": each}), of, THIS_HOUR).bad for each in ("answered", "failed")
    )

    assert (1, 3) == (answered.k, answered.n) == (failed.k, failed.n)


def test_a_stricter_minute_can_be_asked_for():
    of = of_minutes([1.0] + [0.0] * 30)

    assert (0, 1) == (
        assess(objective(**UP), of, THIS_HOUR).bad.k,
        assess(objective(**UP, above=0), of, THIS_HOUR).bad.k,
    )


def test_minutes_are_no_budget_of_requests():
    assert objective(**UP).budget is None


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"signal": "latency_s"}, "true of a request or not"),
        ({"at_least": None, "at_most": 0.1}, "limited by at_least"),
        ({"below": 0.5}, "limited by at_least"),
        ({"above": 1.0}, "makes a minute bad"),
        ({"at_least": 1.0}, "can never be spent or never be kept"),
    ],
)
def test_a_promise_about_minutes_that_makes_no_sense_is_refused(said, why):
    with pytest.raises(ValidationError, match=why):
        objective(**UP | said)

"""Our books against the source's: the same rows, by the same prices, over the hours that both counted."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.observation import Observation
from domain.reconciliation import Counted, ReconciledHour, Totals, add_up_days, totals_of
from tests.builders import HOUR

TEN = Totals(10, 100)
MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)


def hour(number: int, ours: Totals = TEN, theirs: Totals | None = TEN) -> ReconciledHour:
    """The hour with this number since midnight."""
    start = MIDNIGHT + number * HOUR
    return ReconciledHour(
        start=start, ours=ours, theirs=theirs, requests=3, spend_nano_usd=90, checked_at=start + 2 * HOUR
    )


def row(name: str, cost: int | None = None, **changes) -> Observation:
    return Observation(id=name, trace_id="t", started_at=MIDNIGHT, cost_nano_usd=cost, **changes)


def test_the_hours_of_a_day_are_added_up():
    (day,) = add_up_days([hour(0), hour(23, Totals(5, 1), Totals(6, 2))])

    assert (date(2026, 11, 22), 2, Counted(15, 101), Counted(16, 102)) == (
        day.day,
        day.hours,
        Counted(day.rows.ours, day.cost.ours),
        Counted(day.rows.theirs, day.cost.theirs),
    )
    assert (6, 180) == (day.requests, day.spend_nano_usd)


def test_midnight_of_utc_divides_the_days():
    assert [(date(2026, 11, 21), 1), (date(2026, 11, 22), 2)] == [
        (day.day, day.hours) for day in add_up_days([hour(1), hour(-1), hour(0)])
    ]


def test_an_hour_that_the_source_did_not_count_is_no_part_of_the_comparison():
    (day,) = add_up_days([hour(0), hour(1, Totals(7, 7), None)])

    assert (1, Counted(10, 10), 3) == (day.hours, day.rows, day.requests)


@pytest.mark.parametrize("hours", [[], [hour(0, theirs=None), hour(1, theirs=None)]], ids=["no hour", "never counted"])
def test_without_a_count_there_is_no_day(hours):
    assert [] == add_up_days(hours)


def test_a_cost_that_was_not_said_once_leaves_the_day_without_one_and_its_rows_compared():
    (day,) = add_up_days([hour(0), hour(1, theirs=Totals(10, None))])

    assert (None, Counted(20, 20), True) == (day.cost, day.rows, day.agrees)


@pytest.mark.parametrize(
    ("ours", "theirs", "agrees"),
    [
        pytest.param(Totals(0, 0), Totals(0, 0), True, id="a day without traffic"),
        pytest.param(Totals(0, 0), Totals(1, 0), False, id="one that we have not"),
        pytest.param(Totals(1, 0), Totals(0, 0), False, id="one that they have not"),
        pytest.param(Totals(995, 1000), Totals(1000, 1000), True, id="half a percent"),
        pytest.param(Totals(994, 1000), Totals(1000, 1000), False, id="a little more than that"),
        pytest.param(Totals(1000, 990), Totals(1000, 1000), False, id="the cost alone"),
        pytest.param(Totals(1000, 0), Totals(1000, -5), False, id="a credit that we have not"),
        pytest.param(Totals(1000, -5), Totals(1000, -5), True, id="a credit that both have"),
    ],
)
def test_agreement_is_half_a_percent_of_the_larger_side_in_rows_and_in_cost(ours, theirs, agrees):
    (day,) = add_up_days([hour(0, ours, theirs)])

    assert agrees is day.agrees


def test_totals_are_of_rows_once_each_whatever_became_of_them():
    later = MIDNIGHT + timedelta(minutes=1)
    rows = [
        row("failed", 5, failed=True),
        row("unpriced"),
        row("twice", 7, updated_at=MIDNIGHT),
        row("twice", 9, updated_at=later),
        row("t-t"),
    ]

    assert Totals(6, 14) == totals_of(rows, unreadable=2)


amounts = st.integers(0, 10**12)


@given(pairs=st.lists(st.tuples(amounts, amounts), min_size=1, max_size=24))
def test_a_difference_is_a_part_and_vanishes_only_where_both_are_equal(pairs):
    (day,) = add_up_days(
        [hour(n, Totals(ours, ours), Totals(theirs, theirs)) for n, (ours, theirs) in enumerate(pairs)]
    )

    assert 0 <= day.difference <= 1
    assert (day.difference == 0) == (sum(ours for ours, _ in pairs) == sum(theirs for _, theirs in pairs))

"""Time: UTC, half-open, never naive, and plain."""

from datetime import UTC, datetime, timedelta

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.window import Window, floor_to, slots, utc

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="needs a zone"):
        Window(datetime(2026, 11, 1), NOON)


@pytest.mark.parametrize("end", [NOON, NOON - MINUTE], ids=["empty", "reversed"])
def test_a_window_that_holds_nothing_is_refused(end):
    with pytest.raises(ValueError, match="end after it starts"):
        Window(NOON, end)


def test_a_window_holds_its_start_and_not_its_end():
    window = Window(NOON, NOON + MINUTE)

    assert (True, False) == (NOON in window, NOON + MINUTE in window)


def test_a_subclass_of_datetime_becomes_a_plain_one():
    moment = utc(pendulum.datetime(2026, 11, 1, 13, tz="Europe/Berlin"))

    assert (datetime, NOON) == (type(moment), moment)


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_a_floor_is_a_multiple_at_or_before(moment):
    floor = floor_to(moment, 5 * MINUTE)

    assert floor <= moment < floor + 5 * MINUTE
    assert 0 == floor.timestamp() % 300


def test_slots_come_in_order_after_the_last_one():
    assert [NOON + MINUTE, NOON + 2 * MINUTE] == list(slots(NOON, NOON + 2.5 * MINUTE, MINUTE))
    assert [] == list(slots(NOON, NOON, MINUTE))


@given(st.integers(1, 5000), st.integers(1, 700))
def test_the_parts_of_a_window_cover_it_without_a_gap(minutes, step):
    window = Window(NOON, NOON + minutes * MINUTE)
    parts = list(window.parts(step * MINUTE))

    assert window == Window(parts[0].start, parts[-1].end)
    assert all(left.end == right.start for left, right in zip(parts, parts[1:], strict=False))

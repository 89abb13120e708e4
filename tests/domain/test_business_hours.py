from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.business_hours import BusinessHours, Weekday

FRIDAY = datetime(2026, 11, 20, 16, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("start", "within", "due"),
    [
        pytest.param(FRIDAY, HOUR, FRIDAY + HOUR, id="exactly the end of the day is still that day"),
        pytest.param(FRIDAY, 4 * HOUR, datetime(2026, 11, 23, 12, tzinfo=UTC), id="over a weekend"),
        pytest.param(FRIDAY + 3 * HOUR, 4 * HOUR, datetime(2026, 11, 23, 13, tzinfo=UTC), id="begun in the evening"),
        pytest.param(FRIDAY - 10 * HOUR, 4 * HOUR, FRIDAY - 3 * HOUR, id="begun before anybody came"),
        pytest.param(FRIDAY, 17 * HOUR, datetime(2026, 11, 24, 17, tzinfo=UTC), id="of several days"),
    ],
)
def test_only_working_time_counts(start, within, due):
    assert due == BusinessHours().after(start, within)


def test_hours_are_those_of_the_place_also_when_its_clock_changes():
    berlin = BusinessHours(timezone="Europe/Berlin")

    assert datetime(2026, 3, 27, 9, tzinfo=UTC) == berlin.after(datetime(2026, 3, 26, 20, tzinfo=UTC), HOUR)
    assert datetime(2026, 3, 30, 8, tzinfo=UTC) == berlin.after(datetime(2026, 3, 28, 20, tzinfo=UTC), HOUR)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    st.integers(1, 60 * 40),
    st.sets(st.sampled_from(Weekday), min_size=1),
)
def test_what_is_due_is_due_in_working_time_and_never_earlier_than_by_the_clock(start, minutes, days):
    hours = BusinessHours(days=tuple(days), timezone="America/New_York")
    due = hours.after(start, timedelta(minutes=minutes))

    assert due >= start + timedelta(minutes=minutes)
    assert due <= hours.after(start, timedelta(minutes=minutes + 1))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"timezone": "Mars/Olympus"}, "there is no time zone"),
        ({"days": []}, "nothing would ever be due"),
        ({"begin": time(17), "end": time(9)}, "from lies after to"),
    ],
)
def test_hours_in_which_nobody_ever_works_are_refused(wrong, words):
    with pytest.raises(ValidationError, match=words):
        BusinessHours(**wrong)

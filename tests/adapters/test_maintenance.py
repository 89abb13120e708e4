"""Silences that come again, by the clock of a place, also on the two odd nights of a year."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from adapters.maintenance import Maintenance, silences_of
from domain.silence import silencing
from domain.window import Window
from tests.builders import DAY, HOUR, MINUTE, NOON


def maintenance(**said) -> Maintenance:
    shape = {"name": "import", "cron": "30 2 * * *", "timezone": "Europe/Berlin", "lasts": "1h"}
    return Maintenance.model_validate({**shape, **said})


def starts(one: Maintenance, first: datetime, days: int = 3) -> list[str]:
    return [f"{s.starts:%d %H:%M}" for s in one.silences("shop", Window(first, first + days * DAY))]


def test_it_comes_by_the_clock_of_the_place():
    assert ["23 01:30", "24 01:30", "25 01:30"] == starts(maintenance(), NOON - 12 * HOUR)
    assert ["24 02:30"] == starts(maintenance(timezone="UTC", cron="30 2 * * TUE"), NOON - 12 * HOUR)


def test_where_the_clock_goes_forward_it_begins_after_the_gap_and_where_it_goes_back_once():
    assert ["28 01:30", "29 01:00", "30 00:30"] == starts(maintenance(), datetime(2026, 3, 28, tzinfo=UTC))
    assert ["24 00:30", "25 00:30", "26 01:30"] == starts(maintenance(), datetime(2026, 10, 24, tzinfo=UTC))


def test_one_that_began_before_the_window_is_on_in_it():
    (one,) = maintenance().silences("shop", Window(datetime(2026, 11, 23, 2, tzinfo=UTC), NOON))

    assert (datetime(2026, 11, 23, 1, 30, tzinfo=UTC), datetime(2026, 11, 23, 2, 30, tzinfo=UTC)) == (
        one.starts,
        one.ends,
    )


def test_it_says_what_is_silenced_by_rule_severity_and_label():
    one = maintenance(rules=["slow-*", "errors"], where={"feature": "import"}, severity="ticket")
    found = silences_of([one], "shop", Window(NOON, NOON + DAY))
    at = found[0].starts + MINUTE
    about = {"rule": "slow-first-token", "severity": "ticket", "feature": "import"}

    assert 2 == len(found)
    assert "import" == silencing(found, at, about).comment
    assert silencing(found, at, {**about, "severity": "page"}) is None
    assert silencing(found, at, {**about, "rule": "availability"}) is None
    assert silencing(found, at, {name: value for name, value in about.items() if name != "feature"}) is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"cron": "99 2 * * *"}, "is no cron expression of five fields"),
        ({"cron": "soon"}, "is no cron expression of five fields"),
        ({"timezone": "Berlin"}, "there is no time zone 'Berlin'"),
        ({"timezone": "../etc/passwd"}, "there is no time zone"),
        ({"lasts": "8d"}, "less than or equal"),
        ({"lasts": "0m"}, "greater than"),
        ({"where": {"colour": "red"}}, "there is no label 'colour'"),
        ({"severity": "loud"}, "severity"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong, words):
    with pytest.raises(ValidationError, match=words):
        maintenance(**wrong)


@given(
    st.integers(0, 400 * 24 * 60), st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])
)
def test_a_nightly_one_is_on_for_its_length_once_a_day_whatever_the_clocks_do(minutes, zone):
    day = datetime(2026, 1, 1, tzinfo=UTC) + minutes * MINUTE
    found = list(maintenance(timezone=zone, cron="0 12 * * *").silences("shop", Window(day, day + 7 * DAY)))

    assert 7 <= len(found) <= 8
    assert all(
        23 * HOUR <= later.starts - one.starts <= 25 * HOUR for one, later in zip(found, found[1:], strict=False)
    )
    assert all(HOUR == one.ends - one.starts for one in found)

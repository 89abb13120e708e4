"""Where the month is heading: exact cases, and how often the alarm is false."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from domain.projection import daily_spend_usd, project_month
from tests.builders import facts

DAY = timedelta(days=1)


def days(first, *amounts):
    return {first + position * DAY: amount for position, amount in enumerate(amounts)}


def at(day, hour=12):
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(("known", "because"), [(0, "0 complete"), (1, "1 complete"), (2, "2 complete")])
def test_too_few_complete_days_project_nothing(known, because):
    found = project_month(days(date(2026, 11, 1), *[10.0] * (known + 1)), at(known + 1))

    assert (None, None, None) == (found.total_usd, found.interval, found.chance_over(100))
    assert found.because.startswith(because)


def test_what_is_spent_needs_no_projection():
    found = project_month(days(date(2026, 11, 1), 50.0, 60.0), at(2))

    assert (None, 110.0, 60.0) == (found.total_usd, found.spent_usd, found.today_usd)
    assert (1.0, None) == (found.chance_over(100.0), found.chance_over(110.0))


def test_equal_days_go_on_as_they_were():
    found = project_month(days(date(2026, 11, 1), *[10.0] * 9, 4.0), at(10))

    assert (300.0, 94.0, 4.0, 9) == (found.total_usd, found.spent_usd, found.today_usd, found.days)
    assert (1.0, 0.0) == (found.chance_over(299.0), found.chance_over(301.0))


def test_a_day_that_costs_more_than_expected_already_counts_as_it_is():
    assert 320.0 == project_month(days(date(2026, 11, 1), *[10.0] * 9, 30.0), at(10)).total_usd


def test_from_two_weeks_on_weekdays_are_told_apart():
    spend = {date(2026, 10, 19) + n * DAY: 20.0 if n % 7 < 5 else 2.0 for n in range(27)}  # Monday 19 Oct to 14 Nov
    found = project_month(spend, at(15))
    rest = sum(20.0 if (date(2026, 11, 15) + n * DAY).weekday() < 5 else 2.0 for n in range(16))

    assert pytest.approx(found.spent_usd + rest) == found.total_usd
    assert "weekday averages of the last 27 days" == found.because


def test_a_day_without_requests_cost_nothing_and_counts():
    spend = days(date(2026, 11, 1), 10.0, 10.0, 10.0, 10.0)
    del spend[date(2026, 11, 3)]

    assert 7.5 * 26 + 30 == project_month(spend, at(5)).total_usd


def test_the_first_incomplete_day_is_money_but_no_measure():
    spend = days(date(2026, 11, 3), 1.0, 10.0, 10.0, 10.0)
    found = project_month(spend, at(7), first_day=date(2026, 11, 4))

    assert (31.0, date(2026, 11, 3), 3) == (found.spent_usd, found.since, found.days)
    assert 31.0 + 10.0 * 24 == found.total_usd


def test_on_the_very_first_day_the_spend_is_known_though_the_day_is_not():
    found = project_month({date(2026, 11, 3): 90.0}, at(3), first_day=date(2026, 11, 4))

    assert (90.0, 90.0, None) == (found.spent_usd, found.today_usd, found.total_usd)


def test_a_new_month_begins_with_nothing_and_remembers_the_old_one():
    found = project_month(days(date(2026, 10, 20), *[10.0] * 12), at(1, 0))

    assert (0.0, 300.0, 12, date(2026, 11, 1)) == (found.spent_usd, found.total_usd, found.days, found.since)


def test_the_last_day_has_only_itself_to_come():
    found = project_month(days(date(2026, 11, 1), *[10.0] * 29, 10.0), at(30, 23))

    assert 300.0 == found.total_usd


def test_no_spend_at_all_is_nothing_known():
    found = project_month({}, at(5))

    assert (0.0, None, 0) == (found.spent_usd, found.total_usd, found.days)


@pytest.mark.parametrize("known", [5, 13, 20, 28])
def test_surely_over_is_the_whole_interval_over(known):
    random = np.random.default_rng(known)
    found = project_month(days(date(2026, 11, 29) - known * DAY, *random.normal(10, 2, known)), at(29))
    low, high = found.interval

    assert pytest.approx(0.90) == found.chance_over(low)
    assert pytest.approx(0.10) == found.chance_over(high)


def test_the_alarm_is_rarely_false_and_rarely_missing():
    random = np.random.default_rng(5)
    profile = np.array([1.15, 1.15, 1.15, 1.15, 1.1, 0.65, 0.65])

    def alarms(level, months=150):
        fired = 0
        for _ in range(months):
            spend = {
                date(2026, 10, 4) + n * DAY: max(level * profile[(n + 6) % 7] * random.normal(1, 0.3), 0.0)
                for n in range(58)
            }
            month = sum(usd for day, usd in spend.items() if day.month == 11)
            known = {day: usd * level * 30 / month if day.month == 11 else usd for day, usd in spend.items()}
            for day in range(1, 31):
                found = project_month({d: usd for d, usd in known.items() if d < date(2026, 11, day)}, at(day, 0))
                if found.chance_over(1.15 * 30 * 10) >= 0.9:
                    fired += 1
                    break
        return fired / months

    assert alarms(10.0) <= 0.03
    assert alarms(13.0) >= 0.95


def test_spend_is_summed_exactly_by_utc_day():
    ends = [
        datetime(2026, 11, 1, 23, 59, 59, tzinfo=UTC),
        datetime(2026, 11, 2, tzinfo=UTC),
        datetime(2026, 11, 2, 5, tzinfo=UTC),
    ]
    found = daily_spend_usd(facts(ends, spend_usd=[0.1, 0.2, 0.3]), datetime(2026, 11, 3, tzinfo=UTC))

    assert {date(2026, 11, 1): 0.1, date(2026, 11, 2): 0.5} == found
    assert {} == daily_spend_usd(facts([]), ends[0])

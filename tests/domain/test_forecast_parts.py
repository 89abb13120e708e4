"""Forecasts of features and models: they add up, and a young one gets its share."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.forecast import forecast_month
from domain.forecast_parts import forecast_parts

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 16, tzinfo=UTC)


def days(known, usd):
    return {NOW.date() - n * DAY: usd for n in range(1, known + 1)}


def whole(parts):
    every = {day for spend in parts.values() for day in spend}
    return forecast_month({day: sum(spend.get(day, 0.0) for spend in parts.values()) for day in every}, NOW)


def test_parts_that_go_on_keep_their_shares():
    parts = {"search": days(90, 30.0), "chat": days(90, 10.0)}
    found = forecast_parts(parts, whole(parts), NOW)

    assert (pytest.approx(900.0), pytest.approx(300.0)) == (found["search"].total_usd, found["chat"].total_usd)
    assert found["chat"].interval().low < 300 < found["chat"].interval().high
    assert found["chat"].because.endswith("scaled to the whole")


@pytest.mark.parametrize("known", [1, 2])
def test_a_part_that_is_days_old_gets_its_share_of_the_last_week_and_says_so(known):
    parts = {"old": days(90, 90.0), "new": days(known, 10.0)}
    total = whole(parts)
    found = forecast_parts(parts, total, NOW)
    share = 10.0 * known / (10.0 * known + 7 * 90.0)

    assert pytest.approx(total.rest_usd * share, rel=0.1) == found["new"].rest_usd
    assert found["new"].interval() is None
    assert f"insufficient history: {known} complete days" in found["new"].because
    assert "its share of the last 7 days" in found["new"].because
    assert 0 < found["new"].chance_over(2 * found["new"].total_usd) < 0.5


def test_a_part_that_stopped_expects_nothing():
    parts = {"on": days(90, 20.0), "off": {date(2026, 8, 20) + n * DAY: 20.0 for n in range(20)}}
    found = forecast_parts(parts, whole(parts), NOW)

    assert (0.0, 0.0) == (found["off"].spent_usd, found["off"].rest_usd)
    assert pytest.approx(whole(parts).rest_usd) == found["on"].rest_usd


def test_without_a_forecast_of_the_whole_there_is_none_of_its_parts():
    parts = {"a": days(2, 3.0), "b": days(1, 4.0)}
    found = forecast_parts(parts, whole(parts), NOW)

    assert {None} == {one.total_usd for one in found.values()} | {one.interval() for one in found.values()}
    assert {"insufficient history: 2 complete days; a forecast needs 3"} == {one.because for one in found.values()}


def test_another_label_gives_the_same_whole():
    by_feature = {"search": days(90, 30.0), "chat": days(90, 10.0)}
    by_model = {"large": days(90, 25.0), "small": days(90, 14.0), "new": days(90, 1.0)}
    totals = [
        sum(one.total_usd for one in forecast_parts(parts, whole(parts), NOW).values())
        for parts in (by_feature, by_model)
    ]

    assert pytest.approx(totals[0]) == totals[1]


def test_no_parts_no_forecasts():
    assert {} == forecast_parts({}, forecast_month(days(90, 1.0), NOW), NOW)

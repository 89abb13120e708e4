"""Today's part: what the hours so far say about the day."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from domain.forecast import forecast_month
from domain.forecast_today import DayShare, usual_share

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BUSY = np.array([0.0] * 8 + [1.0] * 10 + [0.0] * 6)
NOON = datetime(2026, 11, 20, 13, tzinfo=UTC)


def hours(now, days, profile=lambda _: BUSY):
    midnight = now.replace(hour=0)
    return {
        midnight - n * DAY + hour * HOUR: float(usd)
        for n in range(1, days + 1)
        for hour, usd in enumerate(profile(n))
        if usd
    }


@pytest.mark.parametrize(
    ("hour", "minute", "share"), [(9, 0, 0.1), (13, 0, 0.5), (13, 30, 0.55), (18, 0, 1.0), (23, 59, 1.0)]
)
def test_the_share_is_what_was_usually_there_by_this_time(hour, minute, share):
    found = usual_share(hours(NOON, 28), NOON.replace(hour=hour, minute=minute))

    assert (pytest.approx(share), 28) == (found.share, found.days)
    assert pytest.approx(0, abs=1e-9) == found.spread


def test_only_the_last_four_weeks_count_and_today_does_not():
    spend = {**hours(NOON, 60), NOON.replace(hour=9): 1e6}

    assert (pytest.approx(0.5), 28) == (usual_share(spend, NOON).share, usual_share(spend, NOON).days)


def test_days_that_differ_make_it_less_sure():
    late = np.roll(BUSY, 3)
    found = usual_share(hours(NOON, 28, lambda n: BUSY if n % 2 else late), NOON)

    assert pytest.approx((0.5 + 0.2) / 2) == found.share
    assert 0.3 < found.spread < 0.6


@pytest.mark.parametrize(("days", "hour"), [(0, 13), (6, 13), (28, 8), (28, 0)])
def test_with_too_few_days_or_too_early_it_is_not_known(days, hour):
    assert usual_share(hours(NOON, days), NOON.replace(hour=hour)) is None


def test_days_are_those_of_the_zone_in_which_money_is_counted():
    zone = ZoneInfo("America/New_York")  # the clocks went back on 1 November
    now = datetime(2026, 11, 8, 13, tzinfo=zone)
    local = [datetime(2026, 10, 25, hour, tzinfo=zone) + n * DAY for n in range(14) for hour in range(8, 18)]
    found = usual_share({one.astimezone(UTC): 1.0 for one in local}, now)

    assert (pytest.approx(0.5), 14) == (found.share, found.days)


def spend_until(now, today):
    return {**{now.date() - n * DAY: 10.0 + n % 3 for n in range(1, 90)}, now.date(): today}


def test_today_is_scaled_by_what_is_usually_there():
    share = DayShare(0.5, 0.01, 28)
    slow, usual, fast = (
        forecast_month(spend_until(NOON, today), NOON, share=share).rest_usd for today in (0.0, 5.5, 30.0)
    )

    assert slow < usual < fast
    assert pytest.approx(30.0, rel=0.05) == fast - forecast_month(spend_until(NOON, 30.0), NOON).rest_usd


def test_an_unsure_share_leaves_today_as_expected():
    surely, hardly = (
        forecast_month(spend_until(NOON, 30.0), NOON, share=DayShare(0.5, spread, 28)).rest_usd for spread in (0.01, 5)
    )

    assert surely - hardly > 20


def test_as_the_last_day_passes_what_is_left_and_how_unsure_it_is_shrink():
    now = datetime(2026, 11, 30, 12, tzinfo=UTC)
    widths, rests = [], []
    for gone in (0.1, 0.4, 0.7, 0.95, 1.0):
        spend = spend_until(now, 11.0 * gone)
        found = forecast_month(spend, now, share=DayShare(gone, 0.2 * (1 - gone), 28))
        widths.append(found.interval().high - found.interval().low)
        rests.append(found.rest_usd)

    assert widths == sorted(widths, reverse=True)
    assert rests == sorted(rests, reverse=True)
    assert pytest.approx(0, abs=1e-9) == rests[-1] == widths[-1]

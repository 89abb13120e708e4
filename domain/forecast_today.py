"""How much of a day's spend is usually there by this time of day."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

FEWEST_DAYS = 7
"""A week shows each kind of day once."""

_LOOKS_BACK_DAYS = 28
_LEAST_SHARE = 0.02
"""Before a fiftieth of a day is usually there, what is there says nothing about the day."""
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class DayShare:
    """The share of a day's spend that is usually there by now.

    Attributes:
        spread: How far the share of a single day is off, as a part of it.
        days: Complete days that it is known from.
    """

    share: float
    spread: float
    days: int


def usual_share(hours: Mapping[datetime, float], at: datetime) -> DayShare | None:
    """Return the usual share by the clock of *at*, from the spend of each hour of the last 28 days.

    Args:
        hours: USD by the hour's beginning; any zone. An hour without spend may be missing.
        at: Now, in the zone in which days are counted; its own day is left out.

    Returns:
        None before a week of days with spend is known, or so early that hardly anything is there yet.
    """
    whole, before = _by_day(hours, at)
    shares = np.array([before[day] / usd for day, usd in whole.items() if usd > 0])
    if len(shares) < FEWEST_DAYS or shares.mean() < _LEAST_SHARE:
        return None
    spread = float(shares.std(ddof=1) / shares.mean()) * float(np.sqrt(1 + 1 / len(shares)))
    return DayShare(min(float(shares.mean()), 1.0), spread, len(shares))


def _by_day(hours: Mapping[datetime, float], at: datetime) -> tuple[dict[date, float], dict[date, float]]:
    """Return what each complete day cost, and what it had cost by the clock of *at*."""
    today, clock = at.date(), at - at.replace(hour=0, minute=0, second=0, microsecond=0)
    first = today - timedelta(days=_LOOKS_BACK_DAYS)
    whole: dict[date, float] = defaultdict(float)
    before: dict[date, float] = defaultdict(float)
    for start, usd in hours.items():
        local = start.astimezone(at.tzinfo)
        if first <= local.date() < today:
            gone = (clock - timedelta(hours=local.hour, minutes=local.minute)) / _HOUR
            whole[local.date()] += usd
            before[local.date()] += usd * min(max(gone, 0.0), 1.0)
    return whole, before

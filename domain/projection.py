"""Where the month's spend is heading: the days so far, and what the days to come probably cost.

With two weeks of history or more, a coming day costs what its weekday cost on average over the last 28 days; with
less, what the average complete day cost. The naive run-rate (month to date / days gone x days of the month) is wrong
in half of all months, because it takes the first weekend for the rule.
"""

import math
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from scipy import special

from domain.history import History
from domain.intervals import Interval
from domain.measure import spend_nano_usd
from domain.money import NANO_PER_USD
from domain.window import Window, floor_to

LOOKS_BACK = timedelta(days=62)
"""What a projection needs to see: this month, and the weeks before it that it learns from."""
ENOUGH_DAYS = 3
_DAY = timedelta(days=1)
_WEEKLY_FROM_DAYS = 14
_LOOK_BACK_DAYS = 28
_CONFIDENCE = 0.80


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """A month's spend as it is expected to end.

    Attributes:
        spent_usd: From the first of the month (or the first data, `since`) until now, incomplete days and all.
        today_usd: The part of it that was spent today.
        days: Complete days that the projection rests on.
        total_usd: Expected total of the month; None with too little history.
        interval: 80 % interval of the total.
        freedom: Degrees of freedom of the spread.
        because: How it was projected, or why it could not be.
    """

    month: date
    since: date
    spent_usd: float
    today_usd: float
    days: int
    total_usd: float | None
    interval: Interval | None
    spread_usd: float | None
    because: str
    freedom: int = 1

    def chance_over(self, amount_usd: float) -> float | None:
        """Return the probability that the month ends above *amount_usd*; None without a projection.

        What is spent is spent: above the amount already, it needs no projection.
        """
        if self.spent_usd > amount_usd:
            return 1.0
        if self.total_usd is None or self.spread_usd is None:
            return None
        if self.spread_usd == 0:
            return float(self.total_usd > amount_usd)
        return float(special.stdtr(self.freedom, (self.total_usd - amount_usd) / self.spread_usd))


def daily_spend_usd(history: History, at: datetime) -> dict[date, float]:
    """Return the spend of each UTC day that has requests, in the time before *at* that a projection looks at."""
    first = floor_to(at - LOOKS_BACK, _DAY)
    samples = ((day.start.date(), history.over(day)) for day in Window(first, at).parts(_DAY))
    return {day: spend_nano_usd(sample) / NANO_PER_USD for day, sample in samples if len(sample)}


def month_of(at: datetime) -> Window:
    """Return the UTC month that contains *at*.

    >>> month_of(datetime(2026, 11, 30, 23, tzinfo=UTC)).end.isoformat()
    '2026-12-01T00:00:00+00:00'
    """
    start = at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return Window(start, start + timedelta(days=monthrange(start.year, start.month)[1]))


def first_full_day(known_from: datetime) -> date:
    """Return the first UTC day whose spend is known from its beginning.

    >>> first_full_day(datetime(2026, 11, 1, tzinfo=UTC)), first_full_day(datetime(2026, 11, 1, 0, 1, tzinfo=UTC))
    (datetime.date(2026, 11, 1), datetime.date(2026, 11, 2))
    """
    start = known_from.astimezone(UTC)
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    return start.date() if start == midnight else start.date() + timedelta(days=1)


def project_month(spend: Mapping[date, float], at: datetime, *, first_day: date | None = None) -> Projection:
    """Project the spend of the month that contains *at*.

    Args:
        spend: USD per UTC day; a day without requests may be missing.
        at: Now; its day is incomplete.
        first_day: The first day with complete data (by default the first in *spend*). What was spent before it counts
            as spent, but says nothing about a day.
    """
    today = at.astimezone(UTC).date()
    first = first_day or min(spend, default=today)
    month = today.replace(day=1)
    last = month.replace(day=monthrange(month.year, month.month)[1])
    since = max(month, min([first, today, *spend]))
    spent = sum(usd for day, usd in spend.items() if since <= day <= today)
    today_usd = spend.get(today, 0.0)
    history = _complete_days(spend, max(first, today - timedelta(days=_LOOK_BACK_DAYS)), today)
    if len(history) < ENOUGH_DAYS:
        because = f"{len(history)} complete days of history; a projection needs {ENOUGH_DAYS}"
        return Projection(
            month=month,
            since=since,
            spent_usd=spent,
            today_usd=today_usd,
            days=len(history),
            total_usd=None,
            interval=None,
            spread_usd=None,
            because=because,
        )
    coming = [today + timedelta(days=n) for n in range((last - today).days + 1)]
    expected, spread, freedom, how = _expect(history, coming)
    expected[0] = max(expected[0], today_usd)
    total = spent - today_usd + sum(expected)
    half = float(special.stdtrit(freedom, (1 + _CONFIDENCE) / 2)) * spread
    return Projection(
        month=month,
        since=since,
        spent_usd=spent,
        today_usd=today_usd,
        days=len(history),
        total_usd=total,
        interval=Interval(max(spent, total - half), total + half),
        spread_usd=spread,
        because=how,
        freedom=freedom,
    )


def _complete_days(spend: Mapping[date, float], first: date, today: date) -> list[tuple[date, float]]:
    days = [first + timedelta(days=n) for n in range(max((today - first).days, 0))]
    return [(day, spend.get(day, 0.0)) for day in days]


def _expect(history: Sequence[tuple[date, float]], coming: Sequence[date]) -> tuple[list[float], float, int, str]:
    """Return the expected spend of each coming day, the spread of their sum, its degrees of freedom, and the method."""
    values = np.array([usd for _, usd in history])
    n, ahead = len(values), len(coming)
    if n >= _WEEKLY_FROM_DAYS:
        weekday = np.array([day.weekday() for day, _ in history])
        usual = np.array([values[weekday == number].mean() for number in range(7)])
        residual, freedom = values - usual[weekday], n - 7
        expected = [float(usual[day.weekday()]) for day in coming]
        known, asked = (np.bincount(days, minlength=7) for days in (weekday, [day.weekday() for day in coming]))
        of_the_means = float((asked**2 / known).sum())
        how = f"weekday averages of the last {n} days"
    else:
        residual, freedom = values - values.mean(), n - 1
        expected = [float(values.mean())] * ahead
        of_the_means = ahead**2 / n
        how = f"average of the last {n} complete days"
    day_spread = math.sqrt(float((residual**2).sum()) / freedom)
    return expected, day_spread * math.sqrt(ahead + of_the_means), freedom, how

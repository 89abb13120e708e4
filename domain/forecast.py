"""How a month's spend will probably end, and how sure that is.

What is spent stays spent; only the days to come are forecast, today's rest among them. With two weeks of history a
day follows level, slope and weekday (`domain.forecast_smoothing`), with less the average day. How far the sum may be
off is read from how far such sums would have been off before (`domain.forecast_spread`).
"""

import math
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from domain.forecast_average import FEWEST_DAYS, Averaged, is_patchy
from domain.forecast_smoothing import ENOUGH_DAYS, MOST_DAYS, Smoothed, smooth
from domain.forecast_spread import Spread, needed_days, spread_of
from domain.forecast_today import DayShare
from domain.intervals import Interval

_DAY = timedelta(days=1)
_WIDEST = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """A month's spend as it will probably end.

    Attributes:
        since: The first of the month, or the first day whose spend is known.
        spent_usd: From then until now, today's part and all.
        rest_usd: What is expected to come until the month ends; None with too little history.
        spread: How far the logarithm of the rest may be off.
        days: Complete days that it rests on.
        needed_days: So many it takes at this point of the month to measure an interval.
        run_rate_usd: The naive guess to show beside it: spent so far, by the day, times the days of the month.
        because: How it was forecast, or what is missing.
    """

    month: date
    since: date
    spent_usd: float
    today_usd: float
    rest_usd: float | None
    spread: Spread | None
    days: int
    needed_days: int
    run_rate_usd: float | None
    because: str

    @property
    def total_usd(self) -> float | None:
        """The expected total of the month."""
        return None if self.rest_usd is None else self.spent_usd + self.rest_usd

    def interval(self, confidence: float = 0.80) -> Interval | None:
        """Return the interval of the total; None where the history is too short to measure one."""
        if self.rest_usd is None or self.spread is None or not self.spread.is_measured:
            return None
        factor = math.exp(self.spread.reach(confidence))
        return Interval(self.spent_usd + self.rest_usd / factor, self.spent_usd + self.rest_usd * factor)

    def chance_over(self, amount_usd: float) -> float | None:
        """Return the probability that the month ends above *amount_usd*; None without a forecast.

        While no interval can be measured it rests on the spread that such series usually have.
        """
        if self.spent_usd > amount_usd:
            return 1.0
        if self.rest_usd is None or self.spread is None:
            return None
        if self.rest_usd == 0:
            return 0.0
        left = amount_usd - self.spent_usd
        return self.spread.chance_above(math.log(left / self.rest_usd)) if left > 0 else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What the complete days before *today* taught; it serves all hours of the day."""

    today: date
    days: int
    model: Smoothed | Averaged | None
    because: str

    def spread(self, ahead: int) -> Spread:
        """Return how far a forecast of so many days *ahead* may be off."""
        if self.model is None:
            raise ValueError("nothing was learned: there is nothing to be off")
        return spread_of(self.model.past_errors(ahead), ahead, self.model.usual_spread(ahead))


def learn(spend: Mapping[date, float], today: date, *, first_day: date | None = None) -> Learned:
    """Learn from the complete days before *today*, 182 of them at most, from the first one that has spend.

    Args:
        spend: USD by day; a day without requests may be missing.
        first_day: The first day whose spend is known from its beginning (by default the first in *spend*).
    """
    first = max(first_day or min(spend, default=today), today - MOST_DAYS * _DAY)
    values = np.array([spend.get(first + n * _DAY, 0.0) for n in range(max((today - first).days, 0))], dtype=float)
    known = np.flatnonzero(values > 0)
    days = values[known[0] :] if known.size else values[:0]
    if not known.size and len(values) >= FEWEST_DAYS:
        return Learned(today=today, days=0, model=None, because=f"nothing was spent in {len(values)} complete days")
    if len(days) < FEWEST_DAYS:
        because = f"insufficient history: {len(days)} complete days; a forecast needs {FEWEST_DAYS}"
        return Learned(today=today, days=len(days), model=None, because=because)
    smooths = len(days) >= ENOUGH_DAYS and not is_patchy(days)
    model = smooth(days) if smooths else Averaged(spend=days)
    return Learned(today=today, days=len(days), model=model, because=model.says)


def forecast_month(
    spend: Mapping[date, float],
    at: datetime,
    *,
    first_day: date | None = None,
    share: DayShare | None = None,
    learned: Learned | None = None,
) -> Forecast:
    """Forecast the month that contains *at*.

    Args:
        spend: USD by day; a day without requests may be missing.
        at: Now, in the zone in which days are counted; its day is incomplete.
        first_day: The first day whose spend is known from its beginning (by default the first in *spend*). What was
            spent before it counts as spent, but says nothing about a day.
        share: How much of a day is usually there by now; without it today is taken to cost what was expected.
        learned: What the days before today taught, if that is at hand.
    """
    today = at.date()
    learned = learned or learn(spend, today, first_day=first_day)
    month = today.replace(day=1)
    length = monthrange(month.year, month.month)[1]
    since = max(month, min([first_day or today, today, *spend]))
    spent = math.fsum(usd for day, usd in spend.items() if since <= day <= today)
    today_usd = float(spend.get(today, 0.0))
    ahead = length - today.day + 1
    rest, spread = _expect(learned, ahead, today_usd, share)
    needed = needed_days(ahead)
    short = f"; insufficient history: {learned.days} complete days, an interval needs {needed}"
    return Forecast(
        month=month,
        since=since,
        spent_usd=spent,
        today_usd=today_usd,
        rest_usd=rest,
        spread=spread,
        days=learned.days,
        needed_days=needed,
        run_rate_usd=_run_rate(spent, since, at, length),
        because=learned.because + (short if spread is not None and not spread.is_measured else ""),
    )


def _run_rate(spent: float, since: date, at: datetime, length: int) -> float | None:
    clock = (at - at.replace(hour=0, minute=0, second=0, microsecond=0)) / _DAY
    gone = (at.date() - since).days + clock
    return spent / gone * length if gone > 0 else None


def _expect(
    learned: Learned, ahead: int, today_usd: float, share: DayShare | None
) -> tuple[float, Spread] | tuple[None, None]:
    """Return what the rest of today and the days after it will cost, and how far its logarithm may be off.

    Today is a second witness beside the days before it: what is there, over the share that usually is. The two are
    weighed by what each is off by. A day that goes wrong goes on tomorrow, so its spread and that of the days to come
    are added, not their squares.
    """
    if learned.model is None:
        return None, None
    expected = learned.model.ahead(ahead)
    whole = learned.spread(ahead)
    if share is None:
        return float(expected[1:].sum()) + max(float(expected[0]) - today_usd, 0.0), whole
    day = learned.spread(1).sd
    weight = day**2 / (day**2 + share.spread**2) if day > 0 else 0.0
    today = (1 - weight) * float(expected[0]) + weight * today_usd / share.share
    later = float(expected[1:].sum())
    rest = (1 - share.share) * today + later
    off = day * math.sqrt(1 - weight) * today + (learned.spread(ahead - 1).sd * later if later > 0 else 0.0)
    sd = min(off / rest, _WIDEST) if rest > 0 else 0.0
    return rest, Spread(sd, whole.freedom, whole.is_measured)

"""What a month is expected to end at, by ours and by others, at the end of one of its days."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import numpy as np

from benchmarks.series import Series
from domain.forecast import Forecast, forecast_month
from domain.forecast_smoothing import MOST_DAYS

ENOUGH_BEFORE = 59
"""Days that a series must have before a month, so that all methods have something to learn."""


@dataclass(frozen=True)
class Question:
    """What will the month be, as of the end of its day number *gone*?

    Attributes:
        position, length: Where the month begins in the series, and how many days it has.
    """

    series: Series
    position: int
    length: int
    gone: int

    @property
    def now(self) -> int:
        return self.position + self.gone

    @property
    def ahead(self) -> int:
        return self.length - self.gone

    @property
    def spent(self) -> float:
        return float(self.series.usd[self.position : self.now].sum())

    @property
    def truth(self) -> float:
        return float(self.series.usd[self.position : self.position + self.length].sum())

    @property
    def before(self) -> float:
        """What the month before came to, by the day, times the days of this one."""
        return float(self.series.usd[max(self.position - 30, 0) : self.position].mean() * self.length)

    @property
    def known(self) -> np.ndarray:
        """The days that a method may learn from."""
        return self.series.usd[max(self.now - MOST_DAYS, 0) : self.now]

    @property
    def spend(self) -> dict[date, float]:
        first = max(self.now - MOST_DAYS, 0)
        return {self.series.day(n): float(self.series.usd[n]) for n in range(first, self.now)}


def questions(series: Series, days: tuple[int, ...]) -> Iterator[Question]:
    """Yield a question for each of *days* of each month that cost anything."""
    for position, length in series.months():
        if position >= ENOUGH_BEFORE and series.usd[position : position + length].sum() > 0:
            for gone in days:
                yield Question(series, position, length, gone)


def run_rate(asked: Question) -> float:
    return asked.spent / asked.gone * asked.length


def last_seven(asked: Question) -> float:
    return asked.spent + float(asked.known[-7:].mean()) * asked.ahead


def seasonal_naive(asked: Question) -> float:
    return asked.spent + float(np.resize(asked.known[-7:], asked.ahead).sum())


def weekdays(asked: Question) -> float:
    return asked.spent + weekday_averages(asked.known[-28:], asked.series.day(asked.now).weekday(), asked.ahead, 0.0)[0]


def weekday_averages(known: np.ndarray, weekday: int, ahead: int, today: float) -> tuple[float, float, int]:
    """What Goodput used before: the average of a weekday, with two weeks of days; else that of all, from 3 days on.

    Args:
        known: At most 28 complete days.
        weekday: Of the first of the days *ahead*, of which *today* has been spent.

    Returns:
        What is to come, its spread and its degrees of freedom; not numbers without enough days.
    """
    if len(known) < 3:
        return np.nan, np.nan, 1
    kinds = 7 if len(known) >= 14 else 1
    kind = (weekday - len(known) + np.arange(len(known))) % kinds
    asked = np.bincount((weekday + np.arange(ahead)) % kinds, minlength=kinds)
    average = np.array([known[kind == one].mean() for one in range(kinds)])
    freedom = len(known) - kinds
    off = ((known - average[kind]) ** 2).sum() / freedom
    expected = float(asked @ average) - min(today, float(average[weekday % kinds]))
    return expected, float(np.sqrt(off * (ahead + (asked**2 / np.bincount(kind)).sum()))), freedom


def forecast(asked: Question) -> Forecast:
    """Ours, at the midnight after the last day that is known."""
    at = datetime.combine(asked.series.day(asked.now), time(), UTC)
    return forecast_month(asked.spend, at)


def ours(asked: Question) -> float:
    made = forecast(asked)
    made.interval(0.95)
    made.chance_over(asked.before)
    return made.total_usd or asked.spent


def auto_ets(asked: Question) -> float:
    """statsforecast's AutoETS with a week, on the same days."""
    from statsforecast.models import AutoETS

    found = AutoETS(season_length=7).forecast(y=asked.known, h=asked.ahead)
    return asked.spent + float(np.sum(found["mean"]))


def auto_ets_log(asked: Question) -> float:
    """The same on logarithms, which it is not made for but which helps it."""
    from statsforecast.models import AutoETS

    floor = 1e-3 * float(np.median(asked.known[asked.known > 0]))
    found = AutoETS(season_length=7).forecast(y=np.log(np.maximum(asked.known, floor)), h=asked.ahead)
    return asked.spent + float(np.exp(found["mean"]).sum())


METHODS: dict[str, Callable[[Question], float]] = {
    "run-rate: month to date / days gone x days of the month": run_rate,
    "month to date, then the average of the last 7 days": last_seven,
    "month to date, then the last 7 days again": seasonal_naive,
    "month to date, then weekday averages of 28 days": weekdays,
    "**`domain/forecast.py`**": ours,
}
PEERS: dict[str, Callable[[Question], float]] = {
    "statsforecast AutoETS": auto_ets,
    "statsforecast AutoETS of logarithms": auto_ets_log,
}

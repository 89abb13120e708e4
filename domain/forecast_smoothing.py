"""Damped Holt-Winters on the logarithm of daily spend: level, slope and weekday, each learned day by day.

In logarithms a launch, a price cut and a weekend are factors, and a spike is clipped before it is learned. Which rates
of learning fit is read from the series itself: a whole grid of them runs in one pass. Hyndman & Athanasopoulos 2021,
section 8.3, in the error-correction form; clipping after Gelper, Fried & Croux 2010. The forecast is the mean of three:
of the rates that fit best, and of two steady ones without a slope, because what fits best is partly chance.
"""

import math
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

MOST_DAYS = 182
"""What lies further back says nothing about next month."""
WEEK = 7
ENOUGH_DAYS = 14
"""Two of each weekday: with fewer there is no weekday to learn."""

_LARGEST_STEP = 0.6
"""An error of one day beyond a factor of 1.8 counts as one of 1.8."""
_FLOOR = 1e-3
"""A day without spend counts as this part of the median day that has spend: zero has no logarithm."""
_GRID = np.array(list(product((0.05, 0.1, 0.2, 0.35, 0.55), (0.0, 0.02, 0.08), (0.02, 0.1, 0.25), (0.9, 0.97)))).T
_ANY = np.arange(_GRID.shape[1])
_STEADIES = [np.flatnonzero((_GRID[0] == alpha) & (_GRID[1] == 0)) for alpha in (0.2, 0.35)]
_LONG_DAYS = 84
_LONG_WARM_DAYS = 28

_OF_A_DAYS_ERROR = 0.9
"""Spread of a sum over that of a day: .7 to 1.0 for 3 to 30 days, on spend, page views, sales, bicycles and power."""
_IN_SAMPLE = 1.6
"""Under three weeks the errors of a day are those of the very days that were learned from: they are too small."""
_LEAST_ERROR = 0.02
"""Days that were all alike may differ by this much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Smoothed:
    """What one pass over the days learned, a column for each of the rates that are averaged.

    Attributes:
        spend: USD of each day, oldest first.
        scale: USD of the median day that has spend; logarithms are of parts of it.
        levels: Logarithm of a day's spend after so many days, 0 to all of them; the weekday apart.
        slopes: How much it grew by the day.
        seasons: What the weekday adds; the day of position p reads row p, and writes row p + 7.
        damping: What is left of the slope after a day.
        variances: Mean square of the clipped errors of one day.
        warm: Days from which it started: no error of theirs is one of a forecast.
    """

    spend: Floats
    scale: float
    levels: Floats
    slopes: Floats
    seasons: Floats
    damping: Floats
    variances: Floats
    warm: int

    @property
    def says(self) -> str:
        """How it was learned, for people."""
        return f"level, slope and weekdays of the last {len(self.spend)} days"

    def ahead(self, days: int) -> Floats:
        """Return the expected spend of each of the *days* to come, in USD."""
        expected: Floats = self._from(np.array([len(self.spend)]), days)[0]
        return expected

    def usual_spread(self, days: int) -> float:  # noqa: ARG002 - it hardly depends on it
        """Return how far the logarithm of the sum of so many *days* is usually off, going by the errors of one."""
        day_error = max(math.sqrt(float(self.variances.mean())), _LEAST_ERROR)
        return day_error * _OF_A_DAYS_ERROR * (_IN_SAMPLE if len(self.spend) < ENOUGH_DAYS + WEEK else 1.0)

    def past_errors(self, days: int) -> Floats:
        """Return ln(spent / expected) of every stretch of so many *days* that could have been forecast."""
        origins = np.arange(self.warm, len(self.spend) - days + 1)
        if not origins.size:
            return np.empty(0)
        spent = np.maximum(sums_after(self.spend, origins, days), _FLOOR * self.scale)
        errors: Floats = np.log(spent / self._from(origins, days).sum(axis=1))
        return errors

    def _from(self, origins: npt.NDArray[np.int64], days: int) -> Floats:
        steps = np.arange(days)[:, None]
        grown = np.cumsum(self.damping ** (steps + 1), axis=0)
        logs = self.levels[origins, None] + self.slopes[origins, None] * grown
        logs += self.seasons[origins[:, None] + steps[:, 0] % WEEK]
        logs += self.variances / 2
        expected: Floats = self.scale * np.exp(logs).mean(axis=2)
        return expected


def smooth(spend: Floats) -> Smoothed:
    """Learn from the *spend* of at least 14 days in a row, in USD, of which some are not zero.

    >>> [round(float(usd), 6) for usd in smooth(np.array([10.0, 10, 10, 10, 10, 2, 2] * 3)).ahead(7)]
    [10.0, 10.0, 10.0, 10.0, 10.0, 2.0, 2.0]
    """
    scale = float(np.median(spend[spend > 0]))
    logs = np.log(np.maximum(spend / scale, _FLOOR))
    warm = _LONG_WARM_DAYS if len(logs) >= _LONG_DAYS else ENOUGH_DAYS
    levels, slopes, seasons, errors = _pass(logs, warm)
    judged = errors[warm if len(logs) >= warm + WEEK else WEEK :]
    squares = (judged**2).mean(axis=0)
    chosen = [_best(squares, among) for among in (_ANY, *_STEADIES)]
    return Smoothed(
        spend=spend,
        scale=scale,
        levels=levels[:, chosen],
        slopes=slopes[:, chosen],
        seasons=seasons[:, chosen],
        damping=_GRID[3, chosen],
        variances=squares[chosen],
        warm=warm,
    )


def sums_after(spend: Floats, origins: npt.NDArray[np.int64], days: int) -> Floats:
    """Return what the *days* after each of *origins* came to."""
    total = np.concatenate([[0.0], np.cumsum(spend)])
    sums: Floats = total[origins + days] - total[origins]
    return sums


def _best(squares: Floats, among: npt.NDArray[np.int64]) -> int:
    return int(among[np.argmin(squares[among])])


def _pass(logs: Floats, warm: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Return levels, slopes, seasons and clipped errors, a column for each point of the grid."""
    alpha, beta, gamma, phi = _GRID
    n, points = len(logs), _GRID.shape[1]
    levels, slopes = np.empty((n + 1, points)), np.empty((n + 1, points))
    seasons, errors = np.empty((n + WEEK, points)), np.empty((n, points))
    weeks = logs[:warm].reshape(-1, WEEK)
    seasons[:WEEK] = np.median(weeks - np.median(weeks, axis=1, keepdims=True), axis=0)[:, None]
    levels[0], slopes[0] = np.median(logs[:WEEK] - seasons[:WEEK, 0]), 0.0
    for day, value in enumerate(logs):
        slope = phi * slopes[day]
        level = levels[day] + slope
        error = errors[day]
        np.subtract(value, level, out=error)
        error -= seasons[day]
        np.minimum(error, _LARGEST_STEP, out=error)
        np.maximum(error, -_LARGEST_STEP, out=error)
        np.add(level, alpha * error, out=levels[day + 1])
        np.add(slope, beta * error, out=slopes[day + 1])
        np.add(seasons[day], gamma * error, out=seasons[day + WEEK])
    return levels, slopes, seasons, errors

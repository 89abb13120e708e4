"""Made-up daily spend: a level that wanders, a week, and what happens to an LLM application in a year.

Everything is drawn from a seed, and nothing here is anybody's bill. Sizes and rates were set on other seeds than the
benchmark's, until naive forecasts were about as far off as they are known to be: the run-rate by 12, 8, 6 and 4 % of
the month after 5, 10, 15 and 20 days. `benchmarks.series_public` makes the kind of series that are published.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

DAY = timedelta(days=1)
FIRST_DAY = date(2023, 1, 1)
DAYS = 731
"""Two years, with a leap February in the second; the first two months are only learned from."""


@dataclass(frozen=True)
class Series:
    """USD of each day from *first* on.

    Attributes:
        kind: What it is modelled on.
    """

    kind: str
    first: date
    usd: np.ndarray

    def day(self, position: int) -> date:
        return self.first + position * DAY

    def months(self) -> Iterator[tuple[int, int]]:
        """Yield the position of the first day and the length of each whole month."""
        position = 0
        while position < len(self.usd):
            first = self.day(position)
            length = ((first.replace(day=28) + 4 * DAY).replace(day=1) - first).days
            if first.day == 1 and position + length <= len(self.usd):
                yield position, length
            position += length


def spending(seed: int, days: int = DAYS) -> Series:
    """An LLM application's spend: growth by launches, falls by price cuts, agents that run away."""
    rng = np.random.default_rng([7, seed])
    logs = np.log(rng.lognormal(np.log(200), 1.0)) + wandering(rng, days, 0.007)
    logs += _weekly(rng, days, weekend=np.log(rng.uniform(0.25, 0.9)))
    logs += rng.normal(0, rng.uniform(0.05, 0.2), days)
    logs += launches(rng, days) + price_cuts(rng, days)
    return Series("spend", FIRST_DAY, np.exp(logs) * runaways(rng, days))


def calm(seed: int, days: int = DAYS) -> Series:
    """A service that stays as it is: one level, weekends of 0.65, each day off by 30 %, alone."""
    rng = np.random.default_rng([11, seed])
    week = np.array([1.15, 1.15, 1.15, 1.15, 1.1, 0.65, 0.65])
    usual = 100 * week[(np.arange(days) + FIRST_DAY.weekday()) % 7]
    return Series("calm", FIRST_DAY, np.maximum(usual * rng.normal(1, 0.3, days), 0))


def wandering(rng: np.random.Generator, days: int, by_day: float) -> np.ndarray:
    """A level that grows and shrinks: half of each day's change is by chance, half goes on for weeks."""
    going_on = np.empty(days)
    pace = rng.normal(0, 1)
    for day, change in enumerate(rng.normal(0, 1, days)):
        pace = 0.95 * pace + np.sqrt(1 - 0.95**2) * change
        going_on[day] = pace
    return by_day * np.cumsum(rng.normal(0, 0.7, days) + 0.7 * going_on)


def launches(rng: np.random.Generator, days: int) -> np.ndarray:
    """Two a year: 10 to 80 % more, for good, over 3 to 45 days."""
    found = np.zeros(days)
    for start in np.flatnonzero(rng.random(days) < 2 / 365):
        ramp = np.clip((np.arange(days) - start + 1) / rng.integers(3, 46), 0, 1)
        found += ramp * np.log(rng.uniform(1.1, 1.8))
    return found


def price_cuts(rng: np.random.Generator, days: int) -> np.ndarray:
    """One a year, of the price or by a cheaper model: 15 to 50 % less from one day to the next."""
    found = np.zeros(days)
    for start in np.flatnonzero(rng.random(days) < 1 / 365):
        found[start:] += np.log(1 - rng.uniform(0.15, 0.5))
    return found


def runaways(rng: np.random.Generator, days: int) -> np.ndarray:
    """Three a year: an agent in a loop makes a day cost 1.5 to 4 times as much, for a day or two."""
    found = np.ones(days)
    for start in np.flatnonzero(rng.random(days) < 3 / 365):
        found[start : start + rng.integers(1, 3)] *= rng.uniform(1.5, 4)
    return found


def _weekly(rng: np.random.Generator, days: int, *, weekend: float) -> np.ndarray:
    week = np.concatenate([rng.normal(0, 0.05, 5), np.full(2, weekend) + rng.normal(0, 0.05, 2)])
    return week[(np.arange(days) + FIRST_DAY.weekday()) % 7]


def hours_of(series: Series, position: int, rng: np.random.Generator) -> np.ndarray:
    """Return the spend of a day by hour: busy from 8 to 18 o'clock, later at weekends, its own hours 25 % off."""
    weekend = series.day(position).weekday() >= 5
    clock = np.arange(24)
    busy = np.exp(-0.5 * ((clock - (15 if weekend else 13) - rng.normal(0, 0.3)) / 4) ** 2) + 0.1
    parts = busy * rng.lognormal(0, 0.25, 24)
    return series.usd[position] * parts / parts.sum()

"""Made-up daily series of the kind that are published: page views, people in a street, taxi trips, a shop's orders.

They stand in for spend where it follows the public rather than a team. The names say what each is modelled on, from
how such series are known to look; no value of a real one is in here, and each is drawn from a seed. Sizes were set, on
other seeds than the benchmark's, until naive forecasts were as far off as on `benchmarks.series_published`.
"""

from collections.abc import Callable
from datetime import date

import numpy as np

from benchmarks.series import DAY, DAYS, FIRST_DAY, Series, wandering


def reference_page(seed: int) -> Series:
    """Page views of a tool that students use: weekends at 40 to 60 %, terms, an empty Christmas, slow growth."""
    rng = np.random.default_rng([1, seed])
    logs = np.log(4000) + _year(0.08, 100) + _wandering(rng, 0.012) + rng.uniform(-0.1, 0.4) * _years()
    logs += _week(rng, [0.02, 0.05, 0.05, 0.03, -0.05], np.log(rng.uniform(0.4, 0.6)))
    in_term = np.isin((np.arange(DAYS) - rng.integers(0, 31)) % 365, [*range(45, 135), *range(255, 335)])
    logs += 0.3 * in_term - 0.5 * _holidays(rng)
    logs += rng.normal(0, 0.08, DAYS) + _shocks(rng, 4, 0.3, 0.8, lasts=2)
    return _made("reference page", logs)


def celebrity_page(seed: int) -> Series:
    """Page views of a sportsman: a season of five months, up on match days, news that triples a day and fades."""
    rng = np.random.default_rng([2, seed])
    logs = np.log(8000) + _year(0.45, 330) + _wandering(rng, 0.02)
    in_season = _year(1.0, 330) > 0.3
    logs += np.where(in_season, _week(rng, [0.9, 0.3, 0.0, 0.0, 0.0], 0.5), 0.0)
    logs += rng.standard_t(3, DAYS) * 0.2 + _shocks(rng, 8, 0.9, 0.6, lasts=3)
    return _made("celebrity page", logs)


def street(seed: int) -> Series:
    """People who pass a counter between offices: weekends at 30 to 80 %, rain, holidays, a closure."""
    rng = np.random.default_rng([3, seed])
    logs = np.log(20000) + _year(0.1, 190) + _wandering(rng, 0.012)
    logs += _week(rng, [0.0, 0.02, 0.04, 0.06, 0.15], np.log(rng.uniform(0.3, 0.8)))
    logs += -0.5 * _holidays(rng) + np.minimum(rng.normal(0, 0.18, DAYS), 0.2)
    closed, fall = int(rng.integers(60, 650)), np.log(rng.uniform(0.3, 0.7))
    for start, share in ((0, 1.0), (40, -0.3), (80, -0.3), (130, -0.4)):
        logs[closed + start :] += share * fall
    return _made("street", logs)


def taxi_trips(seed: int) -> Series:
    """Taxi trips of a city: hardly any noise, fuller towards the weekend, empty at holidays, a storm now and then."""
    rng = np.random.default_rng([4, seed])
    logs = np.log(15000) + _year(0.05, 120) + _wandering(rng, 0.004) - 0.05 * _years()
    logs += _week(rng, [-0.08, -0.02, 0.02, 0.06, 0.1], 0.05) + rng.normal(0, 0.05, DAYS)
    logs += -0.35 * _holidays(rng) - _shocks(rng, 2, 0.7, 0.3, lasts=1)
    return _made("taxi trips", logs)


def shop_orders(seed: int) -> Series:
    """Orders of a wholesaler: nothing on Saturdays, noise of a fifth, a rise from September on, a sale now and then."""
    rng = np.random.default_rng([5, seed])
    logs = np.log(3000) + _wandering(rng, 0.012) + _year(0.25, 320) + rng.uniform(-0.2, 0.5) * _years()
    logs += _week(rng, [0.0, 0.1, 0.1, 0.15, -0.1], -0.5) + 0.2 * rng.standard_t(4, DAYS) - 1.0 * _holidays(rng)
    for start in np.flatnonzero(rng.random(DAYS) < 3 / 365):
        logs[start : start + rng.integers(3, 8)] += rng.uniform(0.3, 0.9)
    made = _made("shop orders", logs)
    made.usd[(5 - FIRST_DAY.weekday()) % 7 :: 7] = 0
    return made


KINDS: tuple[Callable[[int], Series], ...] = (reference_page, celebrity_page, street, taxi_trips, shop_orders)


def _made(kind: str, logs: np.ndarray) -> Series:
    return Series(kind, FIRST_DAY, np.round(np.exp(logs)))


def _dates() -> list[date]:
    return [FIRST_DAY + n * DAY for n in range(DAYS)]


def _years() -> np.ndarray:
    return np.arange(DAYS) / 365


def _year(size: float, peak: int) -> np.ndarray:
    """A wave of a year, highest on day *peak*."""
    return size * np.cos(2 * np.pi * (np.arange(DAYS) - peak) / 365.25)


def _wandering(rng: np.random.Generator, by_day: float) -> np.ndarray:
    return wandering(rng, DAYS, by_day)


def _week(rng: np.random.Generator, workdays: list[float], weekend: float) -> np.ndarray:
    week = np.array([*workdays, weekend, weekend]) + rng.normal(0, 0.03, 7)
    return week[(np.arange(DAYS) + FIRST_DAY.weekday()) % 7]


def _holidays(rng: np.random.Generator) -> np.ndarray:
    """Christmas to New Year, and eight days of the year that are a country's own."""
    between = np.array([(d.month == 12 and d.day >= 23) or (d.month == 1 and d.day <= 2) for d in _dates()])
    own = np.isin(np.arange(DAYS) % 365, rng.integers(3, 355, 8))
    return (between | own).astype(float)


def _shocks(rng: np.random.Generator, a_year: float, size: float, spread: float, *, lasts: float) -> np.ndarray:
    """Sudden rises of a log-normal *size*, that fade with a time constant of so many days."""
    found, days = np.zeros(DAYS), np.arange(DAYS)
    for start in np.flatnonzero(rng.random(DAYS) < a_year / 365):
        fading = (days >= start) * np.exp(-np.maximum(days - start, 0) / lasts)
        found += fading * size * rng.lognormal(0, spread)
    return found

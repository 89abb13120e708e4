"""Measuring: from columns to a number with its counts and its interval."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from domain.facts import Column, Facts, Mask
from domain.intervals import Interval, mean_interval, quantile_interval, share_interval
from domain.measurement import Labels, Measurement
from domain.signals import SIGNALS
from domain.window import Window

QUANTILES = {"p10": 0.10, "p50": 0.50, "p95": 0.95, "p99": 0.99}
STATISTICS = ("share", *QUANTILES, "mean", "total")


@dataclass(frozen=True, slots=True)
class Bad:
    """What makes a request a bad one: its signal lies above, or below, a limit.

    >>> Bad(above=0.5).of(np.array([0.4, 0.5, 0.6])).tolist()
    [False, False, True]
    """

    above: float | None = None
    below: float | None = None

    def of(self, values: Column) -> Mask:
        """Return which of *values* are bad; a share's 1 is bad if no limit is given."""
        if self.above is not None:
            return np.asarray(values > self.above)
        if self.below is not None:
            return np.asarray(values < self.below)
        return np.asarray(values > 0)


def population(facts: Facts, signal: str) -> Column:
    """Return the known values of *signal*."""
    values = SIGNALS[signal].values(facts)
    return values[~np.isnan(values)]


def share(facts: Facts, signal: str, window: Window, *, bad: Bad, labels: Labels = ()) -> Measurement:
    """Measure how many of *facts* are bad; *facts* are already those of *window* and *labels*."""
    values = population(facts, signal)
    n, k = len(values), int(bad.of(values).sum())
    return Measurement(
        signal=signal,
        statistic="share",
        window=window,
        labels=labels,
        n=n,
        k=k,
        value=k / n if n else None,
        interval=share_interval(k, n),
    )


def statistic(facts: Facts, signal: str, which: str, window: Window, *, labels: Labels = ()) -> Measurement:
    """Measure a quantile, a mean or a total of *signal*."""
    values = population(facts, signal)
    if not len(values):
        return Measurement(signal=signal, statistic=which, window=window, labels=labels, n=0)
    value, interval = _STATISTICS[which](values)
    return Measurement(
        signal=signal,
        statistic=which,
        window=window,
        labels=labels,
        n=len(values),
        value=value,
        interval=interval,
    )


def _quantile(q: float) -> Callable[[Column], tuple[float, Interval | None]]:
    return lambda values: (float(np.quantile(values, q)), quantile_interval(values, q))


_STATISTICS: dict[str, Callable[[Column], tuple[float, Interval | None]]] = {
    **{name: _quantile(q) for name, q in QUANTILES.items()},
    "mean": lambda values: (float(values.mean()), mean_interval(values)),
    "total": lambda values: (float(values.sum()), None),
}


def coverage(facts: Facts) -> float | None:
    """Return the share of the judgeable answers that were judged, or None when there was none to judge.

    A judge fails on the hard answers first, so a rate from a badly covered sample is not a rate.
    """
    judgeable = int(facts.judgeable.sum())
    if not judgeable:
        return None
    return int((~np.isnan(facts.faithfulness)).sum()) / judgeable

"""Measuring: from rows or counts to a number with its counts and its interval."""

from collections.abc import Callable

import numpy as np

from domain.bad import Bad
from domain.distribution import Distribution, Values, Weighted
from domain.facts import Column, Facts
from domain.history import Sample
from domain.intervals import Interval, share_interval
from domain.joint import Joint, Promise
from domain.measurement import Labels, Measurement
from domain.plan import Limit
from domain.signals import SIGNALS
from domain.slices import MinuteLimit
from domain.tally import THOUSANDTHS, Tally, thousandths
from domain.window import Window

QUANTILES = {"p10": 0.10, "p50": 0.50, "p95": 0.95, "p99": 0.99}

ENOUGH_PRICED = 0.95
"""Of the requests, to call what they cost low: one without a price only ever adds."""

_UNPRICED = Limit("unpriced", Bad())


def population(facts: Facts, signal: str) -> Column:
    """Return the known values of *signal*."""
    values = SIGNALS[signal].values(facts)
    return values[~np.isnan(values)]


def tally(sample: Sample, limit: Limit) -> Tally:
    """Return how many requests of *sample* are bad by *limit*."""
    return limit.count(sample) if isinstance(sample, Facts) else sample.tally(limit)


def distribution(sample: Sample, signal: str) -> Distribution:
    """Return how the known values of *signal* are spread."""
    if not isinstance(sample, Facts):
        return sample.distribution(signal)
    values = SIGNALS[signal].values(sample)
    known = ~np.isnan(values)
    if not SIGNALS[signal].weighted:
        return Values(values[known])
    weights = thousandths(sample.rate[known]) / THOUSANDTHS
    return Weighted(values[known], weights) if (weights != 1).any() else Values(values[known])


def joint(sample: Sample, promises: tuple[Promise, ...]) -> Joint:
    """Return the joint count of *promises*."""
    return Joint.of(sample, promises) if isinstance(sample, Facts) else sample.joint()


def share(
    sample: Sample, signal: str, window: Window, *, bad: Bad, clustered: bool = False, labels: Labels = ()
) -> Measurement:
    """Measure how many of *sample* are bad; it is already that of *window* and *labels*."""
    return shown_share(tally(sample, Limit(signal, bad, clustered)), signal, window, labels=labels)


def shown_share(counted: Tally, signal: str, window: Window, *, labels: Labels = ()) -> Measurement:
    """Return a count as a measurement."""
    return Measurement(
        signal=signal,
        statistic="share",
        window=window,
        labels=labels,
        n=counted.n,
        k=counted.k,
        value=counted.share,
        interval=counted.interval(),
    )


def slices(sample: Sample, limit: MinuteLimit, window: Window) -> Measurement:
    """Measure how many minutes of *window* were bad; labels are the limit's own business."""
    n, k = limit.count(sample) if isinstance(sample, Facts) else sample.minutes_of(limit)
    return Measurement(
        signal=limit.signal,
        statistic="slices",
        window=window,
        labels=limit.where,
        n=n,
        k=k,
        value=k / n if n else None,
        interval=share_interval(k, n),
    )


def statistic(sample: Sample, signal: str, which: str, window: Window, *, labels: Labels = ()) -> Measurement:
    """Measure a quantile, a mean or a total of *signal*."""
    return shown_statistic(distribution(sample, signal), signal, which, window, labels=labels)


def shown_statistic(
    values: Distribution, signal: str, which: str, window: Window, *, labels: Labels = ()
) -> Measurement:
    """Return a quantile, a mean or a total as a measurement."""
    value, interval = _STATISTICS[which](values) if values.n else (None, None)
    return Measurement(
        signal=signal,
        statistic=which,
        window=window,
        labels=labels,
        n=values.n,
        value=value,
        interval=interval,
    )


def _quantile(q: float) -> Callable[[Distribution], tuple[float, Interval | None]]:
    return lambda values: (values.quantile(q), values.quantile_interval(q))


_STATISTICS: dict[str, Callable[[Distribution], tuple[float, Interval | None]]] = {
    **{name: _quantile(q) for name, q in QUANTILES.items()},
    "mean": lambda values: (values.mean, values.mean_interval()),
    "total": lambda values: (values.total, None),
}


def spend_nano_usd(sample: Sample) -> int:
    """Return what the requests of *sample* cost, exactly; calls without a price cost nothing here."""
    return int(sample.spend_nano_usd.sum()) if isinstance(sample, Facts) else sample.total_nano("spend_usd")


def why_badly_priced(sample: Sample, when: str = "") -> str | None:
    """Return why the cost of *sample* is not known well enough to call it low, or None."""
    unpriced = tally(sample, _UNPRICED)
    if unpriced.k <= (1 - ENOUGH_PRICED) * unpriced.n:
        return None
    return f"{unpriced.k:,} of {unpriced.n:,} requests{when} have a call without a price"


def judged(sample: Sample, signal: str) -> tuple[int, int]:
    """Return how many answers were judged by the criterion of *signal*, of how many that could have been."""
    missing = tally(sample, Limit(SIGNALS[signal].unjudged, Bad()))
    return missing.n - missing.k, missing.n


def coverage(sample: Sample, signal: str) -> float | None:
    """Return the share of the judgeable answers that were judged for *signal*, or None when there was none to judge.

    A judge fails on the hard answers first, so a rate from a badly covered sample is not a rate.
    """
    found, asked = judged(sample, signal)
    return found / asked if asked else None

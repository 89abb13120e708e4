"""How sure we can be: exact binomial bounds, tests and intervals. No sample, no number.

Clopper & Pearson 1934 for decisions; the mean's interval is Student's on the sample.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import special


class Interval(NamedTuple):
    """Two bounds that hold the truth with the stated confidence."""

    low: float
    high: float


def share_interval(k: int, n: int, *, confidence: float = 0.95) -> Interval | None:
    """Return the exact two-sided Clopper-Pearson interval for a share of *k* in *n*, or None when n is 0.

    >>> [round(bound, 4) for bound in share_interval(0, 10)]
    [0.0, 0.3085]
    """
    if n == 0:
        return None
    tail = (1 - confidence) / 2
    low = 0.0 if k == 0 else float(special.betaincinv(k, n - k + 1, tail))
    high = 1.0 if k == n else float(special.betaincinv(k + 1, n - k, 1 - tail))
    return Interval(low, high)


def chance_of_at_least(k: int, n: int, share: float) -> float:
    """Return the probability of *k* or more of *n* when each happens with probability *share*.

    >>> round(chance_of_at_least(4, 5, 0.05), 6)
    3e-05
    """
    if k <= 0:
        return 1.0
    return float(special.bdtrc(k - 1, n, share))


def mean_interval(values: Sequence[float] | np.ndarray, *, confidence: float = 0.95) -> Interval | None:
    """Return Student's interval for the mean, or None with fewer than two values."""
    sample = np.asarray(values, dtype=float)
    if sample.size < 2:  # noqa: PLR2004 - a spread needs two
        return None
    t = float(special.stdtrit(sample.size - 1, (1 + confidence) / 2))
    half = t * float(sample.std(ddof=1)) / math.sqrt(sample.size)
    mean = float(sample.mean())
    return Interval(mean - half, mean + half)


def quantile_interval(values: Sequence[float] | np.ndarray, q: float, *, confidence: float = 0.95) -> Interval | None:
    """Return the order-statistic interval of the *q* quantile, or None when the sample is too small for one.

    Hahn & Meeker 1991: the bounds are two observed values. A two-sided 95 % interval of p95 needs 72 of them.
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    n, tail = ordered.size, (1 - confidence) / 2
    ranks = np.arange(n + 1)
    below = special.bdtr(ranks, n, q)
    low = int(np.searchsorted(below, tail, side="left"))
    high = int(np.searchsorted(below, 1 - tail, side="left")) + 1
    if low < 1 or high > n:
        return None
    return Interval(float(ordered[low - 1]), float(ordered[high - 1]))

"""How sure we can be: exact binomial bounds, tests and intervals. No sample, no number.

Clopper & Pearson 1934 for decisions; the mean's interval is Student's on the sample, wider on the side of a long tail.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import special

_NO_SPREAD, _NO_SKEW = 1e-30, 1e-6


class Interval(NamedTuple):
    """Two bounds that hold the truth with the stated confidence."""

    low: float
    high: float


def share_interval(k: float, n: float, *, confidence: float = 0.95) -> Interval | None:
    """Return the exact two-sided Clopper-Pearson interval for a share of *k* in *n*, or None when n is 0.

    Effective counts (`domain.tally`) need not be whole.

    >>> [round(bound, 4) for bound in share_interval(0, 10)]
    [0.0, 0.3085]
    """
    if n == 0:
        return None
    tail = (1 - confidence) / 2
    low = 0.0 if k == 0 else float(special.betaincinv(k, n - k + 1, tail))
    high = 1.0 if k == n else float(special.betaincinv(k + 1, n - k, 1 - tail))
    return Interval(low, high)


def chance_of_at_least(k: float, n: float, share: float) -> float:
    """Return the probability of *k* or more of *n* when each happens with probability *share*.

    Effective counts (`domain.tally`) need not be whole: the incomplete beta function is the same probability between.

    >>> round(chance_of_at_least(4, 5, 0.05), 6)
    3e-05
    """
    if k <= 0:
        return 1.0
    return float(special.betainc(k, n - k + 1, share))


def mean_interval(values: Sequence[float] | np.ndarray, *, confidence: float = 0.95) -> Interval | None:
    """Return the interval for the mean, or None with fewer than two values."""
    sample = np.asarray(values, dtype=float)
    if sample.size < 2:  # noqa: PLR2004 - a spread needs two
        return None
    return student(float(sample.mean()), float(sample.var()), skewness(sample), sample.size, confidence)


def skewness(values: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Return how much longer the upper tail is than the lower one: the third standardised moment.

    >>> round(skewness(np.array([1.0, 1.0, 1.0, 5.0])), 3), skewness(np.array([2.0, 2.0]))
    (1.155, 0.0)
    """
    away = values - np.average(values, weights=weights)
    variance = float(np.average(away**2, weights=weights))
    return float(np.average(away**3, weights=weights)) / variance**1.5 if variance > _NO_SPREAD else 0.0


def student(mean: float, variance: float, skew: float, n: float, confidence: float) -> Interval:
    """Return the interval of a mean from the *variance* (divided by n, not n - 1) and the skewness of *n* values.

    Costs have a long tail that a sample has mostly not seen yet: Student's upper bound lies below the truth too often.
    Each bound is Student's or that of Hall's transformation (1992), which corrects for skewness: whichever is wider.
    """
    n = max(n, 1.0 + 1e-9)
    t = float(special.stdtrit(n - 1, (1 + confidence) / 2))
    deviation = math.sqrt(variance * n / (n - 1))
    low, high = (-sign * _hall(-sign * t / math.sqrt(n), skew, n) for sign in (-1, 1))
    half = t / math.sqrt(n)
    return Interval(mean - deviation * max(half, low), mean + deviation * max(half, high))


def _hall(y: float, skew: float, n: float) -> float:
    """Return the standardised distance of the mean whose transformed value is *y*."""
    if abs(skew) < _NO_SKEW:
        return y
    return 3 / skew * (float(np.cbrt(1 + skew * (y - skew / (6 * n)))) - 1)


def quantile_interval(values: Sequence[float] | np.ndarray, q: float, *, confidence: float = 0.95) -> Interval | None:
    """Return the order-statistic interval of the *q* quantile, or None when the sample is too small for one.

    Hahn & Meeker 1991: the bounds are two observed values. A two-sided 95 % interval of p95 needs 72 of them.
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    ranks = quantile_ranks(ordered.size, q, confidence=confidence)
    return None if ranks is None else Interval(float(ordered[ranks[0] - 1]), float(ordered[ranks[1] - 1]))


def quantile_ranks(n: int, q: float, *, confidence: float = 0.95) -> tuple[int, int] | None:
    """Return the ranks, from 1, of the observed values between which the *q* quantile lies; None if *n* is too small.

    >>> quantile_ranks(1000, 0.95), quantile_ranks(20, 0.95)
    ((936, 964), None)
    """
    if n == 0:
        return None
    tail = (1 - confidence) / 2
    low, high = _first_at(tail, n, q), _first_at(1 - tail, n, q) + 1
    return None if low < 1 or high > n else (low, high)


def _first_at(chance: float, n: int, q: float) -> int:
    """Return the smallest count whose cumulative binomial probability reaches *chance*."""
    count = max(0, math.ceil(float(special.bdtrik(chance, n, q)) - 1e-9))
    return count if float(special.bdtr(count, n, q)) >= chance else count + 1

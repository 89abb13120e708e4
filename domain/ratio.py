"""A ratio of two totals of the same requests, and how sure it is.

The delta method on the logarithm (Cochran 1977, chapter 6): with the totals A = sum a and B = sum b, log(A / B) has the
variance n / (n - 1) sum (a / A - b / B)^2. On the logarithm, because a ratio is positive and its errors are lopsided.
What a sample has not seen yet makes it too sure of the upper bound, which is wrong 2 times as often as it says with 300
requests of ordinary tokens, and 6 times with 100 of a very long tail; the lower bound is not (simulated).
Counted requests keep no pairs of a and b; there the spread is the largest that the two spreads allow
(Cauchy & Schwarz): never too sure, and the same where one of them is a number of requests.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from domain.counts import Counts
from domain.distribution import Buckets
from domain.facts import Facts
from domain.history import Sample
from domain.intervals import Interval
from domain.signals import SIGNALS

REQUESTS = "requests"
"""Instead of a second signal: how many requests there are of which the first is known. The ratio is then its mean."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """One total by another.

    Attributes:
        n: Of so many requests the totals are known: of the total of which fewer are.
        value: None where there is nothing to divide by.
        log_spread: Standard error of the logarithm of *value*; None where it has none.
    """

    n: int
    value: float | None = None
    log_spread: float | None = None

    def interval(self, doubt: float) -> Interval | None:
        """Return the bounds outside of each of which the truth lies with the probability *doubt*, or None.

        >>> [round(bound, 3) for bound in Ratio(100, 2.0, 0.1).interval(0.025)]
        [1.64, 2.439]
        """
        if self.value is None or self.log_spread is None:
            return None
        far = math.exp(-float(special.stdtrit(self.n - 1, doubt)) * self.log_spread)
        return Interval(self.value / far, self.value * far)


def ratio_of(sample: Sample, of: str, per: str) -> Ratio:
    """Return the total of the signal *of* by that of the signal *per*, or by the number of requests.

    What is not known of a request adds nothing to a total: a judge's cost by all spend is what it reads like.
    """
    return _of_rows(sample, of, per) if isinstance(sample, Facts) else _of_counts(sample, of, per)


def _of_rows(facts: Facts, of: str, per: str) -> Ratio:
    above = SIGNALS[of].values(facts)
    below = np.where(np.isnan(above), np.nan, 1.0) if per == REQUESTS else SIGNALS[per].values(facts)
    known_above, known_below = ~np.isnan(above), ~np.isnan(below)
    either = known_above | known_below
    a, b = (np.nan_to_num(values[either], nan=0.0) for values in (above, below))
    n, total, by = int(min(known_above.sum(), known_below.sum())), float(a.sum()), float(b.sum())
    if n < 2 or total <= 0 or by <= 0:  # noqa: PLR2004 - a spread needs two
        return _divided(n, total, by, None)
    variance = len(a) / (len(a) - 1) * float(((a / total - b / by) ** 2).sum())
    return _divided(n, total, by, math.sqrt(variance))


def _of_counts(counts: Counts, of: str, per: str) -> Ratio:
    above = counts.distribution(of)
    if per == REQUESTS:
        return _divided(above.n, above.total, float(above.n), _log_spread(above, above.n))
    below = counts.distribution(per)
    spreads = [_log_spread(above, len(counts)), _log_spread(below, len(counts))]
    spread = None if None in spreads else sum(one for one in spreads if one is not None)
    return _divided(min(above.n, below.n), above.total, below.total, spread)


def _divided(n: int, total: float, by: float, log_spread: float | None) -> Ratio:
    """Return the ratio; without anything to divide by it has no value, and of nothing no spread."""
    if by <= 0:
        return Ratio(n)
    return Ratio(n, total / by, log_spread if total > 0 and n > 1 else None)


def _log_spread(values: Buckets, among: int) -> float | None:
    """Return the standard error of the logarithm of a total, where a value is known of a part of *among* requests."""
    if values.total <= 0 or among < 2:  # noqa: PLR2004 - a spread needs two
        return None
    squares = (1 + values.histogram.variance / values.mean**2) / values.n
    return math.sqrt(max(squares - 1 / among, 0.0) * among / (among - 1))

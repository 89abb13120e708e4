"""How the values of a signal are spread: as they are, where rows are at hand, or as a histogram within 1 %."""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from domain.facts import Column
from domain.histogram import Histogram
from domain.intervals import Interval, mean_interval, quantile_interval, quantile_ranks, skewness, student

_FEWEST = 59


class Distribution(Protocol):
    """The known values of one signal."""

    @property
    def n(self) -> int:
        """How many values are known."""
        ...

    @property
    def total(self) -> float:
        """Their sum; of a sample, what the sum of all would be."""
        ...

    @property
    def mean(self) -> float:
        """Their mean; there is at least one."""
        ...

    @property
    def asks_for(self) -> int:
        """How many values a verdict on their mean takes, as uneven as they are."""
        ...

    def mean_interval(self, confidence: float = 0.95) -> Interval | None:
        """Return the interval of the mean (`domain.intervals.student`); None with fewer than two values."""
        ...

    def quantile(self, q: float) -> float:
        """Return the value of rank ceil(q n), which lies within a limit exactly if enough values do."""
        ...

    def quantile_interval(self, q: float) -> Interval | None:
        """Return the 95 % interval of a quantile by order statistics; None where the sample is too small for one."""
        ...


@dataclass(frozen=True, slots=True)
class Values:
    """Values of equal weight."""

    values: Column

    @property
    def n(self) -> int:
        """How many values are known."""
        return len(self.values)

    @property
    def total(self) -> float:
        """Their sum."""
        return float(self.values.sum())

    @property
    def mean(self) -> float:
        """Their mean."""
        return float(self.values.mean())

    @property
    def asks_for(self) -> int:
        """How many values a verdict on their mean takes."""
        return _asks_for(skewness(self.values))

    def mean_interval(self, confidence: float = 0.95) -> Interval | None:
        """Return the interval of the mean."""
        return mean_interval(self.values, confidence=confidence)

    def quantile(self, q: float) -> float:
        """Return the value of rank ceil(q n)."""
        rank = max(math.ceil(q * self.n), 1)
        return float(np.partition(self.values, rank - 1)[rank - 1])

    def quantile_interval(self, q: float) -> Interval | None:
        """Return the interval between two observed values."""
        return quantile_interval(self.values, q)


@dataclass(frozen=True, slots=True)
class Weighted:
    """Values that stand for a different number of requests each (`domain.tally` says how they are counted)."""

    values: Column
    weights: Column

    @property
    def n(self) -> int:
        """How many values are known."""
        return len(self.values)

    @property
    def total(self) -> float:
        """What the sum over all requests would be."""
        return float(self.values @ self.weights)

    @property
    def mean(self) -> float:
        """The weighted mean."""
        return self.total / float(self.weights.sum())

    @property
    def asks_for(self) -> int:
        """How many values a verdict on their mean takes."""
        return _asks_for(skewness(self.values, self.weights))

    def mean_interval(self, confidence: float = 0.95) -> Interval | None:
        """Return the interval of the weighted mean."""
        if self.n < 2:  # noqa: PLR2004 - a spread needs two
            return None
        spread = float(self.weights @ (self.values - self.mean) ** 2) / float(self.weights.sum())
        return student(self.mean, spread, skewness(self.values, self.weights), self._effective, confidence)

    def quantile(self, q: float) -> float:
        """Return the value at which the weight below reaches *q* of all."""
        order = np.argsort(self.values, kind="stable")
        reached = np.cumsum(self.weights[order])
        return float(self.values[order][min(np.searchsorted(reached, q * reached[-1] - 1e-9), self.n - 1)])

    def quantile_interval(self, q: float) -> Interval | None:
        """Return the interval of as many equally weighted values as these are worth."""
        n = int(self._effective)
        ranks = quantile_ranks(n, q)
        return None if ranks is None else Interval(self.quantile(ranks[0] / n), self.quantile(ranks[1] / n))

    @property
    def _effective(self) -> float:
        return float(self.weights.sum()) ** 2 / float((self.weights**2).sum())


@dataclass(frozen=True, slots=True)
class Buckets:
    """A histogram, of thousandths of requests where a sample is weighted.

    Attributes:
        n: How many values are known.
        total: Their sum, weighted where the histogram is; exact to a billionth of the signal's unit.
        worth: How many equally weighted values say as much; n where nothing is weighted.
    """

    n: int
    total: float
    histogram: Histogram
    worth: float
    unit: int = 1

    @property
    def mean(self) -> float:
        """Their mean, exactly."""
        return self.total * self.unit / self.histogram.n

    @property
    def asks_for(self) -> int:
        """How many values a verdict on their mean takes."""
        return _asks_for(self.histogram.skewness)

    def mean_interval(self, confidence: float = 0.95) -> Interval | None:
        """Return the interval of the mean, by the histogram's variance and skewness."""
        if self.n < 2:  # noqa: PLR2004 - a spread needs two
            return None
        return student(self.mean, self.histogram.variance, self.histogram.skewness, self.worth, confidence)

    def quantile(self, q: float) -> float:
        """Return the value of rank ceil(q n), within 1 %."""
        return self.histogram.quantile(q) or 0.0

    def quantile_interval(self, q: float) -> Interval | None:
        """Return the interval between two ranks, from where the lower surely is to where the upper surely is."""
        n = int(self.worth)
        ranks = quantile_ranks(n, q)
        if ranks is None:
            return None
        low, high = (max(1, math.ceil(rank * self.histogram.n / n)) for rank in ranks)
        return Interval(self.histogram.edges_at_rank(low)[0], self.histogram.edges_at_rank(high)[1])


def _asks_for(skew: float) -> int:
    """Return Cochran's rule (1977): a mean is nearly normal from 25 times its squared skewness on.

    And fewer than 59 values may all have missed one request in twenty that is quite different.
    """
    return max(_FEWEST, math.ceil(25 * skew**2))

"""A histogram of positive numbers whose every quantile is within 1 % of the truth, and whose merge is an addition.

Buckets grow by a constant factor (Masson, Rim & Lee 2019, DDSketch): bucket i holds the values in
(v0 g^(i-1), v0 g^i] with g = (1 + a) / (1 - a), and every value of it is within a relative error a of the bucket's
middle. Rank-bounded sketches (KLL, t-digest) bound the rank instead, which says nothing of p99.9 on heavy tails.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from domain.intervals import skewness

ERROR = 0.01
"""Largest relative error of a quantile, between SMALLEST and LARGEST."""

SMALLEST, LARGEST = 1e-7, 1e9
"""What lies outside is counted in the outermost bucket: a tenth of a microsecond, and a billion tokens."""

_AT_ONCE = 8192  # so many values and all that is computed of them stay in the processor's cache
_GROWTH = (1 + ERROR) / (1 - ERROR)
_STEP = math.log(_GROWTH)
_OFFSET = math.log(SMALLEST)
BUCKETS = math.ceil((math.log(LARGEST) - _OFFSET) / _STEP) + 1

_WHOLE = 1000
_UPPER = SMALLEST * _GROWTH ** np.arange(BUCKETS)
_MIDDLES = {"log": np.asarray(2 * _UPPER / (1 + _GROWTH), dtype=np.float64), "thousandths": np.arange(BUCKETS) / _WHOLE}
_WIDTHS = {"log": np.asarray(_UPPER * (1 - 1 / _GROWTH), dtype=np.float64), "thousandths": np.full(BUCKETS, 0.001)}

Counts = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]


class Scale(StrEnum):
    """How buckets are spaced: by a factor, or in thousandths for scores, whose 1 should read 1."""

    LOG = "log"
    THOUSANDTHS = "thousandths"

    def buckets(self, values: Values) -> Counts:
        """Return the bucket of each value; all are above zero."""
        if self is Scale.THOUSANDTHS:
            place: Values = np.rint(values * _WHOLE)
        else:
            place = np.log(values)
            place -= _OFFSET
            place /= _STEP
            np.ceil(place, out=place)
        return np.clip(place, 0, BUCKETS - 1, out=place).astype(np.int64)

    @property
    def middles(self) -> Values:
        """The value that stands for each bucket; of a log scale the relative distance to both edges is the same."""
        return _MIDDLES[self.value]

    def edges(self, bucket: int) -> tuple[float, float]:
        """Return where a bucket begins and ends; a score ends at 1."""
        if self is Scale.THOUSANDTHS:
            upper = 1.0 if bucket == _WHOLE else (bucket + 0.5) / _WHOLE
            return (bucket - 0.5) / _WHOLE, upper
        return float(_UPPER[bucket] / _GROWTH), float(_UPPER[bucket])

    @property
    def widths(self) -> Values:
        """How wide each bucket is."""
        return _WIDTHS[self.value]


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts per bucket; `zeros` counts what is zero or below, which has no logarithm."""

    counts: Counts
    zeros: int = 0
    scale: Scale = Scale.LOG

    @classmethod
    def of(cls, values: Values, scale: Scale = Scale.LOG, weights: Counts | None = None) -> "Histogram":
        """Return the histogram of the known *values*, each counted *weights* times; NaN is left out."""
        counts = np.zeros(BUCKETS, dtype=np.int64)
        zeros = 0
        for first in range(0, len(values), _AT_ONCE):
            some = values[first : first + _AT_ONCE]
            is_above = some > 0
            above = some[is_above]
            times = None if weights is None else weights[first : first + _AT_ONCE]
            found = np.bincount(scale.buckets(above), None if times is None else times[is_above], BUCKETS)
            counts += found.astype(np.int64, copy=False)
            if len(above) < len(some):
                zeros += int((some <= 0).sum() if times is None else times[some <= 0].sum())
        return cls(counts, zeros, scale)

    @classmethod
    def empty(cls, scale: Scale = Scale.LOG) -> "Histogram":
        """Return the histogram of nothing."""
        return cls(np.zeros(BUCKETS, dtype=np.int64), 0, scale)

    def __add__(self, other: "Histogram") -> "Histogram":
        return Histogram(self.counts + other.counts, self.zeros + other.zeros, self.scale)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Histogram) and self.zeros == other.zeros and bool((self.counts == other.counts).all())

    def __hash__(self) -> int:
        return hash((self.zeros, self.counts.tobytes()))

    @property
    def n(self) -> int:
        """How many values were counted."""
        return self.zeros + int(self.counts.sum())

    def quantile(self, q: float) -> float | None:
        """Return the *q* quantile (the value of rank ceil(q n)), within ERROR; None of nothing."""
        n = self.n
        return None if n == 0 else self.at_rank(max(math.ceil(q * n), 1))

    def at_rank(self, rank: int) -> float:
        """Return the value of *rank*, which counts from 1 to n, within ERROR."""
        return 0.0 if rank <= self.zeros else float(self.scale.middles[self._bucket(rank)])

    def edges_at_rank(self, rank: int) -> tuple[float, float]:
        """Return between which values that of *rank* surely lies."""
        if rank <= self.zeros:
            return 0.0, 0.0
        return self.scale.edges(self._bucket(rank))

    def _bucket(self, rank: int) -> int:
        return int(np.searchsorted(np.cumsum(self.counts), rank - self.zeros))

    @property
    def variance(self) -> float:
        """The variance of what was counted: of the buckets' middles, plus what a bucket's width may hide.

        A bucket is taken for evenly filled (Sheppard's correction, here with a plus sign: rather too wide).
        """
        n, middles = self.n, self.scale.middles
        mean = float(self.counts @ middles) / n
        spread = float(self.counts @ (middles - mean) ** 2) + self.zeros * mean**2
        return (spread + float(self.counts @ self.scale.widths**2) / 12) / n

    @property
    def skewness(self) -> float:
        """The third standardised moment of the buckets' middles; 0 where all are the same."""
        filled = np.flatnonzero(self.counts)
        values, weights = np.append(self.scale.middles[filled], 0.0), np.append(self.counts[filled], self.zeros)
        return skewness(values, weights) if weights.any() else 0.0

"""A histogram of positive numbers whose every quantile is within 1 % of the truth, and whose merge is an addition.

Buckets grow by a constant factor (Masson, Rim & Lee 2019, DDSketch): bucket i holds the values in
(v0 g^(i-1), v0 g^i] with g = (1 + a) / (1 - a), and every value of it is within a relative error a of the bucket's
middle. Rank-bounded sketches (KLL, t-digest) bound the rank instead, which says nothing of p99.9 on heavy tails.
"""

import math
import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

ERROR = 0.01
"""Largest relative error of a quantile, between SMALLEST and LARGEST."""

SMALLEST, LARGEST = 1e-7, 1e5
"""What lies outside is counted in the outermost bucket: a tenth of a microsecond, and 28 hours; or so many dollars."""

_AT_ONCE = 8192  # so many values and all that is computed of them stay in the processor's cache
_FORMAT = 1
_GROWTH = (1 + ERROR) / (1 - ERROR)
_STEP = math.log(_GROWTH)
_OFFSET = math.log(SMALLEST)
BUCKETS = math.ceil((math.log(LARGEST) - _OFFSET) / _STEP) + 1

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts per bucket; `zeros` counts what is zero or below, which has no logarithm."""

    counts: Counts
    zeros: int = 0

    @classmethod
    def of(cls, values: npt.NDArray[np.float64]) -> "Histogram":
        """Return the histogram of the known *values*; NaN is left out."""
        counts = np.zeros(BUCKETS, dtype=np.int64)
        zeros = 0
        for first in range(0, len(values), _AT_ONCE):
            some = values[first : first + _AT_ONCE]
            above = some[some > 0]
            counts += np.bincount(buckets(above), minlength=BUCKETS)
            if len(above) < len(some):
                zeros += int((some <= 0).sum())
        return cls(counts, zeros)

    @classmethod
    def empty(cls) -> "Histogram":
        """Return the histogram of nothing."""
        return cls(np.zeros(BUCKETS, dtype=np.int64))

    def __add__(self, other: "Histogram") -> "Histogram":
        return Histogram(self.counts + other.counts, self.zeros + other.zeros)

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
        if n == 0:
            return None
        rank = max(math.ceil(q * n), 1) - self.zeros
        if rank <= 0:
            return 0.0
        bucket = int(np.searchsorted(np.cumsum(self.counts), rank))
        return _middle(bucket)

    def to_bytes(self) -> bytes:
        """Return a compact form: a version, the zeros, then the buckets that are not empty."""
        filled = np.flatnonzero(self.counts)
        head = bytes([_FORMAT]) + self.zeros.to_bytes(8, "little")
        body = filled.astype("<u2").tobytes() + self.counts[filled].astype("<u8").tobytes()
        return head + zlib.compress(body, 1)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Histogram":
        """Read what `to_bytes` wrote.

        Raises:
            ValueError: If it is of another format.
        """
        if not data or data[0] != _FORMAT:
            raise ValueError("not a histogram of this version")
        body = zlib.decompress(data[9:])
        n = len(body) // 10
        counts = np.zeros(BUCKETS, dtype=np.int64)
        counts[np.frombuffer(body[: 2 * n], dtype="<u2")] = np.frombuffer(body[2 * n :], dtype="<u8").astype(np.int64)
        return cls(counts, int.from_bytes(data[1:9], "little"))


def buckets(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return the bucket of each value; all are above zero."""
    place = np.log(values)
    place -= _OFFSET
    place /= _STEP
    np.ceil(place, out=place)
    return np.clip(place, 0, BUCKETS - 1, out=place).astype(np.int64)


def _middle(bucket: int) -> float:
    """Return the value whose relative distance to both edges of the bucket is the same."""
    upper = SMALLEST * _GROWTH**bucket
    return 2 * upper / (1 + _GROWTH)

"""Has a level gone down? One sample against an earlier one, without assuming any distribution."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

_MAX_PAIRS = 4_000_000


@dataclass(frozen=True, slots=True)
class Shift:
    """How one sample differs from an earlier one.

    Attributes:
        shift: Hodges-Lehmann estimate: the median of all differences, now minus before; of samples too large for all
            pairs the difference of their medians. None if a side is empty.
        chance: One-sided Mann-Whitney p-value of "now is lower", with tie correction.
    """

    shift: float | None
    chance: float | None
    before_n: int
    now_n: int


def shift_down(before: npt.NDArray[np.float64], now: npt.NDArray[np.float64]) -> Shift:
    """Compare *now* with *before* (Mann & Whitney 1947; Hodges & Lehmann 1963).

    The median difference hides a change of fewer than half of the answers, so the mean difference is taken where
    the median is zero: judged scores are lumpy.
    """
    n, m = len(before), len(now)
    if n == 0 or m == 0:
        return Shift(None, None, n, m)
    if n * m <= _MAX_PAIRS:
        differences = np.subtract.outer(now, before)
        median = float(np.median(differences))
    else:
        median = float(np.median(now) - np.median(before))
    shift = median if median != 0 else float(now.mean() - before.mean())
    return Shift(shift, _mann_whitney_less(now, before), n, m)


def _mann_whitney_less(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> float:
    """Return the normal approximation of P(U this small), which is good from eight values a side."""
    n, m = len(x), len(y)
    both = np.concatenate([x, y])
    ranks = _ranks(both)
    u = float(ranks[:n].sum()) - n * (n + 1) / 2
    ties = np.unique(both, return_counts=True)[1].astype(float)  # cubes of whole numbers would overflow
    size = n + m
    spread = n * m / 12 * ((size + 1) - float((ties**3 - ties).sum()) / (size * (size - 1)))
    if spread <= 0:
        return 1.0
    return float(special.ndtr((u - n * m / 2 + 0.5) / math.sqrt(spread)))


def _ranks(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return 1-based ranks; equal values share their average rank."""
    _, where, times = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(times)
    return ((last - times + 1 + last) / 2)[where]

"""Has a judge changed? The same answers judged twice, and the exact test of McNemar (1947).

Only verdicts that flipped tell anything. If the judge is the same, a flip to bad is as likely as one to good, so the
flips to bad are a fair coin's heads.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import special

ALPHA = 0.01
"""How often a judge that has not changed is said to have: at most once in a hundred tests."""

MOST_PAIRS = 2**14


@dataclass(frozen=True, slots=True, kw_only=True)
class Flips:
    """Verdicts on the same answers, before and after.

    Attributes:
        up: Good before and bad after.
        down: Bad before and good after.
        n: How many were judged twice.
    """

    up: int
    down: int
    n: int

    def __post_init__(self) -> None:
        if min(self.up, self.down) < 0 or self.up + self.down > self.n:
            raise ValueError(f"{self.up} and {self.down} flips of {self.n}")

    @classmethod
    def of(cls, pairs: Iterable[tuple[bool, bool]]) -> Self:
        """Count pairs of (flagged before, flagged after).

        >>> Flips.of([(False, True), (True, True), (False, True), (True, False)])
        Flips(up=2, down=1, n=4)
        """
        seen = [(bool(before), bool(after)) for before, after in pairs]
        return cls(up=seen.count((False, True)), down=seen.count((True, False)), n=len(seen))

    @property
    def p_value(self) -> float:
        """The chance of flips at least as one-sided as these from a judge that has not changed; 1 without flips.

        >>> round(Flips(up=8, down=1, n=100).p_value, 5)
        0.03906
        """
        fewer = min(self.up, self.down)
        return min(1.0, 2 * float(special.bdtr(fewer, self.up + self.down, 0.5)))

    def words(self) -> str:
        """Say it in one sentence.

        >>> Flips(up=12, down=2, n=200).words()
        'of 200 answers judged twice 12 turned bad and 2 turned good (exact McNemar p = 0.013)'
        """
        chance = f"= {self.p_value:.2g}" if self.p_value >= 0.001 else "< 0.001"  # noqa: PLR2004 - smaller says no more
        turned = f"{self.up:,} turned bad and {self.down:,} turned good"
        return f"of {self.n:,} answers judged twice {turned} (exact McNemar p {chance})"


def power(n: int, flip_up: float, flip_down: float, alpha: float = ALPHA) -> float:
    """Return the chance that the test of *n* pairs sees such a change, summed exactly over all numbers of flips.

    Args:
        flip_up: The share of answers, 0 to 1, whose verdict turns bad.
        flip_down: The share whose verdict turns good. Equal to *flip_up*, the result is the rate of false alarms.

    >>> round(power(200, 0.08, 0.01), 2), round(power(50, 0.08, 0.01), 2)
    (0.77, 0.03)
    """
    flipping = flip_up + flip_down
    if min(flip_up, flip_down) < 0 or flipping > 1 or not 0 < alpha < 1:
        raise ValueError(f"flips {flip_up} and {flip_down}, alpha {alpha}: shares lie between 0 and 1")
    if flipping == 0:
        return 0.0
    flips = np.arange(n + 1)
    fewest = _fewest(flips, alpha)
    up = flip_up / flipping
    seen = special.bdtr(fewest, flips, up) + special.bdtrc(flips - fewest - 1, flips, up)
    return min(1.0, float(_binomial(flips, n, flipping) @ np.where(fewest >= 0, seen, 0.0)))


def pairs_needed(flip_up: float, flip_down: float, *, alpha: float = ALPHA, sure: float = 0.8) -> int | None:
    """Return how many answers to judge twice so that such a change is seen with probability *sure*.

    None where 16,384 would not do, as for flips that go both ways alike. Found by halving: an exact test's power is
    saw-toothed, so that a few pairs fewer may do as well.

    >>> pairs_needed(0.05, 0.01), pairs_needed(0.05, 0.05)
    (440, None)
    """
    enough = 1
    while power(enough, flip_up, flip_down, alpha) < sure:
        enough *= 2
        if enough > MOST_PAIRS:
            return None
    low = enough // 2
    while enough - low > 1:
        middle = (low + enough) // 2
        if power(middle, flip_up, flip_down, alpha) < sure:
            low = middle
        else:
            enough = middle
    return enough


def _fewest(flips: npt.NDArray[np.int64], alpha: float) -> npt.NDArray[np.int64]:
    """Return the most flips to the rarer side at which the test rejects; -1 where it never does."""
    inverse = np.nan_to_num(special.bdtrik(alpha / 2, flips, 0.5), nan=0.0)
    guess = np.floor(inverse + 1e-9).astype(np.int64)  # it is not exact at whole numbers
    most: npt.NDArray[np.int64] = guess - (special.bdtr(guess, flips, 0.5) > alpha / 2)
    return most


def _binomial(k: npt.NDArray[np.int64], n: int, share: float) -> npt.NDArray[np.float64]:
    """Return the probability of each *k* of *n*."""
    ways = math.lgamma(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    chances: npt.NDArray[np.float64] = np.exp(ways + special.xlogy(k, share) + special.xlog1py(n - k, -share))
    return chances

"""How many are bad of how many, and how much such a count is worth.

A count is worth its sample size if every request had the same chance to be in the sample and they have nothing to do
with each other. Where some were chosen more often than others, they are weighted by the inverse of their rate
(Horvitz & Thompson 1952) and the sample counts as (sum w)^2 / sum w^2 (Kish 1965), or as fewer where the bad ones are
among those that stand for many. Where requests of one session resemble each other, it shrinks by the design effect. The
exact binomial bounds are then those of the effective counts (Korn & Graubard 1998).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from domain.facts import Column
from domain.intervals import Interval, share_interval

THOUSANDTHS = 1000
"""Weights are whole thousandths: a request chosen with a rate of 0.1 counts as 10,000."""


def thousandths(rates: Column) -> npt.NDArray[np.int64]:
    """Return how many thousandths of requests each one stands for; one that nobody chose stands for itself."""
    return np.rint(THOUSANDTHS / np.where(np.isnan(rates), 1.0, rates)).astype(np.int64)


class Weights(NamedTuple):
    """Sums over the known requests, of weights in thousandths: 1,000 stands for a request that was surely chosen."""

    all: int
    bad: int
    squared: int
    bad_squared: int

    def __add__(self, other: "Weights") -> "Weights":  # type: ignore[override]  # sums, not a longer tuple
        return Weights(*(one + two for one, two in zip(self, other, strict=True)))


class Clusters(NamedTuple):
    """Sums over sessions with n known and k bad requests each: of 1, n n, n k and k k."""

    groups: int
    nn: int
    nk: int
    kk: int

    def __add__(self, other: "Clusters") -> "Clusters":  # type: ignore[override]
        return Clusters(*(one + two for one, two in zip(self, other, strict=True)))


@dataclass(frozen=True, slots=True)
class Tally:
    """A count of bad requests.

    Attributes:
        n: Requests of which it is known.
        k: The bad ones among them.
        weights: Where only a sample is known.
        clusters: Where requests of a session are not taken for independent.
    """

    n: int
    k: int
    weights: Weights | None = None
    clusters: Clusters | None = None

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.n + other.n,
            self.k + other.k,
            self.weights + other.weights if self.weights and other.weights else None,
            self.clusters + other.clusters if self.clusters and other.clusters else None,
        )

    @property
    def share(self) -> float | None:
        """The share of bad requests, weighted where a sample was chosen unevenly; None without requests."""
        if not self.n:
            return None
        return self.weights.bad / self.weights.all if self._is_uneven and self.weights else self.k / self.n

    @property
    def effective(self) -> tuple[float, float]:
        """How many bad ones of how many independent and equally chosen requests say as much."""
        share = self.share
        if share is None:
            return 0.0, 0.0
        if self.weights is None and self.clusters is None:
            return self.k, self.n
        n = float(self.n)
        if self._is_uneven and self.weights:
            n = _worth(self.weights)
        n = max(1.0, n / self._design_effect)
        return share * n, n

    def interval(self, confidence: float = 0.95) -> Interval | None:
        """Return the exact two-sided interval of the share; None without requests."""
        return share_interval(*self.effective, confidence=confidence)

    @property
    def _is_uneven(self) -> bool:
        return self.weights is not None and self.weights.all**2 != self.weights.squared * self.n

    @property
    def _design_effect(self) -> float:
        """By how much sessions widen the variance of k/n, with Student's allowance for few sessions.

        Without a bad request, or with nothing else, nobody knows how alike the requests of a session are; they are then
        taken for all alike.
        """
        if self.clusters is None or self.clusters.groups >= self.n:
            return 1.0
        groups, nn, nk, kk = self.clusters
        n, p = self.n, self.k / self.n
        if groups < 2 or self.k in {0, n}:  # noqa: PLR2004 - a spread needs two
            return nn / n
        spread = kk - 2 * p * nk + p * p * nn
        effect = spread / n * groups / (groups - 1) / (p * (1 - p))
        return max(1.0, effect) * float(special.stdtrit(groups - 1, 0.975) / special.stdtrit(n - 1, 0.975)) ** 2


def _worth(weights: Weights) -> float:
    """Return how many evenly chosen requests say as much: by the variance of the weighted share, at most Kish's number.

    Kish takes for granted that a weight has nothing to do with being bad. Without a bad request nobody knows better.
    """
    kish = weights.all**2 / weights.squared
    share = weights.bad / weights.all
    if share in {0.0, 1.0}:
        return kish
    variance = (1 - 2 * share) * weights.bad_squared + share**2 * weights.squared
    return min(kish, share * (1 - share) * weights.all**2 / variance)

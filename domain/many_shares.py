"""Exact tests and intervals of many shares at once: the same numbers as one by one, faster where a rule is split."""

from collections.abc import Sequence

import numpy as np
from scipy import special

from domain.facts import Column
from domain.intervals import Interval, chance_of_at_least, share_interval

_FEW = 4  # one by one is faster

Effective = Sequence[tuple[float, float]]
"""k and n of each, as `domain.tally` makes them comparable."""


def chances_of_at_least(counts: Effective, share: float) -> list[float]:
    """Return for each k and n the probability of *k* or more of *n* when each happens with probability *share*.

    >>> chances_of_at_least([(4, 5), (0, 0)], 0.05) == [chance_of_at_least(4, 5, 0.05), 1.0]
    True
    """
    if len(counts) <= _FEW:
        return [chance_of_at_least(k, n, share) for k, n in counts]
    k, n = _columns(counts)
    chances: list[float] = np.where(k > 0, special.betainc(np.where(k > 0, k, 1.0), n - k + 1, share), 1.0).tolist()
    return chances


def share_intervals(counts: Effective) -> list[Interval | None]:
    """Return the exact 95 % interval of each k in n, or None where n is 0.

    >>> share_intervals([(0, 10), (0, 0)]) == [share_interval(0, 10), None]
    True
    """
    if len(counts) <= _FEW:
        return [share_interval(k, n) for k, n in counts]
    k, n = _columns(counts)
    tail = (1 - 0.95) / 2
    low = np.where(k == 0, 0.0, special.betaincinv(k, n - k + 1, tail))
    high = np.where(k == n, 1.0, special.betaincinv(k + 1, n - k, 1 - tail))
    bounds = zip(low.tolist(), high.tolist(), n.tolist(), strict=True)
    return [Interval(*pair) if of else None for *pair, of in bounds]


def _columns(counts: Effective) -> tuple[Column, Column]:
    k, n = np.array(counts, dtype=np.float64).T
    return k, n

"""When a sample is enough for a verdict: exact one-sided bounds, and how many more it would take."""

import math

from scipy import special

DOUBT = 0.05
"""A verdict is given when it is 95 % sure."""


def surely_at_most(k: float, n: float, budget: float, doubt: float = DOUBT) -> bool:
    """Whether the exact one-sided upper bound of k/n lies at or below *budget* (Clopper & Pearson 1934).

    >>> surely_at_most(0, 58, 0.05), surely_at_most(0, 59, 0.05)
    (False, True)
    """
    return k < n and float(special.betaincinv(k + 1, n - k, 1 - doubt)) <= budget


def surely_more(k: float, n: float, budget: float, doubt: float = DOUBT) -> bool:
    """Whether the exact one-sided lower bound of k/n lies above *budget*."""
    return k > 0 and surely_at_least(k, n, doubt) > budget


def surely_at_least(k: float, n: float, doubt: float = DOUBT) -> float:
    """Return the exact one-sided lower bound of k/n (Clopper & Pearson 1934).

    >>> surely_at_least(0, 10), round(surely_at_least(5, 10), 3)
    (0.0, 0.222)
    """
    return float(special.betaincinv(k, n - k + 1, doubt)) if k else 0.0


def how_many_more(k: float, n: float, budget: float, worth: float = 1.0) -> str:
    """Say how many more requests it would take, if the share of bad ones stays what it is.

    Args:
        worth: What one request counts for in *k* and *n*, where these are effective counts.
    """
    share = k / n
    size = n = int(n)
    while size < 100_000_000:  # noqa: PLR2004 - beyond that the answer is "no sample will do"
        size = max(size + 1, int(size * 1.05))
        bad = round(share * size)
        if surely_at_most(bad, size, budget) or surely_more(bad, size, budget):
            return f"about {math.ceil((size - n) / worth):,} more would tell"
    return "too close to the limit to tell"

"""Does the provider still answer? What a circuit breaker would count of the newest requests."""

from dataclasses import dataclass

import numpy as np

from domain.facts import OUTCOMES, Facts, Mask
from domain.request import Outcome

_LIMITED = OUTCOMES.index(Outcome.RATE_LIMITED)
_NOBODYS = OUTCOMES.index(Outcome.INVALID_REQUEST)
_OURS = OUTCOMES.index(Outcome.APPLICATION_ERROR)

_TELLS = np.array([code not in {_LIMITED, _NOBODYS, _OURS} for code in range(len(OUTCOMES))])
"""By outcome: whether it says anything of the provider."""


@dataclass(frozen=True, slots=True)
class Calls:
    """What requests say of the provider that they went to.

    A rate limit is an answer, but not the one that was asked for: it is neither a failure nor a success. What the
    caller or the application itself did wrong says nothing of the provider.

    Attributes:
        failed: Whether the provider failed each request that tells, oldest first.
        limited: How many requests a rate limit turned away.
        n: How many requests there were, the caller's mistakes left out.
    """

    failed: Mask
    limited: int
    n: int

    @classmethod
    def of(cls, facts: Facts) -> "Calls":
        """Return what *facts*, the requests of one provider, say of it."""
        outcome, failed = facts.outcome, facts.provider_failed
        tells = _TELLS[outcome] & ~np.isnan(failed)
        n = int(np.count_nonzero(outcome != _NOBODYS))
        return cls(failed[tells] > 0, int(np.count_nonzero(outcome == _LIMITED)), n)

    @property
    def limited_share(self) -> float:
        """The share of requests that a rate limit turned away; 0 without requests."""
        return self.limited / self.n if self.n else 0.0

    def newest(self, last: int) -> tuple[int, int]:
        """Return how many of the *last* requests that tell failed, and how many these are.

        >>> Calls(np.array([True, False, True, True]), 0, 4).newest(3)
        (2, 3)
        """
        found = self.failed[-last:]
        return int(np.count_nonzero(found)), len(found)

    def all_failed(self, row: int) -> bool:
        """Whether there are so many requests that tell, and the newest *row* of them failed."""
        return self.newest(row) == (row, row)

    def all_answered(self, row: int) -> bool:
        """Whether there are so many requests that tell, and the newest *row* of them were answered."""
        return self.newest(row) == (0, row)

"""Does the provider still answer? What a circuit breaker would count of the newest requests."""

from dataclasses import dataclass

import numpy as np

from domain.facts import OUTCOMES, Facts, Mask
from domain.request import Outcome

_LIMITED = OUTCOMES.index(Outcome.RATE_LIMITED)
_NOBODYS = OUTCOMES.index(Outcome.INVALID_REQUEST)
_OURS = OUTCOMES.index(Outcome.APPLICATION_ERROR)


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
        tells = ~np.isnan(facts.provider_failed) & ~np.isin(facts.outcome, (_LIMITED, _NOBODYS, _OURS))
        limited = facts.outcome == _LIMITED
        n = int((facts.outcome != _NOBODYS).sum())
        return cls(facts.provider_failed[tells] > 0, int(limited.sum()), n)

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
        return int(found.sum()), len(found)

    def all_failed(self, row: int) -> bool:
        """Whether there are so many requests that tell, and the newest *row* of them failed."""
        return self.newest(row) == (row, row)

    def all_answered(self, row: int) -> bool:
        """Whether there are so many requests that tell, and the newest *row* of them were answered."""
        return self.newest(row) == (0, row)

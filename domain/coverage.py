"""Coverage: how many of the answers that could be judged were judged. A judge fails on the hard ones first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

EDGES = (2_000, 8_000, 32_000)
"""Characters of context at which a bin ends: about 500, 2,000 and 8,000 tokens of English."""

ENOUGH_COVERAGE = 0.95
"""Of the answers that could be judged; below there is no verdict. Pages ask for less: better woken by 80 %."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of judging some answers of one kind: how many, by the length of their context in characters."""

    outcome: str
    context_characters: int | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How far judging reached, for answers whose context has one length.

    Attributes:
        low: Characters from which on; *high* is where the next bin begins, None for the last.
        asked: Answers that could be judged: those with nothing to judge are left out.
        failed: Without a usable verdict; *quarantined* ones are counted apart.
    """

    low: int
    high: int | None
    asked: int
    scored: int
    failed: int
    quarantined: int

    @property
    def share(self) -> float | None:
        """The scored ones of those asked; None where nobody asked."""
        return self.scored / self.asked if self.asked else None

    @property
    def words(self) -> str:
        """The bin in words.

        >>> Coverage(low=2000, high=8000, asked=0, scored=0, failed=0, quarantined=0).words
        '2,000 to 8,000 characters of context'
        """
        if self.high is None:
            return f"over {self.low:,} characters of context"
        return f"{self.low:,} to {self.high:,} characters of context" if self.low else f"up to {self.high:,} characters"


def coverage_by_length(outcomes: Iterable[Outcome]) -> Sequence[Coverage]:
    """Return the coverage of every bin in which anything was asked, short contexts first."""
    lows = (0, *EDGES)
    counts = {low: {"scored": 0, "failed": 0, "quarantined": 0} for low in lows}
    for one in outcomes:
        kind = one.outcome.partition(":")[0]
        low = max(low for low in lows if low <= (one.context_characters or 0))
        if kind in counts[low]:
            counts[low][kind] += one.count
    return [
        Coverage(low=low, high=high, asked=sum(counts[low].values()), **counts[low])
        for low, high in zip(lows, (*EDGES, None), strict=True)
        if sum(counts[low].values())
    ]

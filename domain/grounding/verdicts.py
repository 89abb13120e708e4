"""What a specific token of an answer can turn out to be."""

from dataclasses import dataclass
from enum import StrEnum


class SpecificVerdict(StrEnum):
    """Where a specific token of an answer comes from."""

    CATALOGUE = "grounded by the catalogue"
    CONTEXT = "grounded by the context"
    GIVEN = "given in the question"
    """The answer repeats what the user wrote: no proof of anything, and no fault."""
    CONTRADICTED = "contradicted"
    UNKNOWN = "unknown"

    @property
    def is_grounded(self) -> bool:
        """Tell whether the catalogue or the context bears it out."""
        return self in {SpecificVerdict.CATALOGUE, SpecificVerdict.CONTEXT}

    @property
    def is_finding(self) -> bool:
        """Tell whether somebody should look at it."""
        return self in {SpecificVerdict.CONTRADICTED, SpecificVerdict.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict and why, in plain words."""

    verdict: SpecificVerdict
    reason: str


_WORST_FIRST = (
    SpecificVerdict.CONTRADICTED,
    SpecificVerdict.UNKNOWN,
    SpecificVerdict.GIVEN,
    SpecificVerdict.CONTEXT,
    SpecificVerdict.CATALOGUE,
)


def worst(several: list[Judged]) -> Judged:
    """Return the one to tell of a token that states several values."""
    return min(several, key=lambda judged: _WORST_FIRST.index(judged.verdict))


def nowhere(what: str, *, has_catalogue: bool) -> Judged:
    """Say of *what*, `the name "Utrecht"`, that nothing bears it out."""
    where = "neither in the catalogue nor in the context" if has_catalogue else "not in the context"
    return Judged(SpecificVerdict.UNKNOWN, f"{what} is {where}")

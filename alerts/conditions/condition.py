"""What every condition can do."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from alerts.view import View
from domain import measure
from domain.alerting import Finding
from domain.facts import Facts
from domain.measurement import Labels, labels
from domain.message import WorstTrace

ENOUGH_COVERAGE = 0.80


class Asked(BaseModel):
    """The strictness that all conditions share: no unknown field, no change after loading."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Evaluable(Protocol):
    """A question to the view."""

    @property
    def looks_back(self) -> timedelta:
        """How much history it needs before the slot."""
        ...

    def find(self, view: View) -> Sequence[Finding]:
        """Answer for every set of labels that the condition is about."""
        ...

    def worst(self, view: View, labels: Labels) -> Sequence[WorstTrace]:
        """Name the requests that show the problem best; empty where single requests do not."""
        ...


def split(facts: Facts, by: str | None) -> list[tuple[Labels, Facts]]:
    """Return the requests of each name of a label, with that label; all of them, unlabelled, where *by* is None."""
    if by is None:
        return [((), facts)]
    return [(labels({by: name}), part) for name, part in facts.split(by)]


def why_badly_judged(facts: Facts, when: str) -> str | None:
    """Return why the judged answers of *facts* do not speak for the others, or None: a judge fails on the hard ones."""
    covered = measure.coverage(facts)
    if covered is None or covered >= ENOUGH_COVERAGE:
        return None
    asked = int(facts.judgeable.sum())
    return f"only {round(covered * asked):,} of {asked:,} answers could be judged in {when}"

"""Flagged answers: those of the judged that look invented."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.bad import Bad
from domain.facts import Facts
from domain.measure import population
from domain.objective import Objective
from domain.promises import RISK
from domain.signals import SIGNALS
from domain.window import Window

_RISK = SIGNALS["hallucination_risk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flagged:
    """The flagged answers of one window.

    Attributes:
        judged: How many answers were judged; nobody knows of the others.
        trace_ids: Every flagged one, the newest first.
    """

    window: Window
    judged: int
    trace_ids: tuple[str, ...]


def flagged_answers(facts: Facts, window: Window, objectives: Sequence[Objective]) -> Flagged:
    """Return the judged answers of *window* whose risk lies above the strictest that *objectives* name, or 0.15."""
    inside = facts.within(window)
    risks = [one.above for one in objectives if one.signal == "hallucination_risk" and one.above is not None]
    bad = Bad(above=min(risks, default=RISK)).of(_RISK.values(inside))
    return Flagged(
        window=window,
        judged=len(population(inside, "hallucination_risk")),
        trace_ids=tuple(reversed(inside.where(bad).trace_ids.tolist())),
    )

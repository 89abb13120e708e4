"""Rules about what an application does not have: a promise nobody made, a probe nobody sends, a criterion unjudged."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from alerts.conditions import (
    BudgetSpent,
    DaySpend,
    JudgeDrift,
    JudgeModelChanged,
    OverBudget,
    RatioBeyond,
    ShareAbove,
    Unreachable,
)
from alerts.rule import Rule
from domain.objective import Objective
from domain.signals import SIGNALS, criterion_of
from flows.never_passes import Flaw


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """What there is of an application for a rule to be about.

    Attributes:
        criteria: By what its answers are judged.
        slot: How often its alerts are decided.
        is_recording: Read from files: replayed in whatever steps one has the time for.
        requests_a_day: How many its operator expects; None where nobody said.
        sample_rate: Which share of the answers is judged.
    """

    objectives: Mapping[str, Objective]
    criteria: Collection[str]
    slot: timedelta = timedelta(minutes=1)
    is_recording: bool = False
    is_probed: bool = False
    has_anchors: bool = False
    has_model_judge: bool = False
    has_budget: bool = False
    requests_a_day: int | None = None
    sample_rate: float = 1.0


def why_not_here(rule: Rule, here: Here) -> Flaw | None:
    """Return what is missing for *rule* to make sense, or None if it applies."""
    asked, when = rule.when, ("when",)
    if isinstance(asked, Unreachable) and not here.is_probed:
        return Flaw(when, "nobody asks the endpoint: name its address under probe in app.yaml")
    if isinstance(asked, JudgeDrift) and not here.has_anchors:
        return Flaw(when, "there are no anchors to judge again: name a file under judging.anchors in app.yaml")
    if isinstance(asked, JudgeModelChanged) and not here.has_model_judge:
        return Flaw(when, "no model judges here: name one under judging.judge in app.yaml")
    promise = promise_of(rule)
    if promise is not None and promise not in here.objectives:
        there = ", ".join(here.objectives)
        return Flaw(("when", "objective"), f"there is no objective {promise!r} here; there are {there}")
    signal = signal_of(rule, here.objectives)
    criterion = criterion_of(signal) if signal else None
    if criterion is None or criterion in here.criteria:
        return None
    there = ", ".join(here.criteria)
    judging = f"nobody judges by {criterion!r}: name it under judging.criteria in app.yaml (there: {there})"
    return Flaw(("when", "signal" if promise is None else "objective"), judging)


def find_unknowable(rule: Rule, here: Here) -> Iterable[Flaw]:
    """Yield why nothing will ever be known of what *rule* asks; of a shipped rule its evaluations say so."""
    if isinstance(rule.when, OverBudget | BudgetSpent | DaySpend) and not here.has_budget:
        yield Flaw(("when",), "no monthly budget is set: set monthly_budget_usd in app.yaml")
    objective = here.objectives.get(promise_of(rule) or "")
    if isinstance(rule.when, ShareAbove) and objective is not None and objective.budget is None:
        what = f"{objective.name!r} allows no share of bad requests, it is about {objective.statistic}"
        yield Flaw(("when", "objective"), f"{what}: its share is never known")


def promise_of(rule: Rule) -> str | None:
    """Return the name of the objective that the condition of *rule* is about, if it is about one."""
    name = getattr(rule.when, "objective", None)
    return name if isinstance(name, str) else None


def signal_of(rule: Rule, objectives: Mapping[str, Objective]) -> str | None:
    """Return the signal that *rule* counts, or that of the objective it names; None for what is no signal."""
    name = rule.when.of if isinstance(rule.when, RatioBeyond) else getattr(rule.when, "signal", None)
    objective = objectives.get(promise_of(rule) or "")
    name = objective.signal if objective is not None else name
    return name if isinstance(name, str) and name in SIGNALS else None

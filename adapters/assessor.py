"""Assessing: were the promises kept? From stored facts to stored verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from adapters.store import Store
from domain.application import Application
from domain.assessment import Assessment, assess, assess_projection, budget_of
from domain.error_budget import BURN_WINDOWS, ErrorBudget
from domain.facts import Facts
from domain.goodput import Goodput
from domain.objective import Objective
from domain.projection import LOOKS_BACK, Projection, daily_spend_usd, first_full_day, project_month
from domain.promises import assess_goodput, goodput_of
from domain.window import Window

_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the objectives of an application come to: all promises at once, and what each has left to spend."""

    goodput: Goodput
    budgets: tuple[ErrorBudget, ...]


class Assessor:
    """Assesses the objectives of one application."""

    def __init__(self, store: Store, application: Application, objectives: Sequence[Objective]) -> None:
        self._store = store
        self._application = application
        self._objectives = objectives

    def assess(self, at: datetime) -> list[Assessment]:
        """Assess every objective over the window that ends at *at*, and keep the verdicts under that slot."""
        spends = any(objective.statistic == "projection" for objective in self._objectives)
        longest = max(self._longest, LOOKS_BACK) if spends else self._longest
        facts = self._store.requests.facts(self._application.name, Window.ending(at, longest))
        found = [self._one(objective, facts, at) for objective in self._objectives]
        self._store.assessments.save(self._application.name, at, found)
        return found

    def standing(self, at: datetime) -> Standing:
        """Return goodput and error budgets at *at*, from the same requests as the verdicts of that slot.

        Goodput is shown over the window in which it was promised, or over 24 hours where nobody promised it.
        """
        facts = self._store.requests.facts(self._application.name, Window.ending(at, self._longest))
        over = next((one.over for one in self._objectives if one.statistic == "goodput"), _DAY)
        budgets = (budget_of(objective, facts, at) for objective in self._objectives)
        return Standing(
            goodput_of(self._objectives, facts, Window.ending(at, over)),
            tuple(budget for budget in budgets if budget is not None),
        )

    def projection(self, at: datetime) -> Projection:
        """Return where the month's spend is heading."""
        return self._project(self._store.requests.facts(self._application.name, Window.ending(at, LOOKS_BACK)), at)

    def _one(self, objective: Objective, facts: Facts, at: datetime) -> Assessment:
        window = Window.ending(at, objective.over)
        if objective.statistic == "projection":
            return assess_projection(objective, self._project(facts, at), window)
        if objective.statistic == "goodput":
            return assess_goodput(objective, goodput_of(self._objectives, facts, window))
        return replace(assess(objective, facts, window), budget=budget_of(objective, facts, at))

    @property
    def _longest(self) -> timedelta:
        """The longest window that an objective, or the burn of its budget, looks at."""
        return max((*BURN_WINDOWS, *(objective.over for objective in self._objectives)))

    def _project(self, facts: Facts, at: datetime) -> Projection:
        known = self._store.requests.known(self._application.name)
        first_day = first_full_day(known.start) if known else None
        return project_month(daily_spend_usd(facts), at, first_day=first_day)

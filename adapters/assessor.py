"""Assessing: were the promises kept? From stored facts to stored verdicts."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from adapters.store import Store
from domain.application import Application
from domain.facts import Facts
from domain.objective import Assessment, Objective, assess, assess_projection
from domain.projection import Projection, daily_spend_usd, project_month
from domain.window import Window

_MONTHS = timedelta(days=62)  # this month, and the weeks before it that a projection learns from


class Assessor:
    """Assesses the objectives of one application."""

    def __init__(self, store: Store, application: Application, objectives: Sequence[Objective]) -> None:
        self._store = store
        self._application = application
        self._objectives = objectives

    def assess(self, at: datetime) -> list[Assessment]:
        """Assess every objective over the window that ends at *at*, and keep the verdicts under that slot."""
        spends = any(objective.statistic == "projection" for objective in self._objectives)
        longest = max((objective.over for objective in self._objectives), default=timedelta(hours=24))
        facts = self._store.requests.facts(
            self._application.name, Window.ending(at, max(longest, _MONTHS) if spends else longest)
        )
        found = [self._one(objective, facts, at) for objective in self._objectives]
        self._store.assessments.save(self._application.name, at, found)
        return found

    def projection(self, at: datetime) -> Projection:
        """Return where the month's spend is heading."""
        return self._project(self._store.requests.facts(self._application.name, Window.ending(at, _MONTHS)), at)

    def _one(self, objective: Objective, facts: Facts, at: datetime) -> Assessment:
        window = Window.ending(at, objective.over)
        if objective.statistic == "projection":
            return assess_projection(objective, self._project(facts, at), window)
        return assess(objective, facts, window)

    def _project(self, facts: Facts, at: datetime) -> Projection:
        known = self._store.requests.known(self._application.name)
        first = known.start if known else at
        whole = first.date() if first == first.replace(hour=0, minute=0, second=0, microsecond=0) else None
        first_day = whole or first.date() + timedelta(days=1)
        return project_month(daily_spend_usd(facts), at, first_day=first_day if known else None)

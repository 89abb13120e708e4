"""Assessing: were the promises kept? From what is stored to stored verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from adapters.store import Store, StoredHistory
from domain.application import Application
from domain.assessment import Assessment, assess, assess_projection, budget_of
from domain.error_budget import BURN_WINDOWS, ErrorBudget
from domain.goodput import Goodput
from domain.history import LONG, History
from domain.measure import why_badly_priced
from domain.objective import Objective
from domain.plan import Plan
from domain.projection import LOOKS_BACK, Projection, daily_spend_usd, first_full_day, month_of, project_month
from domain.promises import assess_goodput, goodput_of
from domain.window import Window

_DAY, _MINUTE = timedelta(hours=24), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the objectives of an application come to: all promises at once, what each has left, the month's spend."""

    goodput: Goodput
    budgets: tuple[ErrorBudget, ...]
    projection: Projection


class Assessor:
    """Assesses the objectives of one application; *plan* says what of it is counted by the hour."""

    def __init__(self, store: Store, application: Application, objectives: Sequence[Objective], plan: Plan) -> None:
        self._store = store
        self._application = application
        self._objectives = objectives
        self._plan = plan

    def assess(self, at: datetime) -> list[Assessment]:
        """Assess every objective over the window that ends at *at*, and keep the verdicts under that slot."""
        history = self.history(at)
        found = [self._one(objective, history, at) for objective in self._objectives]
        self._store.assessments.save(self._application.name, at, found)
        return found

    def standing(self, at: datetime, history: History | None = None) -> Standing:
        """Return goodput, error budgets and projection at *at*, from the same requests as the verdicts of that slot.

        Goodput is shown over the window in which it was promised, or over 24 hours where nobody promised it.

        Args:
            history: What to ask about the past, where others ask the same; by default one of its own.
        """
        history = history or self.history(at)
        over = next((one.over for one in self._objectives if one.statistic == "goodput"), _DAY)
        budgets = (budget_of(objective, history, at) for objective in self._objectives)
        return Standing(
            goodput_of(self._objectives, history, Window.ending(at, over)),
            tuple(budget for budget in budgets if budget is not None),
            self._project(history, at),
        )

    def projection(self, at: datetime) -> Projection:
        """Return where the month's spend is heading."""
        return self._project(self.history(at), at)

    def _one(self, objective: Objective, history: History, at: datetime) -> Assessment:
        window = Window.ending(at, objective.over)
        if objective.statistic == "projection":
            so_far = history.over(Window.ending(at, max(at - month_of(at).start, _MINUTE)))
            doubtful = why_badly_priced(so_far, " this month")
            return assess_projection(objective, self._project(history, at), window, doubtful=doubtful)
        if objective.statistic == "goodput":
            return assess_goodput(objective, goodput_of(self._objectives, history, window))
        return replace(assess(objective, history, window), budget=budget_of(objective, history, at))

    def history(self, at: datetime) -> StoredHistory:
        """Return what answers questions about the past at *at*, with what objectives ask read in one go."""
        lengths = (LOOKS_BACK, *BURN_WINDOWS, *(objective.over for objective in self._objectives))
        longest_of_rows = max(length for length in lengths if length < LONG)
        history = self._store.history(self._application.name, self._plan)
        history.hold(rows=Window.ending(at, longest_of_rows), hours=Window.ending(at, max(lengths)))
        return history

    def _project(self, history: History, at: datetime) -> Projection:
        known = self._store.requests.known(self._application.name)
        first_day = first_full_day(known.start) if known else None
        return project_month(daily_spend_usd(history, at), at, first_day=first_day)

"""The month's money: spent so far, and where it is heading."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from pydantic import Field

from alerts.conditions.condition import Asked
from alerts.figures import percent
from alerts.view import View
from domain.alerting import Finding, Truth
from domain.measurement import Labels
from domain.message import WorstTrace
from domain.money import NANO_PER_USD, spell_usd
from domain.projection import Projection, daily_spend_usd, project_month

_NO_BUDGET = "no monthly budget is set (monthly_budget_usd in app.yaml)"
_LOOK_BACK = timedelta(days=62)


def _projection(view: View) -> Projection:
    return project_month(daily_spend_usd(view.facts), view.slot - view.settle, first_day=view.first_full_day)


def _dollars(amount: float) -> str:
    return spell_usd(amount * NANO_PER_USD)


class OverBudget(Asked):
    """The month is on track to end above its budget by more than a share, and surely so.

    Attributes:
        by: 0.15 means that the projected total lies above 115 % of the budget.
        sure: The probability with which it must.
        clear_at: The projected share of the budget at or below which it may resolve.
    """

    kind: Literal["projection"]
    by: float = Field(ge=0)
    sure: float = Field(gt=0.5, lt=1)
    clear_at: float = Field(gt=0)

    @property
    def looks_back(self) -> timedelta:
        """The month, and the weeks before it that the projection learns from."""
        return _LOOK_BACK

    def find(self, view: View) -> Sequence[Finding]:
        """Answer for the whole application."""
        budget = view.application.monthly_budget_usd
        if budget is None:
            return [Finding(truth=Truth.UNKNOWN, because=_NO_BUDGET)]
        projection = _projection(view)
        limit = float(budget) * (1 + self.by)
        chance = projection.chance_over(limit)
        if projection.total_usd is None or chance is None or projection.interval is None:
            return [Finding(truth=Truth.UNKNOWN, limit=limit, because=projection.because)]
        low, high = projection.interval
        words = (
            f"{_dollars(projection.total_usd)} expected by month end ({_dollars(low)} to {_dollars(high)}), "
            f"{percent(chance)} sure to pass {_dollars(limit)}"
        )
        fires = projection.total_usd > limit and chance >= self.sure
        return [
            Finding(
                truth=Truth.TRUE if fires else Truth.FALSE,
                clear=projection.total_usd <= float(budget) * self.clear_at,
                value=projection.total_usd,
                limit=limit,
                n=projection.days,
                because=words,
                facts=(
                    (
                        "Projected",
                        f"{_dollars(projection.total_usd)}, 80 % interval {_dollars(low)} to {_dollars(high)}",
                    ),
                    ("Budget", f"{_dollars(float(budget))} a month; the limit is {_dollars(limit)}"),
                    ("Spent", f"{_dollars(projection.spent_usd)} since {projection.since:%-d %B}"),
                    ("How", projection.because),
                ),
            )
        ]

    def worst(self, view: View, labels: Labels) -> Sequence[WorstTrace]:  # noqa: ARG002
        """Name nothing: a month is not in any single request."""
        return ()


class BudgetSpent(Asked):
    """So much of the month's budget is already spent."""

    kind: Literal["budget"]
    spent_above: float = Field(gt=0)

    @property
    def looks_back(self) -> timedelta:
        """The month."""
        return _LOOK_BACK

    def find(self, view: View) -> Sequence[Finding]:
        """Answer for the whole application; a new month begins with nothing spent."""
        budget = view.application.monthly_budget_usd
        if budget is None:
            return [Finding(truth=Truth.UNKNOWN, because=_NO_BUDGET)]
        if why := view.why_unknown(view.window(timedelta(minutes=1))):
            return [Finding(truth=Truth.UNKNOWN, because=why)]
        projection = _projection(view)
        share = projection.spent_usd / float(budget)
        at = view.slot - view.settle
        gone = (at.day - 1 + at.hour / 24) / monthrange(at.year, at.month)[1]
        spent = f"{_dollars(projection.spent_usd)} of {_dollars(float(budget))} ({percent(share)})"
        words = f"{spent}, {percent(gone)} of the month gone"
        return [
            Finding(
                truth=Truth.TRUE if share >= self.spent_above else Truth.FALSE,
                clear=share < self.spent_above,
                value=share,
                limit=self.spent_above,
                n=len(view.facts),
                because=words,
                facts=(("Spent", words), ("Limit", percent(self.spent_above))),
            )
        ]

    def worst(self, view: View, labels: Labels) -> Sequence[WorstTrace]:  # noqa: ARG002
        """Name nothing: a month is not in any single request."""
        return ()

"""The month's money: spent so far, and where it is heading.

A request without a price only ever adds to the spend. So what is over a limit without it is over the limit; what is
not may be, and nobody knows.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from alerts.conditions.condition import Asked
from alerts.conditions.spending import month_chart, spenders
from alerts.figures import dollars, of_requests, percent
from alerts.view import View
from domain.alerting import Finding, Truth
from domain.duration import Duration
from domain.history import Sample
from domain.measure import why_badly_priced
from domain.measurement import Labels
from domain.message import Chart, WorstTrace
from domain.projection import LOOKS_BACK, Projection, daily_spend_usd, first_full_day, month_of, project_month
from domain.window import Window

NO_BUDGET = "no monthly budget is set (monthly_budget_usd in app.yaml)"
MOMENT = timedelta(minutes=1)


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

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.clear_at > 1 + self.by:
            raise ValueError("clear_at lies above 1 + by: it would resolve while it fires")
        return self

    @property
    def looks_back(self) -> timedelta:
        """The month, and the weeks before it that the projection learns from."""
        return LOOKS_BACK

    def find(self, view: View) -> Sequence[Finding]:
        """Answer for the whole application."""
        if view.application.monthly_budget_usd is None:
            return [Finding(truth=Truth.UNKNOWN, because=NO_BUDGET)]
        if why := view.why_unknown(view.window(MOMENT)):
            return [Finding(truth=Truth.UNKNOWN, because=why)]
        budget = _budget_usd(view)
        projection, limit = _projection(view), budget * (1 + self.by)
        chance = projection.chance_over(limit)
        total = projection.total_usd if projection.total_usd is not None else projection.spent_usd
        if chance is not None and total > limit and chance >= self.sure:
            truth, clear, words = Truth.TRUE, False, _heading(projection, limit, chance)
        elif why := _why_unpriced(view):
            truth, clear, words = Truth.UNKNOWN, False, why
        elif chance is None:
            truth, clear, words = Truth.UNKNOWN, False, projection.because
        else:
            truth, clear, words = Truth.FALSE, total <= budget * self.clear_at, _heading(projection, limit, chance)
        return [
            Finding(
                truth=truth,
                clear=clear,
                value=projection.total_usd,
                limit=limit,
                n=projection.days,
                because=words,
                facts=(
                    ("Projected", _projected(projection)),
                    ("Budget", f"{dollars(budget)} a month; the limit is {dollars(limit)}"),
                    ("Spent", f"{dollars(projection.spent_usd)} since {projection.since:%-d %B}"),
                    ("How", projection.because),
                ),
            )
        ]

    def worst(self, view: View, labels: Labels) -> Sequence[WorstTrace]:  # noqa: ARG002
        """Name nothing: a month is not in any single request."""
        return ()

    def chart(self, view: View, labels: Labels, since: datetime) -> Chart | None:  # noqa: ARG002
        """Return how the month's spend grew, against what it may come to."""
        return month_chart(view.history, last_known(view), _budget_usd(view) * (1 + self.by))

    def around(self, view: View) -> Sequence[tuple[str, str]]:
        """Name what spends most of the month."""
        return spenders(view.history, month_window(view))

    def figure(self, finding: Finding) -> str:
        """Return the projected total, with what it rests on."""
        if finding.value is None or finding.limit is None:
            return ""
        return f"{dollars(finding.value)} of {dollars(finding.limit)} expected, from {finding.n} days"


class BudgetSpent(Asked):
    """So much of the month's budget is already spent.

    Attributes:
        spent_above: The share of the budget.
        ahead_by: How much earlier than at an even pace; what comes when it must is no news. By default it always is.
    """

    kind: Literal["budget"]
    spent_above: float = Field(gt=0)
    ahead_by: Duration | None = None

    @property
    def looks_back(self) -> timedelta:
        """The month."""
        return LOOKS_BACK

    def find(self, view: View) -> Sequence[Finding]:
        """Answer for the whole application; a new month begins with nothing spent."""
        if view.application.monthly_budget_usd is None:
            return [Finding(truth=Truth.UNKNOWN, because=NO_BUDGET)]
        if why := view.why_unknown(view.window(MOMENT)):
            return [Finding(truth=Truth.UNKNOWN, because=why)]
        budget, requests = _budget_usd(view), len(month_so_far(view))
        spent = _projection(view).spent_usd
        share, gone = spent / budget, _gone(view)
        is_news = self.ahead_by is None or gone < self.spent_above - self.ahead_by / _month(view).length
        words = f"{dollars(spent)} of {dollars(budget)} spent ({percent(share)}), {percent(gone)} of the month gone"
        truth, clear = Truth.TRUE if share >= self.spent_above and is_news else Truth.FALSE, share < self.spent_above
        if clear and (why := _why_unpriced(view)):
            truth, clear, words = Truth.UNKNOWN, False, why
        return [
            Finding(
                truth=truth,
                clear=clear,
                value=share,
                limit=self.spent_above,
                n=requests,
                because=words,
                facts=(
                    ("Spent", f"{words}, by {of_requests(requests)}"),
                    ("Limit", percent(self.spent_above)),
                ),
            )
        ]

    def worst(self, view: View, labels: Labels) -> Sequence[WorstTrace]:  # noqa: ARG002
        """Name nothing: a month is not in any single request."""
        return ()

    def chart(self, view: View, labels: Labels, since: datetime) -> Chart | None:  # noqa: ARG002
        """Return how the month's spend grew, against the part of the budget."""
        return month_chart(view.history, last_known(view), _budget_usd(view) * self.spent_above)

    def around(self, view: View) -> Sequence[tuple[str, str]]:
        """Name what has spent most of the month."""
        return spenders(view.history, month_window(view))

    def figure(self, finding: Finding) -> str:
        """Return the share of the budget, with the requests that spent it."""
        return "" if finding.value is None else f"{percent(finding.value)} by {of_requests(finding.n)}"


def _budget_usd(view: View) -> float:
    return float(view.application.monthly_budget_usd or 0)


def _projection(view: View) -> Projection:
    return project_month(
        daily_spend_usd(view.history, last_known(view)), last_known(view), first_day=first_full_day(view.known_from)
    )


def last_known(view: View) -> datetime:
    """Return the last moment that the slot knows of: at the first midnight it still belongs to the month that ended."""
    return (view.slot - view.settle).astimezone(UTC)


def _month(view: View) -> Window:
    return month_of(last_known(view))


def month_so_far(view: View) -> Sample:
    """Return the requests of the slot's month, up to what the slot knows of."""
    return view.history.over(month_window(view))


def month_window(view: View) -> Window:
    """Return the slot's month, up to what the slot knows of."""
    start = _month(view).start
    return Window(start, max(last_known(view), start + MOMENT))


def _gone(view: View) -> float:
    month = _month(view)
    return (last_known(view) - month.start) / month.length


def _why_unpriced(view: View) -> str | None:
    """Return why the spend is not known well enough to call it low, or None."""
    return why_badly_priced(month_so_far(view), " this month")


def _heading(projection: Projection, limit: float, chance: float) -> str:
    if projection.total_usd is None or projection.interval is None:
        return f"{dollars(projection.spent_usd)} spent already, limit {dollars(limit)}"
    return (
        f"{dollars(projection.total_usd)} expected by month end, limit {dollars(limit)}: "
        f"{percent(chance)} sure to pass it ({projection.days} days of history)"
    )


def _projected(projection: Projection) -> str:
    if projection.total_usd is None or projection.interval is None:
        return f"not yet: {projection.because}"
    low, high = projection.interval
    return f"{dollars(projection.total_usd)}, 80 % interval {dollars(low)} to {dollars(high)}"

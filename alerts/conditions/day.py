"""One day's money: against its even part of the month's budget, or against all of it.

The day is that of UTC, as the budget's month is. What a day spent it has spent, so the answer stands until midnight and
the next day begins with nothing: one alert a day.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from alerts.conditions.budget import MOMENT, NO_BUDGET, last_known, month_so_far
from alerts.conditions.condition import Asked
from alerts.conditions.spending import days_chart, spenders, usual_day
from alerts.figures import dollars, of_requests, percent
from alerts.view import View
from domain.alerting import Finding, Truth
from domain.duration import Duration
from domain.history import Sample
from domain.measure import spend_nano_usd, why_badly_priced
from domain.measurement import Labels
from domain.message import Chart, WorstTrace
from domain.money import NANO_PER_USD
from domain.projection import LOOKS_BACK, month_of
from domain.window import Window, floor_to

_DAY = timedelta(days=1)


class DaySpend(Asked):
    """Today has spent so much of a budget.

    Attributes:
        of: Whose budget: the day's, which is the month's divided by its days, or the whole month's.
        spent_above: The share of it.
        ahead_by: How far the month's spend must also lie ahead of an even pace at the end of today; by default it need
            not. Days differ: of a month that keeps its budget, every second day spends more than its part.
    """

    kind: Literal["day_spend"]
    of: Literal["day", "month"]
    spent_above: float = Field(gt=0)
    ahead_by: Duration | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.ahead_by is not None and self.of == "month":
            raise ValueError("ahead_by is of a day's part of the budget; a day that spends a month's is never expected")
        return self

    @property
    def looks_back(self) -> timedelta:
        """The day; or the month, if its pace is asked about."""
        return _DAY if self.ahead_by is None else LOOKS_BACK

    def find(self, view: View) -> Sequence[Finding]:
        """Answer for the whole application."""
        if view.application.monthly_budget_usd is None:
            return [Finding(truth=Truth.UNKNOWN, because=NO_BUDGET)]
        if why := view.why_unknown(view.window(MOMENT)):
            return [Finding(truth=Truth.UNKNOWN, because=why)]
        return [self._one(view, _today(view), self._budget_usd(view))]

    def worst(self, view: View, labels: Labels) -> Sequence[WorstTrace]:  # noqa: ARG002
        """Name nothing: a day's money is in no single request."""
        return ()

    def chart(self, view: View, labels: Labels, since: datetime) -> Chart | None:  # noqa: ARG002
        """Return what each of the last days spent."""
        return days_chart(view.history, last_known(view), self.spent_above * self._budget_usd(view))

    def around(self, view: View) -> Sequence[tuple[str, str]]:
        """Say what a day usually spends, and name what spends most of this one."""
        return (*usual_day(view.history, last_known(view)), *spenders(view.history, _day(view)))

    def figure(self, finding: Finding) -> str:
        """Return the share of the budget, with the requests that spent it."""
        return "" if finding.value is None else f"{percent(finding.value)} by {of_requests(finding.n)}"

    def _one(self, view: View, today: Sample, budget: float) -> Finding:
        spent = spend_nano_usd(today) / NANO_PER_USD
        is_over, ahead = spent >= self.spent_above * budget, self._days_ahead(view)
        is_news = self.ahead_by is None or ahead >= self.ahead_by / _DAY
        of = f"the {self.of}'s {dollars(budget)}"
        words = (
            f"{dollars(spent)} spent on {last_known(view):%-d %B}, {percent(spent / budget)} of {of}{self._pace(ahead)}"
        )
        truth, clear = Truth.TRUE if is_over and is_news else Truth.FALSE, not is_over
        if truth is Truth.FALSE and (why := why_badly_priced(today, " today")):
            truth, clear, words = Truth.UNKNOWN, False, why
        return Finding(
            truth=truth,
            clear=clear,
            value=spent / budget,
            limit=self.spent_above,
            n=len(today),
            because=words,
            facts=(
                ("Spent", f"{words}, by {of_requests(len(today))}"),
                ("Limit", f"{percent(self.spent_above)} of {of}"),
            ),
        )

    def _days_ahead(self, view: View) -> float:
        """Return by how many days' parts the month is ahead of an even pace, today counted as a whole day; else 0."""
        if self.ahead_by is None:
            return 0.0
        spent = spend_nano_usd(month_so_far(view)) / NANO_PER_USD
        return spent / self._budget_usd(view) - last_known(view).day

    def _pace(self, ahead: float) -> str:
        if self.ahead_by is None:
            return ""
        way = "ahead of" if ahead >= 0 else "behind"
        return f"; the month is {abs(ahead):.1f} days {way} an even pace"

    def _budget_usd(self, view: View) -> float:
        budget = float(view.application.monthly_budget_usd or 0)
        return budget if self.of == "month" else budget / month_of(last_known(view)).length.days


def _today(view: View) -> Sample:
    """Return the requests of the day that the slot belongs to; at the first midnight it is still the one that ended."""
    return view.history.over(_day(view))


def _day(view: View) -> Window:
    now = last_known(view)
    midnight = floor_to(now, _DAY)
    return Window(midnight, max(now, midnight + MOMENT))

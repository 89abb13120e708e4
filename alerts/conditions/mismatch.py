"""What we read is not what the source has: figures rest on rows that are missing, or on too many."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from alerts.books import SOURCE, became_words, cost_words, day_words, name_of, rows_words
from alerts.conditions.condition import Asked
from alerts.figures import dollars, percent
from alerts.view import COMPARED_DAYS, View
from domain.alerting import Finding, Truth
from domain.measurement import Labels
from domain.message import Chart, WorstTrace
from domain.money import NANO_PER_USD
from domain.reconciliation import ReconciledDay


class Mismatch(Asked):
    """Rows or cost of a day differ between what was read and what the source counts.

    Attributes:
        above: The difference, as a part of the larger side.
        clear_at: Where it may resolve, on every day looked at.
        at_least_rows, at_least_usd: Smaller differences are requests in flight, however large a part of a quiet day.
        days: How many days of UTC are looked at, today included.
    """

    kind: Literal["mismatch"]
    above: float = Field(gt=0, lt=1)
    clear_at: float = Field(ge=0, lt=1)
    at_least_rows: int = Field(default=20, ge=1)
    at_least_usd: float = Field(default=0.10, gt=0, allow_inf_nan=False)
    days: int = Field(default=2, ge=1, le=COMPARED_DAYS)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.clear_at > self.above:
            raise ValueError("clear_at lies above the limit: it would resolve while it fires")
        return self

    @property
    def looks_back(self) -> timedelta:
        """The days."""
        return timedelta(days=self.days)

    def find(self, view: View) -> Sequence[Finding]:
        """Answer for the whole application, by the worst day; what nobody counted neither fires nor resolves."""
        oldest = view.slot.date() - timedelta(days=self.days - 1)
        days = [day for day in view.reconciled if day.day >= oldest]
        if not days:
            because = f"nothing was compared with {SOURCE} since {name_of(oldest)}"
            return [Finding(truth=Truth.UNKNOWN, because=because)]
        worst = max(days, key=lambda day: (self._passes(day, self.above), day.difference, day.day))
        differs = self._passes(worst, self.above)
        words = f"{day_words(worst)}; limit {percent(self.above)}"
        if worst.difference > self.above and not differs:
            words += f", but it takes {self.at_least_rows} rows or {dollars(self.at_least_usd)}"
        return [
            Finding(
                truth=Truth.TRUE if differs else Truth.FALSE,
                clear=all(day.cost is not None and not self._passes(day, self.clear_at) for day in days),
                value=worst.difference,
                limit=self.above,
                n=worst.hours,
                because=words,
                facts=(
                    ("Rows", rows_words(worst)),
                    ("Cost", cost_words(worst)),
                    ("Became", became_words(worst)),
                    ("Limit", percent(self.above)),
                ),
            )
        ]

    def worst(self, view: View, labels: Labels) -> Sequence[WorstTrace]:  # noqa: ARG002 - what is missing has no trace
        """Name nothing."""
        return ()

    def chart(self, view: View, labels: Labels, since: datetime) -> Chart | None:  # noqa: ARG002
        """Return the difference of each day that was compared."""
        points = [
            (min(datetime.combine(one.day + timedelta(days=1), time(), UTC), view.slot), one.difference)
            for one in view.reconciled
        ]
        return Chart("Difference of rows or cost, by day", "share", tuple(points), self.above) if points[1:] else None

    def figure(self, finding: Finding) -> str:
        """Return the difference, with how much of the day was compared."""
        return "" if finding.value is None else f"{percent(finding.value)} in {finding.n} hours"

    def _passes(self, day: ReconciledDay, limit: float) -> bool:
        """Whether rows or cost differ by more than *limit*, and by enough to speak of."""
        least_nano_usd = self.at_least_usd * NANO_PER_USD
        return (day.rows.difference > limit and day.rows.apart >= self.at_least_rows) or (
            day.cost is not None and day.cost.difference > limit and day.cost.apart >= least_nano_usd
        )

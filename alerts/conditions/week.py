"""This week against the week before, for the weekly digest: what moved, with its sample."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from alerts.conditions.condition import Asked
from alerts.figures import percent, quantity
from alerts.view import View
from domain import measure
from domain.alerting import Finding, Truth
from domain.duration import Duration
from domain.facts import LABELS, Facts
from domain.measurement import Labels, labels
from domain.message import WorstTrace
from domain.signals import SIGNALS
from domain.window import Window


class WeekOnWeek(Asked):
    """The mean of a signal changed from one window to the next by more than a share of it, intervals apart.

    Attributes:
        over: Length of each window; the two follow each other.
        by: 0.2 means a change of a fifth, up or down.
    """

    kind: Literal["change"]
    signal: str
    over: Duration
    by: float = Field(gt=0)
    split_by: str | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.signal not in SIGNALS:
            raise ValueError(f"there is no signal {self.signal!r}; there are {', '.join(SIGNALS)}")
        if self.split_by is not None and self.split_by not in LABELS:
            raise ValueError(f"there is no label {self.split_by!r}; there are {', '.join(LABELS)}")
        return self

    @property
    def looks_back(self) -> timedelta:
        """Both windows."""
        return 2 * self.over

    def find(self, view: View) -> Sequence[Finding]:
        """Answer for the whole application, or for every name of `split_by` that had requests."""
        now = view.window(self.over)
        before = Window.ending(now.start, self.over)
        if why := view.why_unknown(now) or view.why_unknown(before):
            return [Finding(truth=Truth.UNKNOWN, because=why)]
        earlier = view.facts.within(before)
        return [self._one(part, earlier, of, now, before) for of, part in self._parts(view.facts.within(now))]

    def _one(self, part: Facts, earlier: Facts, of: Labels, now: Window, before: Window) -> Finding:
        for label, name in of:
            earlier = earlier.labelled(label, name)
        later = measure.statistic(part, self.signal, "mean", now, labels=of)
        was = measure.statistic(earlier, self.signal, "mean", before, labels=of)
        sample = f"{later.n} now, {was.n} before"
        if later.value is None or was.value is None or later.interval is None or was.interval is None:
            return Finding(labels=of, truth=Truth.UNKNOWN, n=later.n, because=f"nothing to compare: {sample}")
        unit = SIGNALS[self.signal].unit
        relative = (later.value - was.value) / was.value if was.value else 0.0
        apart = later.interval.low > was.interval.high or later.interval.high < was.interval.low
        words = f"{quantity(was.value, unit)} to {quantity(later.value, unit)} ({relative:+.0%}; {sample})"
        fires = abs(relative) > self.by and apart
        return Finding(
            labels=of,
            truth=Truth.TRUE if fires else Truth.FALSE,
            clear=not fires,
            value=later.value,
            limit=was.value * (1 + self.by),
            n=later.n,
            because=words if apart else f"{words}, may be chance",
            facts=(("Change", words), ("Worth a look from", percent(self.by))),
        )

    def worst(self, view: View, labels: Labels) -> Sequence[WorstTrace]:  # noqa: ARG002
        """Name nothing: a week's mean is not in any single request."""
        return ()

    def _parts(self, facts: Facts) -> Iterable[tuple[Labels, Facts]]:
        if self.split_by is None:
            return [((), facts)]
        return [(labels({self.split_by: name}), part) for name, part in facts.split(self.split_by)]

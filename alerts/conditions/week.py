"""This week against the week before, for the weekly digest: what moved, with its sample."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from alerts.conditions.condition import Asked, split
from alerts.figures import percent, quantity, window_words
from alerts.view import View
from domain import measure
from domain.alerting import Finding, Truth
from domain.bad import Bad
from domain.duration import Duration
from domain.facts import LABELS
from domain.history import Sample
from domain.measurement import Labels, Measurement
from domain.message import WorstTrace
from domain.signals import SIGNALS
from domain.window import Window

_DAY = timedelta(days=1)


class WeekOnWeek(Asked):
    """The mean of a signal changed from one window to the next by more than a share of it, intervals apart.

    Attributes:
        over: Length of each window; the two follow each other.
        at_least: With less history than two windows, the two halves of what is known are compared, in whole days and
            at least this long.
        by: 0.2 means a change of a fifth, up or down.
        split_by: One finding per name of this label.
    """

    kind: Literal["change"]
    why_no_chart: ClassVar[str] = "it is told in the digest, which has no charts"
    signal: str
    over: Duration
    at_least: Duration | None = None
    by: float = Field(gt=0)
    split_by: str | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.signal not in SIGNALS:
            raise ValueError(f"there is no signal {self.signal!r}; there are {', '.join(SIGNALS)}")
        if self.split_by is not None and self.split_by not in LABELS:
            raise ValueError(f"there is no label {self.split_by!r}; there are {', '.join(LABELS)}")
        if self.at_least is not None and not _DAY <= self.at_least <= self.over:
            raise ValueError("at_least lies between one day and over")
        return self

    @property
    def looks_back(self) -> timedelta:
        """Both windows."""
        return 2 * self.over

    def find(self, view: View) -> Sequence[Finding]:
        """Answer for the whole application, or for every name of `split_by` that had requests."""
        now = view.window(self._length(view))
        before = Window.ending(now.start, now.length)
        if why := view.why_unknown(now) or view.why_unknown(before, whole=True):
            return [Finding(truth=Truth.UNKNOWN, because=why)]
        spreads = () if self._is_share else (self.signal,)
        earlier = dict(split(view.history, before, self.split_by, spreads))
        parts = split(view.history, now, self.split_by, spreads)
        if not parts:
            because = f"no requests with a {self.split_by} in {window_words(now.length)}"
            return [Finding(truth=Truth.UNKNOWN, because=because)]
        return [self._one(part, earlier.get(of), of, now, before) for of, part in parts]

    def worst(self, view: View, labels: Labels) -> Sequence[WorstTrace]:  # noqa: ARG002
        """Name nothing: a week's mean is not in any single request."""
        return ()

    def _one(self, part: Sample, earlier: Sample | None, of: Labels, now: Window, before: Window) -> Finding:
        later = self._measured(part, now, of)
        if earlier is None:
            return Finding(
                labels=of, truth=Truth.UNKNOWN, n=later.n, because=f"nothing to compare: {later.n:,} now, 0 before"
            )
        was = self._measured(earlier, before, of)
        sample = f"{later.n:,} now, {was.n:,} before"
        if later.value is None or was.value is None or later.interval is None or was.interval is None:
            return Finding(labels=of, truth=Truth.UNKNOWN, n=later.n, because=f"nothing to compare: {sample}")
        unit = SIGNALS[self.signal].unit
        apart = later.interval.low > was.interval.high or later.interval.high < was.interval.low
        is_over = abs(later.value - was.value) > self.by * abs(was.value)
        fires = is_over and apart
        relative = f"{later.value / was.value - 1:+.0%}; " if was.value else ""
        words = f"{quantity(was.value, unit)} to {quantity(later.value, unit)} ({relative}{sample})"
        return Finding(
            labels=of,
            truth=Truth.TRUE if fires else Truth.FALSE,
            clear=not fires,
            value=later.value,
            limit=was.value * (1 + self.by),
            n=later.n,
            because=f"{words} in {window_words(now.length)}{', which may be chance' if is_over and not apart else ''}",
            facts=(("Change", words), ("Worth a look from", percent(self.by))),
        )

    def _measured(self, sample: Sample, window: Window, of: Labels) -> Measurement:
        """Return the mean; of a share with its exact interval, because Student's is blind to what never happened."""
        if self._is_share:
            return measure.share(sample, self.signal, window, bad=Bad(), labels=of)
        return measure.statistic(sample, self.signal, "mean", window, labels=of)

    @property
    def _is_share(self) -> bool:
        return SIGNALS[self.signal].unit == "share"

    def _length(self, view: View) -> timedelta:
        """Return how long each window is: `over`, or half of what is known if that is enough."""
        if self.at_least is None:
            return self.over
        known = view.slot - view.settle - view.known_from
        return min(self.over, max(self.at_least, known / 2 // _DAY * _DAY))

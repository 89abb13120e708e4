"""A score is lower than the day before. Whole days are compared: within a day the mix of hours looks like a trend."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from alerts.conditions.condition import Asked, why_badly_judged
from alerts.figures import between, odds, window_words
from alerts.view import View
from domain import measure
from domain.alerting import Finding, Truth
from domain.duration import Duration
from domain.facts import Column
from domain.gauge import Gauge, statistic_of
from domain.intervals import mean_interval
from domain.measurement import Labels
from domain.message import WorstTrace
from domain.signals import SIGNALS
from domain.trend import shift_down
from domain.window import Window


class Decline(Asked):
    """A sampled score declined from one window to the next (one-sided Mann-Whitney and the size of the shift).

    Attributes:
        by: The shift that counts: how much lower at least.
        clear_by: The shift at which it may resolve.
        at_least: Judged requests needed on each side.
    """

    kind: Literal["decline"]
    signal: Literal["faithfulness"]
    over: Duration
    by: float = Field(gt=0)
    clear_by: float = Field(ge=0)
    alpha: float = Field(gt=0, lt=0.5)
    at_least: int = Field(ge=8)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.clear_by > self.by:
            raise ValueError("clear_by lies above by: it would resolve while it fires")
        return self

    @property
    def looks_back(self) -> timedelta:
        """The window and the one before it."""
        return 2 * self.over

    def gauge(self, view: View, labels: Labels) -> Gauge:  # noqa: ARG002 - it needs no objective
        """Return the mean score; what it may be depends on the day before, so there is no line."""
        return Gauge(
            name=f"mean {self.signal}",
            unit=SIGNALS[self.signal].unit,
            limit=None,
            over=self.over,
            where=labels,
            read=statistic_of(self.signal, "mean"),
            sampled=True,
            worst_high=False,
        )

    def figure(self, finding: Finding) -> str:
        """Return the shift, with its sample."""
        return "" if finding.value is None else f"{finding.value:+.3f}, {finding.n:,} answers"

    def find(self, view: View) -> Sequence[Finding]:
        """Answer for the whole application."""
        now = view.window(self.over, judged=True)
        before = Window.ending(now.start, self.over)
        if why := view.why_unknown(now) or view.why_unknown(before, whole=True):
            return [Finding(truth=Truth.UNKNOWN, because=why)]
        days = [view.history.judged(window) for window in (before, now)]
        if why := next(
            filter(None, (why_badly_judged(day, self.signal, window_words(self.over)) for day in days)), None
        ):
            return [Finding(truth=Truth.UNKNOWN, because=why)]
        earlier, later = (measure.population(day, self.signal) for day in days)
        shift = shift_down(earlier, later)
        sample = f"{shift.now_n} now, {shift.before_n} before"
        if min(shift.now_n, shift.before_n) < self.at_least or shift.shift is None or shift.chance is None:
            return [Finding(truth=Truth.UNKNOWN, n=shift.now_n, because=f"too few judged: {sample}")]
        against = f"{self.signal} {shift.shift:+.3f} against the {window_words(self.over)} before ({sample})"
        fires = shift.shift <= -self.by and shift.chance <= self.alpha
        doubtful = shift.shift <= -self.by and not fires
        mean, was = (_mean_words(of) for of in (later, earlier))
        return [
            Finding(
                truth=Truth.TRUE if fires else Truth.FALSE,
                clear=shift.shift > -self.clear_by,
                value=shift.shift,
                limit=-self.by,
                n=shift.now_n,
                because=f"{against}, which may be chance ({odds(shift.chance)})" if doubtful else against,
                facts=(
                    ("Now", f"mean {mean}"),
                    ("Before", f"mean {was}"),
                    ("Limit", f"a decline of {self.by:g}"),
                    ("Sure", f"{odds(shift.chance)} by chance, if nothing had changed"),
                ),
            )
        ]

    def worst(self, view: View, labels: Labels) -> Sequence[WorstTrace]:  # noqa: ARG002 - splits into nothing
        """Name the requests with the lowest scores of the window."""
        facts = view.history.judged(view.window(self.over, judged=True))
        values = SIGNALS[self.signal].values(facts)
        known = np.flatnonzero(~np.isnan(values))
        order = known[np.argsort(values[known], kind="stable")][:3]
        return [WorstTrace(str(facts.trace_ids[row]), f"{self.signal} {values[row]:.2f}") for row in order]


def _mean_words(scores: Column) -> str:
    interval = between(mean_interval(scores), lambda bound: f"{bound:.3f}")
    return f"{scores.mean():.3f} of {len(scores):,} answers; 95 % interval {interval}"

"""A quantile lies beyond a limit, as people say it: p95 of the first token above 500 ms.

It is the question of a share in other words: p95 lies above the limit exactly if over 5 % of the requests do, and then
the same exact test tells whether chance would have done.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from alerts.conditions.condition import Asked, SplitBy, split, why_badly_judged
from alerts.conditions.question import Question
from alerts.conditions.share import ShareAbove
from alerts.figures import between, odds, percent, quantity, short_name, window_words
from alerts.view import View
from domain import measure
from domain.alerting import Finding, Truth
from domain.bad import Bad
from domain.duration import Duration
from domain.gauge import Gauge, statistic_of
from domain.history import Sample
from domain.intervals import chance_of_at_least
from domain.measure import QUANTILES
from domain.measurement import Labels, Measurement, labels
from domain.message import WorstTrace
from domain.objective import Objective, Where
from domain.plan import Limit
from domain.signals import SIGNALS
from domain.window import Window


class QuantileBeyond(Asked):
    """A quantile of a signal lies above, or below, a limit.

    Attributes:
        above, below: The limit in the signal's unit, one of them.
        alpha: How often the guard may be wrong when the quantile lies just at its limit; split among the alerts of a
            split rule.
        at_least_bad: Fewer requests beyond the limit than this never fire.
        clear_at: The value of the quantile at which it may resolve; defaults to the limit.
        where: Which requests it is about; by default all of them.
    """

    kind: Literal["quantile"]
    signal: str
    quantile: Literal["p10", "p50", "p95", "p99"]
    above: float | None = Field(default=None, allow_inf_nan=False)
    below: float | None = Field(default=None, allow_inf_nan=False)
    over: Duration
    alpha: float = Field(gt=0, lt=0.5)
    at_least_bad: int = Field(default=1, ge=1)
    clear_at: float | None = Field(default=None, allow_inf_nan=False)
    where: Where | None = None
    split_by: SplitBy = ()

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.signal not in SIGNALS:
            raise ValueError(f"there is no signal {self.signal!r}; there are {', '.join(SIGNALS)}")
        if SIGNALS[self.signal].unit == "share":
            raise ValueError(f"{self.signal} is true of a request or not: ask for its share")
        if (self.above is None) == (self.below is None):
            raise ValueError(f"which {self.quantile} of {self.signal} is bad? give one of above and below")
        if self.clear_at is not None and self._bad.of(np.array([self.clear_at])).any():
            raise ValueError("clear_at lies on the bad side of the limit: it would resolve while it fires")
        return self

    @property
    def looks_back(self) -> timedelta:
        """The window."""
        return self.over

    def limits(self, objectives: Mapping[str, Objective]) -> Sequence[Limit]:  # noqa: ARG002
        """Return the limit that its share is counted by."""
        return [Limit(self.signal, self._bad)]

    def find(self, view: View) -> Sequence[Finding]:
        """Answer for the whole application, or for each of the names of `split_by` that had requests."""
        window = view.window(self.over, judged=SIGNALS[self.signal].sampled)
        if why := view.why_unknown(window):
            return [Finding(truth=Truth.UNKNOWN, because=why)]
        parts = split(view.history, window, self.split_by, (self.signal,), labels(self.where or {}))
        if not parts:
            because = f"no requests with a {' and a '.join(self.split_by)} in {window_words(self.over)}"
            return [Finding(truth=Truth.UNKNOWN, because=because)]
        return [self._one(part, of, window, self.alpha / len(parts)) for of, part in parts]

    def worst(self, view: View, labels: Labels) -> Sequence[WorstTrace]:
        """Name the requests farthest beyond the limit, as a rule about their share does."""
        share = ShareAbove(
            kind="share",
            signal=self.signal,
            above=self.above,
            below=self.below,
            share_above=self._allowed,
            over=self.over,
            alpha=self.alpha,
        )
        return share.worst(view, (*labels, *(self.where or {}).items()))

    def gauge(self, view: View, labels: Labels) -> Gauge:  # noqa: ARG002 - it needs no objective
        """Return the quantile."""
        share = self._share
        return Gauge(
            name=self._name,
            unit=SIGNALS[self.signal].unit,
            limit=self._line,
            over=self.over,
            where=(*(self.where or {}).items(), *labels),
            read=statistic_of(self.signal, self.quantile),
            counted=share.counted,
            counts=share.what,
            sampled=share.sampled,
            worst_high=self.above is not None,
        )

    def figure(self, finding: Finding) -> str:
        """Return the quantile, with its sample."""
        if finding.value is None:
            return ""
        return f"{self.quantile} {self._figure(finding.value)}, {finding.k or 0:,} of {finding.n:,} {self._beyond}"

    def _one(self, part: Sample, of: Labels, window: Window, alpha: float) -> Finding:
        counted = measure.tally(part, Limit(self.signal, self._bad))
        shown = measure.statistic(part, self.signal, self.quantile, window, labels=of)
        limit = self._line
        if shown.value is None or counted.share is None:
            because = f"nothing to measure in {window_words(self.over)}"
            return Finding(labels=of, truth=Truth.UNKNOWN, limit=limit, because=because)
        if SIGNALS[self.signal].sampled and (why := why_badly_judged(part, self.signal, window_words(self.over))):
            return Finding(labels=of, truth=Truth.UNKNOWN, limit=limit, n=counted.n, because=why)
        chance = chance_of_at_least(*counted.effective, self._allowed)
        truth, doubt = self._judge(counted.k, counted.share > self._allowed, chance, alpha)
        beyond = f"{counted.k:,} of {counted.n:,} {self._beyond} ({percent(counted.share)})"
        return Finding(
            labels=of,
            truth=truth,
            clear=truth is Truth.FALSE and self._is_clear(shown.value, counted.share),
            value=shown.value,
            limit=limit,
            k=counted.k,
            n=counted.n,
            because=f"{self._name} {self._figure(shown.value)} in {window_words(self.over)}, {beyond}{doubt}",
            facts=self._facts_for_people(shown, beyond, chance),
        )

    def _judge(self, k: int, is_over: bool, chance: float, alpha: float) -> tuple[Truth, str]:
        """Return the truth, and in words why too many beyond the limit are not enough."""
        if not is_over:
            return Truth.FALSE, ""
        if chance > alpha:
            return Truth.FALSE, f", but so few may be chance ({odds(chance)})"
        if k < self.at_least_bad:
            return Truth.FALSE, f", but it takes at least {self.at_least_bad}"
        return Truth.TRUE, ""

    def _is_clear(self, value: float, share: float) -> bool:
        """Whether the quantile is back: by its value where a line of its own is given, else by the exact count."""
        if self.clear_at is None:
            return share <= self._allowed
        return value <= self.clear_at if self.above is not None else value >= self.clear_at

    @property
    def _share(self) -> Question:
        return Question(Limit(self.signal, self._bad), self._allowed)

    @property
    def _line(self) -> float:
        return self.above if self.above is not None else self.below or 0.0

    @property
    def _bad(self) -> Bad:
        return Bad(self.above, self.below)

    @property
    def _allowed(self) -> float:
        """The share of requests that lie beyond the limit where the quantile lies just at it."""
        q = QUANTILES[self.quantile]
        return round(1 - q, 12) if self.above is not None else q

    @property
    def _name(self) -> str:
        return f"{self.quantile} of {short_name(self.signal)}"

    @property
    def _beyond(self) -> str:
        return f"{'above' if self.above is not None else 'below'} {self._figure(self._line)}"

    def _figure(self, value: float) -> str:
        return quantity(value, SIGNALS[self.signal].unit)

    def _facts_for_people(self, shown: Measurement, beyond: str, chance: float) -> tuple[tuple[str, str], ...]:
        interval = f"95 % interval {between(shown.interval, self._figure)}"
        return (
            ("Now", f"{self._name} {self._figure(shown.value or 0.0)}; {beyond}"),
            ("Limit", f"{self._beyond}; {percent(self._allowed)} of the requests may be"),
            ("Sure", f"{interval}; {odds(chance)} by chance, if all were well"),
        )

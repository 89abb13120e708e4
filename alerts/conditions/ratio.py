"""One total lies too high, or too low, for another: tokens written for tokens read, the judge's cost for all cost.

It fires when the near bound of the ratio's interval lies beyond the limit (`domain.ratio` says how it is found).
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from alerts.conditions.condition import Asked, SplitBy, split
from alerts.figures import between, of_requests, percent, quantity, short_name, window_words
from alerts.view import View
from domain.alerting import Finding, Truth
from domain.duration import Duration
from domain.gauge import Gauge, ratio_between
from domain.history import Sample
from domain.intervals import Interval
from domain.measure import why_badly_priced
from domain.measurement import Labels, labels
from domain.message import WorstTrace
from domain.objective import Where
from domain.ratio import REQUESTS, Ratio, ratio_of
from domain.signals import SIGNALS
from domain.window import Window

_BY_JUDGING = "judge_usd"
_TAIL = 0.025


class RatioBeyond(Asked):
    """The total of a signal, by that of another, surely lies above or below a limit.

    Attributes:
        of, per: Signals that can be added up; `per: requests` makes it the mean of *of*.
        above, below: The limit, one of them.
        alpha: How often the near bound may be wrong; split among the alerts of a split rule.
        at_least: With fewer requests of which both are known nothing is said.
        clear_at: Where it may resolve; defaults to the limit.
        where: Which requests it is about; by default all of them.
    """

    kind: Literal["ratio"]
    of: str
    per: str = REQUESTS
    above: float | None = Field(default=None, gt=0)
    below: float | None = Field(default=None, gt=0)
    over: Duration
    alpha: float = Field(gt=0, lt=0.5)
    at_least: int = Field(default=30, ge=8)
    clear_at: float | None = Field(default=None, gt=0)
    where: Where | None = None
    split_by: SplitBy = ()

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        for signal in (self.of, self.per):
            _check_adds_up(signal, may_be_requests=signal == self.per)
        if self.of == self.per:
            raise ValueError(f"{self.of} by itself is always 1")
        if (self.above is None) == (self.below is None):
            raise ValueError("which ratio is bad? Give one of above and below")
        if self._is_beyond(self.clear_at or self._limit):
            raise ValueError("clear_at lies on the bad side of the limit: it would resolve while it fires")
        return self

    @property
    def looks_back(self) -> timedelta:
        """The window."""
        return self.over

    def find(self, view: View) -> Sequence[Finding]:
        """Answer for the whole application, or for each of the names of `split_by` that had requests."""
        window = self._window(view)
        if why := view.why_unknown(window):
            return [Finding(truth=Truth.UNKNOWN, because=why)]
        parts = split(view.history, window, self.split_by, self._spreads, labels(self.where or {}))
        if not parts:
            because = f"no requests with a {' and a '.join(self.split_by)} in {window_words(self.over)}"
            return [Finding(truth=Truth.UNKNOWN, because=because)]
        return [self._one(part, of, self.alpha / len(parts)) for of, part in parts]

    def worst(self, view: View, labels: Labels) -> Sequence[WorstTrace]:  # noqa: ARG002
        """Name nothing: a ratio of totals is in no single request."""
        return ()

    def gauge(self, view: View, labels: Labels) -> Gauge:  # noqa: ARG002 - it needs no objective
        """Return the ratio; no single request is a bad one."""
        return Gauge(
            name=f"{short_name(self.of)} per {self._per}",
            unit=self._unit,
            limit=self._limit,
            over=self.over,
            where=(*(self.where or {}).items(), *labels),
            read=ratio_between(self.of, self.per, self._spreads),
            sampled=_BY_JUDGING in {self.of, self.per},
            worst_high=self.above is not None,
        )

    def figure(self, finding: Finding) -> str:
        """Return the ratio, with its sample."""
        return "" if finding.value is None else f"{self._figure(finding.value)}, {of_requests(finding.n)}"

    def _one(self, part: Sample, of: Labels, alpha: float) -> Finding:
        found = ratio_of(part, self.of, self.per)
        if found.value is None or found.n < self.at_least:
            because = f"too few to tell in {window_words(self.over)}: {found.n:,}, and it takes {self.at_least:,}"
            return Finding(labels=of, truth=Truth.UNKNOWN, limit=self._limit, n=found.n, because=because)
        interval = found.interval(alpha)
        is_beyond = self._is_beyond(found.value)
        surely = is_beyond and interval is not None and self._is_beyond(self._near(interval))
        if not surely and (why := self._why_badly_priced(part)):
            return Finding(labels=of, truth=Truth.UNKNOWN, limit=self._limit, n=found.n, because=why)
        doubt = ", which may be chance" if is_beyond and not surely else ""
        return Finding(
            labels=of,
            truth=Truth.TRUE if surely else Truth.FALSE,
            clear=not surely and not self._is_beyond(found.value, self.clear_at),
            value=found.value,
            limit=self._limit,
            n=found.n,
            because=f"{self._what(found)}, limit {self._figure(self._limit)}{doubt}",
            facts=self._facts_for_people(found, interval, alpha),
        )

    @property
    def _limit(self) -> float:
        return self.above or self.below or 0.0

    def _is_beyond(self, value: float, limit: float | None = None) -> bool:
        """Whether *value* lies on the bad side of *limit*, by default the limit that fires."""
        line = limit or self._limit
        return value > line if self.above is not None else value < line

    def _near(self, interval: Interval) -> float:
        return interval.low if self.above is not None else interval.high

    def _window(self, view: View) -> Window:
        return view.window(self.over, judged=_BY_JUDGING in {self.of, self.per})

    def _why_badly_priced(self, part: Sample) -> str | None:
        return why_badly_priced(part) if "spend_usd" in {self.of, self.per} else None

    def _figure(self, value: float) -> str:
        """Return a ratio as people read it: of one unit as a number, by requests in its unit."""
        return quantity(value, self._unit)

    @property
    def _unit(self) -> str:
        unit = SIGNALS[self.of].unit
        if self.per == REQUESTS:
            return unit
        per = SIGNALS[self.per].unit
        return "" if unit == per else f"{unit}/{per}"

    @property
    def _per(self) -> str:
        return "request" if self.per == REQUESTS else short_name(self.per)

    @property
    def _spreads(self) -> tuple[str, ...]:
        return tuple(signal for signal in (self.of, self.per) if signal != REQUESTS)

    def _what(self, found: Ratio) -> str:
        when = f"in {window_words(self.over)} ({found.n:,} requests)"
        return f"{short_name(self.of)} per {self._per} {self._figure(found.value or 0.0)} {when}"

    def _facts_for_people(self, found: Ratio, interval: Interval | None, alpha: float) -> tuple[tuple[str, str], ...]:
        side = "above" if self.above is not None else "below"
        sure = f"95 % interval {between(found.interval(_TAIL), self._figure)}"
        if interval is not None:
            sure += f"; {side} {self._figure(self._near(interval))} with {percent(1 - alpha)} certainty"
        return (("Now", self._what(found)), ("Limit", f"{side} {self._figure(self._limit)}"), ("Sure", sure))


def _check_adds_up(signal: str, *, may_be_requests: bool) -> None:
    if may_be_requests and signal == REQUESTS:
        return
    if signal not in SIGNALS:
        raise ValueError(f"there is no signal {signal!r}; there are {', '.join(SIGNALS)}")
    if SIGNALS[signal].unit in {"share", "score"} or SIGNALS[signal].weighted:
        raise ValueError(f"{signal} does not add up: a ratio is of times, tokens, money or requests in a queue")

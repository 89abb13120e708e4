"""More than so many of the requests are bad, and so many more that chance is no excuse.

The guard is the exact test of the guide's threshold: a rule that looks every minute at a small sample fires hundreds
of times a month on a service that keeps its promise. `chance of k or more of n at the healthy share <= alpha`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from alerts.conditions.condition import Asked, split, why_badly_judged
from alerts.figures import odds, percent, quantity, short_name, window_words
from alerts.view import View
from domain import measure
from domain.alerting import Finding, Truth
from domain.bad import Bad
from domain.duration import Duration
from domain.facts import LABELS, Facts
from domain.history import Sample
from domain.intervals import chance_of_at_least
from domain.measurement import Labels, Measurement
from domain.message import WorstTrace
from domain.objective import Objective
from domain.plan import Limit
from domain.signals import SIGNALS
from domain.window import Window

_WORST = 3


_NEWEST = timedelta(hours=1)
"""Of a long window, the time whose worst requests are shown; the judged ones are few enough to search all of it."""


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked, with the objective looked up."""

    counted: Limit
    limit: float
    where: Labels = ()

    @property
    def signal(self) -> str:
        return self.counted.signal

    @property
    def bad(self) -> Bad:
        return self.counted.bad


class ShareAbove(Asked):
    """The share of bad requests in a window lies above a limit.

    Attributes:
        signal, above, below: Which requests are bad; or `objective`, whose promise says it.
        share_above: The limit; with `objective` it defaults to the objective's budget.
        healthy_share: The share of bad requests of a service that is fine; defaults to the limit.
        alpha: How often the guard may be wrong when the service is fine; split among the alerts of a split rule.
        at_least_bad: Fewer bad requests than this never fire.
        clear_at: The share at or below which it may resolve; defaults to the limit.
        clear_of_limit: The same as a part of the limit, for a rule whose limit the objective says.
        split_by: One alert per name of this label.
    """

    kind: Literal["share"]
    objective: str | None = None
    signal: str | None = None
    above: float | None = None
    below: float | None = None
    share_above: float | None = Field(default=None, gt=0, lt=1)
    over: Duration
    healthy_share: float | None = Field(default=None, gt=0, lt=1)
    alpha: float = Field(gt=0, lt=0.5)
    at_least_bad: int = Field(default=1, ge=1)
    clear_at: float | None = Field(default=None, ge=0, lt=1)
    clear_of_limit: float = Field(default=1.0, gt=0, le=1)
    split_by: str | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        limits = (self.above is not None) + (self.below is not None)
        if (self.objective is None) == (self.signal is None):
            raise ValueError("a share is about an objective or about a signal: give one of them")
        if self.objective is not None and limits:
            raise ValueError("the objective says which requests are bad: leave above and below out")
        if self.signal is not None and self.signal not in SIGNALS:
            raise ValueError(f"there is no signal {self.signal!r}; there are {', '.join(SIGNALS)}")
        if self.signal is not None and limits != 1 and (limits or SIGNALS[self.signal].unit != "share"):
            raise ValueError(f"which {self.signal} is bad? give one of above and below")
        if self.signal is not None and self.share_above is None:
            raise ValueError("share_above is missing: the limit of the share")
        if self.split_by is not None and self.split_by not in LABELS:
            raise ValueError(f"there is no label {self.split_by!r}; there are {', '.join(LABELS)}")
        if self.clear_at is not None and self.share_above is None:
            raise ValueError("the objective says the limit: say clear_of_limit, a part of it, instead of clear_at")
        if self.clear_at is not None and self.share_above is not None and self.clear_at > self.share_above:
            raise ValueError("clear_at lies above share_above: it would resolve while it fires")
        return self

    @property
    def looks_back(self) -> timedelta:
        """The window."""
        return self.over

    def limits(self, objectives: Mapping[str, Objective]) -> Sequence[Limit]:  # noqa: ARG002
        """Return its own limit; that of an objective is counted anyway."""
        return [Limit(self.signal, Bad(self.above, self.below))] if self.signal is not None else []

    def find(self, view: View) -> Sequence[Finding]:
        """Answer for the whole application, or for every name of `split_by` that had requests."""
        asked = self._question(view)
        if asked is None:
            return [Finding(truth=Truth.UNKNOWN, because=f"no objective {self.objective} limits a share here")]
        window = self._window(view, asked)
        if why := view.why_unknown(window):
            return [Finding(truth=Truth.UNKNOWN, because=why)]
        parts = split(view.history, window, self.split_by, where=asked.where)
        if not parts:
            return [Finding(truth=Truth.UNKNOWN, because=f"no requests with a {self.split_by} in {self._when}")]
        return [self._one(view, part, of, asked, self.alpha / len(parts)) for of, part in parts]

    def _one(self, view: View, part: Sample, of: Labels, asked: _Question, alpha: float) -> Finding:
        counted = measure.tally(part, asked.counted)
        seen = measure.shown_share(counted, asked.signal, self._window(view, asked), labels=of)
        if seen.value is None or seen.k is None:
            because = f"nothing to measure in {self._when}"
            return Finding(labels=of, truth=Truth.UNKNOWN, limit=asked.limit, because=because)
        if SIGNALS[asked.signal].sampled and (why := why_badly_judged(part, asked.signal, self._when)):
            return Finding(labels=of, truth=Truth.UNKNOWN, limit=asked.limit, n=seen.n, because=why)
        chance = chance_of_at_least(*counted.effective, self.healthy_share or asked.limit)
        truth, doubt = self._judge(seen.k, seen.value > asked.limit, chance, alpha)
        words = f"{seen.k} of {seen.n} {_what(asked)} in {self._when}"
        return Finding(
            labels=of,
            truth=truth,
            clear=seen.value <= (self.clear_at if self.clear_at is not None else asked.limit * self.clear_of_limit),
            value=seen.value,
            limit=asked.limit,
            k=seen.k,
            n=seen.n,
            because=f"{words}: {percent(seen.value)}, limit {percent(asked.limit)}{doubt}",
            facts=_facts_for_people(seen, asked.limit, chance),
        )

    def _window(self, view: View, asked: "_Question") -> Window:
        return view.window(self.over, judged=SIGNALS[asked.signal].sampled)

    def _judge(self, k: int, is_over: bool, chance: float, alpha: float) -> tuple[Truth, str]:
        """Return the truth, and in words why a share above the limit is not enough."""
        if not is_over:
            return Truth.FALSE, ""
        if chance > alpha:
            return Truth.FALSE, f", but so few may be chance ({odds(chance)})"
        if k < self.at_least_bad:
            return Truth.FALSE, f", but it takes at least {self.at_least_bad} bad ones"
        return Truth.TRUE, ""

    def worst(self, view: View, labels: Labels) -> Sequence[WorstTrace]:
        """Name the bad requests with the most extreme values, the newest first among equals."""
        asked = self._question(view)
        if asked is None:
            return ()
        window = self._window(view, asked)
        sampled = SIGNALS[asked.signal].sampled
        rows = view.history.judged(window) if sampled else view.history.rows(_newest(window))
        facts = rows.over(window, where=(*labels, *asked.where))
        values = SIGNALS[asked.signal].values(facts)
        badness = -values if asked.bad.below is not None else values
        found = np.flatnonzero(asked.bad.of(values))[::-1]
        order = found[np.argsort(-badness[found], kind="stable")]
        return [WorstTrace(str(facts.trace_ids[row]), _why_bad(asked, facts, row)) for row in order[:_WORST]]

    def _question(self, view: View) -> _Question | None:
        """Return signal, badness and limit, or None where the objective named is missing or limits no share."""
        if self.signal is not None:
            return _Question(Limit(self.signal, Bad(self.above, self.below)), self.share_above or 0.0)
        objective = view.objectives.get(self.objective or "")
        if objective is None or objective.budget is None:
            return None
        return _Question(objective.limit, self.share_above or objective.budget, objective.labels)

    @property
    def _when(self) -> str:
        return window_words(self.over)


def _newest(window: Window) -> Window:
    return Window.ending(window.end, min(window.length, _NEWEST))


def _what(asked: _Question) -> str:
    """Return what is counted, such as `requests failed` or `answers with hallucination risk above 0.15`."""
    signal = SIGNALS[asked.signal]
    if signal.unit == "share":
        return signal.words.replace(" were ", " were not ", 1) if asked.bad.below is not None else signal.words
    line = f"above {quantity(asked.bad.above, signal.unit)}" if asked.bad.above is not None else ""
    line = f"below {quantity(asked.bad.below, signal.unit)}" if asked.bad.below is not None else line
    return f"{'answers' if signal.sampled else 'requests'} with {signal.words} {line}"


def _why_bad(asked: _Question, facts: Facts, row: int) -> str:
    unit, name = SIGNALS[asked.signal].unit, short_name(asked.signal)
    if unit != "share":
        return f"{name} {quantity(float(SIGNALS[asked.signal].values(facts)[row]), unit)}"
    took = facts.latency_s[row]
    what = f"not {name}" if asked.bad.below is not None else name
    return what if np.isnan(took) else f"{what}, took {quantity(float(took), 's')}"


def _facts_for_people(seen: Measurement, limit: float, chance: float) -> tuple[tuple[str, str], ...]:
    low, high = seen.interval or (0.0, 1.0)
    return (
        ("Now", f"{percent(seen.value or 0.0)}, {seen.k} of {seen.n}"),
        ("Limit", percent(limit)),
        ("Sure", f"95 % interval {percent(low)} to {percent(high)}; {odds(chance)} by chance, if all were well"),
    )

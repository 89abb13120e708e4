"""More than so many of the requests are bad, and so many more that chance is no excuse.

The guard is the exact test of the guide's threshold: a rule that looks every minute at a small sample fires hundreds
of times a month on a service that keeps its promise. `chance of k or more of n at the healthy share <= alpha`.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from alerts.conditions.condition import Asked, SplitBy
from alerts.conditions.counting import Counted, count
from alerts.conditions.question import Question
from alerts.figures import between, odds, percent, window_words
from alerts.view import View
from domain.alerting import Finding, Truth
from domain.bad import Bad
from domain.duration import Duration
from domain.gauge import Gauge
from domain.intervals import Interval
from domain.many_shares import chances_of_at_least, share_intervals
from domain.measurement import Labels, labels
from domain.message import WorstTrace
from domain.objective import Objective, Where
from domain.plan import Limit
from domain.signals import SIGNALS
from domain.window import Window

_WORST = 3
_NEWEST = timedelta(hours=1)
"""Of a long window, the time whose worst requests are shown; the judged ones are few enough to search all of it."""


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
        where: Which requests it is about; with `objective`, of those that it is about. By default all of them.
        split_by: One alert per name of this label, or per combination of the names of several.
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
    where: Where | None = None
    split_by: SplitBy = ()

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
        """Answer for the whole application, or for each of the names of `split_by` that had requests."""
        asked = self._question(view)
        if asked is None:
            return [Finding(truth=Truth.UNKNOWN, because=f"no objective {self.objective} limits a share here")]
        window = self._window(view, asked)
        if why := view.why_unknown(window):
            return [Finding(truth=Truth.UNKNOWN, because=why)]
        parts = count(view.history, window, asked.counted, self.split_by, asked.where)
        if not parts:
            because = f"no requests with a {' and a '.join(self.split_by)} in {self._when}"
            return [Finding(truth=Truth.UNKNOWN, because=because)]
        return self._answers(asked, parts)

    def _answers(self, asked: Question, parts: Sequence[Counted]) -> list[Finding]:
        """Answer for each of *parts*; chances and intervals come for all of them at once."""
        effective = [part.bad.effective for part in parts]
        chances = chances_of_at_least(effective, self.healthy_share or asked.limit)
        what, alpha = f"{asked.what} in {self._when}", self.alpha / len(parts)
        return [
            self._one(part, asked.limit, what, chance, alpha, interval)
            for part, chance, interval in zip(parts, chances, share_intervals(effective), strict=True)
        ]

    def _one(
        self, part: Counted, limit: float, what: str, chance: float, alpha: float, interval: Interval | None
    ) -> Finding:
        k, n, share = part.bad.k, part.bad.n, part.bad.share
        if share is None:
            because = f"nothing to measure in {self._when}"
            return Finding(labels=part.of, truth=Truth.UNKNOWN, limit=limit, because=because)
        if why := part.why_badly_judged(self._when):
            return Finding(labels=part.of, truth=Truth.UNKNOWN, limit=limit, n=n, because=why)
        truth, doubt = self._judge(k, share > limit, chance, alpha)
        now, most = percent(share), percent(limit)
        return Finding(
            labels=part.of,
            truth=truth,
            clear=share <= (self.clear_at if self.clear_at is not None else limit * self.clear_of_limit),
            value=share,
            limit=limit,
            k=k,
            n=n,
            because=f"{k:,} of {n:,} {what}: {now}, limit {most}{doubt}",
            facts=(
                ("Now", f"{now}, {k:,} of {n:,}"),
                ("Limit", most),
                ("Sure", f"95 % interval {between(interval, percent)}; {odds(chance)} by chance, if all were well"),
            ),
        )

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
        rows = view.history.judged(window) if asked.sampled else view.history.rows(_newest(window))
        facts = rows.over(window, where=(*labels, *asked.where))
        values = SIGNALS[asked.signal].values(facts)
        badness = -values if asked.bad.below is not None else values
        found = np.flatnonzero(asked.bad.of(values))[::-1]
        order = found[np.argsort(-badness[found], kind="stable")]
        return [WorstTrace(str(facts.trace_ids[row]), asked.why_bad(facts, row)) for row in order[:_WORST]]

    def gauge(self, view: View, labels: Labels) -> Gauge | None:
        """Return the share of bad requests."""
        asked = self._question(view)
        return None if asked is None else asked.gauge(self.over, labels)

    def figure(self, finding: Finding) -> str:
        """Return the share, with its sample."""
        return "" if finding.value is None else f"{percent(finding.value)}, {finding.k or 0:,} of {finding.n:,}"

    def _question(self, view: View) -> Question | None:
        """Return signal, badness and limit, or None where the objective named is missing or limits no share."""
        where = labels(self.where or {})
        if self.signal is not None:
            return Question(Limit(self.signal, Bad(self.above, self.below)), self.share_above or 0.0, where)
        objective = view.objectives.get(self.objective or "")
        if objective is None or objective.budget is None:
            return None
        return Question(objective.limit, self.share_above or objective.budget, (*objective.labels, *where))

    def _window(self, view: View, asked: Question) -> Window:
        return view.window(self.over, judged=asked.sampled)

    @property
    def _when(self) -> str:
        return window_words(self.over)


def _newest(window: Window) -> Window:
    return Window.ending(window.end, min(window.length, _NEWEST))

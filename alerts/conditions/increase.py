"""A rate has gone up: a detector that gathers evidence answer by answer, however often one looks.

It is `domain.change` over the answers of a window, from nothing at its start: a pure function of the window, live as in
a replay. The detector that began with the first answer of all would never have gathered less, so whoever looks at
windows waits at least as long for a false alarm. That time is said as a number of answers, not of days: a number of
days would need today's traffic, which moves, and the limit with it.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from alerts.conditions.condition import Asked, why_badly_judged
from alerts.conditions.question import Question
from alerts.conditions.share import ShareAbove
from alerts.figures import between, percent, window_words
from alerts.view import View
from domain.alerting import Finding, Truth
from domain.bad import Bad
from domain.change import Change
from domain.duration import Duration
from domain.facts import Facts, Mask, from_us
from domain.gauge import Gauge
from domain.intervals import share_interval
from domain.measurement import Labels, labels
from domain.message import WorstTrace
from domain.objective import Objective, Where
from domain.plan import Limit
from domain.signals import SIGNALS
from domain.window import Window

_DAY = timedelta(days=1)
_TOP = 10.0
"""Evidence is cut off at so many times the limit, so that an increase that is over is forgotten."""


class Increase(Asked):
    """The share of bad answers has risen above what is healthy (a Shiryaev-Roberts detector).

    Each judged answer counts once, whatever the rate with which it was chosen.

    Attributes:
        objective: Its budget is the healthy share, and its promise says which answers are bad; or
        signal, above, below, healthy_share: the same, said here.
        times: The increase that must not be missed, as a multiple of the healthy share.
        false_alarm_after: While the share is healthy, on average at least so many answers pass before a false alarm.
        over: How far back the evidence is gathered from.
        clear_of_limit: It may resolve when the share of the newest day is at or below this part of the healthy one.
        where: Which answers it is about, besides those of the objective; by default all of them.
    """

    kind: Literal["increase"]
    objective: str | None = None
    signal: str | None = None
    above: float | None = None
    below: float | None = None
    healthy_share: float | None = Field(default=None, gt=0, lt=1)
    times: float = Field(gt=1, le=10)
    false_alarm_after: int = Field(ge=100)
    over: Duration
    clear_of_limit: float = Field(default=0.8, gt=0, le=1)
    where: Where | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        said = (self.above is not None) + (self.below is not None)
        if (self.objective is None) == (self.signal is None):
            raise ValueError("an increase is of what an objective or a signal says is bad: give one of them")
        if self.objective is not None and said:
            raise ValueError("the objective says which answers are bad: leave above and below out")
        if self.signal is not None:
            self._check_signal(self.signal, said)
        if self.times * (self.healthy_share or 0.0) >= 1:
            raise ValueError(f"{self.times:g} times {self.healthy_share:g} is no share")
        if self.over < _DAY:
            raise ValueError("over is shorter than a day: evidence takes time, and its newest day says when it is over")
        return self

    def _check_signal(self, signal: str, said: int) -> None:
        if signal not in SIGNALS or not SIGNALS[signal].sampled:
            known = ", ".join(name for name, one in SIGNALS.items() if one.sampled)
            raise ValueError(f"an increase is of judged answers, and {signal!r} is no score: {known}")
        if said != 1:
            raise ValueError(f"which {signal} is bad? give one of above and below")
        if self.healthy_share is None:
            raise ValueError("healthy_share is missing: which share is fine")

    @property
    def looks_back(self) -> timedelta:
        """The window."""
        return self.over

    def limits(self, objectives: Mapping[str, Objective]) -> Sequence[Limit]:  # noqa: ARG002
        """Return its own limit; that of an objective is counted anyway."""
        return [Limit(self.signal, Bad(self.above, self.below))] if self.signal is not None else []

    def gauge(self, view: View, labels: Labels) -> Gauge | None:
        """Return the share of bad answers in a day, against the healthy one: evidence by itself is no picture."""
        asked = self._question(view)
        return None if isinstance(asked, str) else asked.gauge(_DAY, labels)

    def figure(self, finding: Finding) -> str:
        """Return the share of the window, with its sample."""
        share = (finding.k or 0) / finding.n if finding.n else 0.0
        return f"{percent(share)}, {finding.k or 0:,} of {finding.n:,}"

    def find(self, view: View) -> Sequence[Finding]:
        """Answer for the whole application."""
        asked = self._question(view)
        if isinstance(asked, str):
            return [Finding(truth=Truth.UNKNOWN, because=asked)]
        window = view.window(self.over, judged=True)
        if why := view.why_unknown(window):
            return [Finding(truth=Truth.UNKNOWN, because=why)]
        judged = view.history.judged(window).over(window, where=asked.where)
        if why := why_badly_judged(judged, asked.signal, window_words(self.over)):
            return [Finding(truth=Truth.UNKNOWN, because=why)]
        known = judged.where(~np.isnan(SIGNALS[asked.signal].values(judged)))
        if not len(known):
            return [Finding(truth=Truth.UNKNOWN, because=f"nothing was judged in {window_words(self.over)}")]
        return [self._one(known, asked, Window.ending(window.end, _DAY))]

    def worst(self, view: View, labels: Labels) -> Sequence[WorstTrace]:
        """Name the worst answers of the newest day, as a rule about their share does."""
        asked = self._question(view)
        if isinstance(asked, str):
            return ()
        share = ShareAbove(
            kind="share",
            signal=asked.signal,
            above=asked.bad.above,
            below=asked.bad.below,
            share_above=asked.limit,
            over=_DAY,
            alpha=0.01,
        )
        return share.worst(view, (*labels, *asked.where))

    def _one(self, known: Facts, asked: Question, newest: Window) -> Finding:
        change = Change(asked.limit, self.times * asked.limit)
        bad = asked.bad.of(SIGNALS[asked.signal].values(known))
        evidence = change.evidence(bad, most=_TOP * self.false_alarm_after)
        today = bad[len(bad) - len(known.within(newest)) :]
        is_over = len(today) > 0 and float(today.mean()) <= self.clear_of_limit * asked.limit
        fires, healthy = evidence >= self.false_alarm_after, percent(asked.limit)
        words = f"{int(bad.sum()):,} of {len(bad):,} {asked.what} in {window_words(self.over)}"
        gathered = f"evidence of {self.times:g} times {healthy}: {evidence:,.0f}, limit {self.false_alarm_after:,}"
        return Finding(
            truth=Truth.TRUE if fires else Truth.FALSE,
            clear=is_over and not fires,
            value=evidence,
            limit=float(self.false_alarm_after),
            k=int(bad.sum()),
            n=len(bad),
            because=f"{words}; {gathered}",
            facts=(
                ("Now", _share_words(int(bad.sum()), len(bad), self.over)),
                ("Since", _since(known, bad, change)),
                ("Newest day", f"{int(today.sum()):,} of {len(today):,}"),
                ("Limit", f"one false alarm in {self.false_alarm_after:,} answers at {healthy}"),
            ),
        )

    def _question(self, view: View) -> Question | str:
        """Return what is bad, and which share of it is healthy; or why nobody can say."""
        where = labels(self.where or {})
        if self.signal is not None:
            return Question(Limit(self.signal, Bad(self.above, self.below)), self.healthy_share or 0.0, where)
        objective = view.objectives.get(self.objective or "")
        if objective is None or objective.budget is None or not SIGNALS[objective.signal].sampled:
            return f"no objective {self.objective} limits a share of judged answers here"
        healthy = self.healthy_share or objective.budget
        if self.times * healthy >= 1:
            return f"{self.times:g} times {percent(healthy)} is no share: it could never be told"
        return Question(objective.limit, healthy, (*objective.labels, *where))


def _share_words(k: int, n: int, over: timedelta) -> str:
    interval = between(share_interval(k, n), percent)
    return f"{percent(k / n)}, {k:,} of {n:,} in {window_words(over)}; 95 % interval {interval}"


def _since(known: Facts, bad: Mask, change: Change) -> str:
    """Return since when the changed rate explains the answers best, with how many of them were bad."""
    first = change.since(bad)
    if first == len(bad):
        return "nothing has changed"
    return f"{from_us(known.ended_us[first]):%-d %b %H:%M} UTC: {int(bad[first:].sum()):,} of {len(bad) - first:,}"

"""A provider fails consistently: what opens a circuit breaker, decided from the newest requests.

Only the end of a request is known, so a call that failed and was repeated with success counts as answered.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from alerts.conditions.condition import Asked, SplitBy, split
from alerts.figures import between, percent, quantity, window_words
from alerts.view import View
from domain.alerting import Finding, Truth
from domain.bad import Bad
from domain.breaker import Calls
from domain.duration import Duration
from domain.facts import OUTCOMES, Facts
from domain.gauge import Gauge, share_of
from domain.history import LONG
from domain.intervals import share_interval
from domain.measurement import Labels, labels
from domain.message import WorstTrace
from domain.objective import Where
from domain.plan import Limit
from domain.request import Outcome
from domain.signals import SIGNALS

_WORST = 3
_FAILED = Limit("provider_failed", Bad())


class Breaker(Asked):
    """Half of the newest requests failed at a provider, or the very newest all did.

    Attributes:
        over: Older requests say nothing about now.
        last, share_at_least, at_least: Of the newest *last* requests such a share failed; it takes *at_least* of them.
        in_a_row: Or so many of the newest failed, without a success between them.
        rate_limited_above: More than this share turned away by a rate limit, and at least *in_a_row*, is an outage too;
            fewer of them count neither as failures nor as answers.
        clear_in_a_row: It may resolve when so many of the newest were answered,
        clear_at: or at most this share of the whole window failed; and half as many rate limits as it takes, or fewer.
        split_by: One alert per provider and model, or as said.
    """

    kind: Literal["breaker"]
    over: Duration = timedelta(minutes=5)
    last: int = Field(default=20, ge=1)
    share_at_least: float = Field(default=0.5, gt=0, le=1)
    at_least: int = Field(default=10, ge=1)
    in_a_row: int = Field(default=5, ge=2)
    rate_limited_above: float = Field(default=0.5, gt=0, lt=1)
    clear_in_a_row: int = Field(default=10, ge=1)
    clear_at: float = Field(default=0.10, ge=0, lt=1)
    where: Where | None = None
    split_by: SplitBy = ("provider", "model")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not timedelta() < self.over < LONG:
            raise ValueError("over is too long: a breaker looks at the newest requests one by one, at most 2 h of them")
        if self.at_least > self.last:
            raise ValueError("at_least lies above last: so many are never looked at")
        if self.clear_at >= self.share_at_least:
            raise ValueError("clear_at lies at or above share_at_least: it would resolve while it fires")
        return self

    @property
    def looks_back(self) -> timedelta:
        """The window."""
        return self.over

    def find(self, view: View) -> Sequence[Finding]:
        """Answer for every provider and model that had requests."""
        window = view.window(self.over)
        if why := view.why_unknown(window):
            return [Finding(truth=Truth.UNKNOWN, because=why)]
        found = split(view.history.rows(window), window, self.split_by, where=labels(self.where or {}))
        if not found and self.split_by:
            because = f"no requests with a {' and a '.join(self.split_by)} in {window_words(self.over)}"
            return [Finding(truth=Truth.UNKNOWN, because=because)]
        return [self._one(Calls.of(part), of) for of, part in found if isinstance(part, Facts)]

    def worst(self, view: View, labels: Labels) -> Sequence[WorstTrace]:
        """Name the newest requests that failed at the provider, or that its rate limit turned away."""
        window = view.window(self.over)
        facts = view.history.rows(window).over(window, where=(*labels, *(self.where or {}).items()))
        limited = facts.outcome == OUTCOMES.index(Outcome.RATE_LIMITED)
        rows = np.flatnonzero((facts.provider_failed > 0) | limited)[::-1][:_WORST]
        return [WorstTrace(str(facts.trace_ids[row]), _why_bad(facts, row)) for row in rows]

    def gauge(self, view: View, labels: Labels) -> Gauge:  # noqa: ARG002 - it needs no objective
        """Return the share of requests that failed at the provider, of all and not only of the newest."""
        what = SIGNALS[_FAILED.signal].words
        return Gauge(
            name=what,
            unit="share",
            limit=self.share_at_least,
            over=self.over,
            where=(*(self.where or {}).items(), *labels),
            read=share_of(_FAILED),
            counted=_FAILED,
            allowed=1.0,
            counts=what,
        )

    def _one(self, calls: Calls, of: Labels) -> Finding:
        if calls.limited >= self.in_a_row and calls.limited_share > self.rate_limited_above:
            return self._limited(calls, of)
        failed, n = calls.newest(self.last)
        if not n:
            because = f"nobody asked it in {window_words(self.over)}, or nothing that says whether it answers"
            return Finding(labels=of, truth=Truth.UNKNOWN, because=because)
        is_open, words = self._judge(calls)
        return Finding(
            labels=of,
            truth=Truth.TRUE if is_open else Truth.FALSE,
            clear=not is_open and self._is_half_open(calls),
            value=failed / n,
            limit=self.share_at_least,
            k=failed,
            n=n,
            because=words,
            facts=self._facts_for_people(calls),
        )

    def _judge(self, calls: Calls) -> tuple[bool, str]:
        """Return whether the breaker is open, and the evidence in words."""
        failed, n = calls.newest(self.last)
        words = f"{failed} of the last {n} requests failed at the provider in {window_words(self.over)}"
        if calls.all_failed(self.in_a_row):
            return True, f"{words}, the last {self.in_a_row} in a row"
        words += f": {percent(failed / n)}, limit {percent(self.share_at_least)}"
        if failed < self.share_at_least * n:
            return False, words
        if n < self.at_least:
            return False, f"{words}, but it takes {self.at_least}, or {self.in_a_row} in a row"
        return True, words

    def _is_half_open(self, calls: Calls) -> bool:
        """Whether enough was answered again to call it over."""
        failed, n = calls.newest(calls.n)
        answers = calls.all_answered(self.clear_in_a_row) or failed <= self.clear_at * n
        return answers and calls.limited_share <= self.rate_limited_above / 2

    def _limited(self, calls: Calls, of: Labels) -> Finding:
        share, limit = calls.limited_share, self.rate_limited_above
        words = f"{calls.limited} of {calls.n} requests were turned away by a rate limit in {window_words(self.over)}"
        return Finding(
            labels=of,
            truth=Truth.TRUE,
            value=share,
            limit=limit,
            k=calls.limited,
            n=calls.n,
            because=f"{words}: {percent(share)}, limit {percent(limit)}",
            facts=self._facts_for_people(calls),
        )

    def _facts_for_people(self, calls: Calls) -> tuple[tuple[str, str], ...]:
        failed, n = calls.newest(calls.n)
        interval = between(share_interval(failed, n), percent)
        return (
            ("Now", f"{failed} of {n} failed in {window_words(self.over)}; 95 % interval {interval}"),
            ("Rate limited", f"{calls.limited} of {calls.n}"),
            ("Limit", f"{percent(self.share_at_least)} of the last {self.last}, or {self.in_a_row} in a row"),
        )


def _why_bad(facts: Facts, row: int) -> str:
    took = facts.latency_s[row]
    outcome = OUTCOMES[facts.outcome[row]]
    what = "failed at the provider" if outcome is Outcome.OK else str(outcome)
    return what if np.isnan(took) else f"{what}, took {quantity(float(took), 's')}"

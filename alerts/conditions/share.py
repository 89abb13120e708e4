"""More than so many of the requests are bad, and so many more that chance is no excuse.

The guard is the exact test of the guide's threshold: a rule that looks every minute at a small sample fires hundreds
of times a month on a service that keeps its promise. `chance of k or more of n at the healthy share <= alpha`.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from alerts.conditions.condition import Asked
from alerts.figures import odds, percent, quantity, window_words
from alerts.view import View
from domain import measure
from domain.alerting import Finding, Truth
from domain.duration import Duration
from domain.facts import LABELS, Facts
from domain.intervals import chance_of_at_least
from domain.measure import Bad
from domain.measurement import Labels, Measurement, labels
from domain.message import WorstTrace
from domain.signals import SIGNALS

ENOUGH_COVERAGE = 0.80
_WORST = 3


class ShareAbove(Asked):
    """The share of bad requests in a window lies above a limit.

    Attributes:
        signal, above, below: Which requests are bad; or `objective`, whose promise says it.
        share_above: The limit; with `objective` it defaults to the objective's budget.
        healthy_share: The share of bad requests of a service that is fine; defaults to the limit.
        alpha: How often the guard may be wrong when the service is fine.
        at_least_bad: Fewer bad requests than this never fire.
        clear_at: The share at or below which it may resolve; defaults to the limit.
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
    split_by: str | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.objective is None) == (self.signal is None):
            raise ValueError("a share is about an objective or about a signal: give one of them")
        if self.signal is not None and self.signal not in SIGNALS:
            raise ValueError(f"there is no signal {self.signal!r}; there are {', '.join(SIGNALS)}")
        if self.signal is not None and self.share_above is None:
            raise ValueError("share_above is missing: the limit of the share")
        if self.split_by is not None and self.split_by not in LABELS:
            raise ValueError(f"there is no label {self.split_by!r}; there are {', '.join(LABELS)}")
        if self.clear_at is not None and self.share_above is not None and self.clear_at > self.share_above:
            raise ValueError("clear_at lies above share_above: it would resolve while it fires")
        return self

    @property
    def looks_back(self) -> timedelta:
        """The window."""
        return self.over

    def find(self, view: View) -> Sequence[Finding]:
        """Answer for the whole application, or for every name of `split_by` that had requests."""
        signal, bad, limit = self._question(view)
        window = view.window(self.over)
        if why := view.why_unknown(window):
            return [Finding(truth=Truth.UNKNOWN, because=why)]
        parts = list(self._parts(view.facts.within(window)))
        alpha = self.alpha / max(len(parts), 1)
        return [self._one(view, facts, of, (signal, bad, limit, alpha)) for of, facts in parts]

    def _one(self, view: View, facts: Facts, of: Labels, question: tuple[str, Bad, float, float]) -> Finding:
        signal, bad, limit, alpha = question
        seen = measure.share(facts, signal, view.window(self.over), bad=bad, labels=of)
        when = window_words(self.over)
        if seen.value is None or seen.k is None:
            return Finding(labels=of, truth=Truth.UNKNOWN, limit=limit, because=f"nothing to measure in {when}")
        covered = measure.coverage(facts) if SIGNALS[signal].sampled else None
        if covered is not None and covered < ENOUGH_COVERAGE:
            because = f"only {covered:.0%} of the answers could be judged in {when}"
            return Finding(labels=of, truth=Truth.UNKNOWN, limit=limit, n=seen.n, because=because)
        healthy = self.healthy_share if self.healthy_share is not None else limit
        chance = chance_of_at_least(seen.k, seen.n, healthy)
        counted = f"{seen.k} of {seen.n} ({percent(seen.value)}) in {when}, limit {percent(limit)}"
        if seen.value <= limit:
            truth, because = Truth.FALSE, counted
        elif seen.k < self.at_least_bad or chance > alpha:
            truth, because = Truth.FALSE, f"{counted}, but so few may be chance ({odds(chance)})"
        else:
            truth, because = Truth.TRUE, f"{counted}; by chance {odds(chance)}"
        return Finding(
            labels=of,
            truth=truth,
            clear=seen.value <= (self.clear_at if self.clear_at is not None else limit),
            value=seen.value,
            limit=limit,
            k=seen.k,
            n=seen.n,
            because=because,
            facts=_facts_for_people(seen, limit, chance, when),
        )

    def worst(self, view: View, labels: Labels) -> Sequence[WorstTrace]:
        """Name the bad requests with the most extreme values."""
        signal, bad, _ = self._question(view)
        facts = view.facts.within(view.window(self.over))
        for label, name in labels:
            facts = facts.labelled(label, name)
        values = SIGNALS[signal].values(facts)
        rows = np.flatnonzero(bad.of(np.nan_to_num(values, nan=np.inf if bad.below is not None else -np.inf)))
        order = rows[np.argsort(values[rows], kind="stable")]
        chosen = order[:_WORST] if bad.below is not None else order[::-1][:_WORST]
        unit = SIGNALS[signal].unit
        return [
            WorstTrace(str(facts.trace_ids[row]), "" if unit == "share" else quantity(float(values[row]), unit))
            for row in chosen
        ]

    def _question(self, view: View) -> tuple[str, Bad, float]:
        """Return signal, badness and limit, looked up in the objective if the rule names one."""
        if self.objective is None:
            return self.signal or "", Bad(self.above, self.below), self.share_above or 0.0
        objective = view.objectives[self.objective]
        return objective.signal, objective.bad, self.share_above or objective.budget or 0.0

    def _parts(self, facts: Facts) -> Iterable[tuple[Labels, Facts]]:
        if self.split_by is None:
            return [((), facts)]
        return [(labels({self.split_by: name}), part) for name, part in facts.split(self.split_by)]


def _facts_for_people(seen: Measurement, limit: float, chance: float, when: str) -> tuple[tuple[str, str], ...]:
    low, high = seen.interval or (0.0, 1.0)
    return (
        ("Now", f"{percent(seen.value or 0.0)} bad"),
        ("Limit", percent(limit)),
        ("Sample", f"{seen.k} of {seen.n} in {when}, 95 % interval {percent(low)} to {percent(high)}"),
        ("Chance", f"{odds(chance)} if the service were fine"),
    )

"""Objectives: what was promised, and whether the evidence says that it was kept."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from scipy import special

from domain import measure
from domain.duration import Duration, parse_duration
from domain.facts import Facts
from domain.intervals import Interval, mean_interval
from domain.measure import QUANTILES, Bad
from domain.measurement import Measurement
from domain.projection import Projection
from domain.signals import SIGNALS
from domain.window import Window

ENOUGH_COVERAGE = 0.95
_HALF = 0.5  # a share is 1 or 0: below a half it is not so
_DOUBT = 0.05  # a verdict is given when it is 95 % sure


class Tier(StrEnum):
    """The guide's four kinds of promise."""

    INFRASTRUCTURE = "infrastructure"
    LLM = "llm"
    QUALITY = "quality"
    COST = "cost"


class Verdict(StrEnum):
    """Whether a promise was kept, as far as the sample can tell."""

    MET = "met"
    BREACHED = "breached"
    INCONCLUSIVE = "inconclusive"


class Objective(BaseModel):
    """One promise: a statistic of a signal over a window, and its limit.

    Every limit on a share or a quantile is a budget of bad requests: p95 <= T means at most 5 % above T, p50 >= T
    means at most half below T. A limit on a mean is judged by the mean's bounds.

    Attributes:
        above, below: For a share of a number: which requests are bad.
        at_most, at_least: The limit; exactly one of them. Shares are written as 0.05, durations in seconds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)
    tier: Tier
    promise: str = Field(description="The promise in words, as it is shown to people.", max_length=120)
    signal: str
    statistic: Literal["share", "p50", "p95", "p99", "mean", "total", "projection"]
    above: float | None = None
    below: float | None = None
    at_most: float | None = None
    at_least: float | None = None
    over: Duration = parse_duration("24h")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.signal not in SIGNALS and self.statistic != "projection":
            raise ValueError(f"there is no signal {self.signal!r}; there are {', '.join(SIGNALS)}")
        if (self.at_most is None) == (self.at_least is None):
            raise ValueError("an objective has exactly one limit: at_most or at_least")
        limits_value = self.above is not None or self.below is not None
        if limits_value and (self.statistic != "share" or self.at_least is not None):
            raise ValueError("above and below say which requests are bad in a share with at_most; leave them out here")
        if self.statistic in {"mean", "total", "projection"} and self.at_most is None:
            raise ValueError(f"a {self.statistic} is limited by at_most")
        budget = self.budget
        if budget is not None and not 0 < budget < 1:
            raise ValueError(f"a budget of {budget:g} bad requests can never be spent or never be kept")
        return self

    @property
    def bad(self) -> Bad:
        """What makes a single request a bad one."""
        if self.statistic in QUANTILES:
            return Bad(above=self.at_most, below=self.at_least)
        if self.at_least is not None:
            return Bad(below=_HALF)
        return Bad(above=self.above, below=self.below)

    @property
    def budget(self) -> float | None:
        """The share of bad requests that the promise allows; None for means and totals."""
        if self.statistic == "share":
            return self.at_most if self.at_most is not None else round(1 - (self.at_least or 0), 12)
        if self.statistic in QUANTILES:
            q = QUANTILES[self.statistic]
            return round(1 - q, 12) if self.at_most is not None else q
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """An objective at one moment.

    Attributes:
        measurement: What is shown: the statistic of the promise.
        bad: The bad share behind the verdict; None for means and totals.
        because: The verdict's reason in words.
    """

    objective: Objective
    measurement: Measurement
    bad: Measurement | None
    verdict: Verdict
    because: str


def assess(objective: Objective, facts: Facts, window: Window) -> Assessment:
    """Say whether *objective* was kept in *window*; *facts* may be wider than the window."""
    inside = facts.within(window)
    if objective.budget is not None:
        return _assess_share(objective, objective.budget, inside, window)
    shown = measure.statistic(inside, objective.signal, objective.statistic, window)
    limit = objective.at_most or 0.0
    if shown.value is None:
        return _said(objective, shown, None, Verdict.INCONCLUSIVE, "nothing was measured")
    if objective.statistic == "total":
        verdict = Verdict.BREACHED if shown.value > limit else Verdict.MET
        return _said(objective, shown, None, verdict, f"{'above' if shown.value > limit else 'within'} the limit")
    bounds = mean_interval(measure.population(inside, objective.signal), confidence=1 - 2 * _DOUBT)
    if bounds is not None and bounds.high <= limit:
        return _said(objective, shown, None, Verdict.MET, "95 % sure that the mean is within the limit")
    if bounds is not None and bounds.low > limit:
        return _said(objective, shown, None, Verdict.BREACHED, "95 % sure that the mean is above the limit")
    return _said(objective, shown, None, Verdict.INCONCLUSIVE, "too few, or too close to the limit, to say")


def _assess_share(objective: Objective, budget: float, inside: Facts, window: Window) -> Assessment:
    bad = measure.share(inside, objective.signal, window, bad=objective.bad)
    shown = bad
    if objective.statistic in QUANTILES:
        shown = measure.statistic(inside, objective.signal, objective.statistic, window)
    if bad.n == 0:
        return _said(objective, shown, bad, Verdict.INCONCLUSIVE, "nothing was measured")
    if objective.statistic == "share" and objective.at_least is not None:
        shown = _complement(bad)
    covered = measure.coverage(inside) if SIGNALS[objective.signal].sampled else None
    if covered is not None and covered < ENOUGH_COVERAGE:
        return _said(objective, shown, bad, Verdict.INCONCLUSIVE, f"only {covered:.0%} of the sample could be judged")
    k, n = bad.k or 0, bad.n
    if surely_at_most(k, n, budget):
        return _said(objective, shown, bad, Verdict.MET, f"95 % sure that at most {100 * budget:.4g} % are bad")
    if surely_more(k, n, budget):
        return _said(objective, shown, bad, Verdict.BREACHED, f"95 % sure that more than {100 * budget:.4g} % are bad")
    return _said(objective, shown, bad, Verdict.INCONCLUSIVE, _how_many_more(k, n, budget))


def _complement(bad: Measurement) -> Measurement:
    """Return the good share that a promise "at least so many" is shown by."""
    interval = Interval(1 - bad.interval.high, 1 - bad.interval.low) if bad.interval else None
    return replace(bad, value=None if bad.value is None else 1 - bad.value, interval=interval)


def surely_at_most(k: int, n: int, budget: float, doubt: float = _DOUBT) -> bool:
    """Whether the exact one-sided upper bound of k/n lies at or below *budget* (Clopper & Pearson 1934).

    >>> surely_at_most(0, 58, 0.05), surely_at_most(0, 59, 0.05)
    (False, True)
    """
    return k < n and float(special.betaincinv(k + 1, n - k, 1 - doubt)) <= budget


def surely_more(k: int, n: int, budget: float, doubt: float = _DOUBT) -> bool:
    """Whether the exact one-sided lower bound of k/n lies above *budget*."""
    return k > 0 and float(special.betaincinv(k, n - k + 1, doubt)) > budget


def _how_many_more(k: int, n: int, budget: float) -> str:
    """Say how many more requests it would take, if the share of bad ones stays what it is."""
    share = k / n
    size = n
    while size < 100_000_000:  # noqa: PLR2004 - beyond that the answer is "no sample will do"
        size = max(size + 1, int(size * 1.05))
        bad = round(share * size)
        if surely_at_most(bad, size, budget) or surely_more(bad, size, budget):
            return f"about {size - n:,} more would tell"
    return "too close to the limit to tell"


def assess_projection(objective: Objective, projection: Projection, window: Window) -> Assessment:
    """Say whether a month's projected spend keeps *objective*, by the projection's 80 % interval."""
    shown = Measurement(
        signal=objective.signal,
        statistic="projection",
        window=window,
        n=projection.days if projection.total_usd is not None else 0,
        value=projection.total_usd,
        interval=projection.interval,
    )
    limit = objective.at_most or 0.0
    if projection.total_usd is None or projection.interval is None:
        return _said(objective, shown, None, Verdict.INCONCLUSIVE, projection.because)
    if projection.interval.high <= limit:
        return _said(objective, shown, None, Verdict.MET, "the whole 80 % interval is within the budget")
    if projection.interval.low > limit:
        return _said(objective, shown, None, Verdict.BREACHED, "the whole 80 % interval is above the budget")
    return _said(objective, shown, None, Verdict.INCONCLUSIVE, "the budget lies inside the 80 % interval")


def _said(
    objective: Objective, shown: Measurement, bad: Measurement | None, verdict: Verdict, because: str
) -> Assessment:
    return Assessment(objective=objective, measurement=shown, bad=bad, verdict=verdict, because=because)

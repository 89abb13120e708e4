"""Objectives: what was promised, and whether the evidence says that it was kept."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain import measure
from domain.certainty import DOUBT, how_many_more, surely_at_most, surely_more
from domain.duration import Duration, parse_duration
from domain.error_budget import ErrorBudget, measure_budget
from domain.facts import Facts
from domain.goodput import Goodput
from domain.intervals import Interval, mean_interval
from domain.measure import QUANTILES, Bad
from domain.measurement import Measurement
from domain.projection import Projection
from domain.signals import SIGNALS
from domain.slices import BadMinute, slices
from domain.window import Window

ENOUGH_COVERAGE = 0.95
_HALF = 0.5  # a share is 1 or 0: below a half it is not so


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
    means at most half below T. A limit on a mean is judged by the mean's bounds. Slices are the minutes with
    traffic in which not too many requests were bad: a budget of minutes, not of requests.

    Attributes:
        signal: What is promised something about; goodput is about all of them and has none.
        above, below: For a share of a number: which requests are bad. For slices *above* is the share of bad requests
            that a good minute may have, 0.05 if not said.
        at_most, at_least: The limit; exactly one of them. Shares are written as 0.05, durations in seconds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)
    tier: Tier
    promise: str = Field(description="The promise in words, as it is shown to people.", max_length=120)
    signal: str = ""
    statistic: Literal["share", "slices", "p10", "p50", "p95", "p99", "mean", "total", "projection", "goodput"]
    above: float | None = None
    below: float | None = None
    at_most: float | None = None
    at_least: float | None = None
    over: Duration = parse_duration("24h")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.statistic == "goodput":
            return self._makes_sense_as_goodput()
        if not self.signal:
            raise ValueError("signal is missing: what is this a promise about?")
        if self.signal not in SIGNALS and self.statistic != "projection":
            raise ValueError(f"there is no signal {self.signal!r}; there are {', '.join(SIGNALS)}")
        if (self.at_most is None) == (self.at_least is None):
            raise ValueError("an objective has exactly one limit: at_most or at_least")
        limits_value = self.above is not None or self.below is not None
        if self.statistic == "slices":
            self._check_slices()
        elif limits_value and (self.statistic != "share" or self.at_least is not None):
            raise ValueError("above and below say which requests are bad in a share with at_most; leave them out here")
        if self.statistic in {"mean", "total", "projection"} and self.at_most is None:
            raise ValueError(f"a {self.statistic} is limited by at_most")
        budget = self.budget if self.statistic != "slices" else self.slice_budget
        if budget is not None and not 0 < budget < 1:
            raise ValueError(f"a budget of {budget:g} bad requests can never be spent or never be kept")
        return self

    def _check_slices(self) -> None:
        if SIGNALS[self.signal].unit != "share":
            raise ValueError("slices are of a signal that is true of a request or not, such as answered or failed")
        if self.at_least is None or self.below is not None:
            raise ValueError("slices are limited by at_least, and what makes a minute bad by above")
        if self.above is not None and not 0 <= self.above < 1:
            raise ValueError(f"above is the share of bad requests that makes a minute bad, and {self.above:g} is none")

    def _makes_sense_as_goodput(self) -> Self:
        if self.signal or self.above is not None or self.below is not None:
            raise ValueError("goodput is about all promises: leave signal, above and below out")
        if self.at_most is not None or self.at_least is None or not 0 < self.at_least < 1:
            raise ValueError("goodput has one limit, at_least: the share of requests that keep every promise")
        return self

    @property
    def bad(self) -> Bad:
        """What makes a single request a bad one."""
        if self.statistic in QUANTILES:
            return Bad(above=self.at_most, below=self.at_least)
        if self.statistic == "slices":
            return Bad() if SIGNALS[self.signal].worst_high else Bad(below=_HALF)
        if self.at_least is not None:
            return Bad(below=_HALF)
        return Bad(above=self.above, below=self.below)

    @property
    def budget(self) -> float | None:
        """The share of bad requests that the promise allows; None for means, totals, slices and goodput."""
        if self.statistic == "share":
            return self.at_most if self.at_most is not None else round(1 - (self.at_least or 0), 12)
        if self.statistic in QUANTILES:
            q = QUANTILES[self.statistic]
            return round(1 - q, 12) if self.at_most is not None else q
        return None

    @property
    def slice_budget(self) -> float:
        """The share of bad minutes that a promise about slices allows."""
        return round(1 - (self.at_least or 0), 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """An objective at one moment.

    Attributes:
        measurement: What is shown: the statistic of the promise.
        bad: The bad share behind the verdict, of requests or minutes; None for means and totals.
        because: The verdict's reason in words.
        budget: What is left of the bad requests that the promise allows; None where it allows none.
        goodput: The count behind a promise of goodput.
    """

    objective: Objective
    measurement: Measurement
    bad: Measurement | None
    verdict: Verdict
    because: str
    budget: ErrorBudget | None = None
    goodput: Goodput | None = None


def budget_of(objective: Objective, facts: Facts, at: datetime) -> ErrorBudget | None:
    """Return the error budget of *objective* at *at*; None if it is not a limit on bad requests."""
    if objective.budget is None:
        return None
    return measure_budget(
        facts,
        at,
        objective=objective.name,
        signal=objective.signal,
        bad=objective.bad,
        allowed=objective.budget,
        over=objective.over,
    )


def assess(objective: Objective, facts: Facts, window: Window) -> Assessment:
    """Say whether *objective* was kept in *window*; *facts* may be wider than the window."""
    inside = facts.within(window)
    if objective.budget is not None:
        bad = measure.share(inside, objective.signal, window, bad=objective.bad)
        return _assess_share(objective, objective.budget, inside, bad)
    if objective.statistic == "slices":
        minute = BadMinute() if objective.above is None else BadMinute(above=objective.above)
        bad = slices(inside, objective.signal, window, bad=objective.bad, minute=minute)
        return _assess_share(objective, objective.slice_budget, inside, bad)
    shown = measure.statistic(inside, objective.signal, objective.statistic, window)
    limit = objective.at_most or 0.0
    if shown.value is None:
        return _said(objective, shown, None, Verdict.INCONCLUSIVE, "nothing was measured")
    if objective.statistic == "total":
        verdict = Verdict.BREACHED if shown.value > limit else Verdict.MET
        return _said(objective, shown, None, verdict, f"{'above' if shown.value > limit else 'within'} the limit")
    return _assess_mean(objective, shown, inside)


def _assess_mean(objective: Objective, shown: Measurement, inside: Facts) -> Assessment:
    limit = objective.at_most or 0.0
    bounds = mean_interval(measure.population(inside, objective.signal), confidence=1 - 2 * DOUBT)
    if bounds is not None and bounds.high <= limit:
        return _said(objective, shown, None, Verdict.MET, "95 % sure that the mean is within the limit")
    if bounds is not None and bounds.low > limit:
        return _said(objective, shown, None, Verdict.BREACHED, "95 % sure that the mean is above the limit")
    return _said(objective, shown, None, Verdict.INCONCLUSIVE, "too few, or too close to the limit, to say")


def _assess_share(objective: Objective, budget: float, inside: Facts, bad: Measurement) -> Assessment:
    shown = bad
    if objective.statistic in QUANTILES:
        shown = measure.statistic(inside, objective.signal, objective.statistic, bad.window)
    if bad.n == 0:
        return _said(objective, shown, bad, Verdict.INCONCLUSIVE, "nothing was measured")
    if objective.statistic in {"share", "slices"} and objective.at_least is not None:
        shown = _complement(bad)
    covered = measure.coverage(inside) if SIGNALS[objective.signal].sampled else None
    if covered is not None and covered < ENOUGH_COVERAGE:
        return _said(objective, shown, bad, Verdict.INCONCLUSIVE, f"only {covered:.0%} of the sample could be judged")
    k, n = bad.k or 0, bad.n
    if surely_at_most(k, n, budget):
        return _said(objective, shown, bad, Verdict.MET, f"95 % sure that at most {100 * budget:.4g} % are bad")
    if surely_more(k, n, budget):
        return _said(objective, shown, bad, Verdict.BREACHED, f"95 % sure that more than {100 * budget:.4g} % are bad")
    return _said(objective, shown, bad, Verdict.INCONCLUSIVE, how_many_more(k, n, budget))


def _complement(bad: Measurement) -> Measurement:
    """Return the good share that a promise "at least so many" is shown by."""
    interval = Interval(1 - bad.interval.high, 1 - bad.interval.low) if bad.interval else None
    return replace(bad, value=None if bad.value is None else 1 - bad.value, interval=interval)


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

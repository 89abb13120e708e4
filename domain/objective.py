"""Objectives: what was promised."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from domain.bad import Bad
from domain.duration import Duration, parse_duration
from domain.facts import CHAIN, LABELS, STANDARD
from domain.measure import QUANTILES
from domain.measurement import Labels, labels
from domain.plan import Limit
from domain.signals import SIGNALS
from domain.slices import MinuteLimit

_HALF = 0.5  # a share is 1 or 0: below a half it is not so
_BAD_MINUTE = 0.05  # the guide's share of errors to alert on


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


def _known_label(label: str) -> str:
    if label not in LABELS:
        raise ValueError(f"there is no label {label!r}; there are {', '.join(LABELS)}")
    return label


Where = dict[Annotated[str, AfterValidator(_known_label)], Annotated[str, Field(min_length=1)]]
"""Names of labels that a request must carry, all of them: {query_class: agent chain}."""


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
        where: Which requests it is about; None means all of them. A projection and goodput are always about all.
        clusters: Requests of one session are alike, so a hundred of them are less evidence than a hundred strangers:
            the bounds of a share or a quantile are widened by as much. None takes each request for itself.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

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
    where: Where | None = None
    clusters: Literal["session"] | None = None

    @field_validator("where")
    @classmethod
    def _names_somebody(cls, where: Where | None) -> Where | None:
        if where is not None and not where:
            raise ValueError("which requests? Name a label and what it must be, or leave where out for all of them")
        if where and where.get("query_class", STANDARD) not in {STANDARD, CHAIN}:
            raise ValueError(f"a query_class is {STANDARD!r} or {CHAIN!r}, not {where['query_class']!r}")
        return where

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.over <= timedelta():
            raise ValueError("over is no time at all")
        self._check_whose()
        if self.statistic == "goodput":
            return self._makes_sense_as_goodput()
        if not self.signal:
            raise ValueError("signal is missing: what is this a promise about?")
        if self.signal not in SIGNALS:
            raise ValueError(f"there is no signal {self.signal!r}; there are {', '.join(SIGNALS)}")
        if (self.at_most is None) == (self.at_least is None):
            raise ValueError("an objective has exactly one limit: at_most or at_least")
        limits_value = self.above is not None or self.below is not None
        self._check_unit()
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

    def _check_whose(self) -> None:
        if self.where is not None and self.statistic in {"projection", "goodput"}:
            raise ValueError(f"a promise of {self.statistic} is about all requests: leave where out")
        if self.clusters is not None and self.statistic not in {"share", *QUANTILES}:
            raise ValueError(
                f"clusters widen the bounds of a share or a quantile, not of {self.statistic}: leave it out"
            )

    def _check_unit(self) -> None:
        """Refuse a statistic that says nothing of its signal: the 95th percentile of yes and no, a share of seconds."""
        is_share = SIGNALS[self.signal].unit == "share"
        one_limit = (self.above is None) != (self.below is None)
        if self.statistic == "projection" and self.signal != "spend_usd":
            raise ValueError("a projection is of spend_usd")
        if is_share and self.statistic in {*QUANTILES, "mean", "total"}:
            raise ValueError(f"{self.signal} is true of a request or not: its statistic is share (or slices)")
        if self.statistic == "share" and is_share and (self.above is not None or self.below is not None):
            raise ValueError(f"{self.signal} is true of a request or not: leave above and below out")
        if self.statistic == "share" and not is_share and (self.at_least is not None or not one_limit):
            raise ValueError(f"which {self.signal} is bad? Say above or below, one of them, and at_most")
        if self.statistic not in {"share", "slices"} and (self.at_most or self.at_least or 0) < 0:
            raise ValueError("a limit below zero is always broken")

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
    def labels(self) -> Labels:
        """What its measurements are about: the labels of *where* in their one order."""
        return labels(self.where or {})

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
    def limit(self) -> Limit:
        """The limit on single requests, as it is counted."""
        return Limit(self.signal, self.bad, self.clusters is not None)

    @property
    def minute_limit(self) -> MinuteLimit:
        """The limit on minutes, where slices are promised."""
        above = _BAD_MINUTE if self.above is None else self.above
        return MinuteLimit(self.signal, self.bad, above, self.labels)

    @property
    def spreads(self) -> tuple[str, ...]:
        """The signals whose distribution shows whether it is kept."""
        return (self.signal,) if self.statistic in {*QUANTILES, "mean", "total"} else ()

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

"""A stretch of traffic as a test describes it: how many requests, and what they are like."""

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Annotated, Self

from pydantic import Field, model_validator

from alerts.rule_tests.amounts import Number, Share
from alerts.rule_tests.moments import During
from domain.criterion import FAITHFULNESS, GROUNDEDNESS, NAME
from domain.duration import Duration
from domain.objective import Where

NEVER, ALWAYS = Fraction(0), Fraction(1)
_RELEVANCE = "relevance"
_MINUTE = timedelta(minutes=1)


class Stretch(During):
    """Requests that end at even distances, the first at the stretch's beginning.

    What is not said of them is not known, but how they ended: they were answered, at a known price.

    Attributes:
        per_minute, every: How many there are, or how far they lie apart; one of them.
        failed: The share that met an error of the application itself; the other ways to fail add to it.
        provider_error, timeout: The share that failed at the model's provider.
        invalid_request: The share that its callers did wrong.
        refused: Of those that were answered, the share that was declined.
        unpriced: The share with a call that has no price.
        cost_usd: What each costs, and what is spent on it; `spend_usd` where these differ.
        judged: The share that is chosen for judging.
        unjudged: Of the answers chosen, the share that the judge gave no score.
        quarantined: Of the answers chosen, the share whose judgement was not believed.
        scores: By criterion, as `faithfulness`, `relevance` and `groundedness` say it of these.
        thumb_down: Of those who vote, which is everybody then.
    """

    per_minute: float | None = Field(default=None, gt=0)
    every: Duration | None = None
    labels: Where = Field(default_factory=dict)
    failed: Share = NEVER
    provider_error: Share = NEVER
    timeout: Share = NEVER
    rate_limited: Share = NEVER
    invalid_request: Share = NEVER
    refused: Share = NEVER
    unpriced: Share = NEVER
    latency_s: Number | None = None
    ttft_s: Number | None = None
    tpot_s: Number | None = None
    retrieval_s: Number | None = None
    guardrail_s: Number | None = None
    context_share: Number | None = None
    queue_depth: Number | None = None
    input_tokens: Number | None = None
    output_tokens: Number | None = None
    cost_usd: Number | None = None
    spend_usd: Number | None = None
    judged: Share = ALWAYS
    unjudged: Share = NEVER
    quarantined: Share = NEVER
    judge_usd: Number | None = None
    faithfulness: Number | None = None
    relevance: Number | None = None
    groundedness: Number | None = None
    scores: Mapping[Annotated[str, Field(pattern=NAME)], Number] = {}
    thumb_down: Share | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.per_minute is None) == (self.every is None):
            raise ValueError("how many requests? Say per_minute or every, one of them")
        if self.every is not None and self.every <= timedelta():
            raise ValueError("every is no time at all: the requests would never end")
        ends = (self.failed, self.provider_error, self.timeout, self.rate_limited, self.invalid_request)
        if sum(ends) > 1:
            raise ValueError(f"more requests end badly than there are: {float(sum(ends)):.3g} of them")
        return self

    def count(self, end: timedelta) -> int:
        """Return how many requests end in it, if the test's time is over at *end*."""
        length = (self.until if self.until is not None else end) - self.since
        return max(0, -int(-length // self.apart))

    @property
    def apart(self) -> timedelta:
        """How far the requests lie apart."""
        return self.every if self.every is not None else _MINUTE / (self.per_minute or 1.0)

    @property
    def by_criterion(self) -> dict[str, Number]:
        """The scores, by the name of their criterion."""
        named = {FAITHFULNESS: self.faithfulness, _RELEVANCE: self.relevance, GROUNDEDNESS: self.groundedness}
        return {**self.scores, **{name: one for name, one in named.items() if one is not None}}

"""The signals: what can be measured of requests. To add one: a function of `Facts`, and a line in `SIGNALS`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from domain.facts import OUTCOMES, Column, Facts
from domain.money import NANO_PER_USD
from domain.request import Outcome


@dataclass(frozen=True, slots=True)
class Signal:
    """One number per request.

    Attributes:
        words: What the number is, as a person says it ("of the answers were refused").
        unit: `s`, `USD`, `tokens`, `requests`, `score` (0..1) or `share`: 1 where it is true of the request, else 0.
        values: The column; NaN where the request is not part of the signal's population.
        sampled: Known only of the requests that were chosen for judging, and only if the judge succeeded.
        by_texts: Known only of the requests that were chosen for judging, whatever the judge said.
        worst_high: Whether a high number is the bad one.
    """

    words: str
    unit: str
    values: Callable[[Facts], Column]
    sampled: bool = False
    by_texts: bool = False
    worst_high: bool = True

    @property
    def weighted(self) -> bool:
        """Whether a request counts by the inverse of the rate with which it was chosen."""
        return self.sampled or self.by_texts


def _ended(outcome: Outcome) -> Callable[[Facts], Column]:
    """Return the column that is 1 where a request ended so; of the same requests as `failed`."""
    code = OUTCOMES.index(outcome)
    return lambda facts: np.where(np.isnan(facts.failed), np.nan, facts.outcome == code)


SIGNALS: Mapping[str, Signal] = {
    "answered": Signal("requests were answered", "share", lambda facts: 1.0 - facts.failed, worst_high=False),
    "failed": Signal("requests failed", "share", lambda facts: facts.failed),
    "provider_failed": Signal("requests failed at the model's provider", "share", lambda facts: facts.provider_failed),
    "timeout": Signal("requests timed out", "share", _ended(Outcome.TIMEOUT)),
    "rate_limited": Signal("requests were turned away by a rate limit", "share", _ended(Outcome.RATE_LIMITED)),
    "provider_error": Signal("requests met an error of the model's provider", "share", _ended(Outcome.PROVIDER_ERROR)),
    "application_error": Signal(
        "requests met an error of the application itself", "share", _ended(Outcome.APPLICATION_ERROR)
    ),
    "refused": Signal("answers were refusals", "share", lambda facts: facts.refused, by_texts=True),
    "latency_s": Signal("end-to-end latency", "s", lambda facts: facts.latency_s),
    "ttft_s": Signal("time to first token", "s", lambda facts: facts.ttft_s),
    "tpot_s": Signal("time per output token", "s", lambda facts: facts.tpot_s),
    "retrieval_s": Signal("retrieval latency", "s", lambda facts: facts.retrieval_s),
    "guardrail_s": Signal("guardrail latency", "s", lambda facts: facts.guardrail_s),
    "context_share": Signal("share of the context window in use", "score", lambda facts: facts.context_share),
    "queue_depth": Signal("queue depth", "requests", lambda facts: facts.queue_depth),
    "input_tokens": Signal("input tokens", "tokens", lambda facts: facts.input_tokens),
    "output_tokens": Signal("output tokens", "tokens", lambda facts: facts.output_tokens),
    "cost_usd": Signal("cost of a query", "USD", lambda facts: facts.cost_usd),
    "spend_usd": Signal("spend", "USD", lambda facts: facts.spend_nano_usd / NANO_PER_USD),
    "unpriced": Signal("requests have a call without a price", "share", lambda facts: facts.unpriced),
    "faithfulness": Signal("faithfulness", "score", lambda facts: facts.faithfulness, sampled=True, worst_high=False),
    "hallucination_risk": Signal(
        "hallucination risk", "score", lambda facts: (1.0 - facts.faithfulness).round(12), sampled=True
    ),
    "relevance": Signal("relevance", "score", lambda facts: facts.relevance, sampled=True, worst_high=False),
    "groundedness": Signal("groundedness", "score", lambda facts: facts.groundedness, sampled=True, worst_high=False),
    "unjudged": Signal(
        "chosen answers could not be judged",
        "share",
        lambda facts: np.where(facts.judgeable, np.isnan(facts.faithfulness), np.nan),
        by_texts=True,
    ),
    "voted": Signal(
        "requests got a vote", "share", lambda facts: (~np.isnan(facts.thumb_down)).astype(float), worst_high=False
    ),
    "thumb_up": Signal("votes were thumbs up", "share", lambda facts: 1.0 - facts.thumb_down, worst_high=False),
    "thumb_down": Signal("votes were thumbs down", "share", lambda facts: facts.thumb_down),
}

"""The signals: what can be measured of requests. To add one: a function of `Facts`, and a line in `SIGNALS`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from domain.facts import Column, Facts
from domain.money import NANO_PER_USD


@dataclass(frozen=True, slots=True)
class Signal:
    """One number per request.

    Attributes:
        words: What the number is, as a person says it ("of the answers were refused").
        unit: `s`, `USD`, `tokens`, `score` or `share`; a share is 1 where it is true of the request and 0 where not.
        values: The column; NaN where the request is not part of the signal's population.
        sampled: Known only of the requests that were chosen for judging.
        worst_high: Whether a high number is the bad one.
    """

    words: str
    unit: str
    values: Callable[[Facts], Column]
    sampled: bool = False
    worst_high: bool = True


SIGNALS: Mapping[str, Signal] = {
    "answered": Signal("requests were answered", "share", lambda facts: 1.0 - facts.failed, worst_high=False),
    "failed": Signal("requests failed", "share", lambda facts: facts.failed),
    "provider_failed": Signal("requests failed at the model's provider", "share", lambda facts: facts.provider_failed),
    "refused": Signal("answers were refusals", "share", lambda facts: facts.refused),
    "latency_s": Signal("end-to-end latency", "s", lambda facts: facts.latency_s),
    "ttft_s": Signal("time to first token", "s", lambda facts: facts.ttft_s),
    "tpot_s": Signal("time per output token", "s", lambda facts: facts.tpot_s),
    "output_tokens": Signal("output tokens", "tokens", lambda facts: facts.output_tokens),
    "cost_usd": Signal("cost of a query", "USD", lambda facts: facts.cost_usd),
    "spend_usd": Signal("spend", "USD", lambda facts: facts.spend_nano_usd / NANO_PER_USD),
    "unpriced": Signal("requests have a call without a price", "share", lambda facts: facts.unpriced),
    "faithfulness": Signal("faithfulness", "score", lambda facts: facts.faithfulness, sampled=True, worst_high=False),
    "hallucination_risk": Signal(
        "hallucination risk", "score", lambda facts: (1.0 - facts.faithfulness).round(12), sampled=True
    ),
    "thumb_up": Signal("votes were thumbs up", "share", lambda facts: 1.0 - facts.thumb_down, worst_high=False),
    "thumb_down": Signal("votes were thumbs down", "share", lambda facts: facts.thumb_down),
}

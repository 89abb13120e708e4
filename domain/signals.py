"""The signals: what can be measured of requests. To add one: a function of `Facts`, and a line in `SIGNALS`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from domain.criterion import FAITHFULNESS, GROUNDEDNESS
from domain.facts import OUTCOMES, Column, Facts
from domain.money import NANO_PER_USD
from domain.request import Outcome

SCORE, UNJUDGED = "score", "unjudged"
_OWN = re.compile(rf"({SCORE}|{UNJUDGED})\.([a-z][a-z0-9-]{{0,39}})")


@dataclass(frozen=True, slots=True)
class Signal:
    """One number per request.

    Attributes:
        words: What the number is, as a person says it ("of the answers were refused").
        unit: `s`, `USD`, `tokens`, `requests`, `score` (0..1) or `share`: 1 where it is true of the request, else 0.
        values: The column; NaN where the request is not part of the signal's population.
        by_texts: Known only of the requests that were chosen for judging, whatever the judge said.
        worst_high: Whether a high number is the bad one.
        criterion: By which an answer was judged, where the number is what a judge said.
    """

    words: str
    unit: str
    values: Callable[[Facts], Column]
    by_texts: bool = False
    worst_high: bool = True
    criterion: str | None = None

    @property
    def sampled(self) -> bool:
        """Known only of the requests that were chosen for judging, and only if the judge succeeded."""
        return self.criterion is not None

    @property
    def unjudged(self) -> str:
        """The signal that says of how many the judge gave no score."""
        return UNJUDGED if self.criterion in {None, FAITHFULNESS} else f"{UNJUDGED}.{self.criterion}"

    @property
    def weighted(self) -> bool:
        """Whether a request counts by the inverse of the rate with which it was chosen."""
        return self.sampled or self.by_texts


def _ended(outcome: Outcome) -> Callable[[Facts], Column]:
    """Return the column that is 1 where a request ended so; of the same requests as `failed`."""
    code = OUTCOMES.index(outcome)
    return lambda facts: np.where(np.isnan(facts.failed), np.nan, facts.outcome == code)


def _score(criterion: str, *, worst_high: bool = True) -> Signal:
    return Signal(criterion, "score", lambda facts: facts.score(criterion), worst_high=worst_high, criterion=criterion)


def _unjudged(criterion: str) -> Signal:
    return Signal("chosen answers could not be judged", "share", lambda facts: facts.unjudged(criterion), by_texts=True)


class Signals(dict[str, Signal]):
    """The signals by name. The criteria of an application's own have theirs: `score.tone`, `unjudged.tone`."""

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or (isinstance(name, str) and _OWN.fullmatch(name) is not None)

    def __missing__(self, name: str) -> Signal:
        own = _OWN.fullmatch(name)
        if own is None:
            raise KeyError(name)
        return _score(own[2]) if own[1] == SCORE else _unjudged(own[2])


def criterion_of(signal: str) -> str | None:
    """Return the criterion without whose judge the signal named *signal* has no values; None for all others.

    >>> criterion_of("score.tone"), criterion_of("unjudged.tone"), criterion_of("relevance"), criterion_of("latency_s")
    ('tone', 'tone', 'relevance', None)
    """
    own = _OWN.fullmatch(signal)
    return own[2] if own else SIGNALS[signal].criterion


def signal_of(criterion: str) -> str:
    """Return the name of the signal that the scores by *criterion* are.

    >>> signal_of("relevance"), signal_of("tone")
    ('relevance', 'score.tone')
    """
    has_own_name = criterion in SIGNALS and SIGNALS[criterion].criterion == criterion
    return criterion if has_own_name else f"{SCORE}.{criterion}"


SIGNALS: Mapping[str, Signal] = Signals(
    {
        "answered": Signal("requests were answered", "share", lambda facts: 1.0 - facts.failed, worst_high=False),
        "failed": Signal("requests failed", "share", lambda facts: facts.failed),
        "provider_failed": Signal(
            "requests failed at the model's provider", "share", lambda facts: facts.provider_failed
        ),
        "timeout": Signal("requests timed out", "share", _ended(Outcome.TIMEOUT)),
        "rate_limited": Signal("requests were turned away by a rate limit", "share", _ended(Outcome.RATE_LIMITED)),
        "provider_error": Signal(
            "requests met an error of the model's provider", "share", _ended(Outcome.PROVIDER_ERROR)
        ),
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
        FAITHFULNESS: _score(FAITHFULNESS, worst_high=False),
        "hallucination_risk": Signal(
            "hallucination risk",
            "score",
            lambda facts: (1.0 - facts.score(FAITHFULNESS)).round(12),
            criterion=FAITHFULNESS,
        ),
        "relevance": _score("relevance", worst_high=False),
        GROUNDEDNESS: _score(GROUNDEDNESS, worst_high=False),
        UNJUDGED: _unjudged(FAITHFULNESS),
        "quarantined": Signal("judgements were not believed", "share", lambda facts: facts.quarantined, by_texts=True),
        "judge_usd": Signal("cost of judging an answer", "USD", lambda facts: facts.judge_usd),
        "voted": Signal(
            "requests got a vote", "share", lambda facts: (~np.isnan(facts.thumb_down)).astype(float), worst_high=False
        ),
        "thumb_up": Signal("votes were thumbs up", "share", lambda facts: 1.0 - facts.thumb_down, worst_high=False),
        "thumb_down": Signal("votes were thumbs down", "share", lambda facts: facts.thumb_down),
    }
)

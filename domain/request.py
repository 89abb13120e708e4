"""One request to the watched application, as facts: no prompt, no answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.hops import Step


class Outcome(StrEnum):
    """How a request ended, as far as its user could tell."""

    OK = "ok"
    REFUSED = "refused"
    """Answered, but the model declined; a failure of quality, not of availability."""
    TIMEOUT = "timeout"
    RATE_LIMITED = "rate limited"
    PROVIDER_ERROR = "provider error"
    """The model's provider answered 5xx, was overloaded or broke the connection."""
    APPLICATION_ERROR = "application error"
    """The application itself failed: the 5xx that is not the provider's."""
    INVALID_REQUEST = "invalid request"
    """The caller's mistake (4xx) or change of mind; counts neither for nor against the service."""

    @property
    def failed(self) -> bool:
        """Whether the service broke its promise to answer."""
        return self in _FAILED


_FAILED = {Outcome.TIMEOUT, Outcome.RATE_LIMITED, Outcome.PROVIDER_ERROR, Outcome.APPLICATION_ERROR}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What happened in one trace.

    Attributes:
        ended_at: The request belongs to the windows that contain this moment.
        latency_s: End to end; None when the clocks contradict each other.
        ttft_s: Time to first token of the model call that answered; None when it was not streamed, the source
            does not report it, or reports the end as the first token.
        tpot_s: Time per output token after the first, of the same call.
        retrieval_s: Wall time during which anything was retrieved; None where nothing was, or an end is missing.
        guardrail_s: The same of the guardrails.
        context_share: How much of its model's context window the call that answered was sent; None where the window
            is not known.
        queue_depth: How many waited, where the application reports it.
        refused: None when neither a finish reason nor the answer's text was there to tell.
        cost_nano_usd: Sum of the priced parts; failed model calls are left out (the source prices them by guess).
        unpriced_calls: Model calls that used tokens but match no price.
        is_chain: Two or more agents or tools took part.
        steps: What the agents, tools and models of a chain did; empty for anything else.
        profile: `chat`, `voice`, `rag` or `batch`: which limits suit it.
        oddities: What was wrong with the trace and how often (`negative latency`, `no root`, ...).
    """

    trace_id: str
    application: str
    started_at: datetime
    ended_at: datetime
    outcome: Outcome
    refused: bool | None = None
    latency_s: float | None = None
    ttft_s: float | None = None
    tpot_s: float | None = None
    retrieval_s: float | None = None
    guardrail_s: float | None = None
    context_share: float | None = None
    queue_depth: float | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    cost_nano_usd: int = 0
    unpriced_calls: int = 0
    is_chain: bool = False
    steps: tuple[Step, ...] = ()
    feature: str | None = None
    user_tier: str | None = None
    model: str | None = None
    provider: str | None = None
    prompt_version: str | None = None
    release: str | None = None
    user_id: str | None = None
    session_id: str | None = None
    environment: str = "default"
    profile: str | None = None
    status_message: str | None = None
    oddities: Mapping[str, int] = field(default_factory=dict)

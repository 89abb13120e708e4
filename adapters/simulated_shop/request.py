"""What is true about a simulated request, for tests and for judging the judges; never in the rows."""

from dataclasses import dataclass
from datetime import datetime

from domain.request import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedRequest:
    """The facts about one request.

    Attributes:
        fault: How the last call to the model failed, by the kinds in texts.yaml; None if it answered.
        root_failed: The request ended in an error; a failed request may also end with a fallback text.
        recovered: A first call failed, and a second one answered.
        hallucinated: None when no model answered, or the model declined.
        invention: The kind of what was invented.
        streaming_ms: From the first to the last token of the answer.
        cost_nano_usd: Exact, without failed calls, and without models that have no price.
        thumb_up: What the customer thought of it; None if the customer did not say.
    """

    trace_id: str
    started_at: datetime
    ended_at: datetime
    outcome: Outcome
    fault: str | None
    root_failed: bool
    recovered: bool
    refused: bool
    hallucinated: bool | None
    invention: str | None
    feature: str
    user_id: str
    tier: str
    session_id: str
    model: str
    prompt_version: str
    question: str
    chunks: tuple[str, ...]
    answer: str | None
    ttft_ms: int | None
    output_tokens: int
    streaming_ms: int | None
    cost_nano_usd: int
    thumb_up: bool | None

    @property
    def latency_ms(self) -> int:
        """How long the customer waited for the whole answer."""
        return round((self.ended_at - self.started_at).total_seconds() * 1_000)

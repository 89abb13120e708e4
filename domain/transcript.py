"""What was asked, what was retrieved and what was answered: the texts a judge reads. Never stored."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The texts of one request. All of it is hostile until proven otherwise.

    Attributes:
        context: What the application retrieved for this answer, passage by passage.
        observation_id: The root observation, where scores are attached.
    """

    trace_id: str
    question: str
    answer: str
    context: tuple[str, ...] = ()
    ended_at: datetime
    environment: str = "default"
    observation_id: str | None = None
    model: str | None = None

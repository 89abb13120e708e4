"""What the application's own users thought of an answer."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One thumb: up (*positive*) or down, given at *given_at* for one trace."""

    id: str
    trace_id: str
    positive: bool
    given_at: datetime

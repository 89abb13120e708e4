"""Who is told instead, when a channel takes no messages."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from domain.duration import Duration


class Fallback(BaseModel):
    """Where the messages of a channel go when it is down (`fallbacks` in app.yaml).

    Attributes:
        to: The channel that is told instead. How such an incident goes on and ends is told there, too.
        after: How long a message may wait for the first channel. What that one refuses for good goes on at once.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    to: str
    after: Duration = Field(default=timedelta(minutes=3), ge=timedelta(minutes=1), le=timedelta(days=1))

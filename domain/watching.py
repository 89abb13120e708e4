"""What the watcher must know of itself: which rules see anything, which messages are stuck, which slots are lost."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.message import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedRule:
    """One rule that must not be blind for long.

    Attributes:
        blind_after: For how long nothing may be known.
        seen_at: The last slot at which it knew anything; None if it never did.
    """

    name: str
    severity: Severity
    blind_after: timedelta
    seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelHealth:
    """How one channel does.

    Attributes:
        sent_at: When it last took a message.
        dead_at, error: When it last refused one for good (the moment, not the message's slot), and why.
        waiting_since: Since when it has been asked to take its oldest message; None where it has not been asked.
        waiting: How many wait.
    """

    name: str
    sent_at: datetime | None = None
    dead_at: datetime | None = None
    waiting_since: datetime | None = None
    waiting: int = 0
    error: str = ""

"""One message on its way through one channel."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from domain.message import Message


class DeliveryStatus(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"
    """The channel refused for good; a person must look."""
    SUPERSEDED = "superseded"
    """Never tried, and no longer true: the alert had already resolved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A row of the outbox, as a channel sees it.

    Attributes:
        id: Same on every attempt, so that a receiver can recognise a repeat.
        attempts: Attempts made before this one; more than 0 means that the receiver may already have it.
        first_tried_at: When the first attempt began.
        tried_at: When this attempt begins.
        earlier_ref: Where the first message with this key is, in the channel's own words; None if there is none.
        is_over: That the incident is over waits behind this: nobody need be called for it any more.
    """

    id: str
    channel: str
    message: Message
    attempts: int = 0
    first_tried_at: datetime | None = None
    tried_at: datetime | None = None
    earlier_ref: str | None = None
    is_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What came of one attempt to deliver.

    Attributes:
        status: SENT, DEAD, or PENDING where it is tried again at *retry_at*.
        ref: Where the message is now, in the channel's own words.
        error: Why it was not delivered.
    """

    delivery: Delivery
    ended_at: datetime
    status: DeliveryStatus
    ref: str | None = None
    error: str | None = None
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoingOn:
    """An incident that goes on, as one channel last heard of it.

    Attributes:
        message: The last message delivered that says what is wrong: firing, updated or a reminder.
        ref: Where the channel has the incident, in its own words.
        acknowledged: Who has taken it, in the words that people were told; None while nobody has.
    """

    message: Message
    ref: str | None
    acknowledged: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard:
    """A page that goes on and that no channel has taken.

    Attributes:
        errors: The last words of each channel.
    """

    key: str
    title: str
    since: datetime
    errors: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        said = "; ".join(f"{channel}: {error or 'no answer yet'}" for channel, error in self.errors)
        return f"{self.title} (decided {self.since:%-d %b %H:%M} UTC; {said})"


def delivery_id(message: Message, channel: str) -> str:
    """Return the id that this message has on this channel, whoever computes it and however often."""
    number = f"|{message.number}" if message.number else ""
    return sha256(f"{channel}|{message.key}|{message.kind}{number}".encode()).hexdigest()[:32]

"""The dispatcher: takes what waits in the outbox to its channels, one attempt each, and notes what came of it."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from alerts.channels import Channel
from domain.delivery import Delivery
from domain.errors import GoodputError, PermanentError, TransientError

DEADLINE_S = 30.0
"""One attempt, in total: a slow drip must not outlive it."""

_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=5)
_LONGEST_WISH = timedelta(minutes=15)

_log = logging.getLogger(__name__)


class Outbox(Protocol):
    """Where messages wait."""

    def claim(self, owner: str, now: datetime, limit: int = 50) -> Sequence[Delivery]:
        """Take messages that are due, under a lease."""
        ...

    def sent(self, delivery: Delivery, ref: str | None, now: datetime) -> None:
        """Mark a message as delivered."""
        ...

    def failed(self, delivery: Delivery, error: str, retry_at: datetime) -> None:
        """Put a message back for another attempt."""
        ...

    def dead(self, delivery: Delivery, error: str) -> None:
        """Give a message up."""
        ...


@dataclass(frozen=True, slots=True)
class DispatchReport:
    """What one round of delivering brought."""

    sent: int = 0
    waiting: int = 0
    dead: int = 0

    def __add__(self, other: "DispatchReport") -> "DispatchReport":
        return DispatchReport(self.sent + other.sent, self.waiting + other.waiting, self.dead + other.dead)

    def __str__(self) -> str:
        parts = [f"{self.sent} delivered", f"{self.waiting} to be tried again", f"{self.dead} given up"]
        return ", ".join(part for part in parts if not part.startswith("0 ")) or "nothing to deliver"


class Dispatcher:
    """Delivers through the channels of one application."""

    def __init__(self, outbox: Outbox, channels: Mapping[str, Channel], owner: str) -> None:
        self._outbox = outbox
        self._channels = channels
        self._owner = owner

    async def drain(self, now: datetime) -> DispatchReport:
        """Try everything that is due once, in order per channel and key; different channels at the same time."""
        report = DispatchReport()
        while batch := self._outbox.claim(self._owner, now):
            rounds = await asyncio.gather(*(self._attempt(delivery, now) for delivery in batch))
            report = sum(rounds, report)
        return report

    async def _attempt(self, delivery: Delivery, now: datetime) -> DispatchReport:
        channel = self._channels.get(delivery.channel)
        try:
            if channel is None:
                raise PermanentError(f"there is no channel {delivery.channel!r} any more")
            ref = await asyncio.wait_for(asyncio.to_thread(channel.send, delivery), DEADLINE_S)
        except TimeoutError:
            return self._again(delivery, now, TransientError(f"no answer within {DEADLINE_S:.0f} s"))
        except TransientError as error:
            return self._again(delivery, now, error)
        except GoodputError as error:
            _log.error("%s refused %s for good: %s", delivery.channel, delivery.message.key, error)
            self._outbox.dead(delivery, str(error))
            return DispatchReport(dead=1)
        self._outbox.sent(delivery, ref, now)
        return DispatchReport(sent=1)

    def _again(self, delivery: Delivery, now: datetime, error: TransientError) -> DispatchReport:
        pause = pause_before(delivery, error.retry_after_s)
        _log.warning("%s: %s; again in %.0f s", delivery.channel, error, pause.total_seconds())
        self._outbox.failed(delivery, str(error), now + pause)
        return DispatchReport(waiting=1)


def pause_before(delivery: Delivery, wish_s: float | None) -> timedelta:
    """Return how long to wait before the next attempt: what the channel asked for, else doubling with jitter.

    The jitter comes from the delivery's id, so that many messages spread out and every run agrees.
    """
    if wish_s is not None:
        return min(timedelta(seconds=max(wish_s, 1.0)), _LONGEST_WISH)
    ceiling = min(_FIRST_PAUSE * 2 ** min(delivery.attempts, 10), _LONGEST_PAUSE)
    place: float = int.from_bytes(sha256(f"{delivery.id}|{delivery.attempts}".encode()).digest()[:4]) / 2**32
    return max(timedelta(seconds=ceiling.total_seconds() * place), timedelta(seconds=1))

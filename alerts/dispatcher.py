"""The dispatcher: takes what waits in the outbox to its channels, one attempt each, and notes what came of it."""

import asyncio
import contextvars
import logging
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Protocol

from alerts.channels import Channel
from domain.delivery import Delivery
from domain.errors import GoodputError, PermanentError, TransientError

DEADLINE_S = 45.0
"""One attempt, in total: a slow drip must not outlive it."""

_SHORTEST_PAUSE = timedelta(seconds=1)
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

    def dead(self, delivery: Delivery, error: str, now: datetime) -> None:
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

    def __init__(
        self, outbox: Outbox, channels: Mapping[str, Channel], owner: str, *, deadline_s: float = DEADLINE_S
    ) -> None:
        self._outbox = outbox
        self._channels = channels
        self._owner = owner
        self._deadline_s = deadline_s

    async def drain(self, now: datetime) -> DispatchReport:
        """Try everything that is due once, in order per channel and key; different channels at the same time.

        Raises:
            Exception: What the outbox raised, after every other delivery of the batch has been tried and noted.
        """
        report = DispatchReport()
        while batch := self._outbox.claim(self._owner, now):
            attempts = await asyncio.gather(*(self._attempt(one, now) for one in batch), return_exceptions=True)
            for attempt in attempts:
                if isinstance(attempt, BaseException):
                    raise attempt
                report += attempt
        return report

    async def _attempt(self, delivery: Delivery, now: datetime) -> DispatchReport:
        channel = self._channels.get(delivery.channel)
        if channel is None:
            return self._given_up(delivery, now, PermanentError(f"there is no channel {delivery.channel!r} any more"))
        try:
            ref = await asyncio.wait_for(_in_own_thread(channel.send, delivery), self._deadline_s)
        except TimeoutError:
            return self._again(delivery, now, TransientError(f"no answer within {self._deadline_s:g} s"))
        except TransientError as error:
            return self._again(delivery, now, error)
        except GoodputError as error:
            return self._given_up(delivery, now, error)
        except Exception as error:  # noqa: BLE001 - a bug in one channel must not keep the others from being told
            return self._again(delivery, now, _unexpected(delivery, error))
        self._outbox.sent(delivery, ref, now)
        return DispatchReport(sent=1)

    def _given_up(self, delivery: Delivery, now: datetime, error: GoodputError) -> DispatchReport:
        _log.error("%s will never take %s: %s", delivery.channel, delivery.message.key, error)
        self._outbox.dead(delivery, str(error), now)
        return DispatchReport(dead=1)

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
        shortest, longest = _SHORTEST_PAUSE.total_seconds(), _LONGEST_WISH.total_seconds()
        return timedelta(seconds=min(max(shortest, wish_s), longest))
    ceiling = min(_FIRST_PAUSE * 2 ** min(delivery.attempts, 10), _LONGEST_PAUSE)
    place: float = int.from_bytes(sha256(f"{delivery.id}|{delivery.attempts}".encode()).digest()[:4]) / 2**32
    return max(timedelta(seconds=ceiling.total_seconds() * place), _SHORTEST_PAUSE)


def _unexpected(delivery: Delivery, error: Exception) -> TransientError:
    """Log a bug, and let the message wait for the mending of it.

    The error's own words are left out: nobody has checked that there is no secret in them.
    """
    where = "".join(traceback.format_tb(error.__traceback__))
    name = type(error).__name__
    _log.error("%s: unexpected %s; this is a bug in the channel:\n%s", delivery.channel, name, where)
    return TransientError(f"unexpected {name}")


async def _in_own_thread(send: Callable[[Delivery], str | None], delivery: Delivery) -> str | None:
    """Run *send* in a thread of its own, which nobody waits for once it is late.

    In asyncio's shared pool a few channels that hang would hold every thread: the others would not even be tried.
    """
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[str | None] = loop.create_future()

    def tell(set_outcome: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # too late: the loop is closed
            loop.call_soon_threadsafe(lambda: None if outcome.done() else set_outcome())

    def work() -> None:
        try:
            ref = send(delivery)
        except Exception as error:  # noqa: BLE001 - carried over to the waiting side
            tell(partial(outcome.set_exception, error))
        else:
            tell(partial(outcome.set_result, ref))

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(work,), name=f"send {delivery.channel}", daemon=True).start()
    return await outcome

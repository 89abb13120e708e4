"""The dispatcher: takes what waits in the outbox to its channels and notes what came of every attempt."""

import asyncio
import contextvars
import logging
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any, Protocol

from alerts.channels import Channel
from domain.delivery import Attempt, Delivery, DeliveryStatus
from domain.errors import GoodputError, PermanentError, TransientError
from domain.fallback import Fallback

DEADLINE_S = 45.0
"""One attempt, in total: a slow drip must not outlive it."""

_SHORTEST_PAUSE = timedelta(seconds=1)
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=5)
_LONGEST_WISH = timedelta(minutes=15)
_LONGEST_ROUND = timedelta(minutes=5)
_SAME_MOMENT_S = 0.005
_OF_ONE_CHANNEL, _AT_A_TIME = 16, 16

_log = logging.getLogger(__name__)


class Outbox(Protocol):
    """Where messages wait."""

    def claim(self, owner: str, now: datetime, limit: int = 50, but_not: Collection[str] = ()) -> Sequence[Delivery]:
        """Take messages that are due, under a lease, but not those of some channels."""
        ...

    def settle(self, attempts: Sequence[Attempt], owner: str) -> None:
        """Note what came of these attempts, all in one transaction."""
        ...

    def divert(self, fallbacks: Mapping[str, Fallback], now: datetime) -> int:
        """Give what a channel does not take to the one behind it; return how many messages."""
        ...


@dataclass(frozen=True, slots=True)
class DispatchReport:
    """What one round of delivering brought."""

    sent: int = 0
    waiting: int = 0
    dead: int = 0

    @classmethod
    def of(cls, attempts: Iterable[Attempt]) -> "DispatchReport":
        """Count what came of *attempts*."""
        times = Counter(attempt.status for attempt in attempts)
        return cls(times[DeliveryStatus.SENT], times[DeliveryStatus.PENDING], times[DeliveryStatus.DEAD])

    def __add__(self, other: "DispatchReport") -> "DispatchReport":
        return DispatchReport(self.sent + other.sent, self.waiting + other.waiting, self.dead + other.dead)

    def __str__(self) -> str:
        parts = [f"{self.sent} delivered", f"{self.waiting} to be tried again", f"{self.dead} given up"]
        return ", ".join(part for part in parts if not part.startswith("0 ")) or "nothing to deliver"


class Dispatcher:
    """Delivers through the channels of one application.

    Args:
        owner: Who claims, for the lease and the log of attempts.
        fallbacks: Who is told instead, by channel.
        at_once: So many are under way at the same time: one that hangs holds nobody else up.
    """

    def __init__(
        self,
        outbox: Outbox,
        channels: Mapping[str, Channel],
        owner: str,
        *,
        fallbacks: Mapping[str, Fallback] | None = None,
        deadline_s: float = DEADLINE_S,
        at_once: int = 128,
    ) -> None:
        self._outbox = outbox
        self._channels = channels
        self._owner = owner
        self._fallbacks = fallbacks or {}
        self._deadline_s = deadline_s
        self._at_once = at_once

    async def drain(self, now: Callable[[], datetime]) -> DispatchReport:
        """Try everything that is due, in order per channel and key, until nothing is.

        Args:
            now: Returns what time it is: a lease counts from the moment of its claim.

        Raises:
            Exception: What the outbox raised, after everything that was under way has been tried and noted.
        """
        round_ = _Round(self._outbox, self._owner)
        ends = now() + _LONGEST_ROUND
        goes_on = True
        while goes_on:
            if round_.error is None and now() < ends:
                with round_.remembering():
                    self._start(round_, now)
            goes_on = bool(round_.under_way)
            if goes_on:
                await round_.wait()
            elif round_.error is None and now() < ends:
                with round_.remembering():
                    goes_on = self._outbox.divert(self._fallbacks, now()) > 0
        if round_.error is not None:
            raise round_.error
        return round_.report

    def _start(self, round_: "_Round", now: Callable[[], datetime]) -> None:
        """Claim as many as there is room for, and begin to send them; one channel takes no more than its part."""
        while (room := self._at_once - len(round_.under_way)) > 0:
            asked = min(room, _AT_A_TIME)
            claimed = self._outbox.claim(self._owner, now(), asked, round_.busy)
            for delivery in claimed:
                round_.begin(delivery, self._attempt(delivery, now))
            if len(claimed) < asked:
                return

    async def _attempt(self, delivery: Delivery, now: Callable[[], datetime]) -> Attempt:
        channel = self._channels.get(delivery.channel)
        if channel is None:
            return _given_up(delivery, now(), PermanentError(f"there is no channel {delivery.channel!r} any more"))
        try:
            ref = await asyncio.wait_for(_in_own_thread(channel.send, delivery), self._deadline_s)
        except TimeoutError:
            return _again(delivery, now(), TransientError(f"no answer within {self._deadline_s:g} s"))
        except TransientError as error:
            return _again(delivery, now(), error)
        except GoodputError as error:
            return _given_up(delivery, now(), error)
        except Exception as error:  # noqa: BLE001 - a bug in one channel must not keep the others from being told
            return _again(delivery, now(), _unexpected(delivery, error))
        return Attempt(delivery=delivery, ended_at=now(), status=DeliveryStatus.SENT, ref=ref)


class _Round:
    """The attempts of one round: those under way, and what came of the others."""

    def __init__(self, outbox: Outbox, owner: str) -> None:
        self.under_way: dict[asyncio.Task[Attempt], str] = {}
        self.report = DispatchReport()
        self.error: Exception | None = None
        self._outbox = outbox
        self._owner = owner

    @property
    def busy(self) -> list[str]:
        """The channels that have enough to do."""
        return [channel for channel, times in Counter(self.under_way.values()).items() if times >= _OF_ONE_CHANNEL]

    def begin(self, delivery: Delivery, attempt: Coroutine[Any, Any, Attempt]) -> None:
        """Begin an attempt."""
        self.under_way[asyncio.create_task(attempt)] = delivery.channel

    async def wait(self) -> None:
        """Wait until something has come of an attempt, and note it with what comes at the same moment."""
        await asyncio.wait(self.under_way, return_when=asyncio.FIRST_COMPLETED)
        if len(self.under_way) > 1:
            await asyncio.sleep(_SAME_MOMENT_S)
        attempts = [task.result() for task in self.under_way if task.done()]
        self.under_way = {task: channel for task, channel in self.under_way.items() if not task.done()}
        with self.remembering():
            self._outbox.settle(attempts, self._owner)
            self.report += DispatchReport.of(attempts)

    @contextmanager
    def remembering(self) -> Iterator[None]:
        """Remember what the outbox raises until all that is under way has been tried."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - drain raises it
            self.error = self.error or error


def _given_up(delivery: Delivery, now: datetime, error: GoodputError) -> Attempt:
    _log.error("%s will never take %s: %s", delivery.channel, delivery.message.key, error)
    return Attempt(delivery=delivery, ended_at=now, status=DeliveryStatus.DEAD, error=str(error))


def _again(delivery: Delivery, now: datetime, error: TransientError) -> Attempt:
    pause = pause_before(delivery, error.retry_after_s)
    _log.warning("%s: %s; again in %.0f s", delivery.channel, error, pause.total_seconds())
    status = DeliveryStatus.PENDING
    return Attempt(delivery=delivery, ended_at=now, status=status, error=str(error), retry_at=now + pause)


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

"""How many calls wait for an endpoint at a time, and how often it is asked: as much as it takes, no more.

Concurrency grows by one for each full round of answers and is halved by a refusal (additive increase, multiplicative
decrease: Chiu & Jain 1989); the bucket holds to the endpoint's own requests per minute.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.judges.unusable import UnusableError
from domain.judgement import FailureReason

_BURST = 0.1  # of a minute's requests
_UNASKED_WAIT_S = 1.0
_LONGEST_WAIT_S = 60.0
_HOPELESS = 6


class Pace:
    """The pace towards one endpoint, shared by everybody in this process who asks it."""

    def __init__(self, most: int, per_minute: int | None = None) -> None:
        self._most = most
        self._allowed = float(most)
        self._running = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._per_s = per_minute / 60 if per_minute else None
        self._burst = max(1.0, per_minute * _BURST) if per_minute else 0.0
        self._tokens = self._burst
        self._filled_at: float | None = None
        self._closed_until = 0.0
        self._slowed_at = float("-inf")
        self._refusals = 0

    @property
    def allowed(self) -> int:
        """How many calls may wait for an answer now."""
        return max(1, int(self._allowed))

    @asynccontextmanager
    async def turn(self, until: float | None = None) -> AsyncIterator[float]:
        """Wait for a turn, and have it as long as the block lasts; the value is the time at which it began.

        Args:
            until: The time of the loop after which a turn is of no use.

        Raises:
            UnusableError: There was none in time, or the endpoint has refused so often, or asks for so long a pause,
                that asking again makes no sense in this run.
        """
        try:
            async with asyncio.timeout_at(until):
                await self._enter()
        except TimeoutError:
            raise UnusableError(FailureReason.TIMEOUT, "too many others were waiting for the judge") from None
        try:
            await self._wait_for_the_endpoint(until)
            yield _now()
        finally:
            self._leave()

    def went_well(self) -> None:
        """Note that a call was answered: a little more is allowed."""
        self._refusals = 0
        self._allowed = min(self._most, self._allowed + 1 / max(1.0, self._allowed))

    def was_refused(self, began: float, wait_s: float | None) -> None:
        """Note that a call which began then was too much: half as much is allowed, once for all calls of that time."""
        if began > self._slowed_at:
            self._allowed = max(1.0, self._allowed / 2)
            self._slowed_at = _now()
            self._refusals += 1
        unasked = min(_UNASKED_WAIT_S * 2 ** (self._refusals - 1), _LONGEST_WAIT_S)
        self._closed_until = max(self._closed_until, _now() + (unasked if wait_s is None else wait_s))

    async def _enter(self) -> None:
        """Take a place; where all are taken, whoever leaves hands theirs to the one who has waited longest."""
        if self._running < self.allowed and not self._waiting:
            self._running += 1
            return
        place = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.cancelled():
                self._waiting.remove(place)
            else:
                self._leave()
            raise

    def _leave(self) -> None:
        self._running -= 1
        while self._waiting and self._running < self.allowed:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                self._running += 1

    async def _wait_for_the_endpoint(self, until: float | None) -> None:
        while True:
            self._refuse_if_hopeless()
            wait_s = max(self._closed_until - _now(), self._until_token_s())
            if wait_s <= 0:
                break
            if until is not None and _now() + wait_s >= until:
                raise UnusableError(FailureReason.RATE_LIMITED, f"the endpoint wants a pause of {wait_s:.3g} s")
            await asyncio.sleep(wait_s)
        if self._per_s is not None:
            self._tokens -= 1

    def _refuse_if_hopeless(self) -> None:
        pause_s = self._closed_until - _now()
        if self._refusals >= _HOPELESS:
            raise UnusableError(FailureReason.RATE_LIMITED, f"{self._refusals} refusals in a row: not asked again")
        if pause_s > _LONGEST_WAIT_S:
            raise UnusableError(FailureReason.RATE_LIMITED, f"the endpoint wants a pause of {pause_s:.0f} s")

    def _until_token_s(self) -> float:
        if self._per_s is None:
            return 0.0
        now = _now()
        since = 0.0 if self._filled_at is None else now - self._filled_at
        self._tokens, self._filled_at = min(self._burst, self._tokens + since * self._per_s), now
        return 0.0 if self._tokens >= 1 else (1 - self._tokens) / self._per_s


def _now() -> float:
    return asyncio.get_running_loop().time()

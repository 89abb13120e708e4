"""What judging may cost: reserved before a call for the worst case, settled after it, never beyond the day's cap.

The ledger outlives the process and is shared by all of them. A purse takes from it in handfuls, so that a call costs no
transaction; what a killed process had in its hands stays spent, because nobody knows better.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from adapters.judges.chat import Message, Usage
from adapters.judges.configuration import Endpoint
from domain.money import nano_usd
from domain.price_kinds import INPUT, OUTPUT
from domain.prices import Article, PriceTable

_HANDFULS = 20
_AROUND_A_MESSAGE = 64  # tokens; roles, separators, the wrapping of a schema


class Ledger(Protocol):
    """Where the spending of a day is kept, for all processes."""

    def reserve(self, day: date, at_least: int, at_most: int, cap: int | None) -> int:
        """Set aside *at_least* to *at_most* nano-USD of what *cap* leaves of the day; 0 if that is too much."""
        ...

    def settle(self, day: date, reserved: int, spent: int) -> None:
        """Give back what was set aside, and note what of it was spent."""
        ...


@dataclass(frozen=True, slots=True)
class Tariff:
    """What tokens cost, in nano-USD a million.

    Attributes:
        cliffs: What all tokens of a call cost into which more than so many go; the highest first.
    """

    input_nano_per_million: int
    output_nano_per_million: int
    cliffs: tuple[tuple[int, "Tariff"], ...] = ()

    @classmethod
    def of(cls, endpoint: Endpoint, prices: PriceTable, at: datetime) -> "Tariff | None":
        """Return the price that the configuration names, else that of the table, or None if nobody knows it."""
        if endpoint.price is not None:
            own = endpoint.price
            return cls(nano_usd(own.input_usd_per_million), nano_usd(own.output_usd_per_million))
        entry = prices.find(Article(endpoint.model), at)
        if entry is None or not {INPUT, OUTPUT} <= entry.usd_per_million.keys():
            return None
        *cliffs, (_, plain) = entry.bands
        return cls(
            plain[INPUT], plain[OUTPUT], tuple((above, cls(rates[INPUT], rates[OUTPUT])) for above, rates in cliffs)
        )

    def cost(self, usage: Usage) -> int:
        """Return what *usage* costs in nano-USD, rounded up: a cap is never exceeded by rounding."""
        for above, rates in self.cliffs:
            if usage.input_tokens > above:
                return rates.cost(usage)
        total = usage.input_tokens * self.input_nano_per_million + usage.output_tokens * self.output_nano_per_million
        return -(-total // 1_000_000)

    def worst(self, messages: Sequence[Message], schema: str, most_output: int) -> int:
        """Return the most that a call may cost: no token is shorter than a byte of UTF-8."""
        texts = [schema, *(message.content for message in messages)]
        tokens = sum(len(text.encode(errors="replace")) + _AROUND_A_MESSAGE for text in texts)
        return self.cost(Usage(tokens, most_output))


class Purse:
    """What this process may spend on judging one application, on the day on which a run begins to spend."""

    def __init__(self, ledger: Ledger, cap_nano_usd: int | None, now: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._cap = cap_nano_usd
        self._now = now
        self._day: date | None = None
        self._reserved = 0
        self._left = 0
        self._spent = 0
        self._under_way = 0
        self._came_back = asyncio.Event()

    async def allow(self, worst_nano_usd: int, within_s: float) -> bool:
        """Take as `take` does, but wait *within_s* for what calls under way have set aside and may not need."""
        try:
            async with asyncio.timeout(within_s):
                while not self.take(worst_nano_usd):
                    if not self._under_way:
                        return False
                    self._came_back.clear()
                    await self._came_back.wait()
        except TimeoutError:
            return False
        return True

    def take(self, worst_nano_usd: int) -> bool:
        """Set *worst_nano_usd* aside for one call; False if the day's cap does not leave as much."""
        if self._cap is None:
            self._under_way += 1
            return True
        self._day = self._day or self._now().date()
        if self._left < worst_nano_usd:
            handful = max(worst_nano_usd, self._cap // _HANDFULS)
            granted = self._ledger.reserve(self._day, worst_nano_usd - self._left, handful, self._cap)
            self._reserved += granted
            self._left += granted
        if self._left < worst_nano_usd:
            return False
        self._left -= worst_nano_usd
        self._under_way += 1
        return True

    def put_back(self, worst_nano_usd: int, spent_nano_usd: int) -> None:
        """Settle one call: what it cost of what was set aside for it."""
        self._day = self._day or self._now().date()
        self._left += worst_nano_usd - spent_nano_usd
        self._spent += spent_nano_usd
        self._under_way -= 1
        self._came_back.set()

    def settle(self) -> None:
        """Settle with the ledger what this process did; to be called when no call is under way."""
        if self._day is not None and (self._reserved or self._spent):
            self._ledger.settle(self._day, self._reserved, self._spent)
        self._day = None
        self._reserved = self._left = self._spent = 0

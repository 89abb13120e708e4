"""One price of one model, from one day on. A change of price is a new entry, never an edit."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from domain.money import nano_usd
from domain.price_kinds import STANDS_FOR, Used, kind_of
from domain.price_patterns import ModelPattern

MOST_NANO_USD = 10**15
"""A call that costs more than a million dollars is a mistake of whoever says so, and would drown every sum."""

UNITS = 1_000_000
"""Prices are those of so many units."""

ServiceTier = Literal["batch", "flex", "priority", "fast", "scale", "reserved", "performance"]
"""What providers sell besides the standard service, by the words of their answers; batch is a way of asking."""

Dollars = Annotated[Decimal, Field(ge=0, le=100_000, decimal_places=9)]
"""To the nano-USD, so that sums are exact. 0 is a price."""


class Cliff(BaseModel):
    """What all units of a call cost once more than *above* went in, cached or not: not only those beyond it.

    Exactly *above* is not yet more, as in the catalogue genai-prices.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    above: int = Field(gt=0)
    usd_per_million: Mapping[str, Dollars] = Field(min_length=1)

    @field_validator("usd_per_million")
    @classmethod
    def _by_kind(cls, written: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
        return by_kind(written)


class Price(BaseModel):
    """What one model costs from midnight UTC of one day on, until the next entry of the same.

    Attributes:
        model: Regular expression that the whole model name must match, in any case of letters, as it is or without what
            a gateway puts before it: `openai/gpt-4o` is `gpt-4o`.
        provider: Only calls to it, as traces name it (`azure.ai.openai`); any if left out.
        service_tier: Only calls at this tier; left out, only those at the standard one.
        usd_per_million: Price of a million units of each kind; a kind that is not named has no price.
        cliffs: Higher prices for long inputs.
        source: Where the price was read, and when.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field(min_length=1)
    provider: str | None = Field(None, min_length=1, max_length=100)
    service_tier: ServiceTier | None = None
    effective_from: date
    usd_per_million: Mapping[str, Dollars] = Field(min_length=1)
    cliffs: tuple[Cliff, ...] = ()
    source: str

    @field_validator("model")
    @classmethod
    def _is_a_pattern(cls, written: str) -> str:
        ModelPattern.of(written)
        return written

    @field_validator("usd_per_million")
    @classmethod
    def _by_kind(cls, written: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
        return by_kind(written)

    @model_validator(mode="after")
    def _cliffs_rise(self) -> Self:
        starts = [cliff.above for cliff in self.cliffs]
        if starts != sorted(set(starts)):
            raise ValueError("cliffs: each is above the one before it")
        if any(cliff.usd_per_million.keys() != self.usd_per_million.keys() for cliff in self.cliffs):
            raise ValueError("cliffs: they price the same kinds as usd_per_million")
        return self

    @cached_property
    def pattern(self) -> ModelPattern:
        """The compiled *model*."""
        return ModelPattern.of(self.model)

    @cached_property
    def bands(self) -> tuple[tuple[int, Mapping[str, int]], ...]:
        """Above how much input which rates count, in nano-USD for a million of each kind; the highest first."""
        plain = ((0, self.usd_per_million), *((cliff.above, cliff.usd_per_million) for cliff in self.cliffs))
        return tuple((above, _rates(prices)) for above, prices in reversed(plain))

    @property
    def same(self) -> tuple[str, str, str, date]:
        """What no two entries have in common: then one of them could never count."""
        return self.model, (self.provider or "").lower(), self.service_tier or "", self.effective_from

    def rates(self, input_units: int) -> Mapping[str, int]:
        """Return the rates for a call into which so much went, in nano-USD for a million of each kind."""
        return next((rates for above, rates in self.bands if input_units > above), self.bands[-1][1])

    def cost_nano_usd(self, of: Used) -> int | None:
        """Return what was used costs, rounded half to even; None if a kind has no price, or no call could cost so much.

        Each call is rounded for itself, as it is billed: sums of calls are exact from there on.
        """
        rates = self.rates(of.input) if self.cliffs else self.bands[-1][1]
        total = 0
        for kind, count in of.units.items():
            rate = rates.get(kind)
            if rate is None:
                return None
            total += rate * count
        cost = round_half_even(total, UNITS)
        return cost if cost <= MOST_NANO_USD else None


def by_kind(written: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
    """Return prices by our kinds.

    Raises:
        ValueError: Two names lead to the same kind.
    """
    found: dict[str, Decimal] = {}
    for name, price in written.items():
        kind = kind_of(name)
        if kind in found:
            raise ValueError(f"{name!r} is {kind}, which has a price already")
        found[kind] = price
    return found


def round_half_even(numerator: int, denominator: int) -> int:
    """Return the quotient of two whole numbers, none negative, rounded half to even; exact for any size.

    >>> [round_half_even(n, 2) for n in (1, 3, 5)]
    [0, 2, 2]
    """
    whole, left = divmod(numerator, denominator)
    return whole + (left * 2 > denominator or (left * 2 == denominator and whole & 1))


def _rates(prices: Mapping[str, Decimal]) -> Mapping[str, int]:
    rates = {kind: nano_usd(price) for kind, price in prices.items()}
    return rates | {kind: rates[as_] for kind, as_ in STANDS_FOR.items() if kind not in rates and as_ in rates}

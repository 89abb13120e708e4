"""Dated prices of models, for calls whose cost the trace source does not know."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field

from domain.money import nano_usd


class Price(BaseModel):
    """What one model costs from one day on. A change of price is a new entry, never an edit.

    Attributes:
        model: Regular expression that the whole model name must match.
        usd_per_million: Price of a million tokens of each usage kind, as the source names the kinds.
        source: Where the price was read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    effective_from: date
    usd_per_million: Mapping[str, Decimal] = Field(min_length=1)
    source: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The compiled *model*."""
        return re.compile(self.model)


class PriceTable(BaseModel):
    """All prices; of those that match a model, the one that took effect last counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prices: tuple[Price, ...] = ()

    def cost_nano_usd(self, model: str | None, usage: Mapping[str, int], at: datetime) -> int | None:
        """Return what *usage* cost at that time, or None if the model or any kind of token has no price."""
        price = self._find(model, at.date()) if model else None
        if price is None:
            return None
        kinds = {kind: tokens for kind, tokens in usage.items() if kind != "total" and tokens}
        if not kinds.keys() <= price.usd_per_million.keys():
            return None
        return nano_usd(sum((price.usd_per_million[kind] * n for kind, n in kinds.items()), Decimal()) / 1_000_000)

    def _find(self, model: str, day: date) -> Price | None:
        matching = [p for p in self.prices if p.effective_from <= day and p.pattern.fullmatch(model)]
        return max(matching, key=lambda price: price.effective_from, default=None)

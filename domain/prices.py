"""Dated prices of models, for calls whose cost the trace source does not know.

Which price counts: that of the operator's own table before that of the shipped one; of a table, an entry for the call's
provider before one for any; then the pattern that spells out more characters of the name; then the later day, and of
one day the entry that stands later. Days are those of UTC, and the call's start decides, however long it takes.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache, cached_property
from operator import attrgetter
from typing import NamedTuple, Self

from pydantic import BaseModel, ConfigDict, PrivateAttr, model_validator

from domain.price_entry import Price
from domain.price_kinds import used
from domain.price_patterns import spellings
from domain.window import utc

_start = attrgetter("start")
_MOST_REMEMBERED = 10_000
"""Articles whose history is kept at hand; names are written by strangers, who may make up any number of them."""


class Article(NamedTuple):
    """What a price is asked for: a model, of a provider and at a service tier where they are known."""

    model: str
    provider: str | None = None
    service_tier: str | None = None


class Period(NamedTuple):
    """A price of an article, from one day until the next period; None where it has none."""

    start: date
    price: Price | None


class PriceTable(BaseModel):
    """All prices, and how the one that counts is found."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prices: tuple[Price, ...] = ()

    _beneath: "Callable[[], PriceTable] | None" = PrivateAttr(None)

    @model_validator(mode="after")
    def _no_two_on_one_day(self) -> Self:
        for earlier, later in twins(self.prices):
            raise ValueError(f"prices.{later}: {words_of_twins(self.prices[later])}, prices.{earlier}")
        return self

    def over(self, beneath: "Callable[[], PriceTable]") -> "PriceTable":
        """Return this table before another one, which is asked for, once, where this one has no price."""
        both = PriceTable.model_construct(prices=self.prices)
        both._beneath = cache(beneath)  # noqa: SLF001 - its own
        return both

    @property
    def every(self) -> Sequence[Price]:
        """All entries, those of the table beneath last."""
        return (*self.prices, *self._beneath().every) if self._beneath else self.prices

    def cost_nano_usd(
        self,
        model: str | None,
        usage: Mapping[str, int],
        at: datetime,
        *,
        provider: str | None = None,
        service_tier: str | None = None,
    ) -> int | None:
        """Return what *usage* cost in a call that started then, or None if anything of it has no price.

        Args:
            service_tier: Where the names of the usage tell none.
        """
        if not model:
            return None
        of = used(usage)
        price = self.find(Article(model, provider, of.service_tier or service_tier), at)
        return None if price is None else price.cost_nano_usd(of)

    def find(self, article: Article, at: datetime) -> Price | None:
        """Return the entry that counts for a call that started then, or None."""
        periods = self.history(article)
        place = bisect_right(periods, utc(at).date(), key=_start)
        return periods[place - 1].price if place else None

    def history(self, article: Article) -> Sequence[Period]:
        """Return every period in which one entry counts for *article*, oldest first, those to come included."""
        known = self.histories.get(article)
        if known is None:
            if len(self.histories) >= _MOST_REMEMBERED:
                self.histories.clear()
            known = self.histories[article] = tuple(self._periods(article))
        return known

    @cached_property
    def histories(self) -> dict[Article, Sequence[Period]]:
        """What was found before."""
        return {}

    def _periods(self, article: Article) -> Iterable[Period]:
        own = _matching(self.prices, article)
        beneath = self._beneath().history(article) if self._beneath else ()
        starts = sorted({price.effective_from for price in own} | {period.start for period in beneath})
        before = None
        for start in starts:
            counts = next((price for price in own if price.effective_from <= start), None)
            if counts is None:
                counts = next((period.price for period in reversed(beneath) if period.start <= start), None)
            if counts is not before:
                yield Period(start, counts)
            before = counts


def twins(prices: Sequence[Price]) -> Iterable[tuple[int, int]]:
    """Yield the places of entries for the same model, provider, tier and day: of the first and of another."""
    places: dict[object, int] = {}
    for place, price in enumerate(prices):
        if (first := places.setdefault(price.same, place)) != place:
            yield first, place


def words_of_twins(price: Price) -> str:
    """Say what is wrong with the second of two."""
    return f"{price.model!r} has another price from {price.effective_from} on"


def _matching(prices: Sequence[Price], article: Article) -> Sequence[Price]:
    """Return the entries that are for *article*, the one that counts before all others first."""
    names, provider = spellings(article.model), (article.provider or "").lower()
    found = [
        ((price.provider is not None, price.pattern.fixed, price.effective_from, place), price)
        for place, price in enumerate(prices)
        if price.service_tier == article.service_tier
        and (price.provider is None or price.provider.lower() == provider)
        and price.pattern.matches(names)
    ]
    return [price for _, price in sorted(found, key=lambda one: one[0], reverse=True)]

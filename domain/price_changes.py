"""What a catalogue of prices has that a table does not: entries to add, never one to edit or to remove."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from domain.price_entry import Price
from domain.prices import Article, Period, PriceTable

SINCE_EVER = date(2020, 1, 1)
"""From when a price is said to count where the catalogue names no day: for as long as the model exists."""

CATALOGUE = "genai-prices"
"""How the source of an entry begins that was read there; entries of any other source are somebody's own."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a catalogue says of one article: its prices, oldest first, those to come included.

    Attributes:
        names: Names that models of the listing have; prices are compared under the first.
    """

    names: Sequence[str]
    prices: Sequence[Price]

    @property
    def article(self) -> Article:
        """What is priced."""
        return Article(self.names[0], self.prices[0].provider, self.prices[0].service_tier)


@dataclass(frozen=True, slots=True)
class NewPrice:
    """An entry to add, and the one that counts on that day without it."""

    price: Price
    before: Price | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What came of a comparison.

    Attributes:
        new: Entries to add.
        own: What costs other than the catalogue says because somebody wrote a price of their own; it is left alone.
    """

    new: Sequence[NewPrice]
    own: Sequence[Article]


def compare(listings: Iterable[Listing], table: PriceTable, today: date) -> Changes:
    """Return what has to be added to *table* so that it says from *today* on what the catalogue says.

    The past stays as it is: a price that changed on a day that the catalogue names counts from that day, if the table
    knows nothing later; one that changed on an unknown day counts from today. What the table does not know at all is
    added with everything that the catalogue remembers of it.
    """
    new: list[NewPrice] = []
    own: list[Article] = []
    for listing in listings:
        known = table.history(listing.article)
        if any(period.price is not None and not _is_listed(period.price) for period in known):
            if not _alike(table.find(listing.article, _midnight(today)), _last(listing, today)):
                own.append(listing.article)
        elif not any(period.price for period in known):
            new += [NewPrice(price, None) for price in listing.prices]
        else:
            new += _changed(listing, table, known, today)
    return Changes(new, own)


def _changed(listing: Listing, table: PriceTable, known: Sequence[Period], today: date) -> Iterable[NewPrice]:
    newest, current = known[-1].start, _last(listing, today)
    added: Price | None = None
    for price in listing.prices:
        start = price.effective_from
        if start <= min(newest, today):
            if price is not current:
                continue
            start = today
        here = next((period.price for period in known if period.start == start), None)
        if _alike(here, price) and any(one is here for one in table.prices):
            added = None  # it stands beside what is added, and counts from its day on
            continue
        before = added or table.find(listing.article, _midnight(start))
        if not _alike(before, price):
            added = _from(start, price, before, table)
            yield NewPrice(added, before)


def _from(day: date, price: Price, before: Price | None, table: PriceTable) -> Price:
    """Return the entry from *day* on, or from the first day after it that has none.

    Its pattern is as specific as that of the entry which it follows.
    """
    model = before.model if before is not None and before.pattern.fixed > price.pattern.fixed else price.model
    moved = Price.model_validate(price.model_dump() | {"effective_from": day, "model": model})
    if any(one.same == moved.same for one in table.prices):
        return _from(day + timedelta(days=1), price, before, table)
    return moved


def _last(listing: Listing, today: date) -> Price | None:
    return next((price for price in reversed(listing.prices) if price.effective_from <= today), None)


def _is_listed(price: Price) -> bool:
    return price.source.startswith(CATALOGUE)


def _alike(one: Price | None, other: Price | None) -> bool:
    """Whether two entries cost the same for whatever both have a price for; the catalogue knows no other kinds."""
    return one is other or (one is not None and other is not None and one.bands == other.bands)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)

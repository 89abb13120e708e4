"""Pricing of many calls at once: the same arithmetic as one by one, to the nano-USD, in columns.

Calls of one article in one period and of one band of input have the same rates, so their cost is one product of tokens
and rates. Everything is whole numbers: rates and the million that they are for are divided by what they have in common,
which leaves room in 64 bits for any call that a person could pay for. Others are priced one by one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import gcd

import numpy as np
from numpy.typing import NDArray

from domain.price_entry import MOST_NANO_USD, UNITS, Price, round_half_even
from domain.price_kinds import is_input
from domain.prices import Article, PriceTable

Whole = NDArray[np.int64]
Chosen = NDArray[np.int64]

_AT_ONCE = 1 << 17
"""Rows whose columns stay near the processor while they are worked on."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """Columns of many calls; row n of each is call n.

    Attributes:
        articles: What was called.
        article: For each call the place of its article in *articles*.
        started_us: When it started, in microseconds since 1970, UTC.
        units: What it used by kind, each unit once (`domain.price_kinds.used`); not negative.
    """

    articles: Sequence[Article]
    article: NDArray[np.integer]
    started_us: Whole
    units: Mapping[str, Whole]

    def __len__(self) -> int:
        return len(self.article)


@dataclass(frozen=True, slots=True)
class Priced:
    """What calls cost: nano-USD for each, 0 where it has no price, and which have one."""

    cost_nano_usd: Whole
    has_price: NDArray[np.bool_]


def price_all(table: PriceTable, calls: Calls) -> Priced:
    """Return for each call what `PriceTable.cost_nano_usd` says of it; a call that used nothing costs nothing."""
    cost, has_price = np.zeros(len(calls), dtype=np.int64), np.zeros(len(calls), dtype=bool)
    places = calls.article.astype(np.min_scalar_type(max(len(calls.articles) - 1, 0)), copy=False)
    for start in range(0, len(calls), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        for place, rows in _by_value(places[some]):
            of = {kind: column[some][rows] for kind, column in calls.units.items()}
            of = {kind: column for kind, column in of.items() if column.any()}
            for price, these in _by_period(table, calls.articles[place], calls.started_us[some][rows]):
                units = of if len(these) == len(rows) else {kind: column[these] for kind, column in of.items()}
                _fill(price, units, start + rows[these], cost, has_price)
    return Priced(cost, has_price)


def _by_value(places: NDArray[np.integer]) -> Iterator[tuple[int, Chosen]]:
    """Yield each value that occurs, and the rows that have it."""
    order = np.argsort(places, kind="stable")
    ends = np.flatnonzero(np.diff(places[order])) + 1
    for rows in np.split(order, ends):
        yield int(places[rows[0]]), rows


def _by_period(table: PriceTable, article: Article, started_us: Whole) -> Iterator[tuple[Price, Chosen]]:
    """Yield each price that counts for some of the calls, and which calls these are."""
    periods = table.history(article)
    starts = np.array([_us(period.start) for period in periods], dtype=np.int64)
    at = np.searchsorted(starts, started_us, side="right")
    for place in np.unique(at):
        price = periods[place - 1].price if place else None
        if price is not None:
            yield price, np.flatnonzero(at == place)


def _fill(price: Price, units: Mapping[str, Whole], rows: Chosen, cost: Whole, has_price: NDArray[np.bool_]) -> None:
    """Write what the calls in *rows* cost at *price*."""
    if not units:
        has_price[rows] = True
        return
    thresholds = [above for above, _ in reversed(price.bands)][1:]
    went_in = sum((column for kind, column in units.items() if is_input(kind)), np.zeros(len(rows), dtype=np.int64))
    band = np.searchsorted(np.array(thresholds, dtype=np.int64), went_in, side="left") if thresholds else None
    for place, (_, rates) in enumerate(reversed(price.bands)):
        these = slice(None) if band is None else np.flatnonzero(band == place)
        columns = {kind: column[these] for kind, column in units.items()}
        nano, known = _product(columns, rates)
        cost[rows[these]], has_price[rows[these]] = nano, known


def _product(units: Mapping[str, Whole], rates: Mapping[str, int]) -> tuple[Whole, NDArray[np.bool_]]:
    """Return units times rates, rounded half to even, and where that is a price; 0 where it is none."""
    known = np.ones(len(next(iter(units.values()))), dtype=bool)
    for kind in units.keys() - rates.keys():
        known &= units[kind] == 0
    priced = {kind: column for kind, column in units.items() if kind in rates}
    shared = gcd(UNITS, *(rates[kind] for kind in priced))
    each = {kind: rates[kind] // shared for kind in priced}
    huge = _too_much_for_64_bits(priced, each)
    total = np.zeros(len(known), dtype=np.int64)
    for kind, column in priced.items():
        total += (column if huge is None else np.where(huge, 0, column)) * each[kind]
    nano = _round_half_even(total, UNITS // shared)
    known &= nano <= MOST_NANO_USD
    for place in () if huge is None else np.flatnonzero(huge):
        exact = round_half_even(sum(int(column[place]) * rates[kind] for kind, column in priced.items()), UNITS)
        known[place] &= exact <= MOST_NANO_USD
        nano[place] = exact if known[place] else 0
    return np.where(known, nano, 0), known


def _too_much_for_64_bits(units: Mapping[str, Whole], each: Mapping[str, int]) -> NDArray[np.bool_] | None:
    """Return for which calls the product may not fit; None if it fits for all."""
    if sum(int(column.max(initial=0)) * each[kind] for kind, column in units.items()) <= _MOST:
        return None
    estimates = [column.astype(float) * each[kind] for kind, column in units.items()]
    huge: NDArray[np.bool_] = np.sum(estimates, axis=0) > _MOST // 2
    return huge


def _round_half_even(numerator: Whole, denominator: int) -> Whole:
    whole: Whole = numerator // denominator
    left = (numerator - whole * denominator) * 2
    whole += (left > denominator) | ((left == denominator) & (whole & 1 == 1))
    return whole


def _us(day: date) -> int:
    return (datetime.combine(day, time(), tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)

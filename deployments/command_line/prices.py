"""`goodput prices show`: what a model costs at a time, by kind and service tier, and where that was read."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import get_args

from rich.table import Table
from rich.text import Text

from adapters.settings import read_settings
from deployments.command_line.tables import bare, terminal
from domain.errors import ConfigError
from domain.price_entry import Price, ServiceTier
from domain.price_kinds import KINDS
from domain.prices import Article, PriceTable
from domain.window import utc
from flows.configuration import read_price_table

FILE = "prices.yaml"
STANDARD = "standard"


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry that counts, from and until when it does, and whether it is the operator's own."""

    price: Price
    start: date
    until: date | None
    is_own: bool

    @property
    def tier(self) -> str:
        """The service tier, in a word."""
        return self.price.service_tier or STANDARD


def show_prices(model: str | None, at: datetime | None, provider: str | None, *, as_json: bool) -> int:
    """Show the prices of *model*, or every entry that counts at that time; 1 if there is none.

    Raises:
        ConfigError: The time has no zone, or the file of prices is wrong.
    """
    table, moment = read_price_table(own_file()), _moment(at)
    shown = _of_model(table, model, provider, moment) if model else _all(table, moment)
    when = f"{moment:%a %d %b %Y %H:%M} UTC"
    if as_json:
        print(json.dumps({"model": model, "at": moment.isoformat(), "prices": [_values(one) for one in shown]}))
    elif not shown:
        terminal.print(Text(f"no price: {model or 'no entry'} on {when}{_later(table, model, provider, moment)}"))
    elif model:
        terminal.print(_by_kind(Text(f"{model} on {when}: dollars for a million"), shown))
        terminal.print(_entries("which entries say so", shown))
    else:
        terminal.print(_entries(f"prices on {when}", shown, with_prices=True))
    return int(not shown)


def own_file() -> Path:
    """Return where an operator writes prices."""
    return read_settings().deployments_folder / FILE


def spelled(prices: Mapping[str, Decimal]) -> str:
    """Return prices in one line."""
    return ", ".join(f"{kind} {price.normalize():f}" for kind, price in prices.items())


def _moment(at: datetime | None) -> datetime:
    if at is None:
        from flows.services import clock

        return clock()
    try:
        return utc(at)
    except ValueError as error:
        raise ConfigError(f"--at: {error}") from None


def _of_model(table: PriceTable, model: str, provider: str | None, at: datetime) -> Sequence[Shown]:
    found = []
    for tier in (None, *get_args(ServiceTier)):
        periods = table.history(Article(model, provider, tier))
        for place, (start, price) in enumerate(periods):
            until = periods[place + 1].start if place + 1 < len(periods) else None
            if price is not None and start <= at.date() and (until is None or at.date() < until):
                found.append(Shown(price, start, until, any(one is price for one in table.prices)))
    return found


def _all(table: PriceTable, at: datetime) -> Sequence[Shown]:
    """Return the entries that are in effect, each until the next of the same."""
    lines: dict[object, list[Price]] = {}
    for price in table.every:
        lines.setdefault(price.same[:3], []).append(price)
    found = []
    for line in lines.values():
        line.sort(key=lambda price: price.effective_from)
        for place, price in enumerate(line):
            until = line[place + 1].effective_from if place + 1 < len(line) else None
            if price.effective_from <= at.date() and (until is None or at.date() < until):
                found.append(Shown(price, price.effective_from, until, any(one is price for one in table.prices)))
    return found


def _later(table: PriceTable, model: str | None, provider: str | None, at: datetime) -> str:
    periods = table.history(Article(model, provider)) if model else ()
    first = next((one.start for one in periods if one.price is not None and one.start > at.date()), None)
    return f"; there is one from {first} on" if first else ""


def _by_kind(title: Text, shown: Sequence[Shown]) -> Table:
    table = bare("")
    table.title = title
    table.add_column("kind", no_wrap=True)
    columns: list[Mapping[str, Decimal]] = []
    for one in shown:
        bands = [(0, one.price.usd_per_million), *((c.above, c.usd_per_million) for c in one.price.cliffs)]
        for above, prices in bands:
            table.add_column(f"{one.tier}, over {above:,} in" if above else one.tier, justify="right")
            columns.append(prices)
    kinds = {kind for prices in columns for kind in prices}
    for kind in (*(kind for kind in KINDS if kind in kinds), *sorted(kinds.difference(KINDS))):
        cells = [f"{prices[kind].normalize():f}" if kind in prices else "no price" for prices in columns]
        table.add_row(Text(kind), *cells)
    return table


def _entries(title: str, shown: Iterable[Shown], *, with_prices: bool = False) -> Table:
    table = bare(title)
    table.add_column("tier", no_wrap=True)
    table.add_column("pattern", ratio=2, overflow="fold")
    table.add_column("from", no_wrap=True)
    table.add_column("until", no_wrap=True)
    table.add_column("dollars for a million" if with_prices else "source", ratio=3, overflow="fold")
    table.add_column("file", no_wrap=True)
    for one in shown:
        last = spelled(one.price.usd_per_million) if with_prices else one.price.source
        pattern = one.price.model + (f" ({one.price.provider})" if one.price.provider else "")
        whose = "yours" if one.is_own else "shipped"
        table.add_row(one.tier, Text(pattern), str(one.start), str(one.until or "-"), Text(last), whose)
    return table


def _values(one: Shown) -> Mapping[str, object]:
    return {
        **one.price.model_dump(mode="json"),
        "counts_from": one.start.isoformat(),
        "counts_until": one.until.isoformat() if one.until else None,
        "file": "yours" if one.is_own else "shipped",
    }

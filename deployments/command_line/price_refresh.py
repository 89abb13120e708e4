"""`goodput prices refresh`: add to the operator's prices what genai-prices knows better, and say what that is."""

from collections import Counter
from collections.abc import Sequence

from rich.text import Text

from adapters.price_catalogue import FIRST_HAND, Catalogue, read_catalogue
from adapters.price_file import add_prices
from deployments.command_line.prices import STANDARD, own_file, spelled
from deployments.command_line.tables import bare, terminal
from domain.errors import ConfigError
from domain.price_changes import Changes, Listing, compare
from domain.price_patterns import ModelPattern, spellings
from flows.configuration import read_price_table


def refresh_prices(models: Sequence[str], providers: Sequence[str], *, dry_run: bool) -> int:
    """Add what has changed to the operator's file; with *dry_run* only say it, 1 if there is anything.

    Raises:
        ConfigError: genai-prices is not installed or knows no such provider or model, or the file is wrong.
    """
    from flows.services import clock

    path, today = own_file(), clock().date()
    table = read_price_table(path)
    catalogue = read_catalogue(providers or FIRST_HAND, today)
    changes = compare(_chosen(catalogue, models), table, today)
    _print(catalogue, changes)
    for why, count in Counter(catalogue.skipped.values()).most_common() if not models else ():
        terminal.print(Text(f"left out: {count} models, {why}"))
    if not changes.new or dry_run:
        return int(dry_run and bool(changes.new))
    add_prices(path, [one.price for one in changes.new])
    terminal.print(Text(f"{path}: {len(changes.new)} entries added"))
    return 0


def _chosen(catalogue: Catalogue, models: Sequence[str]) -> Sequence[Listing]:
    if not models:
        return catalogue.listings
    chosen: list[Listing] = []
    for written in models:
        try:
            pattern = ModelPattern.of(written)
        except ValueError as error:
            raise ConfigError(str(error)) from None
        found = [one for one in catalogue.listings if any(pattern.matches(spellings(name)) for name in one.names)]
        if not found:
            why = [f"; {name}: {why}" for name, why in catalogue.skipped.items() if pattern.matches(spellings(name))]
            raise ConfigError(f"genai-prices {catalogue.version} has no price for {written!r} there{''.join(why)}")
        chosen += [one for one in found if one not in chosen]
    return chosen


def _print(catalogue: Catalogue, changes: Changes) -> None:
    if changes.new:
        table = bare(f"new in genai-prices {catalogue.version}: dollars for a million")
        table.add_column("model", ratio=2, overflow="fold")
        table.add_column("tier", no_wrap=True)
        table.add_column("from", no_wrap=True)
        table.add_column("before", ratio=2)
        table.add_column("then", ratio=2)
        for price, before in ((one.price, one.before) for one in changes.new):
            table.add_row(
                Text(price.model),
                price.service_tier or STANDARD,
                str(price.effective_from),
                Text(spelled(before.usd_per_million)) if before else "no price",
                Text(spelled(price.usd_per_million) + _cliffs(len(price.cliffs))),
            )
        terminal.print(table)
    else:
        terminal.print(f"genai-prices {catalogue.version} knows nothing that the prices here do not say")
    for article in changes.own:
        tier = f" ({article.service_tier})" if article.service_tier else ""
        terminal.print(Text(f"left alone, for it has a price of your own: {article.model}{tier}"))


def _cliffs(count: int) -> str:
    return f", and {count} cliffs" if count > 1 else ", and a cliff" if count else ""

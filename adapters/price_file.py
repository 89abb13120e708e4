"""Files of prices: read quickly, explained where they are wrong, and added to without touching a line of them."""

import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.error import YAMLError

from adapters.yaml_files import position_of, read_yaml
from domain.errors import ConfigError
from domain.price_entry import Price
from domain.price_kinds import KINDS
from domain.prices import PriceTable, twins, words_of_twins

_HEADING = """\
# Prices of your own; they count before those that Goodput comes with. A price that changes is a new entry below the old
# one, with the day from which it counts. `goodput prices show MODEL` says which entry counts.
prices:
"""
_WRONG = (YAMLError, OSError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError)


class _Entries(BaseModel):
    """The shape of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prices: tuple[Price, ...] = Field(())


def read_prices(path: Path) -> PriceTable:
    """Return the prices in the file at *path*.

    A file that is right is read without keeping the places of its entries, which takes a quarter of the time.

    Raises:
        ConfigError: One line per mistake: `file:line:column: where: what`.
    """
    with suppress(*_WRONG):
        return PriceTable.model_validate(YAML(typ="safe").load(path.read_text(encoding="utf-8")))
    entries = read_yaml(path, _Entries).prices
    mistakes = [
        f"{position_of(path, ('prices', later, 'effective_from'))}: prices.{later}: "
        f"{words_of_twins(entries[later])} already, in prices.{earlier}"
        for earlier, later in twins(entries)
    ]
    if mistakes:
        raise ConfigError("\n".join(mistakes))
    return PriceTable(prices=entries)


def add_prices(path: Path, new: Sequence[Price]) -> None:
    """Write *new* entries at the end of the file at *path*, or a file of them; it is there whole, or as it was.

    Raises:
        ConfigError: The file is wrong, cannot be written, or is written so that nothing can be added at its end.
    """
    before: tuple[Price, ...] = ()
    text, indent = _HEADING, "  "
    if path.exists():
        before = read_prices(path).prices
        text = path.read_text(encoding="utf-8")
        indent = _indent(path, text)
    whole = "\n".join([text.rstrip("\n"), *(line for price in new for line in _entry(price, indent))]) + "\n"
    place = path.resolve()
    draft = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        draft.write_text(whole, encoding="utf-8")
        if path.exists():
            shutil.copymode(place, draft)
        if _prices_in(draft) != (*before, *new):
            raise ConfigError(f"{path}: nothing can be added at its end: it must end with the last entry of the list")
        draft.replace(place)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({type(error).__name__})") from None
    finally:
        draft.unlink(missing_ok=True)


def _prices_in(draft: Path) -> Sequence[Price] | None:
    with suppress(ConfigError):
        return read_prices(draft).prices
    return None


def _indent(path: Path, text: str) -> str:
    """Return what stands before the dash of an entry."""
    listed = YAML(typ="rt", pure=True).load(text)["prices"]
    if not isinstance(listed, CommentedSeq) or not listed or listed.fa.flow_style():
        raise ConfigError(f"{path}: write its prices one below the other, each after a dash, so that more can be added")
    return " " * int(listed.lc.col)


def _entry(price: Price, indent: str) -> Sequence[str]:
    """Return an entry as lines of YAML."""
    fields = {
        "model": _text(price.model),
        "provider": _text(price.provider) if price.provider else None,
        "service_tier": price.service_tier,
        "effective_from": price.effective_from.isoformat(),
        "usd_per_million": _map(price.usd_per_million),
    }
    lines = [f"{name}: {value}" for name, value in fields.items() if value is not None]
    if price.cliffs:
        lines.append("cliffs:")
        lines += [f"  - {{above: {one.above}, usd_per_million: {_map(one.usd_per_million)}}}" for one in price.cliffs]
    lines.append(f"source: {_text(price.source)}")
    return [f"{indent}{'  ' if number else '- '}{line}" for number, line in enumerate(lines)]


def _map(prices: Mapping[str, Decimal]) -> str:
    named = {kind if kind in KINDS else _text(kind): price for kind, price in prices.items()}
    return "{" + ", ".join(f"{kind}: {price.normalize():f}" for kind, price in named.items()) + "}"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"

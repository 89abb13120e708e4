"""Reading the catalogue that answers are compared with: catalogue.yaml, the same as .json, or a .csv of products.

A CSV file has a line per product below a line of column names: `name`, and if you like `aliases` (separated by `;`) and
`price` ("EUR 45" or "EUR 45 to 59"); every other column is an attribute of that name. Empty cells say nothing.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from adapters.yaml_files import position_of, read_yaml
from domain.errors import ConfigError
from domain.grounding.catalogue import Catalogue, CatalogueFields, Product, twins

_OWN_COLUMNS = ("name", "aliases", "price")
_SEPARATOR = ";"
_MOST_TWINS = 20
"""Each needs the file read once more to say where it stands."""


def read_catalogue(path: Path) -> Catalogue:
    """Return the catalogue at *path*.

    Raises:
        ConfigError: One line per mistake: `file:line:column: where: what`.
    """
    if path.suffix.lower() == ".csv":
        return _read_csv(path)
    try:
        fields = read_yaml(path, CatalogueFields)
    except ConfigError as error:
        mistakes = [*str(error).splitlines(), *_twins(path, _names_of(path))]
    else:
        mistakes = _twins(path, fields.products)
    if mistakes:
        raise ConfigError("\n".join(dict.fromkeys(mistakes)))
    return Catalogue.model_construct(**dict(fields))


class _Named(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    name: str
    aliases: tuple[str, ...] = ()


class _NamesOnly(BaseModel):
    """The names of a file whose other mistakes are told already."""

    model_config = ConfigDict(extra="ignore")

    products: tuple[_Named, ...] = ()


def _names_of(path: Path) -> Sequence[_Named]:
    try:
        return read_yaml(path, _NamesOnly).products
    except ConfigError:
        return ()


def _twins(path: Path, products: Sequence[_Named | Product]) -> list[str]:
    found = list(twins([(one.name, one.aliases) for one in products]))
    return [f"{position_of(path, place)}: products: {words}" for place, words in found[:_MOST_TWINS]]


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the file; *number* is its last line where a cell in quotes holds several."""

    number: int
    cells: dict[str, str]


def _read_csv(path: Path) -> Catalogue:
    columns, lines = _table(path)
    products = [_product(line) for line in lines]
    mistakes: list[str] = []
    try:
        fields = CatalogueFields.model_validate({"products": products})
    except ValidationError as error:
        mistakes = [
            f"{_cell(path, columns, lines, one['loc'])}: {one['msg'].removeprefix('Value error, ')}"
            for one in error.errors()
        ]
    named = [(line.cells["name"], _aliases(line)) for line in lines]
    mistakes += [f"{_cell(path, columns, lines, place)}: {words}" for place, words in twins(named)]
    if mistakes:
        raise ConfigError("\n".join(dict.fromkeys(mistakes)))
    return Catalogue.model_construct(**dict(fields))


def _table(path: Path) -> tuple[list[str], list[_Line]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({type(error).__name__})") from None
    rows = csv.reader(io.StringIO(text), strict=True)
    try:
        columns = [name.strip() for name in next(rows, [])]
        _refuse_columns(path, columns)
        lines = [_line(path, columns, rows.line_num, row) for row in rows if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise ConfigError(f"{path}:{rows.line_num}:1: {error}") from None
    return columns, lines


def _refuse_columns(path: Path, columns: Sequence[str]) -> None:
    if "name" not in columns:
        raise ConfigError(f"{path}:1:1: there is no column called name")
    for position, column in enumerate(columns):
        if not column or column in columns[:position]:
            what = f"the column {column!r} is there twice" if column else "a column has no name"
            raise ConfigError(f"{path}:1:{position + 1}: {what}")


def _line(path: Path, columns: Sequence[str], number: int, row: Sequence[str]) -> _Line:
    if len(row) > len(columns):
        raise ConfigError(f"{path}:{number}:{len(columns) + 1}: the line has more cells than there are columns")
    return _Line(number, {"name": "", **{column: cell.strip() for column, cell in zip(columns, row, strict=False)}})


def _product(line: _Line) -> dict[str, object]:
    product: dict[str, object] = {"name": line.cells["name"], "aliases": _aliases(line)}
    if line.cells.get("price"):
        product["price"] = line.cells["price"]
    product["attributes"] = {column: cell for column, cell in line.cells.items() if cell and column not in _OWN_COLUMNS}
    return product


def _aliases(line: _Line) -> list[str]:
    return [alias.strip() for alias in line.cells.get("aliases", "").split(_SEPARATOR) if alias.strip()]


def _cell(path: Path, columns: Sequence[str], lines: Sequence[_Line], place: Sequence[str | int]) -> str:
    """Return `file:line:column: name of the column`; the column is counted in cells."""
    line = next((lines[part].number for part in place[1:2] if isinstance(part, int)), 1)
    column = next((str(part) for part in place[2:] if part in columns), "name")
    return f"{path}:{line}:{columns.index(column) + 1}: {column}"

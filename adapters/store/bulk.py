"""Many rows at once, in the caller's transaction: each engine's own fast way in, and a look-up of any number of ids.

SQLAlchemy makes a dict of each row and a parameter of each id, which costs more than the database itself. Here a table
comes as columns, and the driver gets its rows as they are.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Float,
    Integer,
    Table,
    any_,
    func,
    literal,
    select,
)
from sqlalchemy import column as named
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import UserDefinedType

Values = tuple[Any, ...]
Columns = Mapping[str, Sequence[Any]]
Place = tuple[int, str]
"""Where an application's request is kept: its end in microseconds, and its trace id."""

_POSTGRES_NAMES = ((Boolean, "bool"), (BigInteger, "int8"), (Integer, "int4"), (Float, "float8"))
_BEYOND_INT4 = 2**31


def insert_columns(connection: Connection, table: Table, parts: Iterable[Columns]) -> None:
    """Insert the rows that *parts* are made of, none of which may be there yet; each part has all columns.

    Raises:
        DBAPIError: As after SQLAlchemy's own inserts.
        OverflowError: A number is larger than its column holds.
    """
    if connection.dialect.name == "postgresql":
        _copy(connection, table, parts)
        return
    for part in parts:
        # Binding a NULL takes longer than binding a number, and some columns hold nothing else.
        filled = {name: values for name, values in part.items() if not _empty(values)}
        marks = ", ".join("?" * len(filled))
        statement = f"INSERT INTO {table.name} ({', '.join(filled)}) VALUES ({marks})"  # noqa: S608 - our own names
        connection.exec_driver_sql(statement, list(zip(*filled.values(), strict=True)))


def replace_columns(connection: Connection, table: Table, part: Columns) -> None:
    """Insert the rows that *part* is made of, in the place of those with the same primary key.

    Raises:
        DBAPIError: As after SQLAlchemy's own inserts.
    """
    names = list(part)
    keys = [column.name for column in table.primary_key]
    changes = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    statement = (
        f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join([mark] * len(names))}) "  # noqa: S608 - ours
        f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {changes}"
    )
    if part[names[0]]:
        connection.exec_driver_sql(statement, list(zip(*part.values(), strict=True)))


def in_columns(table: Table, rows: Sequence[Values]) -> list[Columns]:
    """Return *rows*, whose values are in the order of the table's columns, as one part; as none if there are none."""
    return [dict(zip(table.c.keys(), zip(*rows, strict=True), strict=True))] if rows else []


def differ(row: Values, kept: Values) -> bool:
    """Tell whether *row* says anything else than what is kept; NaN and NULL are the same, "not known"."""
    return row != kept and [_known(value) for value in row] != [_known(value) for value in kept]


def among(connection: Connection, column: Column[str], values: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that *column* is one of *values*: a single parameter, however many they are."""
    if connection.dialect.name == "postgresql":
        return column == any_(literal(_array(values), _TextArray()))
    return column.in_(select(named("value")).select_from(func.json_each(json.dumps(values))))


class _TextArray(UserDefinedType[str]):
    """A Postgres array that is given as its text."""

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **_: object) -> str:
        return "TEXT[]"


def _array(texts: Sequence[str]) -> str:
    r"""Return *texts* as Postgres writes an array: a single text, because the driver is slow with lists.

    >>> print(_array(["a", 'b"\\']))
    {"a","b\"\\"}
    """
    escaped = [text.replace("\\", "\\\\").replace('"', '\\"') for text in texts]
    return '{"' + '","'.join(escaped) + '"}' if texts else "{}"


def _empty(values: Sequence[object]) -> bool:
    return values[0] is None and values.count(None) == len(values)


def _known(value: object) -> object:
    return None if value != value else value  # noqa: PLR0124 - NaN


def _copy(connection: Connection, table: Table, parts: Iterable[Columns]) -> None:
    parts = iter(parts)
    first = next(parts, None)
    if first is None:
        return
    statement = f"COPY {table.name} ({', '.join(table.c.keys())}) FROM STDIN (FORMAT binary)"
    types = {name: _postgres_name(column) for name, column in table.c.items()}
    short = [name for name, kind in types.items() if kind == "int4"]
    dialect, driver = connection.dialect, cast("Any", connection.connection.driver_connection)
    failure = dialect.loaded_dbapi.Error
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(list(types.values()))
            for part in chain([first], parts):
                for name in short:
                    _fit_into_4_bytes(part[name])
                for row in zip(*(part[name] for name in types), strict=True):
                    copy.write_row(row)
    except failure as error:
        raise DBAPIError.instance(statement, None, error, failure, hide_parameters=True, dialect=dialect) from error


def _fit_into_4_bytes(values: Iterable[int | None]) -> None:
    """Look at *values* first, because the driver would cut them."""
    if any(value is not None and abs(value) >= _BEYOND_INT4 for value in values):
        raise OverflowError("a number does not fit into 4 bytes")


def _postgres_name(column: Column[Any]) -> str:
    return next((name for kind, name in _POSTGRES_NAMES if isinstance(column.type, kind)), "varchar")

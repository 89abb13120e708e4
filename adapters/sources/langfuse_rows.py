"""Pages of rows as Langfuse gave them, read one by one: a bad row costs itself and no other."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from adapters.collecting import without_collection
from adapters.sources.rows import RowError, read_moment, read_row
from adapters.sources.source import Page, Skip
from domain.observation import Observation


def read_page(rows: Sequence[object]) -> Page:
    """Return the observations in *rows*, and what had to be skipped."""
    found: list[Observation] = []
    skips: list[Skip] = []
    with without_collection():
        for row in rows:
            try:
                found.append(read_row(row if type(row) is dict else as_object(row)))
            except RowError as error:
                skips.append(Skip(where(row), str(error), _started(row)))
    return Page(found, skips)


def as_object(row: object) -> Mapping[str, object]:
    """Return *row* if it is an object.

    Raises:
        RowError: If it is anything else.
    """
    if not isinstance(row, dict):
        raise RowError("not an object")
    return row


def where(row: object) -> str:
    """Name a row by its ids, which are all we may repeat of it."""
    names = [row.get(field) for field in ("traceId", "id")] if isinstance(row, dict) else []
    return "/".join(name[:64] if isinstance(name, str) else "?" for name in names) or "a row without ids"


def score_id(row: object) -> str:
    """Name a score by its id."""
    name = row.get("id") if isinstance(row, dict) else None
    return name[:64] if isinstance(name, str) and name else "a score without id"


def _started(row: object) -> datetime | None:
    try:
        return read_moment(as_object(row), "startTime")
    except RowError:
        return None

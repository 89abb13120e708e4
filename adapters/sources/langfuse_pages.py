"""Walking through lists that Langfuse gives in pages."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import NamedTuple

from adapters.sources.langfuse_queries import Query
from adapters.sources.langfuse_wire import TooMuchError, Wire, strange
from domain.errors import PermanentError
from domain.window import Window

SHORTEST = timedelta(minutes=1)
"""A server that cannot read one minute cannot be monitored; smaller windows would only hide it."""


class RawPage(NamedTuple):
    """One page as it came, and where the next one starts."""

    rows: list[object]
    cursor: str | None


async def pages(wire: Wire, path: str, query: Query) -> AsyncIterator[list[object]]:
    """Yield the rows of every page.

    Raises:
        PermanentError: If the server leads us in circles.
    """
    page = _page(await wire.get(path, query), wire.name)
    seen = {None, page.cursor}
    yield page.rows
    while page.cursor is not None:
        page = _page(await wire.get(path, {**query, "cursor": page.cursor}), wire.name)
        if page.cursor is not None and (page.cursor in seen or not page.rows):
            raise PermanentError(f"{wire.name} gives the same page again and again")
        seen.add(page.cursor)
        yield page.rows


async def numbered_pages(wire: Wire, path: str, query: Query) -> AsyncIterator[list[object]]:
    """Yield the rows of every page of a list that counts its pages, as some do instead of giving a cursor.

    Raises:
        PermanentError: If the server leads us in circles.
    """
    number, last, before = 1, 1, list[object]()
    while number <= last:
        rows, last = _numbered(await wire.get(path, {**query, "page": number}), wire.name)
        if rows and rows == before:
            raise PermanentError(f"{wire.name} gives the same page again and again")
        yield rows
        number, before = number + 1, rows
        if not rows:
            return


def halves(window: Window, error: TooMuchError) -> list[Window]:
    """Return the two halves of a window that was too much for the server.

    Raises:
        TooMuchError: The given *error*, if the halves would be shorter than a minute.
    """
    middle = window.start + window.length / 2
    if window.length / 2 < SHORTEST:
        raise error
    return [Window(window.start, middle), Window(middle, window.end)]


def _numbered(answer: dict[str, object], name: str) -> tuple[list[object], int]:
    match answer:
        case {"data": list(rows), "meta": {"totalPages": int(last)}}:
            return rows, last
    raise strange(name)


def _page(answer: dict[str, object], name: str) -> RawPage:
    rows, meta = answer.get("data"), answer.get("meta")
    cursor = meta.get("cursor") if isinstance(meta, dict) else None
    if not isinstance(rows, list) or not isinstance(cursor, str | None):
        raise strange(name)
    return RawPage(rows, cursor or None)

"""A message as JSON for programs: one documented form, version 1, that fits wherever it must.

    version      1; it grows when a field changes its meaning or goes, not when one comes
    key          same for every message of one incident
    kind         firing, updated, reminder, acknowledged, resolved, change or digest
    severity     page, ticket or informational
    application, environment, rule, title, sentence
    number       counts the messages of one incident that are of one kind, from 0
    is_news      an update says that something has joined
    is_over      that the incident is over is on its way: nobody need be called for it any more
    at, since    ISO 8601 in UTC; since is null where there is no trouble
    left_out     how many of the parts below had no room; texts that are cut end in an ellipsis

    labels       [{name, value}]
    facts        [{name, value}], most important first
    changes      [text], newest first
    links        [{text, url}]
    worst_traces [{trace_id, reason, url}]; url may be null
    tables       [{title, header: [text], rows: [[text]]}]
    chart        {title, unit, limit, points: [{at, value}]} or null; value and limit may be null

Texts are plain: whoever shows them escapes them.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from json import dumps
from math import isfinite

from alerts.channels.clean import cleaned, clipped, is_link
from alerts.channels.headline import subject
from alerts.channels.naming import short_key
from domain.delivery import Delivery
from domain.message import Message, Table

VERSION = 1
SMALLEST_ROOM = 16_000
"""Bytes in which everything fits that is never left out: the texts below at four bytes a character."""

_LONGEST_NAME, _LONGEST_TITLE, _LONGEST_SENTENCE, _LONGEST_VALUE = 200, 300, 1500, 500
_MOST_OF_A_KIND, _MOST_ROWS, _MOST_COLUMNS, _MOST_POINTS, _LONGEST_CELL = 30, 100, 20, 200, 100
_EMPTY_PLACES = 200  # the names of all that may follow

Plain = Callable[[str, int], str]
"""Makes a text fit to hand on, in so many characters."""


def as_is(text: str, limit: int) -> str:
    """Return *text* without what cannot be printed."""
    return clipped(cleaned(text), limit)


def message_form(delivery: Delivery, *, room: int, plain: Plain = as_is) -> dict[str, object]:
    """Return the form of a message in at most *room* bytes of UTF-8, at least `SMALLEST_ROOM`.

    What does not fit is left out, the least important first.
    """
    form = _always(delivery, plain)
    room -= size_of(form) + _EMPTY_PLACES
    left_out = 0
    for name, parts in _parts(delivery.message, plain):
        kept, room = _fitting(parts, room)
        left_out += len(parts) - len(kept)
        form[name] = kept
    charts = _charts(delivery.message, plain)
    kept, _ = _fitting(charts, room)
    return {**form, "chart": kept[0] if kept else None, "left_out": left_out + len(charts) - len(kept)}


def size_of(value: object) -> int:
    """Return how many bytes *value* takes as JSON."""
    return len(encoded(value))


def encoded(value: object) -> bytes:
    """Return *value* as compact JSON."""
    return dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _fitting(parts: Sequence[object], room: int) -> tuple[list[object], int]:
    """Return as many of the first *parts* as there is room for, and the room that is left."""
    kept: list[object] = []
    for part in parts:
        size = size_of(part) + 1
        if size > room:
            break
        kept.append(part)
        room -= size
    return kept, room


def _always(delivery: Delivery, plain: Plain) -> dict[str, object]:
    message = delivery.message
    return {
        "version": VERSION,
        "key": short_key(message.key),
        "kind": message.kind,
        "severity": message.severity,
        "application": plain(message.application, _LONGEST_NAME),
        "environment": plain(message.environment, _LONGEST_NAME),
        "rule": plain(message.rule, _LONGEST_NAME),
        "title": plain(subject(message), _LONGEST_TITLE),
        "sentence": plain(message.sentence, _LONGEST_SENTENCE),
        "number": message.number,
        "is_news": message.is_news,
        "is_over": delivery.is_over,
        "at": _moment(message.at),
        "since": _moment(message.since) if message.since else None,
    }


def _parts(message: Message, plain: Plain) -> list[tuple[str, list[object]]]:
    """Return what may be left out, the most important first."""
    labels, facts = (_named(pairs, plain) for pairs in (message.labels, message.facts))
    changes: list[object] = [plain(change, _LONGEST_VALUE) for change in message.changes[:_MOST_OF_A_KIND]]
    shown = [link for link in message.links if is_link(link.url)][:_MOST_OF_A_KIND]
    links: list[object] = [{"text": plain(link.text, _LONGEST_NAME), "url": link.url} for link in shown]
    worst: list[object] = [
        {
            "trace_id": plain(trace.trace_id, _LONGEST_NAME),
            "reason": plain(trace.reason, _LONGEST_VALUE),
            "url": trace.url if trace.url is not None and is_link(trace.url) else None,
        }
        for trace in message.worst_traces[:_MOST_OF_A_KIND]
    ]
    tables: list[object] = [_table(table, plain) for table in message.tables[:_MOST_OF_A_KIND]]
    return [
        ("labels", labels), ("facts", facts), ("changes", changes), ("links", links), ("worst_traces", worst),
        ("tables", tables),
    ]  # fmt: skip


def _named(pairs: Sequence[tuple[str, str]], plain: Plain) -> list[object]:
    return [
        {"name": plain(name, _LONGEST_NAME), "value": plain(value, _LONGEST_VALUE)}
        for name, value in pairs[:_MOST_OF_A_KIND]
    ]


def _charts(message: Message, plain: Plain) -> list[object]:
    if message.chart is None:
        return []
    chart = message.chart
    points = [{"at": _moment(at), "value": _finite(value)} for at, value in chart.points[-_MOST_POINTS:]]
    title, unit = plain(chart.title, _LONGEST_TITLE), plain(chart.unit, _LONGEST_NAME)
    return [{"title": title, "unit": unit, "limit": _finite(chart.limit), "points": points}]


def _table(table: Table, plain: Plain) -> dict[str, object]:
    header, *rows = (
        [plain(cell, _LONGEST_CELL) for cell in row[:_MOST_COLUMNS]] for row in (table.header, *table.rows[:_MOST_ROWS])
    )
    return {"title": plain(table.title, _LONGEST_TITLE), "header": header, "rows": rows}


def _finite(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()

"""What we ask Langfuse for: parameters of requests, from plain values."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.window import Window

# Finish reasons, error types and first-token times of OpenTelemetry apps are nowhere but in the metadata, so
# the cheap pass reads it too; what makes a pass expensive is `io`.
CHEAP = "core,basic,time,model,usage,prompt,metrics,trace_context,metadata"
WITH_TEXTS = f"{CHEAP},io"

ROWS_PER_PAGE = 1000
"""The most that the server gives."""

TEXT_ROWS_PER_PAGE = 100
"""Texts are large, and an answer may have 5 MB."""

SCORES_PER_PAGE = 100

Query = dict[str, str | int | list[str] | None]


def cheap_rows(window: Window, environments: tuple[str, ...]) -> Query:
    """Ask for the observations that started in *window*, without texts."""
    return {"fields": CHEAP, "limit": ROWS_PER_PAGE, **_started_in(window, environments)}


def rows_with_texts(window: Window, trace_ids: Sequence[str], environments: tuple[str, ...]) -> Query:
    """Ask for all of some traces: one request for many ids costs one request of the rate limit."""
    any_of = {"type": "stringOptions", "column": "traceId", "operator": "any of", "value": list(trace_ids)}
    return {
        "fields": WITH_TEXTS,
        "limit": TEXT_ROWS_PER_PAGE,
        "filter": json.dumps([any_of]),
        **_started_in(window, environments),
    }


def thumbs(score: str, window: Window, environments: tuple[str, ...]) -> Query:
    """Ask for the scores of one name that were given in *window*."""
    return {
        "name": score,
        "fields": "subject",
        "limit": SCORES_PER_PAGE,
        "fromTimestamp": instant(window.start),
        "toTimestamp": instant(window.end),
        "environment": ",".join(environments) or None,  # a list here, repeated in the request for rows
    }


def labels(names: Sequence[str], window: Window, queue_id: str | None) -> Query:
    """Ask for the scores of these names that people gave in *window*.

    Of all environments: who labels a trace elsewhere than in its queue may leave them in another one than its own.
    """
    return {
        "name": ",".join(names),
        "source": "ANNOTATION",
        "queueId": queue_id,
        "fields": "subject,annotation",
        "limit": SCORES_PER_PAGE,
        "fromTimestamp": instant(window.start),
        "toTimestamp": instant(window.end),
    }


def scores_with(ids: Sequence[str]) -> Query:
    """Ask for some scores; in whichever environment they ended up."""
    return {"id": ",".join(ids), "limit": SCORES_PER_PAGE}


def totals(window: Window, environments: tuple[str, ...]) -> str:
    """Ask how many observations started in *window* and what they cost: one request for both.

    Order and limit are spelled out: without them the server fills in groups that do not exist.
    """
    only = {
        "column": "environment",
        "operator": "any of",
        "value": list(environments),
        "type": "stringOptions",
    }
    query = {
        "view": "observations",
        "dimensions": [],
        "metrics": [
            {"measure": "count", "aggregation": "count"},
            {"measure": "totalCost", "aggregation": "sum"},
        ],
        "filters": [only] if environments else [],
        "fromTimestamp": instant(window.start),
        "toTimestamp": instant(window.end),
        "orderBy": [{"field": "count_count", "direction": "desc"}],
        "config": {"row_limit": 1},
    }
    return json.dumps(query)


def instant(moment: datetime) -> str:
    """Return *moment* as Langfuse writes it, in milliseconds.

    Start times are whole milliseconds, so rounding a bound up changes nothing, while rounding down would
    let in the row before it.

    >>> from datetime import UTC
    >>> instant(datetime(2026, 11, 22, 12, 0, 0, 1, UTC))
    '2026-11-22T12:00:00.001Z'
    """
    up = moment + timedelta(microseconds=-moment.microsecond % 1000)
    return up.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _started_in(window: Window, environments: tuple[str, ...]) -> Query:
    return {
        "fromStartTime": instant(window.start),
        "toStartTime": instant(window.end),
        "environment": list(environments) or None,
    }

"""Reading one row of Langfuse's v2 observations, from the wire or from a file.

The shapes are those that Langfuse 4.16 answers with: an empty string where there is no value, null in some
columns, and metadata in two forms. Nothing here quotes what a user or a model wrote.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from adapters.sources.metadata import EXACT, flat
from adapters.sources.service_tier import service_tier
from domain.money import nano_usd
from domain.observation import Observation
from domain.window import utc

MOST_USD = 1_000_000
"""A row that claims to cost more is not believed: it would drown every sum it is part of."""

USER_KEYS = ("attributes.user.id",)
SESSION_KEYS = ("attributes.session.id", "attributes.gen_ai.conversation.id")

_TEXTS = (
    *("id", "traceId", "parentObservationId", "type", "name", "statusMessage", "model", "promptName", "traceName"),
    *("userId", "sessionId", "release", "version", "environment"),
)
_ALL_TEXTS = itemgetter(*_TEXTS)
_OFTEN_MISSING = (
    *("endTime", "completionStartTime", "updatedAt", "usageDetails", "promptVersion", "tags", "metadata"),
    *("input", "output"),
)
_REFUSED = -1
"""No cost: one that nobody can have paid."""

_TEXT = frozenset({str, type(None)})
_TAG = frozenset({str})
_WHOLE = frozenset({int})


class RowError(ValueError):
    """A row that cannot be read; the message names the field and never quotes it."""


def read_row(row: Mapping[str, object]) -> Observation:
    """Return the observation in *row*; columns that were not asked for are missing values.

    Children of plain OpenTelemetry traces have no user and session column; their attributes tell.

    Raises:
        RowError: If a field has no usable value.
    """
    # One check for all texts: a call for each field would cost as much as parsing the JSON.
    texts = _texts_of(row)
    if not _TEXT.issuperset(map(type, texts)):
        raise RowError(f"{_first_that_is_no_text(texts)} is not text")
    identity, trace_id, parent, kind, name, words, model, prompt, trace_name, user, session, release, version, env = (
        texts
    )
    if not identity or not trace_id:
        raise RowError(f"{'traceId' if identity else 'id'} is missing")
    # Most rows lack most of these: a call for each that is not there would be a tenth of reading a row.
    ended, first_token, updated, usage, prompt_version, tags, told, asked, answered = map(row.get, _OFTEN_MISSING)
    metadata = _metadata(told) if told else {}
    cost = _cost(row.get("totalCost"), row.get("costDetails"))
    return Observation(
        id=identity,
        trace_id=trace_id,
        parent_id=parent or None,
        type=kind or "SPAN",
        name=name or None,
        is_root=row.get("isRootObservation") is True,
        started_at=read_moment(row, "startTime"),
        ended_at=_moment(ended, "endTime") if ended else None,
        first_token_at=_moment(first_token, "completionStartTime") if first_token else None,
        updated_at=_moment(updated, "updatedAt") if updated else None,
        failed=row.get("level") == "ERROR",
        status_message=words or None,
        model=model or None,
        usage=_usage(usage) if usage else {},
        service_tier=service_tier(metadata, row.get("modelParameters")) if usage else None,
        cost_nano_usd=None if cost == _REFUSED else cost,
        cost_refused=cost == _REFUSED,
        prompt_name=prompt or None,
        prompt_version=_prompt_version(prompt_version) if prompt_version is not None else None,
        trace_name=trace_name or None,
        user_id=user or (_attribute(metadata, USER_KEYS) if metadata else None),
        session_id=session or (_attribute(metadata, SESSION_KEYS) if metadata else None),
        release=release or None,
        version=version or None,
        environment=env or "default",
        tags=_tags(tags) if tags else (),
        metadata=metadata,
        input=_io(asked) if asked is not None else None,
        output=_io(answered) if answered is not None else None,
    )


def _texts_of(row: Mapping[str, Any]) -> tuple[str | None, ...]:
    try:
        found: tuple[str | None, ...] = _ALL_TEXTS(row)
    except KeyError:  # not all columns were asked for
        found = tuple(map(row.get, _TEXTS))
    return found


def read_moment(row: Mapping[str, object], field: str) -> datetime:
    """Return the time in *field*.

    Raises:
        RowError: If it is missing, not a time, or has no zone.
    """
    value = row.get(field)
    if not value:
        raise RowError(f"{field} is missing")
    return _moment(value, field)


def _moment(value: Any, field: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        raise RowError(f"{field} is not a time") from None
    return moment if moment.tzinfo is UTC else _utc(moment, field)


def _utc(moment: datetime, field: str) -> datetime:
    try:
        return utc(moment)
    except (ValueError, OverflowError):
        raise RowError(f"{field} has no zone, or is outside of all calendars") from None


def _first_that_is_no_text(values: Iterable[object]) -> str:
    return next(field for field, value in zip(_TEXTS, values, strict=True) if type(value) not in _TEXT)


def _prompt_version(value: object) -> str | None:
    if value == "":
        return None
    if not isinstance(value, int | str):
        raise RowError("promptVersion is not text")
    return str(value)


def _io(value: object) -> str | None:
    if value == "":
        return None
    try:
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    except RecursionError:
        raise RowError("input or output is nested too deep") from None


def _tags(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not _TAG.issuperset(map(type, value)):
        raise RowError("tags is not a list of texts")
    return tuple(value)


def _metadata(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise RowError("metadata is not an object")
    return flat(value)


def _attribute(metadata: Mapping[str, object], keys: Iterable[str]) -> str | None:
    for key in keys:
        value = metadata.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            return str(value)
    return None


def _usage(value: object) -> Mapping[str, int]:
    if not isinstance(value, dict):
        raise RowError("usageDetails is not an object")
    if _WHOLE.issuperset(map(type, value.values())) and min(value.values()) >= 0 and max(value.values()) <= EXACT:
        return value
    return {kind: _tokens(count) for kind, count in value.items() if count is not None}


def _tokens(value: object) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is not int:
        raise RowError("usageDetails has a value that is not a whole number")
    if not 0 <= value <= EXACT:
        raise RowError("usageDetails has a value that is negative or too large")
    return value


def _cost(total: object, details: object) -> int | None:
    # Without a matching price Langfuse says totalCost 0 and gives no details: that is "unknown", not "free".
    if total is None or (total == 0 and not details):
        return None
    if type(total) is float and 0 <= total <= MOST_USD:
        return nano_usd(total)
    if isinstance(total, bool) or not isinstance(total, int | float | str):
        raise RowError("totalCost is not an amount")
    try:
        amount = float(total)
    except OverflowError:
        return _REFUSED
    except ValueError:
        raise RowError("totalCost is not an amount") from None
    return nano_usd(total) if 0 <= amount <= MOST_USD else _REFUSED

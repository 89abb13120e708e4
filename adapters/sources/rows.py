"""Reading one row of Langfuse's v2 observations, from the wire or from a file.

The shapes are those that Langfuse 4.16 answers with: an empty string where there is no value, null in some
columns, and metadata in two forms. Nothing here quotes what a user or a model wrote.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from adapters.sources.metadata import EXACT, flat
from domain.money import nano_usd
from domain.observation import Observation
from domain.window import utc

MOST_USD = 1_000_000
"""A row that claims to cost more is broken, and would drown every sum it is part of."""

USER_KEYS = ("attributes.user.id",)
SESSION_KEYS = ("attributes.session.id", "attributes.gen_ai.conversation.id")


class RowError(ValueError):
    """A row that cannot be read; the message names the field and never quotes it."""


def read_row(row: Mapping[str, object]) -> Observation:
    """Return the observation in *row*; columns that were not asked for are missing values.

    Children of plain OpenTelemetry traces have no user and session column; their attributes tell.

    Raises:
        RowError: If a field has no usable value.
    """
    metadata = _metadata(row.get("metadata"))
    version = row.get("promptVersion")
    return Observation(
        id=_needed(row, "id"),
        trace_id=_needed(row, "traceId"),
        parent_id=_text(row, "parentObservationId"),
        type=_text(row, "type") or "SPAN",
        name=_text(row, "name"),
        is_root=row.get("isRootObservation") is True,
        started_at=read_moment(row, "startTime"),
        ended_at=_moment(row, "endTime"),
        first_token_at=_moment(row, "completionStartTime"),
        updated_at=_moment(row, "updatedAt"),
        failed=row.get("level") == "ERROR",
        status_message=_text(row, "statusMessage"),
        model=_text(row, "model"),
        usage=_usage(row.get("usageDetails")),
        cost_nano_usd=_cost(row.get("totalCost"), row.get("costDetails")),
        prompt_name=_text(row, "promptName"),
        prompt_version=str(version) if isinstance(version, int) else _text(row, "promptVersion"),
        trace_name=_text(row, "traceName"),
        user_id=_text(row, "userId") or _attribute(metadata, USER_KEYS),
        session_id=_text(row, "sessionId") or _attribute(metadata, SESSION_KEYS),
        release=_text(row, "release"),
        version=_text(row, "version"),
        environment=_text(row, "environment") or "default",
        tags=_tags(row.get("tags")),
        metadata=metadata,
        input=_io(row.get("input")),
        output=_io(row.get("output")),
    )


def read_moment(row: Mapping[str, object], field: str) -> datetime:
    """Return the time in *field*.

    Raises:
        RowError: If it is missing, not a time, or has no zone.
    """
    moment = _moment(row, field)
    if moment is None:
        raise RowError(f"{field} is missing")
    return moment


def _moment(row: Mapping[str, object], field: str) -> datetime | None:
    value = row.get(field)
    if not value:
        return None
    if not isinstance(value, str):
        raise RowError(f"{field} is not a time")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise RowError(f"{field} is not a time") from None
    return moment if moment.tzinfo is UTC else _utc(moment, field)


def _utc(moment: datetime, field: str) -> datetime:
    try:
        return utc(moment)
    except (ValueError, OverflowError):
        raise RowError(f"{field} has no zone, or is outside of all calendars") from None


def _needed(row: Mapping[str, object], field: str) -> str:
    value = row.get(field)
    if not value:
        raise RowError(f"{field} is missing")
    if not isinstance(value, str):
        raise RowError(f"{field} is not text")
    return value


def _text(row: Mapping[str, object], field: str) -> str | None:
    value = row.get(field)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise RowError(f"{field} is not text")
    return value


def _io(value: object) -> str | None:
    if value is None or value == "":
        return None
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _tags(value: object) -> tuple[str, ...]:
    if not value:
        return ()
    if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
        raise RowError("tags is not a list of texts")
    return tuple(value)


def _metadata(value: object) -> Mapping[str, object]:
    if not value:
        return {}
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
    if not value:
        return {}
    if not isinstance(value, dict):
        raise RowError("usageDetails is not an object")
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
    if isinstance(total, bool) or not isinstance(total, int | float | str):
        raise RowError("totalCost is not an amount")
    try:
        amount = float(total)
    except (ValueError, OverflowError):
        raise RowError("totalCost is not an amount") from None
    if not 0 <= amount <= MOST_USD:
        raise RowError("totalCost is negative, too large or not a number")
    return nano_usd(total)

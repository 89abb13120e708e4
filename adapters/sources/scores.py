"""Thumbs from rows of Langfuse's v3 scores: which score is a thumb, and when it is up."""

from collections.abc import Mapping

from adapters.sources.configuration import FeedbackConfig
from adapters.sources.rows import RowError, read_moment
from domain.feedback import Feedback


def read_feedback(row: Mapping[str, object], rule: FeedbackConfig) -> Feedback | None:
    """Return the thumb in *row*; None for any other score, and for one that belongs to no trace.

    Raises:
        RowError: If the thumb cannot be read.
    """
    if row.get("name") != rule.score or row.get("dataType") not in {"BOOLEAN", "NUMERIC"}:
        return None
    trace_id = trace_of(row.get("subject"))
    if trace_id is None:
        return None
    identity = row.get("id")
    if not isinstance(identity, str) or not identity:
        raise RowError("id is missing")
    return Feedback(
        id=identity,
        trace_id=trace_id,
        positive=_positive(row.get("value"), rule.positive_from),
        given_at=read_moment(row, "timestamp"),
    )


def trace_of(subject: object) -> str | None:
    """Return the trace that a score belongs to; sessions and experiments are not single answers."""
    if not isinstance(subject, dict):
        return None
    fields = {"trace": "id", "observation": "traceId"}
    value = subject.get(fields.get(str(subject.get("kind")), ""))
    return value if isinstance(value, str) and value else None


def _positive(value: object, threshold: float) -> bool:
    if isinstance(value, bool):
        return value
    if not isinstance(value, int | float) or value != value:  # noqa: PLR0124 - NaN; isnan() refuses long integers
        raise RowError("value is not a number")
    return value >= threshold

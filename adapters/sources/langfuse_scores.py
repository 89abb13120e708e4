"""Scores on their way to Langfuse: two forms of the same note, and what the server said about each.

Servers from 4.59 on take an array. Older ones refuse it; of the two ways they have, `POST /scores` ignores
the timestamp of a score, so a day of judging would look like one minute in every chart. `/ingestion` keeps
it. There, events of one score are merged by time and then by event id, so the event is named after the score:
the same note sent again replaces the first, whatever its value.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from itertools import islice
from math import isfinite

from adapters.sources.json_values import NotJsonError, decode, storable
from adapters.sources.langfuse_queries import instant
from adapters.sources.source import ScoreNote, Skip
from domain.errors import PermanentError, TransientError

LONGEST_COMMENT = 500
LONGEST_METADATA = 200
"""Characters of one value: it names a version, a judge or a cost, and is no place for texts."""
LONGEST_REASON = 200

ACCEPTED_IN_FULL: tuple[Skip, ...] = ()


def unsendable(note: ScoreNote) -> Skip | None:
    """Say why *note* cannot be written; JSON has no word for infinity or "not a number"."""
    return None if isfinite(note.value) else Skip(note.id, "the value is not a finite number")


def in_array(notes: Sequence[ScoreNote]) -> list[dict[str, object]]:
    """Return the body that servers from 4.59 on take."""
    return [{**_score(note), "timestamp": instant(note.at)} for note in notes]


def in_events(notes: Sequence[ScoreNote]) -> dict[str, object]:
    """Return the body that older servers take at `/ingestion`."""
    events = [
        {"id": note.id, "type": "score-create", "timestamp": instant(note.at), "body": _score(note)} for note in notes
    ]
    return {"batch": events}


def refused_in_array(notes: Sequence[ScoreNote], answer: Mapping[str, object]) -> Sequence[Skip]:
    """Read the answer to an array: it counts what was refused, but does not say which; `unread` finds that out."""
    rejected = _rejected(notes, answer)
    if rejected <= 0:
        return ACCEPTED_IN_FULL
    reasons = _messages(answer.get("errors"))
    if rejected >= len(notes):
        return [Skip(note.id, reasons[min(i, len(reasons) - 1)]) for i, note in enumerate(notes)]
    where = f"one of {notes[0].id} .. {notes[-1].id}"
    return [Skip(where, reasons[min(i, len(reasons) - 1)]) for i in range(rejected)]


def refused_events(notes: Sequence[ScoreNote], answer: Mapping[str, object]) -> Sequence[Skip]:
    """Read the answer of `/ingestion`: it names every event.

    Raises:
        PermanentError: If a note is in neither list, so that nobody knows what became of it.
        TransientError: If the server was too busy for some; all may be sent again.
    """
    accepted, refused = _by_id(answer.get("successes")), _by_id(answer.get("errors"))
    if any(note.id not in accepted and note.id not in refused for note in notes):
        raise PermanentError("Langfuse did not say what became of some scores")
    if any(_is_busy(refused[note.id]) for note in notes if note.id in refused):
        raise TransientError("Langfuse was too busy to take some scores")
    return [Skip(note.id, _reason(refused[note.id])) for note in notes if note.id in refused]


def _score(note: ScoreNote) -> dict[str, object]:
    score: dict[str, object] = {
        "id": note.id,
        "traceId": note.trace_id,
        "name": note.name,
        "value": note.value,
        "dataType": "NUMERIC",
        "environment": note.environment,
        "metadata": {name: _clipped(storable(text), LONGEST_METADATA) for name, text in note.metadata.items()},
    }
    if note.observation_id is not None:
        score["observationId"] = note.observation_id
    if note.comment is not None:
        score["comment"] = _clipped(storable(note.comment), LONGEST_COMMENT)
    return score


def _clipped(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _rejected(notes: Sequence[ScoreNote], answer: Mapping[str, object]) -> int:
    """Return how many were refused, by whichever of the two counts says more."""
    accepted, rejected = answer.get("accepted"), answer.get("rejected")
    missing = len(notes) - accepted if type(accepted) is int else 0
    return max(missing, rejected if type(rejected) is int else 0)


def _messages(errors: object) -> list[str]:
    items = errors if isinstance(errors, list) else []
    return [_message(error) for error in islice(items, 1000)] or ["refused"]


def _message(error: object) -> str:
    message = error.get("message") if isinstance(error, dict) else None
    return _clipped(message, LONGEST_REASON) if isinstance(message, str) and message else "refused"


def _by_id(entries: object) -> dict[str, Mapping[str, object]]:
    items = entries if isinstance(entries, list) else []
    return {str(entry.get("id")): entry for entry in items if isinstance(entry, dict)}


def _is_busy(event: Mapping[str, object]) -> bool:
    status = event.get("status")
    busy = HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT
    return isinstance(status, int) and (status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in busy)


def _reason(event: Mapping[str, object]) -> str:
    """Say why an event was refused; the issues stand in a text of JSON, below words that fit every refusal."""
    details = event.get("error")
    try:
        issues = decode(details.encode(errors="replace")) if isinstance(details, str) else details
    except NotJsonError:
        issues = None
    found = _messages(issues)[0] if isinstance(issues, list) and issues else "refused"
    return found if found != "refused" else _message(event)

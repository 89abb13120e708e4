"""Scores on their way to Langfuse: two forms of the same note, and what the server said about each.

Servers from 4.59 on take an array. Older ones refuse it; of the two ways they have, `POST /scores` ignores
the timestamp of a score, so a day of judging would look like one minute in every chart. `/ingestion` keeps
it. There, events of one score are merged by time and then by event id, so the event is named after the score:
the same note sent again replaces the first, whatever its value.
"""

from collections.abc import Mapping, Sequence
from itertools import islice
from math import isfinite

from adapters.sources.json_values import storable
from adapters.sources.langfuse_queries import instant
from adapters.sources.source import ScoreNote, Skip
from domain.errors import PermanentError

LONGEST_COMMENT = 500
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
    """Read the answer to an array: it counts what was refused, but does not say which."""
    rejected = answer.get("rejected", 0)
    if not isinstance(rejected, int) or rejected <= 0:
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
    """
    accepted, refused = _by_id(answer.get("successes")), _by_id(answer.get("errors"))
    if any(note.id not in accepted and note.id not in refused for note in notes):
        raise PermanentError("Langfuse did not say what became of some scores")
    return [Skip(note.id, refused[note.id]) for note in notes if note.id in refused]


def _score(note: ScoreNote) -> dict[str, object]:
    score: dict[str, object] = {
        "id": note.id,
        "traceId": note.trace_id,
        "name": note.name,
        "value": note.value,
        "dataType": "NUMERIC",
        "environment": note.environment,
        "metadata": {name: storable(value) for name, value in note.metadata.items()},
    }
    if note.observation_id is not None:
        score["observationId"] = note.observation_id
    if note.comment is not None:
        score["comment"] = _clipped(storable(note.comment), LONGEST_COMMENT)
    return score


def _clipped(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _messages(errors: object) -> list[str]:
    items = errors if isinstance(errors, list) else []
    return [_message(error) for error in islice(items, 1000)] or ["refused"]


def _message(error: object) -> str:
    message = error.get("message") if isinstance(error, dict) else None
    return _clipped(message, LONGEST_REASON) if isinstance(message, str) and message else "refused"


def _by_id(entries: object) -> dict[str, str]:
    items = entries if isinstance(entries, list) else []
    return {str(entry.get("id")): _message(entry) for entry in items if isinstance(entry, dict)}

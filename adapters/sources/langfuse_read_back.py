"""Reading back what was written: Langfuse accepts scores that it drops, renames or moves a moment later.

It drops a value outside of the range of its score configuration, gives a score the name of its configuration, and
moves one whose environment breaks its naming rule to the environment "default".
"""

from collections.abc import Mapping, Sequence
from math import isclose

from adapters.batches import batches
from adapters.sources.langfuse_pages import pages
from adapters.sources.langfuse_queries import scores_with
from adapters.sources.langfuse_wire import Wire
from adapters.sources.source import ScoreNote, Skip

IDS_PER_REQUEST = 50
"""Ids stand in the address, and servers give up on addresses of 8 KB."""

LONGEST_NAME = 60
EXACT_ENOUGH = 1e-9


async def unread(wire: Wire, path: str, notes: Sequence[ScoreNote]) -> list[Skip]:
    """Return those of *notes* that are not there as they were written; of two with one id the later counts."""
    written = {note.id: note for note in notes}
    found: dict[str, Mapping[str, object]] = {}
    for ids in batches(list(written), IDS_PER_REQUEST):
        async for rows in pages(wire, path, scores_with(ids)):
            for row in rows:
                if isinstance(row, dict) and isinstance(identity := row.get("id"), str):
                    found[identity] = row
    return [skip for note in written.values() if (skip := unlike(note, found.get(note.id)))]


def unlike(note: ScoreNote, row: Mapping[str, object] | None) -> Skip | None:
    """Say in what the score that was read differs from the one that was written; None if in nothing."""
    if row is None:
        return Skip(note.id, "was accepted and is not there")
    if row.get("name") != note.name:
        return Skip(note.id, f"was written as {note.name!r} and is there as {_shown(row.get('name'))}")
    value = _number(row.get("value"))
    if value is None:
        return Skip(note.id, "was written as a number and is there as something else")
    if not isclose(value, note.value, rel_tol=EXACT_ENOUGH, abs_tol=EXACT_ENOUGH):
        return Skip(note.id, f"was written with the value {note.value:g} and is there with {value:g}")
    if row.get("environment") != note.environment:
        where = _shown(row.get("environment"))
        return Skip(note.id, f"was written to the environment {note.environment!r} and is in {where}")
    return None


def _number(said: object) -> float | None:
    if isinstance(said, bool) or not isinstance(said, int | float):
        return None
    try:
        return float(said)
    except OverflowError:
        return None


def _shown(said: object) -> str:
    return repr(said[:LONGEST_NAME]) if isinstance(said, str) else "something that is no text"

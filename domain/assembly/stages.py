"""How long the stages around the model took: retrieval and guardrails."""

from collections import Counter
from datetime import datetime, timedelta

from domain.assembly.traces import Trace


def stage_s(trace: Trace, kind: str, oddities: Counter[str]) -> float | None:
    """Return during how many seconds at least one observation of type *kind* ran.

    Retrievals in parallel, or one inside another, are one wait. None without any, and where an end is missing or
    before its start: half of a sum would look like a fast stage.
    """
    spans = []
    for row in trace.observations:
        if row.type != kind:
            continue
        if row.ended_at is None or row.ended_at < row.started_at:
            oddities[f"{kind.lower()} without a usable end"] += 1
            return None
        spans.append((row.started_at, row.ended_at))
    return _covered(spans).total_seconds() if spans else None


def _covered(spans: list[tuple[datetime, datetime]]) -> timedelta:
    """Return how long the *spans*, which are in order of their start, cover together."""
    covered = timedelta()
    until = spans[0][0]
    for start, end in spans:
        if end > until:
            covered += end - max(start, until)
            until = end
    return covered

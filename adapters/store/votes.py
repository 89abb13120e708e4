"""Thumbs of users: written where they are new, or where somebody changed their mind."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from adapters.store.bulk import among
from adapters.store.database import upsert
from adapters.store.request_rows import kept_requests
from adapters.store.tables import FEEDBACK, REQUEST
from domain.facts import to_us
from domain.feedback import Feedback

_MOST_VOTES_WITHIN = timedelta(days=1)
_LONG_AGO = datetime(1980, 1, 1, tzinfo=UTC)


def write_votes(connection: Connection, application: str, feedback: Sequence[Feedback]) -> set[str]:
    """Write those votes that are not kept as they are; return which traces they are, or were, about."""
    fresh = {one.id: (application, one.id, one.trace_id, one.positive, to_us(one.given_at)) for one in feedback}
    if not fresh:
        return set()
    here = (FEEDBACK.c.application == application, among(connection, FEEDBACK.c.id, list(fresh)))
    kept = {row.id: row for row in connection.execute(select(FEEDBACK).where(*here))}
    changed = {name: row for name, row in fresh.items() if name not in kept or row != tuple(kept[name])}
    upsert(connection, FEEDBACK, [dict(zip(FEEDBACK.c.keys(), row, strict=True)) for row in changed.values()])
    about = {one.trace_id for one in feedback if one.id in changed}
    return about | {row.trace_id for name, row in kept.items() if name in changed}


def votes_ended_us(connection: Connection, application: str, about: Collection[str], since: datetime) -> set[int]:
    """Return when the requests *about* which there are votes ended: most of them not long before *since*, else ever."""
    missing, found = set(about), set[int]()
    for start in (since - _MOST_VOTES_WITHIN, _LONG_AGO):
        rows = kept_requests(connection, application, sorted(missing), start, REQUEST.c.trace_id, REQUEST.c.ended_us)
        found |= {row.ended_us for row in rows}
        missing -= {row.trace_id for row in rows}
    return found

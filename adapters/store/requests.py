"""Requests and feedback: kept once however often they are read, and loaded as columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Connection,
    and_,
    delete,
    insert,
    select,
    update,
)

from adapters.store.counted_hours import forget_hours, requests_turn
from adapters.store.database import Database, take_turns
from adapters.store.reading import IN_ORDER, read_facts
from adapters.store.request_rows import at_place, kept_requests, write_requests
from adapters.store.steps import read_steps, replace_steps
from adapters.store.tables import REQUEST, WATERMARK, inside
from adapters.store.votes import votes_ended_us, write_votes
from domain.facts import Facts, from_us, to_us
from domain.feedback import Feedback
from domain.hops import Hop, hops
from domain.request import Request
from domain.window import Window


@dataclass(frozen=True, slots=True)
class Known:
    """A stretch of time for which an application's traces are read completely."""

    start: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Requests:
    """The requests of all applications."""

    database: Database

    def save(self, application: str, window: Window, requests: Sequence[Request], feedback: Sequence[Feedback]) -> int:
        """Keep what was read of *window* and mark it as read, in one transaction; return how many requests are new.

        Reading a window again replaces what changed: nothing is counted twice, and late rows are picked up.
        """
        fresh = {request.trace_id: request for request in requests}
        with self.database.writing() as connection:
            take_turns(connection, requests_turn(application))
            written = write_requests(connection, application, fresh, window.start)
            replace_steps(connection, application, written.chains, fresh.values())
            voted = votes_ended_us(
                connection, application, write_votes(connection, application, feedback), window.start
            )
            forget_hours(connection, application, [*written.ended_us, *voted])
            _advance(connection, application, window)
        return written.new

    def refine(self, application: str, requests: Sequence[Request]) -> None:
        """Say of requests that are there already whether they were refused, now that their texts have been read."""
        changes = [
            {
                "at_us": to_us(one.ended_at),
                "of_trace": one.trace_id,
                "outcome": str(one.outcome),
                "refused": one.refused,
            }
            for one in requests
        ]
        with self.database.writing() as connection:
            take_turns(connection, requests_turn(application))
            if changes:
                connection.execute(update(REQUEST).where(*at_place(application)), changes)
                forget_hours(connection, application, [to_us(one.ended_at) for one in requests])

    def known(self, application: str) -> Known | None:
        """Return from when until when an application's traces are read without a gap: the newest such stretch.

        None if they never were.
        """
        query = (
            select(WATERMARK.c.from_us, WATERMARK.c.until_us)
            .where(WATERMARK.c.application == application)
            .order_by(WATERMARK.c.until_us.desc())
            .limit(1)
        )
        with self.database.reading() as connection:
            row = connection.execute(query).one_or_none()
        return Known(from_us(row.from_us), from_us(row.until_us)) if row else None

    def present(self, application: str, trace_ids: Sequence[str], *, since: datetime) -> set[str]:
        """Return which of these traces are kept, of those that ended after *since* or not long before it."""
        with self.database.reading() as connection:
            return {
                row.trace_id for row in kept_requests(connection, application, trace_ids, since, REQUEST.c.trace_id)
            }

    def ended_in(self, application: str, window: Window) -> list[str]:
        """Return the trace ids of the requests that ended in *window*, oldest first."""
        query = select(REQUEST.c.trace_id).where(*inside(REQUEST.c.ended_us, application, window)).order_by(*IN_ORDER)
        with self.database.reading() as connection:
            return list(connection.scalars(query))

    def hops(self, application: str, window: Window) -> list[Hop]:
        """Return the hops of the agent chains that ended in *window*; those that took most time are first."""
        with self.database.reading() as connection:
            return hops(read_steps(connection, application, window), window)

    def facts(self, application: str, window: Window) -> Facts:
        """Return the requests that ended in *window*, with their judgements and thumbs, as columns."""
        with self.database.reading() as connection:
            return read_facts(connection, application, window)


def _advance(connection: Connection, application: str, window: Window) -> None:
    """Note that *window* is read. Stretches that it touches become one; a gap stays a gap."""
    start, until = to_us(window.start), to_us(window.end)
    touching = and_(WATERMARK.c.application == application, WATERMARK.c.from_us <= until, WATERMARK.c.until_us >= start)
    for row in connection.execute(select(WATERMARK.c.from_us, WATERMARK.c.until_us).where(touching)).all():
        start, until = min(start, row.from_us), max(until, row.until_us)
    connection.execute(delete(WATERMARK).where(touching))
    connection.execute(insert(WATERMARK), {"application": application, "from_us": start, "until_us": until})

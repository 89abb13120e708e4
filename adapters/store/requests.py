"""Requests and feedback: kept once however often they are read, and loaded as columns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Delete,
    Row,
    Update,
    and_,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from adapters.store.database import Database, take_turns, upsert
from adapters.store.reading import IN_ORDER, read_facts
from adapters.store.rollups import forget_hours, requests_turn
from adapters.store.steps import read_steps, replace_steps
from adapters.store.tables import FEEDBACK, REQUEST, WATERMARK, inside
from domain.facts import Facts, from_us, to_us
from domain.feedback import Feedback
from domain.hops import Hop, hops
from domain.request import Outcome, Request
from domain.window import Window

_LONGEST_REQUEST = timedelta(hours=6)
_MOST_VOTES_WITHIN = timedelta(days=1)
_LONG_AGO = datetime(1980, 1, 1, tzinfo=UTC)
_IDS_AT_ONCE = 10_000  # SQLite takes some 32,000 parameters in a statement


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

        Reading a window again replaces its requests: nothing is counted twice, and late rows are picked up.
        """
        fresh = {request.trace_id: request for request in requests}
        with self.database.writing() as connection:
            take_turns(connection, requests_turn(application))
            before = {row.trace_id: row for row in _kept(connection, application, list(fresh), window.start)}
            # Where the end is another one now, an earlier reading saw only a part of this trace.
            moved = [row for row in before.values() if row.ended_us != to_us(fresh[row.trace_id].ended_at)]
            _change(connection, delete(REQUEST), [_place(application, row.ended_us, row.trace_id) for row in moved])
            upsert(connection, REQUEST, [_row(one, before.get(trace_id)) for trace_id, one in fresh.items()])
            chains = [(row.ended_us, row.trace_id) for row in before.values() if row.is_chain]
            replace_steps(connection, application, chains, fresh.values())
            upsert(connection, FEEDBACK, [_feedback_row(application, one) for one in feedback])
            touched = {row.ended_us for row in before.values()} | {to_us(one.ended_at) for one in fresh.values()}
            forget_hours(connection, application, touched | _ended(connection, application, feedback))
            _advance(connection, application, window)
        return len(fresh) - len(before)

    def refine(self, application: str, requests: Sequence[Request]) -> None:
        """Say of requests that are there already whether they were refused, now that their texts have been read."""
        changes = [
            _place(application, to_us(one.ended_at), one.trace_id)
            | {"outcome": str(one.outcome), "refused": one.refused}
            for one in requests
        ]
        with self.database.writing() as connection:
            take_turns(connection, requests_turn(application))
            _change(connection, update(REQUEST), changes)
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
        if not trace_ids:
            return set()
        with self.database.reading() as connection:
            return {row.trace_id for row in _kept(connection, application, trace_ids, since)}

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


def _kept(connection: Connection, application: str, trace_ids: Sequence[str], since: datetime) -> Iterator[Row[Any]]:
    """Yield what is kept of these traces, which ended after *since* or not long before it."""
    query = select(REQUEST.c.trace_id, REQUEST.c.ended_us, REQUEST.c.refused, REQUEST.c.is_chain).where(
        REQUEST.c.application == application, REQUEST.c.ended_us >= to_us(since - _LONGEST_REQUEST)
    )
    for first in range(0, len(trace_ids), _IDS_AT_ONCE):
        some = trace_ids[first : first + _IDS_AT_ONCE]
        yield from connection.execute(query.where(REQUEST.c.trace_id.in_(some)))


def _ended(connection: Connection, application: str, feedback: Sequence[Feedback]) -> set[int]:
    """Return when the requests ended that *feedback* is about: most of them in the day before it, else any time."""
    missing = {one.trace_id for one in feedback}
    found: set[int] = set()
    for since in (min((one.given_at for one in feedback), default=_LONG_AGO) - _MOST_VOTES_WITHIN, _LONG_AGO):
        rows = list(_kept(connection, application, sorted(missing), since))
        found |= {row.ended_us for row in rows}
        missing -= {row.trace_id for row in rows}
    return found


def _place(application: str, ended_us: int, trace_id: str) -> dict[str, object]:
    return {"in_application": application, "at_us": ended_us, "of_trace": trace_id}


def _change(connection: Connection, statement: Update | Delete, rows: Sequence[Mapping[str, object]]) -> None:
    """Apply *statement* to the request at each row's place, all in one go."""
    here = and_(
        REQUEST.c.application == bindparam("in_application"),
        REQUEST.c.ended_us == bindparam("at_us"),
        REQUEST.c.trace_id == bindparam("of_trace"),
    )
    if rows:
        connection.execute(statement.where(here), rows)


def _advance(connection: Connection, application: str, window: Window) -> None:
    """Note that *window* is read. Stretches that it touches become one; a gap stays a gap."""
    start, until = to_us(window.start), to_us(window.end)
    touching = and_(WATERMARK.c.application == application, WATERMARK.c.from_us <= until, WATERMARK.c.until_us >= start)
    for row in connection.execute(select(WATERMARK.c.from_us, WATERMARK.c.until_us).where(touching)).all():
        start, until = min(start, row.from_us), max(until, row.until_us)
    connection.execute(delete(WATERMARK).where(touching))
    connection.execute(insert(WATERMARK), {"application": application, "from_us": start, "until_us": until})


def _row(request: Request, before: Row[Any] | None = None) -> dict[str, object]:
    """Return the row of *request*; what *before* knew from the texts is kept, since most readings go without them."""
    refused, outcome = request.refused, request.outcome
    if refused is None and before is not None:
        refused = before.refused
        outcome = Outcome.REFUSED if refused and outcome is Outcome.OK else outcome
    return {
        "application": request.application,
        "ended_us": to_us(request.ended_at),
        "trace_id": request.trace_id,
        "started_us": to_us(request.started_at),
        "outcome": str(outcome),
        "refused": refused,
        "latency_s": request.latency_s,
        "ttft_s": request.ttft_s,
        "tpot_s": request.tpot_s,
        "retrieval_s": request.retrieval_s,
        "guardrail_s": request.guardrail_s,
        "context_share": request.context_share,
        "queue_depth": request.queue_depth,
        "input_tokens": request.input_tokens,
        "output_tokens": request.output_tokens,
        "cost_nano_usd": request.cost_nano_usd,
        "unpriced_calls": request.unpriced_calls,
        "is_chain": request.is_chain,
        "feature": request.feature,
        "user_tier": request.user_tier,
        "model": request.model,
        "provider": request.provider,
        "prompt_version": request.prompt_version,
        "release": request.release,
        "user_id": request.user_id,
        "session_id": request.session_id,
        "environment": request.environment,
        "profile": request.profile,
    }


def _feedback_row(application: str, one: Feedback) -> dict[str, object]:
    return {
        "application": application,
        "id": one.id,
        "trace_id": one.trace_id,
        "positive": one.positive,
        "given_us": to_us(one.given_at),
    }

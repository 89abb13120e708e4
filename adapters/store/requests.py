"""Requests and feedback: kept once however often they are read, and loaded as columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, delete, select, update

from adapters.store.columns import facts_from_rows
from adapters.store.database import Database, upsert
from adapters.store.tables import FEEDBACK, JUDGEMENT, REQUEST, WATERMARK
from domain.facts import Facts, from_us, to_us
from domain.feedback import Feedback
from domain.request import Request
from domain.window import Window

_LONGEST_REQUEST = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Known:
    """The time for which an application's traces are read completely."""

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
        fresh = {request.trace_id: to_us(request.ended_at) for request in requests}
        with self.database.writing() as connection:
            known = {
                row.trace_id: row.ended_us
                for row in connection.execute(
                    select(REQUEST.c.trace_id, REQUEST.c.ended_us).where(
                        REQUEST.c.application == application,
                        REQUEST.c.ended_us >= to_us(window.start - _LONGEST_REQUEST),
                    )
                )
                if row.trace_id in fresh
            }
            for trace_id, ended_us in known.items():
                if fresh[trace_id] != ended_us:  # an earlier reading saw only a part of this trace
                    connection.execute(
                        delete(REQUEST).where(
                            REQUEST.c.application == application,
                            REQUEST.c.ended_us == ended_us,
                            REQUEST.c.trace_id == trace_id,
                        )
                    )
            upsert(connection, REQUEST, [_row(request) for request in requests])
            upsert(connection, FEEDBACK, [_feedback_row(application, one) for one in feedback])
            _advance(connection, application, window)
        return len(fresh) - len(known)

    def refine(self, application: str, requests: Sequence[Request]) -> None:
        """Replace facts of requests that are there already, now that their texts have been read."""
        with self.database.writing() as connection:
            for request in requests:
                connection.execute(
                    update(REQUEST)
                    .where(
                        REQUEST.c.application == application,
                        REQUEST.c.ended_us == to_us(request.ended_at),
                        REQUEST.c.trace_id == request.trace_id,
                    )
                    .values(outcome=str(request.outcome), refused=request.refused)
                )

    def known(self, application: str) -> Known | None:
        """Return from when until when an application's traces are read; None if never."""
        with self.database.reading() as connection:
            row = connection.execute(
                select(WATERMARK.c.from_us, WATERMARK.c.until_us).where(WATERMARK.c.application == application)
            ).one_or_none()
        return Known(from_us(row.from_us), from_us(row.until_us)) if row else None

    def ended_in(self, application: str, window: Window) -> list[str]:
        """Return the trace ids of the requests that ended in *window*, oldest first."""
        query = select(REQUEST.c.trace_id).where(*inside(REQUEST, application, window)).order_by(REQUEST.c.ended_us)
        with self.database.reading() as connection:
            return list(connection.scalars(query))

    def facts(self, application: str, window: Window) -> Facts:
        """Return the requests that ended in *window*, with their judgements and thumbs, as columns."""
        judged = select(JUDGEMENT.c.trace_id, JUDGEMENT.c.outcome, JUDGEMENT.c.value).where(
            *inside(JUDGEMENT, application, window), JUDGEMENT.c.criterion == "faithfulness"
        )
        thumbs = select(FEEDBACK.c.trace_id, FEEDBACK.c.positive).where(
            FEEDBACK.c.application == application, FEEDBACK.c.given_us >= to_us(window.start)
        )
        requests = select(REQUEST).where(*inside(REQUEST, application, window)).order_by(REQUEST.c.ended_us)
        with self.database.reading() as connection:
            return facts_from_rows(
                connection.execute(requests).all(),
                connection.execute(judged).all(),
                connection.execute(thumbs).all(),
            )


def inside(table: Table, application: str, window: Window) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for rows of *application* that ended in *window*."""
    return (
        table.c.application == application,
        table.c.ended_us >= to_us(window.start),
        table.c.ended_us < to_us(window.end),
    )


def _advance(connection: Connection, application: str, window: Window) -> None:
    """Note that *window* is read. Time that does not touch what was known starts the account anew."""
    row = connection.execute(
        select(WATERMARK.c.from_us, WATERMARK.c.until_us).where(WATERMARK.c.application == application)
    ).one_or_none()
    start, until = to_us(window.start), to_us(window.end)
    if row is not None and row.from_us <= until and start <= row.until_us:
        start, until = min(start, row.from_us), max(until, row.until_us)
    upsert(connection, WATERMARK, [{"application": application, "from_us": start, "until_us": until}])


def _row(request: Request) -> dict[str, object]:
    return {
        "application": request.application,
        "ended_us": to_us(request.ended_at),
        "trace_id": request.trace_id,
        "started_us": to_us(request.started_at),
        "outcome": str(request.outcome),
        "refused": request.refused,
        "latency_s": request.latency_s,
        "ttft_s": request.ttft_s,
        "tpot_s": request.tpot_s,
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
    }


def _feedback_row(application: str, one: Feedback) -> dict[str, object]:
    return {
        "application": application,
        "id": one.id,
        "trace_id": one.trace_id,
        "positive": one.positive,
        "given_us": to_us(one.given_at),
    }

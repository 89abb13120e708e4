"""Requests as rows of their table: what was read is compared with what is kept, and only what differs is written.

Each reading goes back a quarter of an hour, so most of what it brings is there already.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, bindparam, delete, select, update

from adapters.store.bulk import Columns, Place, Values, among, differ, in_columns, insert_columns
from adapters.store.tables import JUDGEMENT, REQUEST
from domain.facts import EPOCH, to_us
from domain.request import Outcome, Request

_LONGEST_REQUEST = timedelta(hours=6)
_ROWS_AT_ONCE = 500  # their columns fit into the processor's cache
_AT = {name: at for at, name in enumerate(REQUEST.c.keys())}
_ENDED_US, _TRACE_ID, _OUTCOME = _AT["ended_us"], _AT["trace_id"], _AT["outcome"]
_REFUSED, _IS_CHAIN = _AT["refused"], _AT["is_chain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What writing requests changed.

    Attributes:
        new: How many of them were not there before.
        ended_us: When those ended that are new, changed or moved: as it is kept now, and as it was before.
        chains: Where the agent chains among all that were given were kept before.
    """

    new: int
    ended_us: list[int]
    chains: list[Place]


def write_requests(connection: Connection, application: str, fresh: Mapping[str, Request], since: datetime) -> Written:
    """Write those of the *fresh* requests, by trace id, that are not kept as they are, in the caller's transaction.

    A trace that ends at another time now was seen only in part before, and moves. What was known from its texts is
    kept, since most readings go without them. What is kept is looked for from some hours before *since* on.
    """
    since = min([since, *(request.ended_at for request in fresh.values())])
    kept: dict[str, Values] = {}
    outdated: list[Values] = []
    for row in kept_requests(connection, application, list(fresh), since, *REQUEST.c):
        outdated += [kept[row[_TRACE_ID]]] if row[_TRACE_ID] in kept else []
        kept[row[_TRACE_ID]] = tuple(row)
    new = [request for trace_id, request in fresh.items() if trace_id not in kept]
    changed = [
        row
        for some in _batches([fresh[trace_id] for trace_id in kept])
        for row in (_as_known(row, kept[row[_TRACE_ID]]) for row in zip(*columns_of(some).values(), strict=True))
        if differ(row, kept[row[_TRACE_ID]])
    ]
    outdated += [kept[row[_TRACE_ID]] for row in changed]
    if outdated:
        places = [{"at_us": row[_ENDED_US], "of_trace": row[_TRACE_ID]} for row in outdated]
        connection.execute(delete(REQUEST).where(*at_place(application)), places)
    insert_columns(connection, REQUEST, in_columns(REQUEST, changed))
    _move_judgements(
        connection, application, [row for row in changed if row[_ENDED_US] != kept[row[_TRACE_ID]][_ENDED_US]]
    )
    ended_us = [row[_ENDED_US] for row in (*changed, *outdated)]
    insert_columns(connection, REQUEST, _noting_ends(map(columns_of, _batches(new)), ended_us))
    chains = [(row[_ENDED_US], row[_TRACE_ID]) for row in (*kept.values(), *outdated) if row[_IS_CHAIN]]
    return Written(new=len(new), ended_us=ended_us, chains=chains)


def _move_judgements(connection: Connection, application: str, moved: Sequence[Values]) -> None:
    """File what came of judging the requests *moved* under their new end: it is looked for where they are."""
    if moved:
        statement = (
            update(JUDGEMENT)
            .where(JUDGEMENT.c.application == application, JUDGEMENT.c.trace_id == bindparam("of_trace"))
            .values(ended_us=bindparam("now_us"))
        )
        connection.execute(statement, [{"of_trace": row[_TRACE_ID], "now_us": row[_ENDED_US]} for row in moved])


def _noting_ends(parts: Iterable[Columns], ended_us: list[int]) -> Iterator[Columns]:
    for part in parts:
        ended_us += part["ended_us"]
        yield part


def _batches(requests: Sequence[Request]) -> Iterator[Sequence[Request]]:
    return (requests[first : first + _ROWS_AT_ONCE] for first in range(0, len(requests), _ROWS_AT_ONCE))


def kept_requests(
    connection: Connection, application: str, trace_ids: Sequence[str], since: datetime, *columns: Column[Any]
) -> Sequence[Row[Any]]:
    """Return *columns* of what is kept of these traces, which ended after *since* or not long before it."""
    if not trace_ids:
        return ()
    query = select(*columns).where(
        REQUEST.c.application == application,
        REQUEST.c.ended_us >= to_us(since - _LONGEST_REQUEST),
        among(connection, REQUEST.c.trace_id, trace_ids),
    )
    return connection.execute(query).all()


def _as_known(row: Values, before: Values) -> Values:
    """Return *row* with what the row *before* knew from the texts."""
    refused = before[_REFUSED]
    if refused is None or row[_REFUSED] is not None:
        return row
    outcome = str(Outcome.REFUSED) if refused and row[_OUTCOME] == Outcome.OK else row[_OUTCOME]
    return (*row[:_OUTCOME], outcome, refused, *row[_REFUSED + 1 :])


def at_place(application: str) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for the request at the place that each row of parameters (`at_us`, `of_trace`) names."""
    return (
        REQUEST.c.application == application,
        REQUEST.c.ended_us == bindparam("at_us"),
        REQUEST.c.trace_id == bindparam("of_trace"),
    )


def columns_of(requests: Sequence[Request]) -> Columns:
    """Return *requests* as the columns of their table; a comprehension for each is what makes it fast."""
    return {
        "application": [one.application for one in requests],
        "ended_us": _whole_us([one.ended_at for one in requests]),
        "trace_id": [one.trace_id for one in requests],
        "started_us": _whole_us([one.started_at for one in requests]),
        "outcome": [str(one.outcome) for one in requests],
        "refused": [one.refused for one in requests],
        "latency_s": [one.latency_s for one in requests],
        "ttft_s": [one.ttft_s for one in requests],
        "tpot_s": [one.tpot_s for one in requests],
        "retrieval_s": [one.retrieval_s for one in requests],
        "guardrail_s": [one.guardrail_s for one in requests],
        "context_share": [one.context_share for one in requests],
        "queue_depth": [one.queue_depth for one in requests],
        "input_tokens": [one.input_tokens for one in requests],
        "output_tokens": [one.output_tokens for one in requests],
        "cost_nano_usd": [one.cost_nano_usd for one in requests],
        "unpriced_calls": [one.unpriced_calls for one in requests],
        "is_chain": [one.is_chain for one in requests],
        "feature": [one.feature for one in requests],
        "user_tier": [one.user_tier for one in requests],
        "model": [one.model for one in requests],
        "provider": [one.provider for one in requests],
        "prompt_version": [one.prompt_version for one in requests],
        "release": [one.release for one in requests],
        "user_id": [one.user_id for one in requests],
        "session_id": [one.session_id for one in requests],
        "environment": [one.environment for one in requests],
        "profile": [one.profile for one in requests],
    }


def _whole_us(moments: Sequence[datetime]) -> list[int]:
    return [
        (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds
        for passed in [m - EPOCH for m in moments]
    ]

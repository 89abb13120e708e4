"""The steps of agent chains: kept with their request, read to see which hop is slow, fails or is expensive."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from sqlalchemy import BigInteger, Connection, bindparam, delete, select
from sqlmodel import Field, SQLModel

from adapters.store.bulk import Place, Values, among, in_columns, insert_columns
from adapters.store.day_names import DayLabel, day_of, first_names
from adapters.store.tables import inside, table
from domain.facts import OTHER, to_us
from domain.hops import Step
from domain.request import Request
from domain.window import Window


class StepRow(SQLModel, table=True):
    """One call of an agent, a tool or a model in a chain; *position* counts them by start time."""

    __tablename__ = "step"
    __table_args__ = {"sqlite_with_rowid": False}
    application: str = Field(primary_key=True)
    ended_us: int = Field(sa_type=BigInteger, primary_key=True)
    trace_id: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    name: str
    type: str
    seconds: float | None
    cost_nano_usd: int | None = Field(sa_type=BigInteger)
    failed: bool


STEP = table(StepRow)
_LABEL = "step"


def replace_steps(
    connection: Connection, application: str, before: Sequence[Place], requests: Iterable[Request]
) -> None:
    """Put the steps of *requests* in the place of those kept *before*; what is kept as it should be is left alone.

    A day's first MOST_NAMES names stand; what comes later under another name is kept as OTHER, so that hops still add
    up to what happened. All in the caller's transaction.
    """
    chains = [request for request in requests if request.steps]
    names = _names_of_days(connection, application, chains) if chains else {}
    wanted = {(to_us(request.ended_at), request.trace_id): list(_rows(request, names)) for request in chains}
    kept = _kept(connection, application, {*before, *wanted})
    outdated = [place for place, rows in kept.items() if rows != wanted.get(place)]
    if outdated:
        here = (
            STEP.c.application == application,
            STEP.c.ended_us == bindparam("at_us"),
            STEP.c.trace_id == bindparam("of_trace"),
        )
        places = [{"at_us": at_us, "of_trace": trace_id} for at_us, trace_id in outdated]
        connection.execute(delete(STEP).where(*here), places)
    changed = [row for place, rows in wanted.items() if rows != kept.get(place) for row in rows]
    insert_columns(connection, STEP, in_columns(STEP, changed))


def read_steps(connection: Connection, application: str, window: Window) -> Iterator[Step]:
    """Yield the steps of the chains that ended in *window*."""
    query = select(STEP.c.name, STEP.c.type, STEP.c.seconds, STEP.c.cost_nano_usd, STEP.c.failed).where(
        *inside(STEP.c.ended_us, application, window)
    )
    for name, kind, seconds, cost, failed in connection.execute(query):
        yield Step(name=name, type=kind, seconds=seconds, cost_nano_usd=cost, failed=failed)


def _kept(connection: Connection, application: str, places: Collection[Place]) -> dict[Place, list[Values]]:
    """Return the rows that are kept at *places*, in the order of their steps."""
    if not places:
        return {}
    ends = [ended_us for ended_us, _ in places]
    here = (
        STEP.c.application == application,
        STEP.c.ended_us.between(min(ends), max(ends)),
        among(connection, STEP.c.trace_id, sorted({trace_id for _, trace_id in places})),
    )
    kept: dict[Place, list[Values]] = defaultdict(list)
    for row in connection.execute(
        select(STEP).where(*here).order_by(STEP.c.ended_us, STEP.c.trace_id, STEP.c.position)
    ):
        kept[row.ended_us, row.trace_id].append(tuple(row))
    return {place: rows for place, rows in kept.items() if place in places}


def _names_of_days(connection: Connection, application: str, chains: Sequence[Request]) -> dict[DayLabel, set[str]]:
    wanted: dict[DayLabel, list[str]] = defaultdict(list)
    for request in sorted(chains, key=lambda one: (one.ended_at, one.trace_id)):
        wanted[_day(request)] += [step.name for step in request.steps]
    return first_names(connection, application, wanted)


def _day(request: Request) -> DayLabel:
    return day_of(to_us(request.ended_at)), _LABEL


def _rows(request: Request, names: dict[DayLabel, set[str]]) -> Iterator[Values]:
    """Yield the rows of a chain, in the order of the table's columns."""
    known, ended_us = names[_day(request)], to_us(request.ended_at)
    for position, step in enumerate(request.steps):
        name = step.name if step.name in known else OTHER
        facts = (step.type, step.seconds, step.cost_nano_usd, step.failed)
        yield (request.application, ended_us, request.trace_id, position, name, *facts)

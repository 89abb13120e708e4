"""The steps of agent chains: kept with their request, read to see which hop is slow, fails or is expensive."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, bindparam, delete, select
from sqlmodel import Field, SQLModel

from adapters.store.database import upsert
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
    connection: Connection, application: str, before: Sequence[tuple[int, str]], requests: Iterable[Request]
) -> None:
    """Put the steps of *requests* in the place of those kept *before*, by end and trace id; the caller's transaction.

    A day's first MOST_NAMES names stand; what comes later under another name is kept as OTHER, so that hops still add
    up to what happened.
    """
    if before:
        here = (
            STEP.c.application == application,
            STEP.c.ended_us == bindparam("at_us"),
            STEP.c.trace_id == bindparam("of_trace"),
        )
        connection.execute(delete(STEP).where(*here), [{"at_us": at, "of_trace": trace_id} for at, trace_id in before])
    chains = [request for request in requests if request.steps]
    if chains:
        names = _names_of_days(connection, application, chains)
        upsert(connection, STEP, [row for request in chains for row in _rows(request, names)])


def read_steps(connection: Connection, application: str, window: Window) -> Iterator[Step]:
    """Yield the steps of the chains that ended in *window*."""
    query = select(STEP.c.name, STEP.c.type, STEP.c.seconds, STEP.c.cost_nano_usd, STEP.c.failed).where(
        *inside(STEP.c.ended_us, application, window)
    )
    for name, kind, seconds, cost, failed in connection.execute(query):
        yield Step(name=name, type=kind, seconds=seconds, cost_nano_usd=cost, failed=failed)


def _names_of_days(connection: Connection, application: str, chains: Sequence[Request]) -> dict[DayLabel, set[str]]:
    wanted: dict[DayLabel, list[str]] = defaultdict(list)
    for request in sorted(chains, key=lambda one: (one.ended_at, one.trace_id)):
        wanted[_day(request)] += [step.name for step in request.steps]
    return first_names(connection, application, wanted)


def _day(request: Request) -> DayLabel:
    return day_of(to_us(request.ended_at)), _LABEL


def _rows(request: Request, names: dict[DayLabel, set[str]]) -> Iterator[dict[str, Any]]:
    known = names[_day(request)]
    for position, step in enumerate(request.steps):
        yield {
            "application": request.application,
            "ended_us": to_us(request.ended_at),
            "trace_id": request.trace_id,
            "position": position,
            "name": step.name if step.name in known else OTHER,
            "type": step.type,
            "seconds": step.seconds,
            "cost_nano_usd": step.cost_nano_usd,
            "failed": step.failed,
        }

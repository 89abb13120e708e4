"""The steps of agent chains: kept with their request, read to see which hop is slow, fails or is expensive."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, bindparam, delete, select
from sqlmodel import Field, SQLModel

from adapters.store.database import add_new, upsert
from adapters.store.tables import inside, table
from domain.facts import MOST_NAMES, OTHER, to_us
from domain.hops import Step
from domain.request import Request
from domain.window import Window

_LOG = logging.getLogger(__name__)
_DAY_US = 86_400_000_000


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


class StepNameRow(SQLModel, table=True):
    """A name that the steps of one day (UTC) go by; there are at most MOST_NAMES, the others are OTHER."""

    __tablename__ = "step_name"
    application: str = Field(primary_key=True)
    day_us: int = Field(sa_type=BigInteger, primary_key=True)
    name: str = Field(primary_key=True)


STEP = table(StepRow)
STEP_NAME = table(StepNameRow)


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


def _names_of_days(connection: Connection, application: str, chains: Sequence[Request]) -> dict[int, set[str]]:
    wanted: dict[int, dict[str, None]] = defaultdict(dict)
    for request in sorted(chains, key=lambda one: (one.ended_at, one.trace_id)):
        wanted[_day(request)].update(dict.fromkeys(step.name for step in request.steps))
    names: dict[int, set[str]] = {day: set() for day in wanted}
    query = select(STEP_NAME.c.day_us, STEP_NAME.c.name).where(
        STEP_NAME.c.application == application, STEP_NAME.c.day_us.in_(wanted)
    )
    for day, name in connection.execute(query):
        names[day].add(name)
    fresh: list[dict[str, Any]] = []
    for day, asked in wanted.items():
        new = [name for name in asked if name not in names[day]]
        room = MOST_NAMES - len(names[day])
        fresh += [{"application": application, "day_us": day, "name": name} for name in new[:room]]
        names[day].update(new[:room])
        if len(new) > room:
            words = "%d more names of steps of %s in one day than %d: counted as %r; is there an id in the name?"
            _LOG.warning(words, len(new) - room, application, MOST_NAMES, OTHER)
    add_new(connection, STEP_NAME, fresh)
    return names


def _day(request: Request) -> int:
    return to_us(request.ended_at) // _DAY_US * _DAY_US


def _rows(request: Request, names: dict[int, set[str]]) -> Iterator[dict[str, Any]]:
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

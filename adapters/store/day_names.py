"""The first names that a label goes by on a day: what comes later under another one is counted together.

A label with a million names is an id. Nobody reads a series for each, and they would fill the disk.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import BigInteger, Connection, select
from sqlmodel import Field, SQLModel

from adapters.store.database import add_new
from adapters.store.tables import table
from domain.facts import LABELS, MOST_NAMES, OTHER
from domain.measurement import Labels
from domain.rollup import Hour, relabelled

_LOG = logging.getLogger(__name__)
_DAY_US = 86_400_000_000

DayLabel = tuple[int, str]
"""A day (UTC), by its first microsecond, and a label."""


class DayNameRow(SQLModel, table=True):
    """A name of a label that was seen on a day; there are at most MOST_NAMES of each, the others are OTHER."""

    __tablename__ = "day_name"
    application: str = Field(primary_key=True)
    day_us: int = Field(sa_type=BigInteger, primary_key=True)
    label: str = Field(primary_key=True)
    name: str = Field(primary_key=True)


DAY_NAME = table(DayNameRow)


def day_of(moment_us: int) -> int:
    """Return the beginning of the day of a moment, both in microseconds."""
    return moment_us // _DAY_US * _DAY_US


def first_names(
    connection: Connection, application: str, wanted: Mapping[DayLabel, Iterable[str]]
) -> dict[DayLabel, set[str]]:
    """Return the names that stand for themselves, with the *wanted* ones among them as long as there is room."""
    names: dict[DayLabel, set[str]] = defaultdict(set)
    query = select(DAY_NAME.c.day_us, DAY_NAME.c.label, DAY_NAME.c.name).where(
        DAY_NAME.c.application == application, DAY_NAME.c.day_us.in_({day for day, _ in wanted})
    )
    for day, label, name in connection.execute(query):
        names[day, label].add(name)
    fresh: list[dict[str, object]] = []
    for (day, label), asked in wanted.items():
        known = names[day, label]
        new = [name for name in dict.fromkeys(asked) if name not in known]
        room = MOST_NAMES - len(known)
        fresh += [{"application": application, "day_us": day, "label": label, "name": name} for name in new[:room]]
        known.update(new[:room])
        if len(new) > room:
            words = "%d more names of the %s of %s in one day than %d: counted as %r; is it an id?"
            _LOG.warning(words, len(new) - room, label, application, MOST_NAMES, OTHER)
    add_new(connection, DAY_NAME, fresh)
    return names


def few_names(connection: Connection, application: str, found: Sequence[Hour], named: Labels) -> list[Hour]:
    """Return *found* with all but the first names of a day, and the *named* ones, as OTHER."""
    wanted: dict[tuple[int, str], list[str]] = {}
    for hour in found:
        for one in hour.labels:
            for label, name in zip(LABELS, one, strict=True):
                if name is not None and name != OTHER and (label, name) not in named:
                    wanted.setdefault((day_of(hour.hour_us), label), []).append(name)
    known = first_names(connection, application, wanted)

    def renamed(hour: Hour) -> Hour:
        day = day_of(hour.hour_us)
        return relabelled(
            hour,
            lambda one: tuple(
                name if name is None or (label, name) in named or name in known[day, label] else OTHER
                for label, name in zip(LABELS, one, strict=True)
            ),
        )

    return [renamed(hour) for hour in found]

"""Hours of requests as counts: read instead of rows, thrown away when something of their hour changes, made when read.

So there is one way for everything: an hour that was never counted, one with a late row, one that was counted by other
limits. Who reads it next makes it anew, from the rows, in a transaction that no change of a row can overlap.
"""

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

import numpy as np
from sqlalchemy import Connection, func, select

from adapters.store.counted_hours import labels_of, replace_hours, requests_turn
from adapters.store.database import Database, take_turns
from adapters.store.reading import read_facts
from adapters.store.tables import REQUEST, ROLLUP, SPREAD, WATERMARK, inside
from domain.counts import Counts, Sums
from domain.errors import TransientError
from domain.facts import LABELS, from_us, to_us
from domain.measurement import Labels
from domain.plan import Counters, Plan
from domain.rollup import HOUR_US, Labelled, Pairs, hours, pair
from domain.window import Window

_LOG = logging.getLogger(__name__)

_HOUR = timedelta(hours=1)
_AT_ONCE = timedelta(hours=6)
_ROWS_AT_ONCE = 100_000
"""So many hours are counted in one transaction, unless they hold more rows than this."""

_WORTH_A_WORD = 4  # parts of _AT_ONCE: a day and more is seldom, and may take a while
_PART = timedelta(days=3)
"""So much is read at a time, however long the window."""

_TRIES = 20


@dataclass(frozen=True, slots=True)
class Rollups:
    """The rollups of all applications."""

    database: Database

    def extent(self, application: str) -> Window | None:
        """Return the time in which requests ended, from the first to the last; None if there are none."""
        here = REQUEST.c.application == application
        ends = [select(which(REQUEST.c.ended_us)).where(here).scalar_subquery() for which in (func.min, func.max)]
        with self.database.reading() as connection:  # two questions: SQLite answers both at once by reading every row
            oldest, newest = connection.execute(select(*ends)).one()
        return None if oldest is None else Window(from_us(oldest), from_us(newest + 1))

    def whole_hours(self, application: str, window: Window) -> Window | None:
        """Return the whole hours inside *window* in which requests may be; None if there are none.

        An hour that is not read to its end is left to the rows: it is still growing.
        """
        extent = self.extent(application)
        if extent is None:
            return None
        with self.database.reading() as connection:
            of_this = WATERMARK.c.application == application
            read_until = connection.scalar(select(func.max(WATERMARK.c.until_us)).where(of_this)) or 0
        first = max(-(-to_us(window.start) // HOUR_US) * HOUR_US, to_us(extent.start) // HOUR_US * HOUR_US)
        last = min(to_us(window.end), max(read_until, to_us(extent.end) - 1)) // HOUR_US * HOUR_US
        return None if first >= last else Window(from_us(first), from_us(last))

    def read(
        self,
        application: str,
        whole: Window,
        plan: Plan,
        *,
        where: Labels = (),
        split_by: str | None = None,
        spreads: Collection[str] = (),
    ) -> dict[str | None, Counts]:
        """Add up the cells of the hours *whole* that carry *where*, for each name of a label (None: not labelled).

        Without *split_by* everything is under None. A month is read in parts.
        """
        with self._counted(application, whole, plan) as connection:
            groups, names = _groups(labels_of(connection, application), where, split_by)
            sums = Sums(plan, (groups, len(names)), spreads)
            for part in whole.parts(_PART):
                _add_cells(sums, connection, application, part, plan)
                for signal in spreads:
                    sums.spread(signal, _pairs(connection, application, part, signal))
        found = {name: one for name, one in zip(names, sums.counts(), strict=True) if split_by is None or len(one)}
        return found or ({} if split_by else {None: Counts.empty(plan, spreads)})

    def hourly(self, application: str, whole: Window, plan: Plan) -> Counters:
        """Return the counters of the hours *whole*, a row each, and behind them their minutes."""
        n = (to_us(whole.end) - to_us(whole.start)) // HOUR_US
        table = np.zeros((n, plan.width + 2 * len(plan.minutes)), dtype=np.int64)
        query = select(ROLLUP.c.hour_us, ROLLUP.c.counters, ROLLUP.c.minutes).where(
            *inside(ROLLUP.c.hour_us, application, whole)
        )
        with self._counted(application, whole, plan) as connection:
            for hour_us, counters, minutes in connection.execute(query):
                row = table[(hour_us - to_us(whole.start)) // HOUR_US]
                row[: plan.width] = np.frombuffer(counters, dtype="<i8").reshape(-1, plan.width).sum(axis=0)
                row[plan.width :] = np.frombuffer(minutes, dtype="<i8")
        return table

    @contextmanager
    def _counted(self, application: str, whole: Window, plan: Plan) -> Iterator[Connection]:
        """Read in one transaction that finds all of the hours *whole* counted by *plan*.

        Somebody may throw an hour away after it was made and before it is read: it is made once more.

        Raises:
            TransientError: That happens again and again, as when somebody else counts by another plan.
        """
        for _ in range(_TRIES):
            with self.database.reading() as connection:
                missing = missing_hours(connection, application, whole, plan)
                if not missing:
                    yield connection
                    return
            if len(missing) > _WORTH_A_WORD:
                days = sum((part.length for part in missing), timedelta()) / timedelta(days=1)
                _LOG.info(
                    "counting %.1f days of %s by the hour: new, or by other limits than before", days, application
                )
            for part in missing:
                self._make(application, part, plan)
        raise TransientError(f"the hours of {application} change while they are counted; does another version run?")

    def _make(self, application: str, missing: Window, plan: Plan) -> None:
        """Count the hours *missing*, one by one if they are busy: writers wait for each transaction."""
        query = select(func.count()).where(*inside(REQUEST.c.ended_us, application, missing))
        with self.database.reading() as connection:
            rows = connection.scalar(query) or 0
        for part in missing.parts(_HOUR) if rows > _ROWS_AT_ONCE else [missing]:
            with self.database.writing() as connection:
                take_turns(connection, requests_turn(application))
                made = hours(read_facts(connection, application, part, named=plan.named), plan)
                replace_hours(connection, application, part, plan, made)


def missing_hours(connection: Connection, application: str, whole: Window, plan: Plan) -> list[Window]:
    """Return the stretches of hours that are not there, or were made by another plan."""
    query = select(ROLLUP.c.hour_us).where(*inside(ROLLUP.c.hour_us, application, whole), ROLLUP.c.plan == plan.version)
    there = set(connection.scalars(query))
    missing = [at for at in range(to_us(whole.start), to_us(whole.end), HOUR_US) if at not in there]
    found: list[Window] = []
    for _, run in groupby(enumerate(missing), lambda one: one[1] - one[0] * HOUR_US):
        numbers = [at for _, at in run]
        found += Window(from_us(numbers[0]), from_us(numbers[-1] + HOUR_US)).parts(_AT_ONCE)
    return found


def _add_cells(sums: Sums, connection: Connection, application: str, part: Window, plan: Plan) -> None:
    rows = connection.execute(
        select(ROLLUP.c.combos, ROLLUP.c.counters, ROLLUP.c.minutes).where(*inside(ROLLUP.c.hour_us, application, part))
    ).all()
    minutes = np.frombuffer(b"".join(row.minutes for row in rows), dtype="<i8")
    sums.minutes(minutes.reshape(len(rows), 2 * len(plan.minutes)).sum(axis=0))
    sums.cells(
        np.frombuffer(b"".join(row.combos for row in rows), dtype="<u4").astype(np.int64),
        np.frombuffer(b"".join(row.counters for row in rows), dtype="<i8").reshape(-1, plan.width),
    )


def _pairs(connection: Connection, application: str, part: Window, signal: str) -> Pairs:
    query = select(SPREAD.c.pairs).where(*inside(SPREAD.c.hour_us, application, part), SPREAD.c.signal == signal)
    return np.frombuffer(b"".join(connection.scalars(query)), dtype=pair(signal))


def _groups(labels: dict[int, Labelled], where: Labels, split_by: str | None) -> tuple[Counters, list[str | None]]:
    """Return the group of each combination by its number, -1 for those without *where*, and the groups' names."""
    place = np.full(max(labels, default=0) + 1, -1, dtype=np.int64)
    names: dict[str | None, int] = {}
    for number, one in labels.items():
        if all(one[LABELS.index(label)] == name for label, name in where):
            name = None if split_by is None else one[LABELS.index(split_by)]
            place[number] = names.setdefault(name, len(names))
    return place, list(names)

"""The past of one application, from the store: rows of short windows, counts of long ones."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cached_property

from adapters.store.database import Database
from adapters.store.hourly import Hourly
from adapters.store.reading import read_facts
from adapters.store.rollups import Rollups
from domain.counts import Counts
from domain.facts import Facts, from_us
from domain.history import LONG, Sample
from domain.measure import tally
from domain.measurement import Labels
from domain.plan import Limit, Plan
from domain.running import Running
from domain.tally import Tally
from domain.window import Window, floor_to

_HOUR = timedelta(hours=1)
_FEW = 12
"""Stretches of rows at the ends of long windows, several rules looking at each; and so many splits of long windows."""

_AT_ONCE = 10_000
"""So many rows of later hours are read with those that are asked for: the next slots will ask for them."""


class StoredHistory:
    """What one run asks about the past of an application; what was read is kept for as long as the run lasts."""

    def __init__(self, database: Database, application: str, plan: Plan) -> None:
        self._database = database
        self._rollups = Rollups(database)
        self._application = application
        self._plan = plan
        self._held: tuple[Window, Running] | None = None
        self._hourly: Hourly | None = None
        self._ends_read: list[tuple[Window, Running]] = []
        self._judged_read: tuple[Window, Facts] | None = None
        self._hours_read: dict[tuple[Window, str | None, Labels, tuple[str, ...]], dict[str | None, Counts]] = {}

    def hold(self, rows: Window, hours: Window) -> None:
        """Read the *rows* and the *hours* that will be asked about in one go."""
        self._held = (rows, Running(self._read(rows)))
        whole = self._rollups.whole_hours(self._application, hours) if hours.length >= LONG else None
        if whole is not None:
            self._hourly = Hourly.of(hours, whole, self._rollups.hourly(self._application, whole, self._plan))

    def rows(self, window: Window) -> Facts:
        """Return the requests that ended in *window*, row by row."""
        return self._running(window).rows(window)

    def judged(self, window: Window) -> Facts:
        """Return the requests that ended in *window* and were chosen for judging, row by row.

        Read up to the end of what is held: the next slots ask for a little less of the beginning and a little more.
        """
        if self._held is None:
            return self._read(window, only_judged=True)
        if self._judged_read is None or not _holds(self._judged_read[0], window):
            read = Window(window.start, max(window.end, self._held[0].end))
            self._judged_read = (read, self._read(read, only_judged=True))
        return self._judged_read[1].within(window)

    def over(self, window: Window, *, where: Labels = (), spreads: Collection[str] = ()) -> Sample:
        """Return the requests that ended in *window* and carry the labels *where*."""
        if window.length < LONG:
            return self._running(window).rows(window, where)
        counts, whole = self._whole(window, where, spreads)
        edges = (edge.rows(part, where) for part, edge in self._ends(window, whole))
        return replace(counts, edges=tuple(rows for rows in edges if len(rows)))

    def by(self, window: Window, label: str, *, where: Labels = (), spreads: Collection[str] = ()) -> dict[str, Sample]:
        """Return the requests that ended in *window* and carry *where*, for each name of *label* that occurs."""
        if window.length < LONG:
            return dict(self._running(window).rows(window, where).split(label))
        whole = self._whole_hours(window)
        found = {} if whole is None else dict(self._hours(whole, label, where, spreads))
        for part, edge in self._ends(window, whole):
            for name, rows in edge.rows(part, where).split(label):
                one = found.get(name) or Counts.empty(self._plan, spreads)
                found[name] = replace(one, edges=(*one.edges, rows))
        return {name: one for name, one in found.items() if name is not None}

    def tally(self, window: Window, limit: Limit, *, where: Labels = ()) -> Tally:
        """Return how many of the requests that ended in *window* and carry *where* are bad by *limit*."""
        if window.length < LONG:
            return self._running(window).tally(window, limit, where)
        if limit.clustered:
            return tally(self.over(window, where=where), limit)
        counts, whole = self._whole(window, where, ())
        found = counts.tally(limit)
        for part, edge in self._ends(window, whole):
            found += edge.tally(part, limit, where)
        return found

    def tallies(
        self, window: Window, limits: Sequence[Limit], by: tuple[str, ...], *, where: Labels = ()
    ) -> list[tuple[Labels, tuple[Tally, ...]]]:
        """Return the same by each of *limits* for each set of names of the labels *by*; meant for less than LONG."""
        return self._running(window).tallies(window, limits, by, where)

    def _whole(self, window: Window, where: Labels, spreads: Collection[str]) -> tuple[Counts, Window | None]:
        """Return the counts of the whole hours in *window*, and which hours these are."""
        if not where and not spreads and self._hourly is not None and _holds(self._hourly.window, window):
            return self._hourly.over(window, self._plan)
        whole = self._whole_hours(window)
        if whole is None:
            return Counts.empty(self._plan, spreads), None
        return self._hours(whole, None, where, spreads)[None], whole

    def _whole_hours(self, window: Window) -> Window | None:
        if self._hourly is not None and _holds(self._hourly.window, window):
            return self._hourly.hours(window)
        return self._rollups.whole_hours(self._application, window)

    def _hours(
        self, whole: Window, label: str | None, where: Labels, spreads: Collection[str]
    ) -> dict[str | None, Counts]:
        """Return the counts of the hours *whole* for each name of *label*; rules and slots of an hour ask for the same.

        What nobody holds is read each time, as it is.
        """
        key = (whole, label, where, tuple(spreads))
        if key not in self._hours_read or self._held is None:
            if len(self._hours_read) >= _FEW:
                del self._hours_read[next(iter(self._hours_read))]
            self._hours_read[key] = self._rollups.read(
                self._application, whole, self._plan, where=where, split_by=label, spreads=spreads
            )
        return self._hours_read[key]

    def _ends(self, window: Window, whole: Window | None) -> list[tuple[Window, Running]]:
        """Return the parts of *window* outside the hours *whole* in which there may be requests, with their rows."""
        outside = [window] if whole is None else []
        if whole is not None and window.start < whole.start:
            outside.append(Window(window.start, whole.start))
        if whole is not None and whole.end < window.end:
            outside.append(Window(whole.end, window.end))
        return [(part, self._running(part)) for part in outside]

    @cached_property
    def _extent(self) -> Window | None:
        return self._rollups.extent(self._application)

    @cached_property
    def _nothing(self) -> Running:
        return Running(self._read(Window(from_us(0), from_us(1))))

    def _running(self, window: Window) -> Running:
        """Return rows that hold *window*."""
        if self._extent is None or window.end <= self._extent.start or self._extent.end <= window.start:
            return self._nothing
        if self._held is not None and _holds(self._held[0], window):
            return self._held[1]
        for read, found in self._ends_read:
            if _holds(read, window):
                return found
        read = self._at_once(window)
        found = Running(self._read(read))
        self._ends_read = [*self._ends_read[1 - _FEW :], (read, found)]
        return found

    def _at_once(self, window: Window) -> Window:
        """Return *window* to the end of its first hour: the next slots ask for less of that.

        Where it begins in the hour after what was read before, slot follows slot: twice as much is read, if it is not
        too much.
        """
        until = floor_to(window.start, _HOUR) + _HOUR
        before = [read for read, _ in self._ends_read if timedelta() <= window.start - read.end < _HOUR]
        if before and self._hourly is not None and self._held is not None:
            longer = until + 2 * max(_HOUR, before[-1].length)
            until = max(until, min(longer, self._hourly.until(until, _AT_ONCE), self._held[0].end))
        return Window(window.start, max(window.end, until))

    def _read(self, window: Window, *, only_judged: bool = False) -> Facts:
        with self._database.reading() as connection:
            return read_facts(connection, self._application, window, named=self._plan.named, only_judged=only_judged)


def _holds(outer: Window, inner: Window) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end

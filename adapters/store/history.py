"""The past of one application, from the store: rows of short windows, counts of long ones."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property

from adapters.store.database import Database
from adapters.store.reading import read_facts
from adapters.store.rollups import Rollups
from domain.counts import Counts
from domain.facts import Facts, from_us, to_us
from domain.history import LONG, Sample
from domain.measurement import Labels
from domain.plan import Counters, Plan
from domain.rollup import HOUR_US
from domain.window import Window, floor_to

_HOUR = timedelta(hours=1)
_FEW = 12  # stretches of rows: both ends of the windows that several rules look at


@dataclass(frozen=True, slots=True)
class _Hourly:
    """Counters of each of the hours *whole*, which are all that is counted of *window*."""

    window: Window
    whole: Window
    table: Counters

    def over(self, window: Window, plan: Plan) -> tuple[Counts, Window | None]:
        """Return the counts of the whole hours in *window*, and which hours these are."""
        at = to_us(self.whole.start)
        first = max(-(-to_us(window.start) // HOUR_US) * HOUR_US, at)
        last = min(to_us(window.end) // HOUR_US * HOUR_US, to_us(self.whole.end))
        nothing = Counts.empty(plan)
        if first >= last:
            return nothing, None
        sums = self.table[(first - at) // HOUR_US : (last - at) // HOUR_US].sum(axis=0)
        return replace(nothing, counters=sums[: plan.width], minutes=sums[plan.width :]), Window(
            from_us(first), from_us(last)
        )


class StoredHistory:
    """What one run asks about the past of an application; what was read is kept for as long as the run lasts."""

    def __init__(self, database: Database, application: str, plan: Plan) -> None:
        self._database = database
        self._rollups = Rollups(database)
        self._application = application
        self._plan = plan
        self._held: tuple[Window, Facts] | None = None
        self._hourly: _Hourly | None = None
        self._ends_read: list[tuple[Window, Facts]] = []

    def hold(self, rows: Window, hours: Window) -> None:
        """Read the *rows* and the *hours* that will be asked about in one go."""
        self._held = (rows, self._read(rows))
        whole = self._rollups.whole_hours(self._application, hours) if hours.length >= LONG else None
        if whole is not None:
            self._hourly = _Hourly(hours, whole, self._rollups.hourly(self._application, whole, self._plan))

    def rows(self, window: Window) -> Facts:
        """Return the requests that ended in *window*, row by row."""
        if self._extent is None or window.end <= self._extent.start or self._extent.end <= window.start:
            return self._nothing
        if self._held is not None and _holds(self._held[0], window):
            return self._held[1].within(window)
        return self._around(window).within(window)

    def judged(self, window: Window) -> Facts:
        """Return the requests that ended in *window* and were chosen for judging, row by row."""
        with self._database.reading() as connection:
            return read_facts(connection, self._application, window, named=self._plan.named, only_judged=True)

    def over(self, window: Window, *, where: Labels = (), spreads: Collection[str] = ()) -> Sample:
        """Return the requests that ended in *window* and carry the labels *where*."""
        if window.length < LONG:
            return self.rows(window).over(window, where=where)
        counts, whole = self._whole(window, where, spreads)
        return replace(counts, edges=tuple(edge.over(part, where=where) for part, edge in self._ends(window, whole)))

    def by(self, window: Window, label: str, *, where: Labels = (), spreads: Collection[str] = ()) -> dict[str, Sample]:
        """Return the requests that ended in *window* and carry *where*, for each name of *label* that occurs."""
        if window.length < LONG:
            return dict(self.rows(window).over(window, where=where).split(label))
        whole = self._rollups.whole_hours(self._application, window)
        found: dict[str | None, Counts] = {}
        if whole is not None:
            found = self._rollups.read(
                self._application, whole, self._plan, where=where, split_by=label, spreads=spreads
            )
        for part, edge in self._ends(window, whole):
            for name, rows in edge.over(part, where=where).split(label):
                one = found.get(name) or Counts.empty(self._plan, spreads)
                found[name] = replace(one, edges=(*one.edges, rows))
        return {name: one for name, one in found.items() if name is not None}

    def _whole(self, window: Window, where: Labels, spreads: Collection[str]) -> tuple[Counts, Window | None]:
        """Return the counts of the whole hours in *window*, and which hours these are."""
        if not where and not spreads and self._hourly is not None and _holds(self._hourly.window, window):
            return self._hourly.over(window, self._plan)
        whole = self._rollups.whole_hours(self._application, window)
        if whole is None:
            return Counts.empty(self._plan, spreads), None
        read = self._rollups.read(self._application, whole, self._plan, where=where, spreads=spreads)
        return read[None], whole

    def _ends(self, window: Window, whole: Window | None) -> list[tuple[Window, Facts]]:
        """Return the parts of *window* outside the hours *whole*, hour by hour, with their rows."""
        outside = [window] if whole is None else []
        if whole is not None and window.start < whole.start:
            outside.append(Window(window.start, whole.start))
        if whole is not None and whole.end < window.end:
            outside.append(Window(whole.end, window.end))
        found = [(part, self.rows(part)) for part in outside]
        return [(part, rows) for part, rows in found if len(rows)]

    @cached_property
    def _extent(self) -> Window | None:
        return self._rollups.extent(self._application)

    @cached_property
    def _nothing(self) -> Facts:
        return self._read(Window(from_us(0), from_us(1)))

    def _around(self, window: Window) -> Facts:
        """Return rows that hold *window*, to the end of its first hour: the next slots ask for less of that."""
        for read, facts in self._ends_read:
            if _holds(read, window):
                return facts
        read = Window(window.start, max(window.end, floor_to(window.start, _HOUR) + _HOUR))
        facts = self._read(read)
        self._ends_read = [*self._ends_read[1 - _FEW :], (read, facts)]
        return facts

    def _read(self, window: Window) -> Facts:
        with self._database.reading() as connection:
            return read_facts(connection, self._application, window, named=self._plan.named)


def _holds(outer: Window, inner: Window) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end

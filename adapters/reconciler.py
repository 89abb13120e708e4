"""Keeping our books honest: hours are read again, held against what the source counts, and kept.

Each hour is compared an hour after it ended. Once, from two hours after midnight on, yesterday is settled: what came
later than that is read, and what the source has merged or priced since is seen. That costs one question if nothing
has changed; if something has, the hours are read again, some of them at every slot, because sources limit requests.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from adapters.intake import Intake
from adapters.sources import TraceSource
from adapters.store import Store
from domain.money import spell_usd
from domain.reconciliation import ReconciledHour, Totals, add_up, agree_exactly
from domain.window import Window, floor_to

SETTLES_AFTER = timedelta(hours=2)
"""How long after midnight yesterday is compared again: its last hour has then been compared as any other."""

HOURS_AT_ONCE = 6
"""How many hours of yesterday one slot reads again: all of them within four slots."""

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One hour, compared, and how many of its requests the readings before did not have."""

    hour: ReconciledHour
    late: int

    def __str__(self) -> str:
        hour = self.hour
        theirs = "does not count" if hour.theirs is None else f"counts {_amounts(hour.theirs)}"
        late = f"; {self.late} requests came late" if self.late else ""
        when = f"{hour.start:%d %b %H:%M} to {hour.start + _HOUR:%H:%M}"
        return f"{_amounts(hour.ours)} read from {when}, the source {theirs}; {hour.requests:,} requests{late}"


class Reconciler:
    """Compares one application's hours with what its source counts."""

    def __init__(self, application: str, source: TraceSource, store: Store, intake: Intake) -> None:
        self._application = application
        self._source = source
        self._store = store
        self._intake = intake

    async def reconcile(self, at: datetime) -> list[Comparison]:
        """Compare the hour before the last whole one, settle yesterday where that is due, and keep what was found.

        Hours that are not read yet are left out. The same slot again replaces what it found.
        """
        end = floor_to(at, _HOUR)
        found = await self._compare(Window.ending(end - _HOUR, _HOUR), at)
        return [*([found] if found else []), *await self._settle(Window.ending(floor_to(at, _DAY), _DAY), at)]

    async def _compare(self, hour: Window, at: datetime) -> Comparison | None:
        again = await self._intake.read_again(hour)
        if again is None:
            return None
        became = self._store.requests.facts(self._application, hour)
        found = ReconciledHour(
            start=hour.start,
            ours=again.rows,
            theirs=await self._source.totals(hour),
            requests=len(became),
            spend_nano_usd=int(became.spend_nano_usd.sum()),
            checked_at=at,
        )
        self._store.reconciliations.save(self._application, [found])
        return Comparison(hour=found, late=again.late)

    async def _settle(self, day: Window, at: datetime) -> list[Comparison]:
        due = day.end + SETTLES_AFTER
        known = [hour for hour in day.parts(_HOUR) if self._intake.knows(hour)] if at >= due else []
        kept = {one.start: one for one in self._store.reconciliations.hours(self._application, day)}
        open_ones = [hour for hour in known if hour.start not in kept or kept[hour.start].checked_at < due]
        if not open_ones:
            return []
        theirs = await self._source.totals(Window(known[0].start, known[-1].end))
        if theirs is None:
            return []
        hours = [kept[hour.start] for hour in known if hour.start in kept]
        if len(hours) == len(known) and _unchanged(hours, theirs):
            self._store.reconciliations.save(self._application, [replace(one, checked_at=at) for one in hours])
            return []
        compared = [await self._compare(hour, at) for hour in open_ones[:HOURS_AT_ONCE]]
        return [one for one in compared if one]


def _unchanged(hours: Sequence[ReconciledHour], theirs: Totals) -> bool:
    """Whether every hour agreed, and their sum still is what the source counts."""
    return all(one.agrees_exactly for one in hours) and agree_exactly(add_up(one.ours for one in hours), theirs)


def _amounts(totals: Totals) -> str:
    cost = "no cost" if totals.cost_nano_usd is None else spell_usd(totals.cost_nano_usd)
    return f"{totals.rows:,} rows and {cost}"

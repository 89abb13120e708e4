"""Objectives over time: what was promised, measured and said at each slot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CTE, func, select

from adapters.store.alert_tables import ASSESSMENT
from adapters.store.database import Database, upsert
from domain.assessment import Assessment
from domain.facts import from_us, to_us
from domain.intervals import Interval
from domain.objective import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An assessment as it was kept: what tables and pages show."""

    objective: str
    tier: str
    promise: str
    signal: str
    statistic: str
    slot: datetime
    n: int
    k: int | None
    value: float | None
    interval: Interval | None
    verdict: Verdict
    because: str


@dataclass(frozen=True, slots=True)
class Assessments:
    """The assessments of all applications."""

    database: Database

    def save(self, application: str, slot: datetime, assessments: Sequence[Assessment]) -> None:
        """Keep what was found at *slot*; the same slot again replaces it."""
        with self.database.writing() as connection:
            upsert(connection, ASSESSMENT, [_row(application, slot, one) for one in assessments])

    def latest(self, application: str) -> list[Kept]:
        """Return the newest assessment of every objective."""
        names = _objectives(application)
        here = ASSESSMENT.c.application == application
        kept = ASSESSMENT.alias()
        newest = (
            select(func.max(kept.c.slot_us))
            .where(kept.c.application == application, kept.c.objective == names.c.objective)
            .scalar_subquery()
        )
        query = (
            select(ASSESSMENT)
            .join(names, (ASSESSMENT.c.objective == names.c.objective) & (ASSESSMENT.c.slot_us == newest))
            .where(here)
        )
        with self.database.reading() as connection:
            return [
                Kept(
                    objective=row.objective,
                    tier=row.tier,
                    promise=row.promise,
                    signal=row.signal,
                    statistic=row.statistic,
                    slot=from_us(row.slot_us),
                    n=row.n,
                    k=row.k,
                    value=row.value,
                    interval=None if row.low is None else Interval(row.low, row.high),
                    verdict=Verdict(row.verdict),
                    because=row.because,
                )
                for row in connection.execute(query)
            ]


def _objectives(application: str) -> CTE:
    """Return the names of the objectives, each found after the one before: a run each minute leaves a million rows."""
    first = select(func.min(ASSESSMENT.c.objective).label("objective")).where(ASSESSMENT.c.application == application)
    names = first.cte("names", recursive=True)
    after = select(func.min(ASSESSMENT.c.objective)).where(
        ASSESSMENT.c.application == application, ASSESSMENT.c.objective > names.c.objective
    )
    return names.union_all(select(after.scalar_subquery()).where(names.c.objective.is_not(None)))


def _row(application: str, slot: datetime, one: Assessment) -> dict[str, object]:
    shown, objective = one.measurement, one.objective
    return {
        "application": application,
        "objective": objective.name,
        "slot_us": to_us(slot),
        "tier": str(objective.tier),
        "promise": objective.promise,
        "signal": shown.signal,
        "statistic": objective.statistic,
        "from_us": to_us(shown.window.start),
        "until_us": to_us(shown.window.end),
        "n": shown.n,
        "k": one.bad.k if one.bad else None,
        "value": shown.value,
        "low": shown.interval.low if shown.interval else None,
        "high": shown.interval.high if shown.interval else None,
        "verdict": str(one.verdict),
        "because": one.because,
    }

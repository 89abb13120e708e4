"""What judging cost, day by day, for all processes that judge an application: a ledger with a cap."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select, update

from adapters.store.database import Database, add_new, take_turns
from adapters.store.judging_tables import JUDGE_SPEND


@dataclass(frozen=True, slots=True)
class DaysSpend:
    """One day (UTC) of judging: what was spent, and what calls under way, or of killed processes, may cost."""

    day: date
    spent_nano_usd: int
    reserved_nano_usd: int


@dataclass(frozen=True, slots=True)
class JudgeSpend:
    """The ledger of one application."""

    database: Database
    application: str

    def reserve(self, day: date, at_least: int, at_most: int, cap: int | None) -> int:
        """Set aside *at_least* to *at_most* nano-USD of what *cap* leaves of the day; 0 if that is too much."""
        row, here = self._of(day)
        with self.database.writing() as connection:
            take_turns(connection, f"judging {self.application}")
            add_new(connection, JUDGE_SPEND, [row])
            known = connection.execute(
                select(JUDGE_SPEND.c.reserved_nano_usd, JUDGE_SPEND.c.spent_nano_usd).where(*here)
            ).one()
            left = at_most if cap is None else cap - known.reserved_nano_usd - known.spent_nano_usd
            granted = min(at_most, left) if left >= at_least else 0
            if granted:
                more = JUDGE_SPEND.c.reserved_nano_usd + granted
                connection.execute(update(JUDGE_SPEND).where(*here).values(reserved_nano_usd=more))
        return granted

    def settle(self, day: date, reserved: int, spent: int) -> None:
        """Give back what was set aside, and note what of it was spent."""
        row, here = self._of(day)
        with self.database.writing() as connection:
            take_turns(connection, f"judging {self.application}")
            add_new(connection, JUDGE_SPEND, [row])
            connection.execute(
                update(JUDGE_SPEND)
                .where(*here)
                .values(
                    reserved_nano_usd=JUDGE_SPEND.c.reserved_nano_usd - reserved,
                    spent_nano_usd=JUDGE_SPEND.c.spent_nano_usd + spent,
                )
            )

    def days(self, first: date, last: date) -> Sequence[DaysSpend]:
        """Return the days from *first* to *last* on which anything was spent, oldest first."""
        day = JUDGE_SPEND.c.day
        query = (
            select(JUDGE_SPEND)
            .where(JUDGE_SPEND.c.application == self.application, day.between(first.isoformat(), last.isoformat()))
            .order_by(day)
        )
        with self.database.reading() as connection:
            return [
                DaysSpend(date.fromisoformat(row.day), row.spent_nano_usd, row.reserved_nano_usd)
                for row in connection.execute(query)
            ]

    def _of(self, day: date) -> tuple[dict[str, object], tuple[ColumnElement[bool], ...]]:
        named = {"application": self.application, "day": day.isoformat()}
        here = (JUDGE_SPEND.c.application == self.application, JUDGE_SPEND.c.day == day.isoformat())
        return {**named, "reserved_nano_usd": 0, "spent_nano_usd": 0}, here

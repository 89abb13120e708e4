"""Hours held against the source's own count."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, select
from sqlmodel import Field, SQLModel

from adapters.store.database import Database, upsert
from adapters.store.tables import inside, table
from domain.facts import from_us, to_us
from domain.reconciliation import ReconciledHour, Totals
from domain.window import Window


class ReconciliationRow(SQLModel, table=True):
    """One hour: what was read of it, what the source counts (null where it does not), and what became requests."""

    __tablename__ = "reconciliation"
    __table_args__ = {"sqlite_with_rowid": False}
    application: str = Field(primary_key=True)
    hour_us: int = Field(sa_type=BigInteger, primary_key=True)
    our_rows: int = Field(sa_type=BigInteger)
    our_cost_nano_usd: int | None = Field(sa_type=BigInteger)
    their_rows: int | None = Field(sa_type=BigInteger)
    their_cost_nano_usd: int | None = Field(sa_type=BigInteger)
    requests: int = Field(sa_type=BigInteger)
    spend_nano_usd: int = Field(sa_type=BigInteger)
    checked_us: int = Field(sa_type=BigInteger)


RECONCILIATION = table(ReconciliationRow)


@dataclass(frozen=True, slots=True)
class Reconciliations:
    """The compared hours of all applications."""

    database: Database

    def save(self, application: str, hours: Sequence[ReconciledHour]) -> None:
        """Keep *hours*, all of them or none; one that was compared before is replaced."""
        rows = [
            {
                "application": application,
                "hour_us": to_us(one.start),
                "our_rows": one.ours.rows,
                "our_cost_nano_usd": one.ours.cost_nano_usd,
                "their_rows": one.theirs.rows if one.theirs else None,
                "their_cost_nano_usd": one.theirs.cost_nano_usd if one.theirs else None,
                "requests": one.requests,
                "spend_nano_usd": one.spend_nano_usd,
                "checked_us": to_us(one.checked_at),
            }
            for one in hours
        ]
        with self.database.writing() as connection:
            upsert(connection, RECONCILIATION, rows)

    def hours(self, application: str, window: Window) -> list[ReconciledHour]:
        """Return the compared hours of an application that began in *window*, oldest first."""
        hour = RECONCILIATION.c.hour_us
        query = select(RECONCILIATION).where(*inside(hour, application, window)).order_by(hour)
        with self.database.reading() as connection:
            return [
                ReconciledHour(
                    start=from_us(row.hour_us),
                    ours=Totals(row.our_rows, row.our_cost_nano_usd),
                    theirs=None if row.their_rows is None else Totals(row.their_rows, row.their_cost_nano_usd),
                    requests=row.requests,
                    spend_nano_usd=row.spend_nano_usd,
                    checked_at=from_us(row.checked_us),
                )
                for row in connection.execute(query)
            ]

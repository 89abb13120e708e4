"""Looks at endpoints from outside."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from adapters.store.database import Database, upsert
from adapters.store.tables import PROBE, inside
from domain.facts import from_us, to_us
from domain.probe import Probe
from domain.window import Window


@dataclass(frozen=True, slots=True)
class Probes:
    """The probes of all applications."""

    database: Database

    def save(self, probes: Sequence[Probe]) -> None:
        """Keep *probes*; one of the same application and time replaces the earlier."""
        rows = [
            {
                "application": one.application,
                "at_us": to_us(one.at),
                "ok": one.ok,
                "status": one.status,
                "latency_s": one.latency_s,
                "first_byte_s": one.first_byte_s,
                "because": one.because,
            }
            for one in probes
        ]
        with self.database.writing() as connection:
            upsert(connection, PROBE, rows)

    def made_in(self, application: str, window: Window) -> list[Probe]:
        """Return the probes of an application in *window*, oldest first."""
        query = select(PROBE).where(*inside(PROBE.c.at_us, application, window)).order_by(PROBE.c.at_us)
        with self.database.reading() as connection:
            return [
                Probe(
                    application=row.application,
                    at=from_us(row.at_us),
                    ok=row.ok,
                    status=row.status,
                    latency_s=row.latency_s,
                    first_byte_s=row.first_byte_s,
                    because=row.because,
                )
                for row in connection.execute(query)
            ]

"""Silences that somebody asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, insert, or_, select, update

from adapters.store.alert_rows import labels_of, text_of
from adapters.store.alert_tables import SILENCE
from adapters.store.database import Database
from domain.facts import from_us, to_us
from domain.silence import EVERY, Silence
from domain.window import Window


@dataclass(frozen=True, slots=True)
class Silences:
    """The silences of all applications."""

    database: Database

    def add(self, silence: Silence) -> None:
        """Keep *silence*; slots that were decided before are what they are."""
        with self.database.writing() as connection:
            connection.execute(
                insert(SILENCE),
                {
                    "id": silence.id,
                    "application": silence.application,
                    "matchers": text_of(silence.matchers),
                    "starts_us": to_us(silence.starts),
                    "ends_us": to_us(silence.ends),
                    "asked_by": silence.by,
                    "comment": silence.comment,
                },
            )

    def end(self, silence_id: str, at: datetime) -> Silence | None:
        """End a silence at *at*, if it lasts longer, and return it as it was; None if there is no such silence."""
        with self.database.writing() as connection:
            row = connection.execute(select(SILENCE).where(SILENCE.c.id == silence_id)).one_or_none()
            ends_us = max(to_us(at), row.starts_us) if row is not None else 0
            connection.execute(
                update(SILENCE).where(SILENCE.c.id == silence_id, SILENCE.c.ends_us > ends_us).values(ends_us=ends_us)
            )
        return _silence(row) if row is not None else None

    def within(self, application: str, window: Window) -> Sequence[Silence]:
        """Return the silences that are on at some time of *window*, those of all applications too."""
        query = (
            select(SILENCE)
            .where(or_(SILENCE.c.application == application, SILENCE.c.application == EVERY))
            .where(SILENCE.c.starts_us < to_us(window.end), SILENCE.c.ends_us > to_us(window.start))
            .order_by(SILENCE.c.starts_us, SILENCE.c.id)
        )
        with self.database.reading() as connection:
            return [_silence(row) for row in connection.execute(query)]


def _silence(row: Row[tuple[object, ...]]) -> Silence:
    return Silence(
        id=row.id,
        application=row.application,
        matchers=labels_of(row.matchers),
        starts=from_us(row.starts_us),
        ends=from_us(row.ends_us),
        by=row.asked_by,
        comment=row.comment,
    )

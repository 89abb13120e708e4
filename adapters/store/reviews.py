"""Which flagged answers a person was asked to look at: each once, also when a run dies half-way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from adapters.store.database import Database, add_new
from adapters.store.judging_tables import REVIEW
from domain.facts import to_us


@dataclass(frozen=True, slots=True)
class Reviews:
    """The reviews of all applications."""

    database: Database

    def intend(self, application: str, queue: str, trace_ids: Sequence[str]) -> list[str]:
        """Note that these traces are about to be sent; return those that are not known to have arrived."""
        rows = [
            {"application": application, "queue": queue, "trace_id": one, "sent_us": None}
            for one in dict.fromkeys(trace_ids)
        ]
        waiting = select(REVIEW.c.trace_id).where(
            REVIEW.c.application == application, REVIEW.c.queue == queue, REVIEW.c.sent_us.is_(None)
        )
        with self.database.writing() as connection:
            add_new(connection, REVIEW, rows)
            return sorted(connection.scalars(waiting))

    def mark_sent(self, application: str, queue: str, trace_ids: Sequence[str], at: datetime) -> None:
        """Note that these traces are in the queue, or were refused for good."""
        with self.database.writing() as connection:
            for trace_id in trace_ids:
                connection.execute(
                    update(REVIEW)
                    .where(REVIEW.c.application == application, REVIEW.c.queue == queue, REVIEW.c.trace_id == trace_id)
                    .values(sent_us=to_us(at))
                )

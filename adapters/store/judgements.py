"""What came of judging: one row per answer and criterion, failures included."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, func, or_, select, update

from adapters.store.alert_tables import SLOT
from adapters.store.counted_hours import forget_hours, requests_turn
from adapters.store.database import Database, add_new, take_turns, upsert
from adapters.store.judgement_rows import Unpublished, judgement_row, unpublished
from adapters.store.request_rows import kept_requests
from adapters.store.superseding import (
    HOPELESS,
    HOPELESS_AFTER,
    SETTLED,
    forget_other_versions,
    known_rows,
    standing,
)
from adapters.store.tables import JUDGEMENT, REQUEST, inside
from domain.coverage import Coverage, Outcome, coverage_by_length
from domain.facts import from_us, to_us
from domain.judgement import Judgement, Score
from domain.served import ServedModel
from domain.transcript import Transcript
from domain.window import Window

_JOB = "judging"


@dataclass(frozen=True, slots=True)
class Judgements:
    """The judgements of all applications.

    A failure is kept too, so that coverage is known; the next run tries it again.
    """

    database: Database

    def save(
        self,
        application: str,
        judged: Sequence[tuple[Transcript, Judgement]],
        *,
        keep_reasons: bool,
        rate: float = 1.0,
    ) -> None:
        """Keep *judged*; of each answer and criterion one judgement stands (`superseding`).

        Each is filed under the moment at which its request is: the texts may have been read of a trace that went on.

        Args:
            rate: With which probability each of them was chosen.
        """
        if not judged:
            return
        rows = [judgement_row(application, t, j, keep_reasons=keep_reasons) | {"rate": rate} for t, j in judged]
        trace_ids, since = [j.trace_id for _, j in judged], min(t.ended_at for t, _ in judged)
        with self.database.writing() as connection:
            take_turns(connection, requests_turn(application))
            found = kept_requests(connection, application, trace_ids, since, REQUEST.c.trace_id, REQUEST.c.ended_us)
            filed = {one.trace_id: one.ended_us for one in found}
            rows = [row | {"ended_us": filed.get(str(row["trace_id"]), row["ended_us"])} for row in rows]
            known = known_rows(connection, application, trace_ids)
            rows = [standing(row, known.get((str(row["trace_id"]), str(row["criterion"])), [])) for row in rows]
            forget_other_versions(connection, rows)
            upsert(connection, JUDGEMENT, rows)
            forget_hours(connection, application, {*filed.values(), *(to_us(t.ended_at) for t, _ in judged)})

    def raise_rate(self, application: str, window: Window, rate: float) -> None:
        """Note that in *window* every request was chosen with at least *rate*, those judged earlier as well."""
        lower = and_(*inside(JUDGEMENT.c.ended_us, application, window), JUDGEMENT.c.rate < rate)
        with self.database.writing() as connection:
            take_turns(connection, requests_turn(application))
            touched = connection.scalars(select(JUDGEMENT.c.ended_us).where(lower)).all()
            if touched:
                connection.execute(update(JUDGEMENT).where(lower).values(rate=rate))
                forget_hours(connection, application, touched)

    def last_rate(self, application: str, until: datetime) -> float | None:
        """Return the share with which the newest answer before *until* was chosen that was judged; None without one."""
        query = (
            select(JUDGEMENT.c.rate)
            .where(JUDGEMENT.c.application == application, JUDGEMENT.c.ended_us < to_us(until))
            .order_by(JUDGEMENT.c.ended_us.desc())
            .limit(1)
        )
        with self.database.reading() as connection:
            return connection.scalar(query)

    def mark_judged(self, application: str, until: datetime) -> None:
        """Note that the sample is judged up to *until*, as far as it can be."""
        with self.database.writing() as connection:
            add_new(connection, SLOT, [{"application": application, "job": _JOB, "slot_us": to_us(until)}])

    def judged_until(self, application: str) -> datetime | None:
        """Return up to when the sample is judged; None if it never was."""
        query = select(func.max(SLOT.c.slot_us)).where(SLOT.c.application == application, SLOT.c.job == _JOB)
        with self.database.reading() as connection:
            until = connection.scalar(query)
        return None if until is None else from_us(until)

    def settled(self, application: str, window: Window, criteria: Sequence[str]) -> set[str]:
        """Return the traces that ended in *window* and need no further judging by any of *criteria*."""
        query = (
            select(JUDGEMENT.c.trace_id)
            .where(
                *inside(JUDGEMENT.c.ended_us, application, window),
                or_(
                    JUDGEMENT.c.outcome.in_(SETTLED),
                    and_(JUDGEMENT.c.outcome.in_(HOPELESS), JUDGEMENT.c.attempts >= HOPELESS_AFTER),
                ),
                JUDGEMENT.c.criterion.in_(criteria),
            )
            .group_by(JUDGEMENT.c.trace_id)
            .having(func.count(JUDGEMENT.c.criterion.distinct()) >= len(set(criteria)))
        )
        with self.database.reading() as connection:
            return set(connection.scalars(query))

    def judged_ids(self, application: str, window: Window) -> set[str]:
        """Return the traces that ended in *window* and were chosen for judging, whatever came of it."""
        query = select(JUDGEMENT.c.trace_id).where(*inside(JUDGEMENT.c.ended_us, application, window)).distinct()
        with self.database.reading() as connection:
            return set(connection.scalars(query))

    def judges(self, application: str, window: Window, criterion: str) -> Mapping[tuple[str, str], int]:
        """Return who scored what ended in *window* by *criterion*: judge and version, and how many answers."""
        columns = (JUDGEMENT.c.judge, JUDGEMENT.c.version)
        query = (
            select(*columns, func.count())
            .where(
                *inside(JUDGEMENT.c.ended_us, application, window),
                JUDGEMENT.c.criterion == criterion,
                JUDGEMENT.c.outcome == "scored",
            )
            .group_by(*columns)
        )
        with self.database.reading() as connection:
            return {(row[0], row[1]): int(row[2]) for row in connection.execute(query)}

    def served_models(self, application: str, window: Window) -> list[ServedModel]:
        """Return which models answered as judges in *window* (by when they answered), for each judge."""
        at = JUDGEMENT.c.judged_us
        columns = (JUDGEMENT.c.judge, JUDGEMENT.c.served_by)
        query = (
            select(*columns, func.min(at).label("first_us"), func.max(at).label("last_us"))
            .where(*inside(at, application, window), JUDGEMENT.c.served_by.is_not(None))
            .group_by(*columns)
            .order_by(*columns)
        )
        with self.database.reading() as connection:
            return [
                ServedModel(
                    judge=row.judge, model=row.served_by, first=from_us(row.first_us), last=from_us(row.last_us)
                )
                for row in connection.execute(query)
            ]

    def coverage(self, application: str, window: Window, criterion: str) -> Sequence[Coverage]:
        """Return how far judging of what ended in *window* reached, by the length of the context."""
        columns = (JUDGEMENT.c.outcome, JUDGEMENT.c.context_characters)
        query = (
            select(*columns, func.count().label("count"))
            .where(*inside(JUDGEMENT.c.ended_us, application, window), JUDGEMENT.c.criterion == criterion)
            .group_by(*columns)
        )
        with self.database.reading() as connection:
            found = [Outcome(row.outcome, row.context_characters, int(row[2])) for row in connection.execute(query)]
        return coverage_by_length(found)

    def unpublished(self, application: str, window: Window) -> list[Unpublished]:
        """Return the scores of traces that ended in *window* which nobody wrote back yet, oldest first."""
        query = (
            select(JUDGEMENT)
            .where(
                *inside(JUDGEMENT.c.ended_us, application, window),
                JUDGEMENT.c.outcome == "scored",
                JUDGEMENT.c.published.is_(False),
            )
            .order_by(JUDGEMENT.c.ended_us, JUDGEMENT.c.trace_id)
        )
        with self.database.reading() as connection:
            return [unpublished(row) for row in connection.execute(query)]

    def published_before(self, application: str, window: Window, before: datetime, most: int) -> list[Unpublished]:
        """Return up to *most* scores of traces that ended in *window*, judged and written back before that time.

        The newest: what is lost is lost soon after it was taken. What was refused, or lost before, is not among them.
        """
        query = (
            select(JUDGEMENT)
            .where(
                *inside(JUDGEMENT.c.ended_us, application, window),
                JUDGEMENT.c.outcome == "scored",
                JUDGEMENT.c.published.is_(True),
                JUDGEMENT.c.given_up.is_(False),
                JUDGEMENT.c.judged_us <= to_us(before),
            )
            .order_by(JUDGEMENT.c.judged_us.desc(), JUDGEMENT.c.trace_id)
            .limit(most)
        )
        with self.database.reading() as connection:
            return [unpublished(row) for row in connection.execute(query)]

    def mark_published(
        self, application: str, scores: Sequence[Score], *, published: bool = True, given_up: bool = False
    ) -> None:
        """Note that *scores* are written back, or must be written again.

        Args:
            given_up: They were refused, or lost once: nobody looks for them any more.
        """
        if not scores:
            return
        these = update(JUDGEMENT).where(
            JUDGEMENT.c.application == application,
            JUDGEMENT.c.trace_id == bindparam("of_trace"),
            JUDGEMENT.c.criterion == bindparam("by_criterion"),
            JUDGEMENT.c.version == bindparam("in_version"),
        )
        with self.database.writing() as connection:
            connection.execute(
                these.values(published=published, **({"given_up": True} if given_up else {})),
                [{"of_trace": s.trace_id, "by_criterion": s.criterion, "in_version": s.version} for s in scores],
            )

    def reasons(self, application: str, trace_ids: Sequence[str]) -> dict[str, str]:
        """Return why these traces were scored as they were, where reasons are kept."""
        query = select(JUDGEMENT.c.trace_id, JUDGEMENT.c.reason).where(
            JUDGEMENT.c.application == application,
            JUDGEMENT.c.trace_id.in_(trace_ids),
            JUDGEMENT.c.reason != "",
        )
        with self.database.reading() as connection:
            return {row.trace_id: row.reason for row in connection.execute(query)}

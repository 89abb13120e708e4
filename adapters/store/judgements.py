"""What came of judging: one row per answer and criterion, failures included."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, select, update

from adapters.store.alert_tables import SLOT
from adapters.store.counted_hours import forget_hours, requests_turn
from adapters.store.database import Database, add_new, take_turns, upsert
from adapters.store.request_rows import kept_requests
from adapters.store.tables import JUDGEMENT, REQUEST, inside
from domain.facts import from_us, to_us
from domain.judgement import JudgeFailure, Judgement, NotApplicable, Score
from domain.transcript import Transcript
from domain.window import Window

_JOB = "judging"
_REASON_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Unpublished:
    """A score that is not written next to its trace yet, and where that is."""

    score: Score
    observation_id: str | None
    ended_at: datetime


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
        """Keep *judged*; a later judgement of the same answer and criterion version replaces the earlier.

        Each is filed under the moment at which its request is: the texts may have been read of a trace that went on.

        Args:
            rate: With which probability each of them was chosen.
        """
        if not judged:
            return
        rows = [_row(application, t, j, keep_reasons=keep_reasons) | {"rate": rate} for t, j in judged]
        trace_ids, since = [j.trace_id for _, j in judged], min(t.ended_at for t, _ in judged)
        with self.database.writing() as connection:
            take_turns(connection, requests_turn(application))
            found = kept_requests(connection, application, trace_ids, since, REQUEST.c.trace_id, REQUEST.c.ended_us)
            filed = {one.trace_id: one.ended_us for one in found}
            rows = [row | {"ended_us": filed.get(str(row["trace_id"]), row["ended_us"])} for row in rows]
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

    def settled(self, application: str, window: Window) -> set[str]:
        """Return the traces that ended in *window* and need no further judging: scored, or not applicable."""
        query = select(JUDGEMENT.c.trace_id).where(
            *inside(JUDGEMENT.c.ended_us, application, window), JUDGEMENT.c.outcome.in_(["scored", "not applicable"])
        )
        with self.database.reading() as connection:
            return set(connection.scalars(query))

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
            return [_unpublished(row) for row in connection.execute(query)]

    def mark_published(self, application: str, scores: Sequence[Score]) -> None:
        """Note that *scores* are written back, or were refused for good."""
        these = update(JUDGEMENT).where(
            JUDGEMENT.c.application == application,
            JUDGEMENT.c.trace_id == bindparam("of_trace"),
            JUDGEMENT.c.criterion == bindparam("by_criterion"),
            JUDGEMENT.c.version == bindparam("in_version"),
        )
        with self.database.writing() as connection:
            connection.execute(
                these.values(published=True),
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


def outcome_words(judgement: Judgement) -> str:
    """Return the kind of a judgement as it is stored and counted.

    >>> outcome_words(NotApplicable(trace_id="t", criterion="f", version="1", reason="", judge="j",
    ...                             judged_at=from_us(0)))
    'not applicable'
    """
    match judgement:
        case Score():
            return "scored"
        case NotApplicable():
            return "not applicable"
        case JudgeFailure():
            return f"failed: {judgement.reason}"


def _row(application: str, transcript: Transcript, judgement: Judgement, *, keep_reasons: bool) -> dict[str, object]:
    scored = judgement if isinstance(judgement, Score) else None
    reason = scored.reason if scored and keep_reasons else ""
    return {
        "application": application,
        "trace_id": judgement.trace_id,
        "criterion": judgement.criterion,
        "version": judgement.version,
        "ended_us": to_us(transcript.ended_at),
        "outcome": outcome_words(judgement),
        "value": scored.value if scored else None,
        "reason": reason[:_REASON_LENGTH],
        "judge": judgement.judge,
        "judged_us": to_us(judgement.judged_at),
        "cost_nano_usd": scored.cost_nano_usd if scored else None,
        "observation_id": transcript.observation_id,
        "published": False,
    }


def _unpublished(row: Row[Any]) -> Unpublished:
    score = Score(
        trace_id=row.trace_id,
        criterion=row.criterion,
        version=row.version,
        value=row.value,
        reason=row.reason,
        judge=row.judge,
        judged_at=from_us(row.judged_us),
        cost_nano_usd=row.cost_nano_usd,
    )
    return Unpublished(score, row.observation_id, from_us(row.ended_us))

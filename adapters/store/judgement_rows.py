"""Judgements as rows, and back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from domain.facts import from_us, to_us
from domain.judgement import JudgeFailure, Judgement, NotApplicable, Quarantined, Score
from domain.transcript import Transcript

_REASON_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Unpublished:
    """A score that is not written next to its trace yet, and where that is."""

    score: Score
    observation_id: str | None
    ended_at: datetime


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
        case Quarantined():
            return f"quarantined: {judgement.reason}"


def judgement_row(
    application: str, transcript: Transcript, judgement: Judgement, *, keep_reasons: bool
) -> dict[str, object]:
    """Return a judgement as a row, not written back yet; no text is in it, and reasons only where they may be kept."""
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
        "cost_nano_usd": judgement.cost_nano_usd,
        "observation_id": transcript.observation_id,
        "published": False,
        "given_up": False,
        "served_by": scored.served_by if scored else None,
        "context_characters": sum(map(len, transcript.context)),
    }


def unpublished(row: Row[Any]) -> Unpublished:
    """Return the score in a row, and where it belongs in the source."""
    score = Score(
        trace_id=row.trace_id,
        criterion=row.criterion,
        version=row.version,
        value=row.value,
        reason=row.reason,
        judge=row.judge,
        judged_at=from_us(row.judged_us),
        served_by=row.served_by,
        cost_nano_usd=row.cost_nano_usd,
    )
    return Unpublished(score, row.observation_id, from_us(row.ended_us))

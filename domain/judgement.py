"""What came of judging one answer: a score, nothing to judge, or a failure. A failure is a value, never a number."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """An answer was judged.

    Attributes:
        value: From 0 (bad) to 1 (good).
        reason: Why, clipped; hostile text if a model wrote it.
        cost_nano_usd: What this judgement cost; None if the judge's price is unknown, 0 if it is free.
    """

    trace_id: str
    criterion: str
    version: str
    value: float
    reason: str = ""
    judge: str
    judged_at: datetime
    cost_nano_usd: int | None = 0

    def __post_init__(self) -> None:
        if not 0.0 <= self.value <= 1.0:  # also refuses NaN
            raise ValueError(f"a score lies between 0 and 1, not at {self.value}")

    @property
    def risk(self) -> float:
        """The hallucination risk of a faithfulness score: the share of claims that nothing supports."""
        return round(1.0 - self.value, 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotApplicable:
    """There was nothing to judge: no context, no checkable claim, a refusal."""

    trace_id: str
    criterion: str
    version: str
    reason: str
    judge: str
    judged_at: datetime


class FailureReason(StrEnum):
    """Why a judge gave no usable verdict."""

    SCHEMA = "schema"
    IDS = "ids"
    TRUNCATED = "truncated"
    CONTENT_FILTER = "content filter"
    TIMEOUT = "timeout"
    RATE_LIMITED = "rate limited"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeFailure:
    """The judge gave no usable verdict; counted, never read as 0 or 1."""

    trace_id: str
    criterion: str
    version: str
    reason: FailureReason
    detail: str = ""
    judge: str
    judged_at: datetime


Judgement = Score | NotApplicable | JudgeFailure

"""What came of judging one answer by one criterion. A failure is a value, never a number."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """An answer was judged.

    Attributes:
        value: From 0 to 1; whether 1 is the good end is the criterion's business (of faithfulness it is).
        reason: Why, clipped; hostile text if a model wrote it.
        served_by: The model that answered, as it calls itself; None for judges that are no model.
        cost_nano_usd: What this judgement cost; None if the judge's price is unknown, 0 if it is free.
    """

    trace_id: str
    criterion: str
    version: str
    value: float
    reason: str = ""
    judge: str
    judged_at: datetime
    served_by: str | None = None
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
    cost_nano_usd: int | None = 0


class FailureReason(StrEnum):
    """Why a judge gave no usable verdict."""

    SCHEMA = "schema"
    IDS = "ids"
    TRUNCATED = "truncated"
    CONTENT_FILTER = "content filter"
    TIMEOUT = "timeout"
    RATE_LIMITED = "rate limited"
    UNAVAILABLE = "unavailable"
    BUDGET = "budget"


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
    cost_nano_usd: int | None = 0


class QuarantineReason(StrEnum):
    """Why a judgement is not believed."""

    INJECTION = "injection"
    """The texts speak to whoever judges them."""
    CANARY = "canary"
    """In the same batch the judge was wrong about an answer that everybody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """The answer is kept out: to believe the judge would let an attacker hide, to call it bad let one wake people."""

    trace_id: str
    criterion: str
    version: str
    reason: QuarantineReason
    detail: str = ""
    judge: str
    judged_at: datetime
    cost_nano_usd: int | None = 0


Judgement = Score | NotApplicable | JudgeFailure | Quarantined

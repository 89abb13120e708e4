"""What every judge is, and what their judgements have in common."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import SecretStr

from domain.criterion import Canary, Criterion, Ruling, Unit, worst_of
from domain.judgement import FailureReason, JudgeFailure, Judgement, NotApplicable, Quarantined, QuarantineReason, Score
from domain.refusal import is_refusal
from domain.transcript import Transcript

if TYPE_CHECKING:  # whoever reads a configuration loads no client
    from adapters.judges.cache import Cache
    from adapters.judges.endpoint import Client
    from adapters.judges.purse import Ledger

LONGEST_REASON = 300


class Judge(Protocol):
    """Reads one answer and says what it thinks of it, by one criterion or several."""

    @property
    def name(self) -> str:
        """Who judges, as it is stored with each score (`rules`, `openai/gpt-5-mini`)."""
        ...

    @property
    def criteria(self) -> Sequence[str]:
        """The names of the criteria; every answer gets one judgement for each."""
        ...

    def name_of(self, criterion: str) -> str:
        """Return who gives the scores by *criterion*; its fallback may give some of them under its own name."""
        ...

    def version_of(self, criterion: str) -> str:
        """Return the version under which its scores by *criterion* are kept."""
        ...

    @property
    def reads_as_told(self) -> bool:
        """Whether a text could talk it into something."""
        ...

    @property
    def fitted_on(self) -> Collection[str]:
        """The ids of labelled answers that it was fitted on: its errors are not measured on those."""
        ...

    @property
    def canaries(self) -> Sequence[tuple[str, Canary]]:
        """Answers that are judged with every batch, each with the criterion it is about."""
        ...

    async def judge(
        self, transcript: Transcript, at: datetime, *, fresh: bool = False, only: str | None = None
    ) -> Sequence[Judgement]:
        """Judge one answer. That the judge fails is no error but a `JudgeFailure`.

        Args:
            only: By this criterion alone; None by all of them.
            fresh: Nothing that was answered before may be used again: for canaries and anchors.

        Raises:
            TransientError: Our own store does not answer.
        """
        ...

    def conclude(self, trace_ids: Collection[str], *, believed: bool) -> None:
        """Say whether what it said of these answers is believed: if not, it must not say it again from memory."""
        ...

    def settle(self) -> None:
        """Settle what the calls so far have cost; to be called when none is under way."""
        ...


@dataclass(frozen=True, slots=True)
class Wire:
    """What a judge needs from outside.

    Attributes:
        nonce: Returns a fresh, unguessable word at each call; it keys the fences around hostile text.
        now: What time it is, to know which day a call is charged to.
    """

    client: "Client"
    nonce: Callable[[], str] = field(repr=False)
    now: Callable[[], datetime]
    ledger: "Ledger"
    cache: "Cache"
    api_key: SecretStr | None = None
    fallback_api_key: SecretStr | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Who judges what by which criterion and when: the part that is the same whatever comes of it."""

    trace_id: str
    criterion: str
    judge: str
    version: str
    judged_at: datetime

    def score(
        self, value: float | None, reason: str, *, cost_nano_usd: int | None = 0, served_by: str | None = None
    ) -> Score | NotApplicable:
        """Return a score; where nothing counts there is none."""
        if value is None:
            return self.not_applicable("the answer makes no checkable claim", cost_nano_usd=cost_nano_usd)
        return Score(
            **self._same(), value=value, reason=clipped(reason), served_by=served_by, cost_nano_usd=cost_nano_usd
        )

    def not_applicable(self, reason: str, *, cost_nano_usd: int | None = 0) -> NotApplicable:
        """Say that there was nothing to judge."""
        return NotApplicable(**self._same(), reason=reason, cost_nano_usd=cost_nano_usd)

    def failure(self, reason: FailureReason, detail: str, *, cost_nano_usd: int | None = 0) -> JudgeFailure:
        """Say that the judge gave no usable verdict."""
        return JudgeFailure(**self._same(), reason=reason, detail=clipped(detail), cost_nano_usd=cost_nano_usd)

    def quarantined(self, reason: QuarantineReason, detail: str, *, cost_nano_usd: int | None = 0) -> Quarantined:
        """Say that the answer is kept out."""
        return Quarantined(**self._same(), reason=reason, detail=clipped(detail), cost_nano_usd=cost_nano_usd)

    def _same(self) -> dict[str, Any]:
        return {
            "trace_id": self.trace_id,
            "criterion": self.criterion,
            "version": self.version,
            "judge": self.judge,
            "judged_at": self.judged_at,
        }


def benches(judge: Judge, trace_id: str, at: datetime) -> list[Bench]:
    """Return the bench of every criterion of *judge*, for an answer that it is not asked about."""
    return [
        Bench(
            trace_id=trace_id,
            criterion=criterion,
            judge=judge.name_of(criterion),
            version=judge.version_of(criterion),
            judged_at=at,
        )
        for criterion in judge.criteria
    ]


def why_not_judged(transcript: Transcript, criterion: Criterion) -> str | None:
    """Say why there is nothing to judge, before any judge is asked; None if there is something."""
    if not transcript.answer.strip():
        return "the answer is empty"
    if criterion.needs_context and not any(passage.strip() for passage in transcript.context):
        return "the trace has no context"
    if not criterion.judges_refusals and is_refusal(transcript.answer):
        return "the answer is a refusal"
    return None


def why(criterion: Criterion, rulings: Sequence[Ruling]) -> str:
    """Say in plain words what speaks most against an answer, or that nothing does."""
    worst = worst_of(criterion, rulings)
    if worst is None:
        return ""
    best = max if criterion.good == "high" else min
    choices = criterion.verdicts
    ends = [choice.counts for choice in choices.values() if choice.counts is not None]
    if criterion.of is Unit.SENTENCE and choices[worst.verdict].counts == best(ends):
        return "Nothing speaks against any sentence."
    about = f"Sentence {worst.number}" if worst.number else "The answer"
    because = f": {worst.reason}" if worst.reason else ""
    return f"{about}, {worst.verdict.replace('_', ' ')}{because}"


def clipped(text: str) -> str:
    """Put *text* on one line, without control characters, of at most 300 characters."""
    line = "".join(letter if letter.isprintable() else " " for letter in text[: 10 * LONGEST_REASON])
    line = " ".join(line.split())
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 1] + "…"

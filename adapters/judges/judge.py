"""What every judge is, and what their judgements have in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from pydantic import SecretStr

from domain.claims import Claim, ClaimVerdict, faithfulness
from domain.judgement import FailureReason, JudgeFailure, Judgement, NotApplicable, Score
from domain.refusal import is_refusal
from domain.transcript import Transcript

if TYPE_CHECKING:  # whoever reads a configuration loads no client
    import httpx

FAITHFULNESS = "faithfulness"
"""The criterion of the scores: the share of checkable sentences that the context supports."""
LONGEST_REASON = 300


class Judge(Protocol):
    """Reads one answer and says which of its sentences the context supports."""

    @property
    def name(self) -> str:
        """Who judged, as it is stored with each score (`rules`, `openai/gpt-5-mini`)."""
        ...

    async def judge(self, transcript: Transcript, at: datetime) -> Judgement:
        """Judge the faithfulness of one answer. Never raises: a failure is a `JudgeFailure`."""
        ...


@dataclass(frozen=True, slots=True)
class Wire:
    """What a judge needs from outside.

    Attributes:
        nonce: Returns a fresh, unguessable word at each call; it keys the fences around hostile text.
    """

    client: "httpx.AsyncClient"
    nonce: Callable[[], str] = field(repr=False)
    api_key: SecretStr | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """Who judges what and when: the part that is the same whatever comes of it."""

    trace_id: str
    judge: str
    version: str
    judged_at: datetime

    def on(self, claims: Sequence[Claim], cost_nano_usd: int | None) -> Score | NotApplicable:
        """Turn verdicts into a score; our arithmetic, never a judge's."""
        value = faithfulness(claims)
        if value is None:
            return self.not_applicable("the answer makes no checkable claim")
        return Score(
            trace_id=self.trace_id, criterion=FAITHFULNESS, version=self.version, value=value,
            reason=worst(claims), judge=self.judge, judged_at=self.judged_at, cost_nano_usd=cost_nano_usd,
        )  # fmt: skip

    def not_applicable(self, reason: str) -> NotApplicable:
        """Say that there was nothing to judge."""
        return NotApplicable(
            trace_id=self.trace_id, criterion=FAITHFULNESS, version=self.version, reason=reason,
            judge=self.judge, judged_at=self.judged_at,
        )  # fmt: skip

    def failure(self, reason: FailureReason, detail: str) -> JudgeFailure:
        """Say that the judge gave no usable verdict."""
        return JudgeFailure(
            trace_id=self.trace_id, criterion=FAITHFULNESS, version=self.version, reason=reason,
            detail=clipped(detail), judge=self.judge, judged_at=self.judged_at,
        )  # fmt: skip


def why_not_judged(transcript: Transcript) -> str | None:
    """Say why there is nothing to judge, before any judge is asked; None if there is something."""
    if not transcript.answer.strip():
        return "the answer is empty"
    if not any(passage.strip() for passage in transcript.context):
        return "the trace has no context"
    if is_refusal(transcript.answer):
        return "the answer is a refusal"
    return None


def worst(claims: Sequence[Claim]) -> str:
    """Say in plain words what is wrong with an answer: a contradiction before an unsupported claim."""
    for verdict, words in (
        (ClaimVerdict.CONTRADICTED, "contradicts the context"),
        (ClaimVerdict.NOT_IN_CONTEXT, "has no support in the context"),
    ):
        for claim in claims:
            if claim.verdict is verdict:
                return clipped(f"Sentence {claim.number} {words}: {claim.reason}")
    return "The context supports every claim."


def clipped(text: str) -> str:
    """Put *text* on one line, without control characters, of at most 300 characters."""
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    line = " ".join(line.split())
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 1] + "…"

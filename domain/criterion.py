"""Criteria: what a judge is asked of an answer, which verdicts it may give, and what our arithmetic makes of them.

A judge never returns a score, so there is no field into which a manipulated judge could write "1.0".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

NAME = r"^[a-z][a-z0-9-]{0,39}$"
VERDICT = r"^[a-z][a-z0-9_]{0,39}$"
FAITHFULNESS, GROUNDEDNESS = "faithfulness", "groundedness"
FRAME = 2
"""The version of what stands around every criterion in a prompt; scores of another frame are not comparable."""


class Unit(StrEnum):
    """What gets a verdict of its own."""

    SENTENCE = "sentence"
    ANSWER = "answer"


class Choice(BaseModel):
    """One verdict that the judge may give.

    Attributes:
        means: When to give it, in words to the judge.
        counts: What it adds to the score, 0 to 1; None leaves the sentence, or the answer, out of it.
        quote: Whether it must come with words of the context, to the letter.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    means: str = Field(min_length=1, max_length=500)
    counts: float | None = Field(ge=0, le=1)
    quote: bool = False


class Canary(BaseModel):
    """An answer of which everybody knows what is right; the judge sees it among the others.

    Attributes:
        expect: Which half of the scale is right: a score above a half is high.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["known good", "known bad", "injected bad"]
    question: str
    context: tuple[str, ...] = ()
    answer: str = Field(min_length=1)
    expect: Literal["high", "low"]

    def is_right(self, value: float) -> bool:
        """Whether a judge that scores it so has its senses together."""
        return value > 0.5 if self.expect == "high" else value < 0.5  # noqa: PLR2004 - the middle of the scale


class Criterion(BaseModel):
    """One question about an answer, as an operator writes it in YAML.

    Attributes:
        version: To be raised with every change: scores of different versions are not comparable.
        of: Whether each sentence of the answer gets a verdict, or the answer as a whole.
        good: Which end of the scale is the good one.
        needs_context: There is nothing to judge without retrieved passages.
        judges_refusals: Whether there is something to judge in an answer that refuses.
        without_quote: What a verdict becomes whose quote is not in the context.
        canaries: Judged with every batch; if one comes out wrong, the batch is not believed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=NAME)
    version: int = Field(ge=1)
    of: Unit
    asks: str = Field(min_length=1, max_length=2000)
    verdicts: Mapping[str, Choice] = Field(min_length=2, max_length=10)
    without_quote: str | None = None
    good: Literal["high", "low"] = "high"
    needs_context: bool = False
    judges_refusals: bool = False
    canaries: tuple[Canary, ...] = ()

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        for verdict in self.verdicts:
            if not verdict.isascii() or not verdict.replace("_", "a").isalnum() or not verdict.islower():
                raise ValueError(f"the verdict {verdict!r} is written in lower case letters and underscores")
        counted = {choice.counts for choice in self.verdicts.values()} - {None}
        if len(counted) < 2:  # noqa: PLR2004 - a scale has two ends
            raise ValueError("every verdict counts the same: the score could never change")
        quoting = [verdict for verdict, choice in self.verdicts.items() if choice.quote]
        if bool(quoting) != (self.without_quote is not None):
            raise ValueError("without_quote says what a verdict with quote: true becomes without one: both or neither")
        if self.without_quote is not None and (
            self.without_quote not in self.verdicts or self.verdicts[self.without_quote].quote
        ):
            raise ValueError(f"without_quote: {self.without_quote!r} must be a verdict that needs no quote")
        if quoting and not self.needs_context:
            raise ValueError("a quote can only be asked for where needs_context is true")
        return self

    @cached_property
    def label(self) -> str:
        """The version as it is stored with each score."""
        return f"{self.name}/{self.version}.{FRAME}"

    @cached_property
    def digest(self) -> str:
        """What changes when any word of it does."""
        return sha256(f"{FRAME}|{self.model_dump_json()}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Ruling:
    """One verdict, checked.

    Attributes:
        number: 1-based position of the sentence; 0 for the answer as a whole.
        reason: Why, in a few words; hostile text if a model wrote it.
    """

    number: int
    verdict: str
    reason: str = ""


def score_of(criterion: Criterion, rulings: Sequence[Ruling]) -> float | None:
    """Return the mean of what the verdicts count, or None if none counts; never a judge's own arithmetic."""
    counted = [counts for one in rulings if (counts := criterion.verdicts[one.verdict].counts) is not None]
    return min(1.0, max(0.0, sum(counted) / len(counted))) if counted else None


def worst_of(criterion: Criterion, rulings: Sequence[Ruling]) -> Ruling | None:
    """Return the ruling that speaks most against the answer; None if none speaks at all."""
    sign = 1.0 if criterion.good == "high" else -1.0
    counted = [
        (sign * counts, place, one)
        for place, one in enumerate(rulings)
        if (counts := criterion.verdicts[one.verdict].counts) is not None
    ]
    return min(counted)[2] if counted else None

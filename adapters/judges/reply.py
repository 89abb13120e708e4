"""Reading what a model judge replied; nothing in it is believed before it is checked."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from domain.claims import Claim, ClaimVerdict
from domain.judgement import FailureReason

_SHORTEST_QUOTE = 2


class UnusableError(Exception):
    """A reply that gives no verdicts; caught by the judge, which turns it into a `JudgeFailure`."""

    def __init__(self, reason: FailureReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Sentence(_Strict):
    id: int
    verdict: Literal["supported", "contradicted", "not_in_context", "no_claim"]
    quote: str
    reason: str


class _Verdicts(_Strict):
    sentences: list[_Sentence]


class _Lenient(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Message(_Lenient):
    content: str | None = None
    refusal: str | None = None


class _Choice(_Lenient):
    message: _Message
    finish_reason: str | None = None


class Usage(_Lenient):
    """The tokens that one call was charged for."""

    prompt_tokens: int
    completion_tokens: int


class _Completion(_Lenient):
    choices: list[_Choice]
    usage: Usage | None = None


def read_completion(body: bytes) -> tuple[str, Usage | None]:
    """Return the text of a Chat Completions answer and its usage.

    Raises:
        UnusableError: The answer was cut off, filtered or is no completion.
    """
    try:
        completion = _Completion.model_validate_json(body)
    except ValidationError as error:
        raise UnusableError(FailureReason.SCHEMA, f"no chat completion: {explain(error)}") from None
    if not completion.choices:
        raise UnusableError(FailureReason.SCHEMA, "no chat completion: it has no choices")
    choice = completion.choices[0]
    if choice.finish_reason == "length":
        raise UnusableError(FailureReason.TRUNCATED, "the judge ran out of output tokens")
    if choice.finish_reason == "content_filter":
        raise UnusableError(FailureReason.CONTENT_FILTER, "the provider filtered the judge's reply")
    if choice.message.refusal:
        raise UnusableError(FailureReason.CONTENT_FILTER, "the judge refused to judge")
    return choice.message.content or "", completion.usage


def read_verdicts(content: str, claims: Sequence[str], passages: Sequence[str]) -> list[Claim]:
    """Return one verdict for each of *claims*.

    A `supported` without an exact quote from one of *passages* is downgraded: somebody may have talked the
    judge into it.

    Raises:
        pydantic.ValidationError: It is not the JSON that was asked for; worth one more try.
        UnusableError: The ids are not exactly 1..n.
    """
    verdicts = _Verdicts.model_validate_json(content.encode(errors="replace"))
    by_id = {sentence.id: sentence for sentence in verdicts.sentences}
    asked = range(1, len(claims) + 1)
    if len(verdicts.sentences) != len(claims) or by_id.keys() != set(asked):
        raise UnusableError(FailureReason.IDS, f"asked for the ids 1 to {len(claims)}, the judge gave others")
    known = [_one_line(passage) for passage in passages]
    return [_claim(number, claims[number - 1], by_id[number], known) for number in asked]


def _claim(number: int, text: str, judged: _Sentence, passages: Sequence[str]) -> Claim:
    verdict = ClaimVerdict(judged.verdict)
    if verdict is ClaimVerdict.SUPPORTED and not _is_quoted(judged.quote, passages):
        return Claim(number, text, ClaimVerdict.NOT_IN_CONTEXT, "the judge's evidence is not a quote from the context")
    return Claim(number, text, verdict, judged.reason)


def _is_quoted(quote: str, passages: Sequence[str]) -> bool:
    words = _one_line(quote)
    if len(words.split()) < _SHORTEST_QUOTE:
        return bool(words) and words in passages
    return any(words in passage for passage in passages)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def explain(error: ValidationError) -> str:
    """Say where a reply is wrong, without repeating what it said."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else str(first["msg"])

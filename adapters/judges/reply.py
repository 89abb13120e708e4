"""Reading what a model judge replied; nothing in it is believed before it is checked."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from adapters.judges.explain import explain
from adapters.judges.judge import clipped
from adapters.judges.unusable import UnusableError
from domain.criterion import Criterion, Ruling, Unit
from domain.judgement import FailureReason

_SHORTEST_QUOTE = 2


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Judged(_Strict):
    verdict: str
    quote: str = ""
    reason: str


class _Sentence(_Judged):
    id: int


_OBJECT = TypeAdapter(dict[str, Any])
_ANSWER = TypeAdapter(_Judged)
_SENTENCES = TypeAdapter(list[_Sentence])


def read_object(content: str) -> Mapping[str, Any]:
    """Return the JSON object that a judge replied.

    Raises:
        UnusableError: It is none; worth one more try.
    """
    try:
        return _OBJECT.validate_json(content.encode(errors="replace"))
    except ValidationError as error:
        raise UnusableError(FailureReason.SCHEMA, explain(error)) from None


def read_rulings(said: Mapping[str, Any], criterion: Criterion, count: int, passages: Sequence[str]) -> list[Ruling]:
    """Return the checked verdicts on *criterion*: one for each of *count* sentences, or one for the answer.

    A verdict that needs a quote and has none from one of *passages* is downgraded: somebody may have talked the judge
    into it.

    Args:
        passages: Each as `one_line`.

    Raises:
        UnusableError: It is not what was asked for, or the ids are not exactly 1..n; worth one more try.
    """
    if criterion.name not in said:
        raise UnusableError(FailureReason.SCHEMA, f"{criterion.name}: Field required")
    part = said[criterion.name]
    try:
        if criterion.of is Unit.ANSWER:
            return [_ruling(0, _ANSWER.validate_python(part), criterion, passages)]
        judged = _SENTENCES.validate_python(part)
    except ValidationError as error:
        raise UnusableError(FailureReason.SCHEMA, f"{criterion.name}.{explain(error)}") from None
    by_id = {sentence.id: sentence for sentence in judged}
    asked = range(1, count + 1)
    if len(judged) != count or by_id.keys() != set(asked):
        words = f"{criterion.name}: asked for the ids 1 to {count}, the judge gave others"
        raise UnusableError(FailureReason.IDS, words)
    return [_ruling(number, by_id[number], criterion, passages) for number in asked]


def _ruling(number: int, judged: _Judged, criterion: Criterion, passages: Sequence[str]) -> Ruling:
    choice = criterion.verdicts.get(judged.verdict)
    if choice is None:
        raise UnusableError(FailureReason.SCHEMA, f"{criterion.name}: a verdict that was not among those asked for")
    if choice.quote and criterion.without_quote is not None and not _is_quoted(judged.quote, passages):
        return Ruling(number, criterion.without_quote, "the judge's evidence is not a quote from the context")
    return Ruling(number, judged.verdict, clipped(judged.reason))


def _is_quoted(quote: str, passages: Sequence[str]) -> bool:
    words = one_line(quote)
    if len(words.split()) < _SHORTEST_QUOTE:
        return bool(words) and words in passages
    return any(words in passage for passage in passages)


def one_line(text: str) -> str:
    """Return *text* with every run of white space as one space, as quotes are compared."""
    return " ".join(text.split())

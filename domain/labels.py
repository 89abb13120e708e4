"""What people said of an answer, and how their ways of saying it become good or bad.

1. A score speaks of a criterion if it bears its name, or its name and one of the endings -bad, -wrong and -risk.
2. With such an ending the low end is the good one. Without, it is the end that the criterion calls good; where that
   is not told, the last word of the name decides: low for the names of faults, such as "toxicity", else high.
3. "true", and a number from a half on, is the high end; "false", and a smaller number, the low one.
4. Words such as "supported" and "hallucinated" say good or bad by themselves; "yes" and "no" name an end.
5. Whatever is none of these is not guessed: a wrong label is worse than a missing one.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

End = Literal["high", "low"]

TURNING = ("bad", "wrong", "risk")
"""Endings that turn the name of a criterion around: `faithfulness-bad` is true of a bad answer."""

FAULTS = frozenset(
    {*TURNING, "error", "failure", "fault", "harm", "hallucination", "injection", "leak", "refusal", "toxicity"}
)
GOOD = frozenset(
    {
        *("good", "correct", "right", "ok", "okay", "pass", "passed", "fine", "acceptable", "thumbs up", "👍"),
        *("faithful", "supported", "fully supported", "grounded", "not hallucinated", "relevant", "helpful"),
        *("answers", "answered", "safe", "civil", "not toxic", "not bad"),
    }
)
BAD = frozenset(
    {
        *("bad", "incorrect", "wrong", "fail", "failed", "poor", "unacceptable", "thumbs down", "👎"),
        *("unfaithful", "not faithful", "unsupported", "not supported", "ungrounded", "not grounded"),
        *("hallucinated", "hallucination", "contradicted", "not in context", "made up", "not correct", "not good"),
        *("irrelevant", "not relevant", "beside the point", "unhelpful", "not helpful"),
        *("refuses", "refused", "unsafe", "not safe", "toxic", "rude"),
    }
)
HIGH = frozenset({"yes", "y", "true", "high"})
LOW = frozenset({"no", "n", "false", "low"})

MIDDLE = 0.5


class UnreadableLabelError(ValueError):
    """A label that says neither good nor bad."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanLabel:
    """What a person said of one answer, by one criterion.

    Attributes:
        at: When it was said; changing one's mind later does not move it.
        labelled_by: The person's id in the source, if it tells.
    """

    trace_id: str
    criterion: str
    bad: bool
    at: datetime
    labelled_by: str | None = None


def names_of(criterion: str) -> tuple[str, ...]:
    """Return the names of the scores that speak of *criterion*.

    >>> names_of("relevance")
    ('relevance', 'relevance-bad', 'relevance-wrong', 'relevance-risk')
    """
    return (criterion, *(f"{criterion}-{ending}" for ending in TURNING))


def good_end(name: str, criterion: str, told: End | None = None) -> End:
    """Return which end of the score *name* is good; *told* is what the criterion says of its own name.

    >>> good_end("relevance", "relevance"), good_end("relevance-bad", "relevance", "high")
    ('high', 'low')
    >>> good_end("toxicity", "toxicity"), good_end("brevity", "brevity", "low")
    ('low', 'low')
    """
    if name == criterion and told is not None:
        return told
    return "low" if _words(name).rsplit(" ", 1)[-1] in FAULTS else "high"


def is_bad(said: bool | float | str, good: End) -> bool:
    """Whether *said* calls the answer bad.

    >>> is_bad(True, "high"), is_bad(0.5, "low"), is_bad("Not supported", "high"), is_bad("no", "low")
    (False, True, True, False)

    Raises:
        UnreadableLabelError: If it says neither good nor bad.
    """
    if isinstance(said, str):
        return _word_is_bad(_words(said), good)
    if not on_scale(said):
        raise UnreadableLabelError("the number does not lie between 0 and 1")
    return (said >= MIDDLE) != (good == "high")


def on_scale(number: float) -> bool:
    """Whether *number* is one of the scale whose middle we know; NaN is not."""
    return 0 <= number <= 1


def _word_is_bad(word: str, good: End) -> bool:
    if word in GOOD or word in BAD:
        return word in BAD
    if word in HIGH or word in LOW:
        return (word in HIGH) != (good == "high")
    raise UnreadableLabelError("the word is neither one for good nor one for bad")


def _words(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text).strip().casefold()

"""Claim-level judging: an answer is cut into numbered sentences, each gets one verdict, we do the arithmetic.

A judge never returns a score, so there is no field into which a manipulated judge could write "1.0".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class ClaimVerdict(StrEnum):
    """What the context says about one sentence of an answer."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NOT_IN_CONTEXT = "not_in_context"
    NO_CLAIM = "no_claim"
    """A greeting, a question back, an offer of help: nothing that could be true or false of the context."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer with its verdict.

    Attributes:
        number: 1-based position among the sentences.
        reason: Why, in a few words; hostile text if a model wrote it.
    """

    number: int
    sentence: str
    verdict: ClaimVerdict
    reason: str = ""


_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c\u2018(\[]*[A-Z0-9\u00c0-\u00de*#\-])|\n+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|approx|nr|dr|mr|mrs|ms|st|inc|ltd|co)\.|\b[A-Z]\.)$", re.IGNORECASE
)

_LONGEST_ABBREVIATION = 12


def sentences(answer: str) -> list[str]:
    """Cut *answer* into sentences; list items and lines count as sentences of their own.

    >>> sentences("Yes. It costs EUR 4.90, e.g. in May. Anything else?")
    ['Yes.', 'It costs EUR 4.90, e.g. in May.', 'Anything else?']
    """
    parts: list[list[str]] = []
    for piece in _SENTENCE_END.split(answer):
        text = piece.strip()
        if not text:
            continue
        if parts and _ABBREVIATION.search(parts[-1][-1][-_LONGEST_ABBREVIATION:]):
            parts[-1].append(text)
        else:
            parts.append([text])
    return [" ".join(part) for part in parts]


def faithfulness(claims: Sequence[Claim]) -> float | None:
    """Return the share of checkable claims that the context supports, or None when there are none.

    >>> faithfulness([Claim(1, "Hi.", ClaimVerdict.NO_CLAIM), Claim(2, "30 days.", ClaimVerdict.SUPPORTED)])
    1.0
    >>> faithfulness([]) is None
    True
    """
    checkable = [claim for claim in claims if claim.verdict is not ClaimVerdict.NO_CLAIM]
    if not checkable:
        return None
    supported = sum(claim.verdict is ClaimVerdict.SUPPORTED for claim in checkable)
    return supported / len(checkable)

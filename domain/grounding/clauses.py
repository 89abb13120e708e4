"""Cutting sentences into clauses: the parts that each say one thing, or deny it."""

import re
from dataclasses import dataclass

from domain.grounding.words import content_stems

_NO = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|neither|nor|cannot|excluded?|excluding|impossible)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
_ANSWERING = re.compile(r"^\W*(?:no|yes)\W+", re.IGNORECASE)
_CONDITION = re.compile(r"\b(?:unless|only|except|otherwise|until|if|but|instead|free of)\b", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[,;:()]\s+|\band (?=(?:we|you|it|they|no|the)\b)| - |\u2013")


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence that says one thing, or denies it."""

    stems: frozenset[str]
    denies: bool
    conditional: bool


def clauses(sentence: str) -> list[Clause]:
    """Cut *sentence* into what it says and what it denies."""
    return [_clause(part) for part in _CLAUSE_END.split(sentence) if part]


def _clause(text: str) -> Clause:
    plain = _ANSWERING.sub("", text)
    return Clause(frozenset(content_stems(plain)), _NO.search(plain) is not None, _CONDITION.search(plain) is not None)

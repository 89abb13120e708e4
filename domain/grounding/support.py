"""Whether the wording of a sentence, apart from numbers and names, has support in the context."""

from domain.grounding.clauses import Clause, clauses
from domain.grounding.source import Source
from domain.grounding.words import SMALL_TALK, content_stems

NOVEL_SHARE = 0.5
"""A sentence needs the context for more than this share of its content words."""
NOVEL_WORDS = 3
"""Fewer new words than this are how people talk, not a claim."""
SHARED_WORDS = 3
"""Two clauses are about the same thing when they share this many content words ..."""
SHARED_SHARE = 0.6
"""... and this share of the shorter one's."""


def novel_words(sentence: str, facts: int, source: Source) -> list[str] | None:
    """Return the content words that the context lacks, if they are too many for a supported sentence.

    Args:
        facts: How many facts the sentence states; each counts as a content word.
    """
    stems = content_stems(sentence)
    novel = [word for word in stems if word not in source.stems and word not in SMALL_TALK]
    return novel if len(novel) >= NOVEL_WORDS and len(novel) >= NOVEL_SHARE * (len(stems) + facts) else None


def denied(sentence: str, source: Source) -> bool:
    """Tell whether the context says the opposite of *sentence*, nearly in its words.

    Conditions ("unless faulty", "only until dispatch") are beyond these rules, such clauses are left alone.
    """
    return any(_denied(clause, source) for clause in clauses(sentence))


def _denied(clause: Clause, source: Source) -> bool:
    if clause.conditional or len(clause.stems) < SHARED_WORDS:
        return False
    agreeing = disagreeing = 0.0
    for known in source.clauses:
        closeness = _closeness(clause, known)
        if known.denies == clause.denies:
            agreeing = max(agreeing, closeness)
        elif not known.conditional:
            disagreeing = max(disagreeing, closeness)
    return disagreeing >= SHARED_SHARE and disagreeing > agreeing


def _closeness(one: Clause, other: Clause) -> float:
    shared = len(one.stems & other.stems)
    return shared / min(len(one.stems), len(other.stems)) if shared >= SHARED_WORDS else 0.0

"""The texts an answer may rest on, prepared once per answer: context passages and the question."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from domain.claims import sentences
from domain.grounding.amounts import find_facts
from domain.grounding.clauses import Clause, clauses
from domain.grounding.facts import Fact
from domain.grounding.words import all_stems, content_stems, folded, words

_INITIALS = re.compile(r"[A-Z]\w+(?: (?:of |the |and )*[A-Z]\w+)+", re.ASCII)


@dataclass(frozen=True)
class Statement:
    """One sentence of the context.

    Attributes:
        around: The content words of the whole passage it stands in.
    """

    text: str
    facts: tuple[Fact, ...]
    stems: frozenset[str]
    around: frozenset[str]


@dataclass(frozen=True)
class Source:
    """The context and the question of one answer.

    Attributes:
        statements: The sentences of the context; what the user asked is not among them.
        asked: The facts of the question: an answer may repeat them, but they contradict nothing.
    """

    statements: tuple[Statement, ...]
    asked: tuple[Fact, ...]
    text: str
    stems: frozenset[str]

    def supports(self, fact: Fact, stems: frozenset[str]) -> bool:
        """Tell whether the question has *fact*, or a passage that shares a content word with its sentence.

        If no passage shares a word ("The price is EUR 5."), any passage will do.
        """
        about = [statement for statement in self.statements if statement.around & stems] or self.statements
        known = (*self.asked, *(known for statement in about for known in statement.facts))
        return any(fact.agrees_with(other) for other in known)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of the context and the question, folded."""
        whole = (word.strip(".,;:!?()[]\"'“”\u2018…*_") for word in self.text.split())
        return frozenset([*words(self.text), *whole])

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """Every clause of the context."""
        return tuple(clause for statement in self.statements for clause in clauses(statement.text))

    @cached_property
    def initials(self) -> frozenset[str]:
        """What neighbouring capitalised words of the context may be shortened to: `eu` for European Union."""
        runs = (_INITIALS.findall(statement.text) for statement in self.statements)
        return frozenset(
            "".join(word[0] for word in run.split() if word[0].isupper()).lower() for found in runs for run in found
        )

    def rival(self, fact: Fact, stems: frozenset[str]) -> Fact | None:
        """Return the value that the context gives instead of *fact*, where it is most about the same thing."""
        about = [statement for statement in self.statements if statement.stems & stems]
        for statement in sorted(about, key=lambda one: -len(one.stems & stems)):
            for known in statement.facts:
                if fact.rivals(known):
                    return known
        return None


def read_source(context: Sequence[str], question: str) -> Source:
    """Prepare *context* and *question* for checking."""
    everything = (*context, question)
    return Source(
        statements=tuple(statement for passage in context for statement in _read_passage(passage)),
        asked=tuple(find_facts(question)),
        text=folded(" \n ".join(everything)),
        stems=all_stems(everything),
    )


def _read_passage(passage: str) -> Iterator[Statement]:
    around = frozenset(content_stems(passage))
    for sentence in sentences(passage):
        facts = tuple(find_facts(sentence.replace("\u00a0", " ")))
        yield Statement(sentence, facts, frozenset(content_stems(sentence)), around)

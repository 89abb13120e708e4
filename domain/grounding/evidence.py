"""The context and the question of one answer, prepared for looking up specific tokens."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from domain.grounding.facts import Fact, Kind
from domain.grounding.index import Index
from domain.grounding.names import same_name
from domain.grounding.places import places_of
from domain.grounding.reading import read_values
from domain.grounding.source import Source, Statement
from domain.grounding.words import all_stems, content_stems, folded

LONGEST_CONTEXT = 200_000
"""In characters; what comes later in the passages of one answer is not read."""
_MOST_FILED = 200
_MOST_RIVALS = 200
_ROUND = frozenset({Kind.CLOCK, Kind.WEEKDAY})
_Key = tuple[object, ...]


@dataclass(frozen=True)
class Evidence:
    """What an answer may rest on besides the catalogue."""

    context: Sequence[str]
    question: str
    index: Index

    @cached_property
    def source(self) -> Source:
        """The context alone."""
        return _source(_up_to(LONGEST_CONTEXT, self.context), self.index)

    @cached_property
    def asked(self) -> tuple[Fact, ...]:
        """The values in the question."""
        return tuple(read_values(self.question[:LONGEST_CONTEXT], self.index)[1])

    @cached_property
    def asks(self) -> Source:
        """The question alone, for its words."""
        return _source([self.question[:LONGEST_CONTEXT]], self.index)

    def supporting(self, fact: Fact, stems: frozenset[str]) -> list[Statement]:
        """Return the statements of the context that say *fact*, in a passage that shares a word with *stems*.

        If no passage shares a word, any passage will do.
        """
        filed = (pair for key in _wanted(fact) for pair in self._by_value.get(key, ()))
        found = [one for one, known in filed if fact.agrees_with(known)]
        about = [one for one in found if one.around & stems]
        return about if about or self._is_about(stems) else found

    def rival(self, fact: Fact, stems: frozenset[str]) -> Fact | None:
        """Return what the context says instead of *fact*, where it shares most words with its sentence."""
        about = [one for one in self._with_values if one.stems & stems][:_MOST_RIVALS]
        about.sort(key=lambda one: -len(one.stems & stems))
        return next((known for one in about for known in one.facts if fact.rivals(known)), None)

    @cached_property
    def _with_values(self) -> tuple[Statement, ...]:
        return tuple(one for one in self.source.statements if one.facts)

    @cached_property
    def _stems(self) -> frozenset[str]:
        return frozenset[str]().union(*{one.around for one in self.source.statements})

    @cached_property
    def _by_value(self) -> dict[_Key, list[tuple[Statement, Fact]]]:
        found: dict[_Key, list[tuple[Statement, Fact]]] = defaultdict(list)
        for one in self.source.statements:
            by_key = {key: known for known in one.facts for key in _keys(known)}
            for key, known in by_key.items():
                if len(found[key]) < _MOST_FILED:
                    found[key].append((one, known))
        return found

    def _is_about(self, stems: frozenset[str]) -> bool:
        return bool(self._stems & stems)


def _source(passages: Sequence[str], index: Index) -> Source:
    return Source(
        statements=tuple(one for passage in passages for one in _statements(passage, index)),
        asked=(),
        text=folded(" \n ".join(passages)),
        stems=all_stems(passages),
    )


def _statements(passage: str, index: Index) -> Iterator[Statement]:
    around = frozenset(content_stems(passage))
    for place in places_of(passage):
        text = passage[place.start : place.end].strip()
        _, facts = read_values(text.replace("\u00a0", " "), index)
        yield Statement(text, tuple(facts), frozenset(content_stems(text)), around)


def _keys(known: Fact) -> list[_Key]:
    """Return where a value of the context is filed: under everything an agreeing value of an answer may ask for."""
    if known.kind is Kind.DATE:
        year, month, day = known.date
        return [("date", month, day), ("date", month, None), ("plain", year)]
    if known.kind in _ROUND:
        return [(known.kind, known.value)]
    if known.kind is Kind.NUMBER:
        return [("plain", known.plain), ("bare", known.plain)]
    return [("plain", known.plain), (known.unit, known.value)]


def _wanted(fact: Fact) -> list[_Key]:
    if fact.kind is Kind.DATE:
        return [("date", *fact.date[1:])]
    if fact.kind in _ROUND:
        return [(fact.kind, fact.value)]
    if fact.kind is Kind.NUMBER:
        return [("plain", fact.plain)]
    return [("bare", fact.plain), (fact.unit, fact.value)]


def says(words: str, source: Source) -> bool:
    """Tell whether *source* has *words* as they are, whatever the case."""
    wanted = folded(words).rstrip(".,;:!?")
    if not wanted or wanted not in source.text:
        return False
    return re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", source.text) is not None


def knows_name(name: str, source: Source) -> bool:
    """Tell whether *source* has the single word *name*, with or without an s, or words that it abbreviates."""
    return same_name(name, source.words) or name.lower() in source.initials


def _up_to(most: int, passages: Sequence[str]) -> list[str]:
    kept: list[str] = []
    for passage in passages:
        kept.append(passage[:most])
        most -= len(kept[-1])
        if most <= 0:
            break
    return kept

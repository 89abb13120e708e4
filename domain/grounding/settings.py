"""What stands around a value in an answer: its sentence, the other values there, and the products it may belong to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from domain.grounding.entries import PRICE
from domain.grounding.evidence import Evidence
from domain.grounding.facts import Fact
from domain.grounding.places import Place
from domain.grounding.tokens import Token
from domain.grounding.words import SMALL_TALK, content_stems, words

_PARTED = re.compile(r"[,;:()\n]|\b(?:and|or|while|but)\b", re.IGNORECASE)
_REFERS_BACK = re.compile(r"\b(?:it|its|they|their|them|the (?:price|product|model|device))\b", re.IGNORECASE)
_PRICED = re.compile(r"\b(?:for|at|is|are|only|just)\s+$", re.IGNORECASE)
_LOOK_BACK = 12
_TELEGRAM = 1
"""A sentence with no more content words than this goes on with what the one before was about."""


@dataclass(frozen=True)
class Sentence:
    """One sentence of an answer with its tokens.

    Attributes:
        before: The products that were named last, in an earlier sentence or in the question.
    """

    text: str
    place: Place
    tokens: Sequence[Token]
    before: tuple[int, ...]

    @cached_property
    def stems(self) -> frozenset[str]:
        """What it is about."""
        return frozenset(content_stems(self.text)) - SMALL_TALK

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words."""
        return frozenset(words(self.text))

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """Its values."""
        return tuple(fact for token in self.tokens for fact in token.facts)

    @cached_property
    def products(self) -> tuple[Token, ...]:
        """The products of the catalogue that it names."""
        return tuple(token for token in self.tokens if token.named is not None and token.named.is_known)

    @cached_property
    def about(self) -> frozenset[int]:
        """The products it may be about, in the catalogue."""
        return frozenset(_positions(self.products) or self.before)

    @cached_property
    def refers_back(self) -> bool:
        """Tell whether it speaks of what was named before it: "It costs EUR 5.", "EUR 5."."""
        return _REFERS_BACK.search(self.text) is not None or len(self.stems) <= _TELEGRAM


@dataclass(frozen=True)
class Setting:
    """A value's surroundings.

    Attributes:
        subjects: The products it may belong to, the likeliest first.
        is_sure: Its own sentence is about them, so that another value than theirs is wrong.
        cues: The words of the sentence; with "price" where the wording makes a price of it.
    """

    sentence: Sentence
    subjects: tuple[int, ...]
    is_sure: bool
    cues: frozenset[str]
    evidence: Evidence


def setting(token: Token, sentence: Sentence, evidence: Evidence) -> Setting:
    """Work out what *token* may be about."""
    subjects, is_sure = _subjects(token, sentence)
    is_priced = sentence.refers_back or reads_as_price(sentence.text, token.start - sentence.place.start)
    cues = sentence.words | {PRICE} if is_priced else sentence.words
    return Setting(sentence, subjects, is_sure, cues, evidence)


def reads_as_price(text: str, start: int) -> bool:
    """Tell whether the words before *start* make a price of what follows: "get them for EUR 79".

    >>> reads_as_price("You get it for EUR 79", 15), reads_as_price("You get up to EUR 450", 14)
    (True, False)
    """
    return _PRICED.search(text[max(0, start - _LOOK_BACK) : start]) is not None


def _subjects(token: Token, sentence: Sentence) -> tuple[tuple[int, ...], bool]:
    earlier = [one for one in sentence.products if one.end <= token.start]
    later = [one for one in sentence.products if one.end > token.start]
    if not earlier and not later:
        return sentence.before, sentence.refers_back
    if earlier:
        offset = sentence.place.start
        between = sentence.text[earlier[-1].end - offset : token.start - offset]
        if _PARTED.search(between) is None:
            return _positions(earlier[-1:]), True
    return _positions([*reversed(earlier), *later]), True


def _positions(tokens: Sequence[Token]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(token.named.product for token in tokens if token.named is not None))


def read_sentences(
    answer: str, places: Sequence[Place], tokens: Sequence[Token], asked: tuple[int, ...]
) -> list[Sentence]:
    """Put the *tokens* of an answer into its sentences; *asked* are the products of the question."""
    sentences: list[Sentence] = []
    before, here = asked, 0
    for place in places:
        first = here
        while here < len(tokens) and tokens[here].start < place.end:
            here += 1
        sentence = Sentence(answer[place.start : place.end], place, tokens[first:here], before)
        sentences.append(sentence)
        if sentence.products:
            before = _positions(sentence.products)
    return sentences

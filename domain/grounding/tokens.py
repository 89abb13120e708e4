"""Finding the specific tokens of an answer: products, prices, amounts, dates, names, codes and addresses."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from domain.grounding.facts import Fact, Kind
from domain.grounding.index import Index, Named
from domain.grounding.names import Mention, Mentioned, find_mentions
from domain.grounding.reading import read_values


class SpecificKind(StrEnum):
    """What sort of thing a specific token is."""

    PRODUCT = "product"
    PRICE = "price"
    PERCENTAGE = "percentage"
    DURATION = "duration"
    AMOUNT = "amount"
    NUMBER = "number"
    DATE = "date"
    TIME = "time of day"
    WEEKDAY = "weekday"
    NAME = "name"
    CODE = "code"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Token:
    """One specific token and its place in the answer.

    Attributes:
        facts: The values it states; two for "26 to 30 November".
        named: The product of the catalogue that it names, or looks like.
    """

    kind: SpecificKind
    text: str
    start: int
    end: int
    facts: tuple[Fact, ...] = ()
    named: Named | None = None


_DURATIONS = frozenset({"second", "month", "business day"})
_KINDS = {
    Kind.MONEY: SpecificKind.PRICE,
    Kind.QUANTITY: SpecificKind.AMOUNT,
    Kind.NUMBER: SpecificKind.NUMBER,
    Kind.DATE: SpecificKind.DATE,
    Kind.CLOCK: SpecificKind.TIME,
    Kind.WEEKDAY: SpecificKind.WEEKDAY,
}
_MENTIONED = {
    Mentioned.ADDRESS: SpecificKind.ADDRESS,
    Mentioned.CODE: SpecificKind.CODE,
    Mentioned.PRODUCT: SpecificKind.PRODUCT,
    Mentioned.NAME: SpecificKind.NAME,
}
_HEADING = re.compile(r"[ \t]{0,3}#{1,6}[ \t]")
_MARKUP = re.compile(r"[*`]|(?<!\w)_|_(?!\w)")


def find_tokens(answer: str, index: Index) -> list[Token]:
    """Return the specific tokens of *answer* in order; none overlaps another."""
    text = _MARKUP.sub(" ", answer.replace("\u00a0", " "))
    products, facts = read_values(text, index)
    mentions = [one for one in find_mentions(text) if not _is_in_a_heading(one, answer)]
    candidates = [
        *(_product(text, named) for named in products),
        *_mentioned(mentions, Mentioned.ADDRESS),
        *_valued(text, [fact for fact in facts if fact.kind is not Kind.NUMBER]),
        *_mentioned(mentions, Mentioned.CODE),
        *_mentioned(mentions, Mentioned.PRODUCT),
        *_joined(text, [mention for mention in mentions if mention.kind is Mentioned.NAME]),
        *_valued(text, [fact for fact in facts if fact.kind is Kind.NUMBER]),
    ]
    return sorted(_apart(candidates, len(text)), key=lambda token: token.start)


def _is_in_a_heading(mention: Mention, answer: str) -> bool:
    """Tell whether *mention* is a capital in a heading, where any word may have one: "## Battery Life"."""
    if mention.kind is not Mentioned.NAME:
        return False
    line = answer.rfind("\n", 0, mention.start) + 1
    return _HEADING.match(answer, line) is not None


def _apart(candidates: Sequence[Token], length: int) -> Iterator[Token]:
    """Keep the first of those that overlap."""
    taken = bytearray(length)
    for token in candidates:
        if not any(taken[token.start : token.end]):
            taken[token.start : token.end] = b"\x01" * (token.end - token.start)
            yield token


def _product(text: str, named: Named) -> Token:
    return Token(SpecificKind.PRODUCT, text[named.start : named.end], named.start, named.end, named=named)


def _mentioned(mentions: Sequence[Mention], kind: Mentioned) -> Iterator[Token]:
    for mention in mentions:
        if mention.kind is kind:
            end = mention.start + len(mention.text)
            yield Token(_MENTIONED[kind], mention.text, mention.start, end)


def _joined(text: str, names: Sequence[Mention]) -> Iterator[Token]:
    """Yield neighbouring names as one: Nova Parcel."""
    waiting: Mention | None = None
    for name in names:
        if waiting is not None and text[waiting.end : name.start] == " ":
            waiting = Mention(name.kind, text[waiting.start : name.end], waiting.start, name.end)
            continue
        if waiting is not None:
            yield from _mentioned([waiting], Mentioned.NAME)
        waiting = name
    if waiting is not None:
        yield from _mentioned([waiting], Mentioned.NAME)


def _valued(text: str, facts: Sequence[Fact]) -> Iterator[Token]:
    for (start, end), group in groupby(facts, key=lambda fact: (fact.start, fact.end)):
        together = tuple(group)
        yield Token(_kind(together[0]), text[start:end].strip(), start, end, facts=together)


def _kind(fact: Fact) -> SpecificKind:
    if fact.kind is Kind.QUANTITY and fact.unit == "percent":
        return SpecificKind.PERCENTAGE
    return SpecificKind.DURATION if fact.kind is Kind.QUANTITY and fact.unit in _DURATIONS else _KINDS[fact.kind]

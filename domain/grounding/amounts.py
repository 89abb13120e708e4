"""Finding prices, quantities and bare numbers in English text."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from domain.grounding.dates import find_clocks, find_dates
from domain.grounding.facts import Fact, Kind
from domain.grounding.units import CURRENCIES, NUMBER_WORDS, UNITS

COUNTABLE = 4
"""Spelled-out counts up to here are not checked: "there are three colours" counts what the context lists."""

_NUMBER = r"\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?!\d)(?:\.\d+)?|\d+(?:[.,]\d+)?"
_WORD = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_EACH = rf"(?:{_NUMBER}|\b(?:{_WORD})\b)"
_AND = r"\s*(?:-|\u2013|\bto\b|\band\b|\bor\b)\s*"
_MORE = r"(?:(?:additional|extra|more|full|whole|further|calendar|consecutive)\s+)?"
_NOUN = re.compile(
    r"\s+(?!(?:up|to|or|and|per|at|in|on|for|the|is|was|are|of|by|with)\b)([a-z]\w*)",
    re.ASCII | re.IGNORECASE,
)
_LABELLED = re.compile(r"(?:step|option|point|section|chapter|page)\s*$", re.ASCII | re.IGNORECASE)
_LOOK_BACK = 10
_LIST_MARKER = re.compile(r"^\s*\(?\d{1,2}[.)](?=\s|$)", re.MULTILINE)


def _any_of(names: dict[str, str] | dict[str, tuple[str, Decimal]]) -> str:
    return "|".join(re.escape(name).replace(r"\ ", r"[ -]") for name in sorted(names, key=len, reverse=True))


_AMOUNT = re.compile(
    rf"""(?:(?<!\w)(?P<before>{_any_of(CURRENCIES)})\s*|(?<![\w.]))
    (?P<numbers>(?:{_EACH}(?:,\s+{_EACH}){{0,9}},?{_AND})?{_EACH}(?!\w|[.,]\d))
    (?:[\s-]*(?P<after>{_any_of(CURRENCIES)})(?!\w)
      |[\s-]*{_MORE}(?P<unit>{_any_of(UNITS)})(?!\w|\.\w|-\d)
      |(?!\w))""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
_ONE = re.compile(_EACH, re.ASCII | re.IGNORECASE)
_ARTICLE = re.compile(
    rf"\b(?:within|in|after|for|takes?|lasts?)\s+"
    rf"(?P<amount>an?\s+{_MORE}(?P<unit>second|minute|hour|day|week|month|year))\b",
    re.ASCII | re.IGNORECASE,
)


def find_facts(text: str) -> list[Fact]:
    """Return everything checkable in *text*, in order.

    >>> [(fact.kind.value, fact.text) for fact in find_facts("EUR 4.90 until 31 May, within 2 to 30 days")]
    [('price', 'EUR 4.90'), ('date', '31 May'), ('quantity', '2 days'), ('quantity', '30 days')]
    """
    facts = [*find_dates(text), *find_clocks(text)]
    taken = {place for fact in facts for place in range(fact.start, fact.end)}
    taken.update(place for found in _LIST_MARKER.finditer(text) for place in range(found.start(), found.end()))
    facts += [fact for fact in _find_amounts(text) if fact.start not in taken]
    return sorted(facts, key=lambda fact: fact.start)


def _find_amounts(text: str) -> Iterator[Fact]:
    for found in _AMOUNT.finditer(text):
        numbers = list(_ONE.finditer(found["numbers"]))
        for one in numbers:
            start = found.start("numbers") + one.start()
            fact = _read(found, one.group(), text[max(0, start - _LOOK_BACK) : start])
            if fact is not None and len(numbers) > 1:
                words = f"{one.group()} {found['unit'] or ''}".strip()
                fact = replace(fact, text=words, start=start, end=start + len(one.group()))
            if fact is not None:
                yield fact
    for found in _ARTICLE.finditer(text):
        unit, factor = UNITS[found["unit"].lower()]
        words, (start, end) = found["amount"], found.span("amount")
        one_of_it = Decimal(1)
        yield Fact(kind=Kind.QUANTITY, text=words, start=start, end=end, value=factor, plain=one_of_it, unit=unit)


def _read(found: re.Match[str], written: str, before: str) -> Fact | None:
    amount = _decimal(written)
    fact = Fact(
        kind=Kind.NUMBER,
        text=found.group().strip(),
        start=found.start(),
        end=found.end(),
        value=amount,
        plain=amount,
    )
    currency = found["before"] or found["after"]
    if currency:
        return replace(fact, kind=Kind.MONEY, unit=CURRENCIES[currency.lower()])
    if found["unit"]:
        unit, factor = UNITS[_canonical(found["unit"])]
        return replace(fact, kind=Kind.QUANTITY, unit=unit, value=amount * factor)
    if _counts_a_list(written, amount) or _LABELLED.search(before):
        return None
    noun = _NOUN.match(found.string, found.end())
    return replace(fact, unit=noun[1].lower() if noun else "")


def _counts_a_list(written: str, amount: Decimal) -> bool:
    return written.isalpha() and amount <= COUNTABLE


def _canonical(unit: str) -> str:
    return " ".join(re.split(r"[\s-]+", unit.lower()))


def _decimal(written: str) -> Decimal:
    word = NUMBER_WORDS.get(written.lower())
    if word is not None:
        return word
    digits = re.sub(r"[\u00a0\u202f]|,(?=\d{3}(?!\d))", "", written)
    return Decimal(digits.replace(",", "."))

"""Finding names, product codes, addresses and quotations in English text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from domain.grounding.units import CURRENCIES, MONTHS, UNITS
from domain.grounding.words import FUNCTION_WORDS, folded


class Mentioned(StrEnum):
    """What sort of thing is called by its name."""

    NAME = "name"
    PRODUCT = "product"
    CODE = "code"
    ADDRESS = "address"
    QUOTE = "quotation"


@dataclass(frozen=True, slots=True)
class Mention:
    """One name and its place in the text it was found in."""

    kind: Mentioned
    text: str
    start: int
    end: int


_ADDRESS = re.compile(
    r"https?://[^\s<>\"')\]]+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+|\bwww\.[\w./-]+", re.ASCII
)
_QUOTE = re.compile(r"[\"“”„«]([^\"“”„«»\n]{3,200})[\"“”»]")
_CODE = re.compile(r"(?<![\w@.-])(?=[\w-]*[A-Za-z])(?=[\w-]*\d)\w+(?:-\w+)*(?![\w@])", re.ASCII)
_MEASURE = re.compile(r"\d+-?([a-z]+)(?:-.*)?", re.ASCII | re.IGNORECASE)
_CAPITAL = re.compile(r"(?<![\w@./-])[A-ZÀ-Þ][\w\u2019']*(?:-[A-ZÀ-Þ]\w*)*")
_FOLLOWING_NUMBER = re.compile(r" \d+(?![\w%€]|[.,:-]\d)(?! [%€])(?= (?P<after>[a-z]+)|)", re.ASCII)
_OPENS = re.compile(r"(?:^|[.!?:;•\n]|[-*#>]\s)[\s\"'“\u2018(\[*_#>-]*$")
_ORDINARY = """
monday tuesday wednesday thursday friday saturday sunday pdf tv tvs faq ok id ai url app e-mail email
hello hi dear thanks thank please sorry yes no note tip internet
"""
_NOT_NAMES = FUNCTION_WORDS | frozenset(MONTHS) | frozenset(CURRENCIES) | frozenset(_ORDINARY.split())
_SUFFIXES = frozenset(UNITS) | frozenset(CURRENCIES) | {"st", "nd", "rd", "th", "am", "pm", "x"}
_LOOK_BACK = 12


def find_mentions(text: str) -> Iterator[Mention]:
    """Yield what *text* calls by name.

    >>> [mention.text for mention in find_mentions("Our TechMend has the Kestrel 14 (IPX8) in Venlo.")]
    ['IPX8', 'TechMend', 'Kestrel 14', 'Kestrel', 'Venlo']
    """
    addresses = list(_ADDRESS.finditer(text))
    for found in addresses:
        yield Mention(Mentioned.ADDRESS, found.group().rstrip(".,;"), found.start(), found.end())
    for found in _QUOTE.finditer(text):
        yield Mention(Mentioned.QUOTE, found[1], found.start(1), found.end(1))
    for found in _CODE.finditer(text):
        if not _is_measure(found.group()) and not _inside(found, addresses):
            yield Mention(Mentioned.CODE, found.group(), found.start(), found.end())
    yield from _names(text, addresses)


def _is_measure(word: str) -> bool:
    found = _MEASURE.fullmatch(word)
    return found is not None and found[1].lower() in _SUFFIXES


def _names(text: str, addresses: list[re.Match[str]]) -> Iterator[Mention]:
    for found in _CAPITAL.finditer(text):
        word = found.group()
        if _is_ordinary(word) or _inside(found, addresses):
            continue
        number = _FOLLOWING_NUMBER.match(text, found.end())
        opening = _OPENS.search(text[max(0, found.start() - _LOOK_BACK) : found.start()]) is not None
        if number and not opening and number["after"] not in _SUFFIXES:
            yield Mention(Mentioned.PRODUCT, text[found.start() : number.end()], found.start(), number.end())
        if not opening or _looks_like_a_name(text, found):
            yield Mention(Mentioned.NAME, word, found.start(), found.end())


def _is_ordinary(word: str) -> bool:
    plain = word.lower().split("'")[0].split("\u2019")[0]
    return plain in _NOT_NAMES or len(plain) == 1 or any(part.isdigit() for part in word)


def _looks_like_a_name(text: str, found: re.Match[str]) -> bool:
    """Tell whether the first word of a sentence is a name: `TechMend`, or `Nova` in `Nova Parcel`."""
    word = found.group()
    if any(letter.isupper() for letter in word[1:]) and not word.isupper():
        return True
    follower = _CAPITAL.match(text, found.end() + 1) if text[found.end() : found.end() + 1] == " " else None
    return follower is not None and not _is_ordinary(follower.group())


def _inside(found: re.Match[str], others: list[re.Match[str]]) -> bool:
    return any(other.start() <= found.start() < other.end() for other in others)


def same_name(name: str, known: frozenset[str]) -> bool:
    """Tell whether *name* is among the *known* folded words, with or without a plural or possessive s.

    >>> same_name("Kestrel's", frozenset({"kestrel"})), same_name("Leipzig", frozenset({"venlo"}))
    (True, False)
    """
    plain = folded(name)
    stems = {plain, plain.removesuffix("s"), plain.split("'")[0], plain + "s"}
    return bool(stems & known) or all(part in known for part in plain.split("-"))

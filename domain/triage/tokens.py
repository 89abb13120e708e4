"""Cutting a text into sentences and tokens for the triage judge: words by their stem, numbers by their value."""

import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from domain.grounding.units import NUMBER_WORDS
from domain.grounding.words import FUNCTION_WORDS, stem

LONGEST_TOKEN = 40
"""In characters; what is longer is cut, so that a hostile text can neither fill the cache nor the memory."""
_CACHED_WORDS = 50_000
_SHORTEST_WORD = 3
_COUNTABLE = 3
"""Number words up to here are not checked: "two of them" counts what the context lists."""
_LAST_MARKER = 10
"""A number up to here that ends a sentence is the marker of the next item: `... the flour. 2. Bake`."""

_TOKEN = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*|\d[\d.,:]*\d|\d")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_LABELS = frozenset(
    {"passage", "passages", "step", "steps", "option", "section", "chapter", "page", "point", "paragraph", "part"}
    | {"source", "document", "figure", "table"}
)
_FIRST_MARKER = re.compile(r"\W*\d{1,2}[.)](?!\d)")
_CLOSING_MARKER = re.compile(r"\d{1,2}[.)]$")

_ABOUT_THE_TEXT = """
able according additionally answer answers article articles author based clear conclude conclusion context data
describe described describes describing detail details discuss discussed discusses document documents excerpt explain
explained explains finally following format furthermore given help highlight highlighted highlights however indicate
indicates information json know mention mentioned mentions moreover note noted objective overall overview paragraph
passage passages provide provided provides question questions refer refers report reported reports review reviews
section source sources specific specifically state stated states structured suggest suggests summarize summary sure
text unable unclear
"""
ABOUT_THE_TEXT = frozenset(stem(word) for word in _ABOUT_THE_TEXT.split())
"""Stems of words that speak of the text and not of the world: "according to the given passages"."""


class Kind(Enum):
    """What a token is."""

    CONTENT = "content word"
    FUNCTION = "function word"
    NUMBER = "number"
    SMALL_NUMBER = "number that only counts"


class Token(NamedTuple):
    """One word or number.

    Attributes:
        key: What two tokens must share to be the same: a stem, or a number in its plainest form.
        written: As it stands in the text.
    """

    key: str
    kind: Kind
    written: str


def read_tokens(text: str) -> list[Token]:
    """Return the words and numbers of *text* in order; `OutdoorSeating` is two words.

    >>> [token.key for token in read_tokens("It weighs 1,049.0 g; batteries cost twelve euros.")]
    ['it', 'weigh', '1049', 'g', 'batter', 'cost', '12', 'euro']
    """
    return [_token(found[:LONGEST_TOKEN]) for found in _TOKEN.findall(_CAMEL.sub(" ", text))]


def has_tokens(text: str) -> bool:
    """Tell whether *text* has a word or a number."""
    return _TOKEN.search(text) is not None


@lru_cache(maxsize=_CACHED_WORDS)
def _token(written: str) -> Token:
    if written[0].isdigit():
        return Token(_plain_number(written), Kind.NUMBER, written)
    word = written.lower().replace("\u2019", "'").split("'")[0]
    value = NUMBER_WORDS.get(word)
    if value is not None:
        return Token(str(value), Kind.SMALL_NUMBER if value <= _COUNTABLE else Kind.NUMBER, written)
    if len(word) < _SHORTEST_WORD or word in FUNCTION_WORDS:
        return Token(word, Kind.FUNCTION, written)
    return Token(stem(word), Kind.CONTENT, written)


def _plain_number(written: str) -> str:
    """Return `4` for 4.0, `1049` for 1,049, and the hour of a time of day.

    >>> _plain_number("4.50"), _plain_number("1,049.0"), _plain_number("09:30"), _plain_number("2.0.1")
    ('4.5', '1049', '9', '2.0.1')
    """
    plain = written.split(":", maxsplit=1)[0].replace(",", "")
    if plain.count(".") == 1:
        plain = plain.rstrip("0").rstrip(".")
    return plain.lstrip("0") or "0"


def claimed_numbers(tokens: list[Token], sentence: str) -> list[tuple[Token, str]]:
    """Return the numbers that *sentence* claims, each with the word after it; not list markers or `passage 2`."""
    claimed: list[tuple[Token, str]] = []
    last = len(tokens) - 1
    for place, token in enumerate(tokens):
        if token.kind is not Kind.NUMBER or (place and tokens[place - 1].written.lower() in _LABELS):
            continue
        if place == 0 and _FIRST_MARKER.match(sentence):
            continue
        if place == last and _CLOSING_MARKER.search(sentence) and _is_small(token.key):
            continue
        claimed.append((token, tokens[place + 1].key if place < last else ""))
    return claimed


def _is_small(number: str) -> bool:
    return number.isdecimal() and int(number) <= _LAST_MARKER


def cut_sentences(text: str, most: int) -> list[str]:
    """Cut *text* into at most *most* sentences, roughly but in linear time whatever the text."""
    return [part for part in _SENTENCE_END.split(text, maxsplit=most) if part][:most]

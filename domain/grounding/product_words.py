"""Reading a name word by word, so that "Kestrel-14" and "kestrel 14" are the same."""

import re
import unicodedata
from dataclasses import dataclass

_WORD = re.compile(r"[\w\u0300-\u036f]+")
_GAP = re.compile(r"[^\S\n\r]{0,3}|[^\S\n\r]?[-\u2010-\u2013/&+_'\u2019][^\S\n\r]?|\.")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text and its place in it.

    Attributes:
        folded: In lower case and compatible letters.
        joined: Nothing but a space, a hyphen or the like stands between it and the word before.
    """

    folded: str
    start: int
    end: int
    joined: bool
    is_capital: bool


def words_of(text: str) -> list[Word]:
    """Return the words of *text* in order.

    >>> [(word.folded, word.joined) for word in words_of("The Kestrel-14. Two")]
    [('the', False), ('kestrel', True), ('14', True), ('two', False)]
    """
    found_words: list[Word] = []
    end = -1
    for found in _WORD.finditer(text):
        joined = end >= 0 and _GAP.fullmatch(text, end, found.start()) is not None
        written = found.group()
        end = found.end()
        found_words.append(Word(_folded(written), found.start(), end, joined, written[0].isupper()))
    return found_words


def product_words(name: str) -> tuple[str, ...]:
    """Return the words of *name* as they are compared.

    >>> product_words("Kestrel-14"), product_words("-")
    (('kestrel', '14'), ())
    """
    return tuple(_folded(word) for word in _WORD.findall(name))


def _folded(word: str) -> str:
    return word.casefold() if word.isascii() else unicodedata.normalize("NFKC", word).casefold()

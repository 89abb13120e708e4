"""The words of a sentence: which carry content, what their stem is, which language they are."""

import re
from collections.abc import Iterable

from domain.grounding.units import CURRENCIES, MONTHS, NUMBER_WORDS, UNITS

_ENGLISH = """
a about above across after afterwards again against all also although always am among an and another any
anybody anyone anything are around as at away back be because become been before behind being below
between both but by can cannot come could did do does doing done down during each either else even every
everybody everyone everything ever few for from further get gets getting give given gives go goes had has
have having he hence her here hers him his how however i if in include included includes including instead
into is it its itself just keep kept know least less let like likely long made make makes many may maybe
me might mine more most much must my near need needs neither never no nobody none nor not nothing now of
off often on once only or other others otherwise our ours out over own per perhaps please possible put
quite rather really same see shall she should simply since so some somebody someone something sometimes
soon still such take taken takes than that the their theirs them then there therefore these they thing
things this those though through thus to today together too toward under unless until up upon us use used
uses using usually very via want wants was way we well were what when where whether which while who whole
whom whose why will with within without would yes yet you your yours yourself
"""
FUNCTION_WORDS = frozenset(_ENGLISH.split())
_OTHER_LANGUAGES = """
der die das und ist nicht sie wir ein eine einen mit für auf den dem von zu im innerhalb het een niet zijn
voor met wij naar bij ook kunt uw binnen le la les des est pas vous nous une pour avec dans sur du et el
los las es por para con una su del y dias que il gli che di non per sono entro della os uma não com em dos
"""
_FOREIGN = frozenset(_OTHER_LANGUAGES.split()) - FUNCTION_WORDS
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_LONGEST_FIRST = "ations ation ments ment ions ings ion ing ies ied ed es ly s e y"
_ENDINGS = tuple(_LONGEST_FIRST.split())
_EMPTY = FUNCTION_WORDS.union(NUMBER_WORDS, UNITS, MONTHS, CURRENCIES)
_SHORTEST_STEM = 4
_SHORTEST_WORD = 3
_FEW_WORDS = 3


def folded(text: str) -> str:
    """Fold case, apostrophes and white space, so that texts compare as a reader would."""
    return " ".join(text.casefold().replace("\u2019", "'").split())


def words(text: str) -> list[str]:
    """Return the words of *text* in lower case; hyphenated words in parts."""
    return [part for word in _WORD.findall(text.casefold().replace("\u2019", "'")) for part in word.split("-")]


def stem(word: str) -> str:
    """Cut the ending off an English *word*, roughly, so that "returned" and "returns" compare equal.

    >>> stem("returned"), stem("returns"), stem("deliveries"), stem("days")
    ('return', 'return', 'deliver', 'day')
    """
    plain = word.split("'", maxsplit=1)[0]
    for ending in _ENDINGS:
        if plain.endswith(ending) and len(plain) - len(ending) >= _SHORTEST_STEM:
            plain = plain.removesuffix(ending)
            break
    else:
        plain = plain.removesuffix("s") if len(plain) == _SHORTEST_STEM else plain
    return plain[:-1] if len(plain) > _SHORTEST_STEM and plain[-1] == plain[-2] else plain


_TALK = """
apply applies available check choose currently day days depend depends detail details expect help
information later mean means moment new note option options period plan price request stay time valid
"""
SMALL_TALK = frozenset(stem(word) for word in _TALK.split())
"""Stems of words that are about anything: new ones prove nothing, shared ones relate nothing."""


def content_stems(text: str) -> list[str]:
    """Return the stems of the words that carry content, in order; units and months are left to the facts.

    >>> content_stems("You can return most items within 30 days.")
    ['return', 'item']
    """
    return [stem(word) for word in words(text) if len(word) >= _SHORTEST_WORD and word not in _EMPTY]


def all_stems(texts: Iterable[str]) -> frozenset[str]:
    """Return the stems of every word of *texts*."""
    return frozenset(stem(word) for text in texts for word in words(text))


def reads_as_english(text: str) -> bool:
    """Tell whether the rules can read *text*: not when words of other languages outnumber the English ones.

    >>> reads_as_english("It costs EUR 5."), reads_as_english("Sie haben die Ware nicht und wir auch nicht.")
    (True, False)
    """
    found = words(text)
    foreign = sum(word in _FOREIGN for word in found)
    english = sum(word in FUNCTION_WORDS for word in found)
    return foreign < _FEW_WORDS or foreign <= english

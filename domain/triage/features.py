"""The seven things that the triage judge measures of an answer: what it says that context and question do not.

Each grows with what is missing. Most are counts, not shares: a long answer has more places to be wrong in, and one
invented sentence among ten true ones makes the answer false.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import log1p

import numpy as np

from domain.grounding.courtesy import is_courtesy
from domain.triage.material import Material, content_keys
from domain.triage.tokens import ABOUT_THE_TEXT, Kind, Token, claimed_numbers, cut_sentences, read_tokens

LONGEST_ANSWER = 12_000
"""Characters of an answer that are read, about 2,000 words; the rest is left out."""
MOST_SENTENCES = 300
SHORTEST_CLAIM = 3
"""A sentence of fewer content words says too little to ask where it comes from."""
_AFTERNOON = frozenset({"pm", "p"})
_NOON = 12
NAMES = (
    "novel_words",
    "novel_stretch",
    "weakest_sentence",
    "second_weakest",
    "unknown_names",
    "unknown_numbers",
    "broken_pairs",
)
"""The features in the order of `Features.values`."""


@dataclass(frozen=True, slots=True)
class Features:
    """What was measured of one answer, with the words it was measured on.

    Attributes:
        novel_words: Distinct content words that neither context nor question has.
        novel_stretch: In the sentence with most of them, how many new words have a new word as a neighbour: one new
            word is a paraphrase, several together are an addition.
        unknown_names: Those of them that are written with a capital inside a sentence.
        unknown_numbers: Distinct numbers that neither context nor question has.
        broken_pairs: Share of neighbouring content words that are not near each other anywhere in the context.
        missing: Per sentence, the share of its wording that the two best neighbouring sentences of the context lack,
            rare words weighing more; with the sentence, worst first.
    """

    novel_words: tuple[str, ...] = ()
    novel_stretch: tuple[str, ...] = ()
    unknown_names: tuple[str, ...] = ()
    unknown_numbers: tuple[str, ...] = ()
    broken_pairs: float = 0.0
    missing: tuple[tuple[float, str], ...] = ()

    def values(self) -> tuple[float, ...]:
        """Return the numbers that the model weighs; counts as log(1 + n): the tenth adds less than the first."""
        shares = [share for share, _ in self.missing[:2]] + [0.0, 0.0]
        return (
            log1p(len(self.novel_words)),
            log1p(len(self.novel_stretch)),
            shares[0],
            shares[1],
            log1p(len(self.unknown_names)),
            log1p(len(self.unknown_numbers)),
            self.broken_pairs,
        )


@dataclass(slots=True)
class _Answer:
    """What has been found so far in an answer that is being read."""

    novel: dict[str, str] = field(default_factory=dict)
    stretch: tuple[str, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)
    pairs: int = 0
    broken: int = 0
    claims: list[tuple[str, frozenset[str]]] = field(default_factory=list)


def measure(answer: str, material: Material) -> Features:
    """Measure *answer* against *material*; sentences that claim nothing (greetings, offers) are left out."""
    found = _Answer()
    for sentence in cut_sentences(answer[:LONGEST_ANSWER], MOST_SENTENCES):
        tokens = read_tokens(sentence)
        numbers = claimed_numbers(tokens, sentence)
        if tokens and (numbers or not is_courtesy(sentence)):
            _read_sentence(sentence, tokens, material, found)
            found.numbers += [token.written for token, after in numbers if not _known(token, after, material)]
    return Features(
        novel_words=tuple(found.novel.values()),
        novel_stretch=tuple(found.novel.get(key, key) for key in found.stretch),
        unknown_names=tuple(found.names.values()),
        unknown_numbers=tuple(dict.fromkeys(found.numbers)),
        broken_pairs=found.broken / found.pairs if found.pairs else 0.0,
        missing=_missing(found.claims, material),
    )


def _read_sentence(sentence: str, tokens: list[Token], material: Material, found: _Answer) -> None:
    _read_words(tokens, material, found)
    keys = [key for key in content_keys(tokens) if key not in ABOUT_THE_TEXT]
    found.stretch = max(found.stretch, _stretch(keys, material), key=len)
    pairs = list(pairwise(keys))
    found.pairs += len(pairs)
    found.broken += sum(pair not in material.pairs for pair in pairs)
    stems = frozenset(keys)
    if len(stems) >= SHORTEST_CLAIM:
        found.claims.append((sentence, stems))


def _read_words(tokens: list[Token], material: Material, found: _Answer) -> None:
    for place, token in enumerate(tokens):
        if token.kind is Kind.CONTENT and token.key not in material.stems and token.key not in ABOUT_THE_TEXT:
            found.novel.setdefault(token.key, token.written)
            if place and token.written[0].isupper():
                found.names.setdefault(token.key, token.written)


def _stretch(keys: list[str], material: Material) -> tuple[str, ...]:
    new = [False, *(key not in material.stems for key in keys), False]
    return tuple(key for place, key in enumerate(keys, 1) if new[place] and (new[place - 1] or new[place + 1]))


def _known(number: Token, after: str, material: Material) -> bool:
    """Tell whether context or question has *number*; 5 pm is also 17."""
    afternoon = after in _AFTERNOON and number.key.isdecimal() and str(int(number.key) + _NOON) in material.numbers
    return afternoon or number.key in material.numbers


def _missing(claims: Sequence[tuple[str, frozenset[str]]], material: Material) -> tuple[tuple[float, str], ...]:
    """Return the unsupported share of each claim, worst first, by one product of windows with claims."""
    if not claims:
        return ()
    vocabulary = {key: place for place, key in enumerate(sorted(frozenset[str]().union(*(keys for _, keys in claims))))}
    weights = np.array([material.rarity.get(key, material.unseen) for key in vocabulary])
    within = _table(list(material.windows), vocabulary)
    claimed = _table([keys for _, keys in claims], vocabulary)
    best = ((within * weights) @ claimed.T).max(axis=0)
    shares = 1 - best / (claimed @ weights)
    order = np.argsort(-shares, kind="stable")
    return tuple((float(min(1.0, max(0.0, shares[place]))), claims[place][0]) for place in order)


def _table(sets: Sequence[frozenset[str]], vocabulary: dict[str, int]) -> np.ndarray:
    """Return a row per set and a column per word: 1 where the set has the word."""
    table = np.zeros((len(sets), len(vocabulary)))
    for row, keys in enumerate(sets):
        for key in keys & vocabulary.keys():
            table[row, vocabulary[key]] = 1.0
    return table

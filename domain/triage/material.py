"""What an answer may rest on, prepared once per answer: words, numbers and neighbours of context and question."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

from domain.triage.tokens import Kind, Token, cut_sentences, read_tokens

LONGEST_CONTEXT = 60_000
"""Characters of context that are read; the rest is left out. About 10,000 words, more than retrieval gives a model."""
LONGEST_QUESTION = 5_000
MOST_SENTENCES = 1_500
"""Sentences of context that are compared, as a bound on the time a hostile text can take."""


@dataclass(frozen=True, slots=True)
class Material:
    """Context and question as sets.

    Attributes:
        stems: Every word that context or question has.
        numbers: Every number that context or question has.
        pairs: Content words that stand next to each other in the context, or with one other between them.
        windows: The content words of each two neighbouring sentences of the context.
        rarity: How rare a word of the context is: log(1 + sentences / sentences with it).
        unseen: The rarity of a word that the context lacks.
    """

    stems: frozenset[str]
    numbers: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    windows: tuple[frozenset[str], ...]
    rarity: dict[str, float]
    unseen: float


def read_material(question: str, context: Sequence[str]) -> Material | None:
    """Prepare *context* and *question*, or return None when the context has no word and no number."""
    read = [read_tokens(sentence) for sentence in _sentences(context)]
    sentences = [tokens for tokens in read if tokens]
    if not sentences:
        return None
    asked = read_tokens(question[:LONGEST_QUESTION])
    everything = [token for tokens in sentences for token in tokens] + asked
    numbers = frozenset(token.key for token in everything if token.kind in _NUMBERS)
    content = [content_keys(tokens) for tokens in sentences]
    sets = [frozenset(keys) for keys in content]
    seen_in = Counter(key for keys in sets for key in keys)
    return Material(
        stems=frozenset(token.key for token in everything),
        numbers=numbers,
        pairs=frozenset(pair for keys in content for pair in _near_pairs(keys)),
        windows=tuple(one | other for one, other in zip(sets, [*sets[1:], frozenset[str]()], strict=True)),
        rarity={key: log(1 + len(sets) / n) for key, n in seen_in.items()},
        unseen=log(1 + len(sets)),
    )


_NUMBERS = (Kind.NUMBER, Kind.SMALL_NUMBER)


def content_keys(tokens: list[Token]) -> list[str]:
    """Return the keys of the *tokens* that carry content, in order."""
    return [token.key for token in tokens if token.kind is Kind.CONTENT or token.kind is Kind.NUMBER]


def _near_pairs(keys: list[str]) -> set[tuple[str, str]]:
    return {*pairwise(keys), *zip(keys, keys[2:], strict=False)}


def _sentences(context: Sequence[str]) -> list[str]:
    found: list[str] = []
    room = LONGEST_CONTEXT
    for passage in [context] if isinstance(context, str) else context:  # a str is a Sequence[str], of letters
        if room <= 0 or len(found) >= MOST_SENTENCES:
            break
        found += cut_sentences(passage[:room], MOST_SENTENCES - len(found))
        room -= len(passage)
    return found

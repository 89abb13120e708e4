"""Patterns of model names: regular expressions that are specific to a degree, and that no name can keep busy for long.

Model names are written by strangers. A pattern such as `(a+)+b` would try more ways to match a long name than there are
atoms; it is refused when it is read, by counting the ways.
"""

import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from re import _constants as op  # type: ignore[attr-defined]  # the one parser that reads what `re` reads
from re import _parser  # type: ignore[attr-defined]  # the same
from typing import Any

LONGEST_NAME = 200
"""Longer names match nothing."""

MOST_WAYS = 1_000_000
"""So many ways to match are tried within a fraction of a second."""

_LONGEST_PATTERN = 1000
_AT_MOST_ONE_CHARACTER = {op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN, op.AT}
_REPEATS = {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}


@dataclass(frozen=True, slots=True)
class ModelPattern:
    """A pattern that whole names must match, in any case of letters.

    Attributes:
        fixed: How many characters of a name it spells out at least: the more, the more specific it is.
    """

    compiled: re.Pattern[str]
    fixed: int

    @classmethod
    @lru_cache(maxsize=2000)
    def of(cls, written: str) -> "ModelPattern":
        """Return the pattern as *written*.

        >>> ModelPattern.of("gpt-4o(-mini)?").fixed
        6

        Raises:
            ValueError: It is no regular expression, or one that a name could keep busy.
        """
        if len(written) > _LONGEST_PATTERN:
            raise ValueError(f"a pattern has at most {_LONGEST_PATTERN} characters")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                tree = _parser.parse(written, re.IGNORECASE)
                compiled = re.compile(written, re.IGNORECASE)
        except (re.error, OverflowError, RecursionError, Warning) as error:
            raise ValueError(f"{written!r} is no regular expression: {error}") from None
        ways, fixed = _measure(tree)
        if ways > MOST_WAYS:
            raise ValueError(
                f"{written!r} can match in too many ways, which would take for ever: repeat no group that repeats or "
                "chooses, and use .* twice at most"
            )
        return cls(compiled, fixed)

    def matches(self, names: Iterable[str]) -> bool:
        """Whether one of *names* matches as a whole."""
        return any(self.compiled.fullmatch(name) for name in names)


def spellings(model: str) -> Sequence[str]:
    """Return a name as patterns see it: as it is, and without what a gateway puts before it.

    >>> spellings("openai/gpt-4o")
    ('openai/gpt-4o', 'gpt-4o')
    """
    if len(model) > LONGEST_NAME:
        return ()
    return (model, model.rsplit("/", 1)[-1]) if "/" in model else (model,)


def _measure(tree: Any) -> tuple[int, int]:
    """Return at most how many ways there are to match, and at least how many characters are spelled out."""
    ways, fixed = 1, 0
    for what, details in tree:
        here, spelled = _measure_one(what, details)
        ways, fixed = min(ways * max(here, 1), MOST_WAYS + 1), fixed + spelled
    return ways, fixed


def _measure_one(what: Any, details: Any) -> tuple[int, int]:
    if what in _AT_MOST_ONE_CHARACTER:
        return 1, int(what is op.LITERAL)
    if what in _REPEATS:
        least, most, of = details
        each, spelled = _measure(of)
        return _repeated(each, least, min(most, LONGEST_NAME)), least * spelled
    if what is op.BRANCH:
        branches = [_measure(branch) for branch in details[1]]
        return sum(ways for ways, _ in branches), min(spelled for _, spelled in branches)
    if what is op.ATOMIC_GROUP:
        return _measure(details)
    if what in {op.SUBPATTERN, op.ASSERT, op.ASSERT_NOT}:
        ways, spelled = _measure(details[-1])
        return ways, spelled if what is op.SUBPATTERN else 0
    return MOST_WAYS + 1, 0  # what refers back to a group may take any time


def _repeated(each: int, least: int, most: int) -> int:
    """Return how many ways *least* to *most* repetitions have, of which each has *each*."""
    ways = 0
    for times in range(least, most + 1):
        ways += min(each**times, MOST_WAYS + 1)
        if ways > MOST_WAYS:
            break
    return ways

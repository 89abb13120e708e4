"""How many of the requests of a test are so, and how large their numbers are: evenly spread, without any chance."""

import re
from fractions import Fraction
from typing import Annotated

import numpy as np
from pydantic import BeforeValidator

from alerts.rule_tests.moments import Said
from domain.facts import Column, Mask

_OF = re.compile(r"(\d{1,7})\s+of\s+(\d{1,7})")


def parse_share(said: object) -> Fraction:
    """Return the share that *said* means, exactly.

    >>> parse_share(0.2), parse_share("3 of 50")
    (Fraction(1, 5), Fraction(3, 50))

    Raises:
        ValueError: If it is neither a number from 0 to 1 nor so many of so many.
    """
    match = _OF.fullmatch(said.strip()) if isinstance(said, str) else None
    if isinstance(said, Fraction):
        share = said
    elif match is not None and int(match[2]):
        share = Fraction(int(match[1]), int(match[2]))
    elif isinstance(said, int | float) and not isinstance(said, bool) and 0 <= said <= 1:
        share = Fraction(str(float(said))).limit_denominator(1_000_000)
    else:
        share = Fraction(-1)
    if not 0 <= share <= 1:
        raise ValueError("a share is a number from 0 to 1, or so many of so many, such as 3 of 50")
    return share


Share = Annotated[Fraction, BeforeValidator(parse_share)]
"""A share of requests, as a file of tests says it."""


def chosen(share: Fraction, n: int) -> Mask:
    """Return which of *n* requests are chosen: of a fifth every fifth, and never more of the first than their part.

    >>> chosen(Fraction(1, 2), 5).tolist()
    [False, True, False, True, False]
    """
    reached = np.arange(n + 1, dtype=np.int64) * share.numerator // share.denominator
    return np.diff(reached) > 0


class Spread(Said):
    """Numbers of two sizes.

    Attributes:
        share: How many of the requests have the *bad* one.
    """

    share: Share
    bad: float
    good: float

    def of(self, n: int) -> Column:
        """Return the numbers of *n* requests."""
        return np.where(chosen(self.share, n), self.bad, self.good)


def _one_or_two(said: object) -> object:
    if isinstance(said, int | float) and not isinstance(said, bool):
        return {"share": 0, "bad": said, "good": said}
    if not isinstance(said, dict | Spread):
        raise ValueError("a number, or two of them: {share: 0.3, bad: 0.9, good: 0.3}")  # noqa: TRY004 - for pydantic
    return said


Number = Annotated[Spread, BeforeValidator(_one_or_two)]
"""One number for all requests, or two sizes of it."""

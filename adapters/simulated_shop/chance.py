"""Seeded luck that is the same on every platform and Python version.

Only `Random.random` and `Random.getrandbits` promise that; everything else is made of them and of
arithmetic that IEEE 754 rounds exactly: no logarithm, no power, and no `sum` of fractions, which Python 3.12
began to round differently.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")

_TO_STANDARD_DEVIATIONS = 1.7320508075688772  # four uniform numbers have a variance of a third


@dataclass(frozen=True, slots=True)
class Mix(Generic[T]):
    """Options with their shares; the shares need not add up to one."""

    options: tuple[T, ...]
    bounds: tuple[float, ...]

    @classmethod
    def of(cls, shares: Mapping[T, float]) -> "Mix[T]":
        """Return the mix of the *shares*."""
        return cls(tuple(shares), tuple(accumulate(shares.values())))


class Chance:
    """Luck of its own for each thing that is made up, named by its *seeds*."""

    def __init__(self, *seeds: object) -> None:
        self._random = Random("/".join(map(str, seeds)))

    def happens(self, rate: float) -> bool:
        """Return True with the probability *rate*."""
        return self._random.random() < rate

    def between(self, low: int, high: int) -> int:
        """Return a whole number from *low* to *high*, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def pick(self, options: Sequence[T]) -> T:
        """Return one of the *options*, all equally likely."""
        return options[int(self._random.random() * len(options))]

    def draw(self, mix: Mix[T]) -> T:
        """Return one option of the *mix*, as likely as its share."""
        return mix.options[bisect_right(mix.bounds, self._random.random() * mix.bounds[-1])]

    def some(self, options: Sequence[T], count: int) -> list[T]:
        """Return up to *count* different *options* in random order."""
        left = list(options)
        return [left.pop(int(self._random.random() * len(left))) for _ in range(min(count, len(left)))]

    def deviation(self) -> float:
        """Return a nearly normal number with mean 0 and standard deviation 1, never beyond 3.5."""
        luck = self._random.random
        return (luck() + luck() + luck() + luck() - 2) * _TO_STANDARD_DEVIATIONS

    def around(self, typical: float, spread: float) -> float:
        """Return a positive number with the median *typical* and a longer tail to the right.

        It is nearly log-normal: the first terms of the exponential series stand for the exponential.
        """
        z = spread * self.deviation()
        return typical * (1 + z + z * z / 2 + z * z * z / 6)

    def hex_id(self, digits: int) -> str:
        """Return an identifier of *digits* hexadecimal digits."""
        return f"{self._random.getrandbits(4 * digits):0{digits}x}"

"""What people said of answers that the judge judged too.

Which labels may be used for what depends on how they were chosen. A `Confusion` tells how well the judge sees bad and
good answers only if the judge's verdict had no say in the choice: a golden set, or answers drawn at random. Labels of
answers chosen *because* the judge flagged or passed them are `Side`s, for `domain.calibration.two_phase`; counted as a
`Confusion` they would show too high a sensitivity (verification bias, Begg & Greenes 1983).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from domain.intervals import Interval, share_interval
from domain.tally import Tally, Weights, thousandths


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """How often judge and people agree; bad is what people say, flagged is what the judge says.

    Attributes:
        tp: Bad and flagged.
        fn: Bad and passed.
        tn: Good and passed.
        fp: Good and flagged: false alarms.
    """

    tp: int
    fn: int
    tn: int
    fp: int

    def __post_init__(self) -> None:
        if min(self.tp, self.fn, self.tn, self.fp) < 0:
            raise ValueError(f"a count is not negative: {self}")

    @classmethod
    def of(cls, pairs: Iterable[tuple[bool, bool]]) -> Self:
        """Count pairs of (people say bad, the judge flagged).

        >>> Confusion.of([(True, True), (True, False), (False, False)])
        Confusion(tp=1, fn=1, tn=1, fp=0)
        """
        seen = [(bool(bad), bool(flagged)) for bad, flagged in pairs]
        return cls(
            tp=seen.count((True, True)),
            fn=seen.count((True, False)),
            tn=seen.count((False, False)),
            fp=seen.count((False, True)),
        )

    def __add__(self, other: "Confusion") -> "Confusion":
        return Confusion(tp=self.tp + other.tp, fn=self.fn + other.fn, tn=self.tn + other.tn, fp=self.fp + other.fp)

    @property
    def bad(self) -> int:
        """How many people called bad."""
        return self.tp + self.fn

    @property
    def good(self) -> int:
        """How many people called good."""
        return self.tn + self.fp

    @property
    def n(self) -> int:
        """How many were labelled."""
        return self.bad + self.good


@dataclass(frozen=True, slots=True)
class Side:
    """Labels of answers on which the judge said the same: some of the flagged, or some of the passed.

    Attributes:
        bad: How many people called bad.
        n: How many they labelled. Both need not be whole: effective counts (`domain.tally`) of an uneven choice.
    """

    bad: float
    n: float

    def __post_init__(self) -> None:
        if not 0 <= self.bad <= self.n:  # also refuses NaN
            raise ValueError(f"{self.bad} bad of {self.n} labelled")

    @classmethod
    def uneven(cls, bad: Sequence[bool], rates: Sequence[float]) -> Self:
        """Count labels of which each had its own chance *rates* (0 to 1) to be chosen; each counts as 1 / rate.

        >>> Side.uneven([True, False, False, False], [0.5, 0.5, 0.5, 0.5])
        Side(bad=1.0, n=4.0)
        """
        weights = thousandths(np.asarray(rates, dtype=float)).tolist()
        bads = [weight for weight, is_bad in zip(weights, bad, strict=True) if is_bad]
        squares = (sum(one * one for one in some) for some in (weights, bads))
        k, n = Tally(len(weights), len(bads), Weights(sum(weights), sum(bads), *squares)).effective
        return cls(min(float(k), float(n)), float(n))

    @property
    def share(self) -> float | None:
        """The share of bad ones; None without labels."""
        return self.bad / self.n if self.n else None

    def interval(self, confidence: float = 0.95) -> Interval | None:
        """Return the exact two-sided interval of the share; None without labels."""
        return share_interval(self.bad, self.n, confidence=confidence)

"""A number with its interval and what it rests on, or the words why there is none."""

from dataclasses import dataclass
from typing import NamedTuple

from domain.intervals import Interval, share_interval

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One number about a judge.

    Attributes:
        value: None where it is not defined.
        interval: 95 % interval; None where there is no value.
        n: Labels it rests on.
    """

    value: float | None
    interval: Interval | None
    n: float

    @classmethod
    def share(cls, k: float, n: float) -> "Estimate":
        """Return the share of *k* in *n*, with its exact interval."""
        return cls(value=k / n if n else None, interval=share_interval(k, n), n=n)

    def words(self, of: str = "labelled") -> str:
        """Say the number, its interval and the n of what *of* names.

        >>> Estimate.share(70, 81).words("labelled bad")
        '0.86 (95 % 0.77 to 0.93, 81 labelled bad)'
        """
        if self.value is None or self.interval is None:
            return f"unknown ({self.n:,.0f} {of})"
        low, high = self.interval
        return f"{self.value:.2f} (95 % {low:.2f} to {high:.2f}, {self.n:,.0f} {of})"


class Missing(NamedTuple):
    """How many more labels of one kind it takes, such as 12 of `bad`."""

    kind: str
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """No corrected share, and why not.

    Attributes:
        because: A reason in words, with the counts it rests on.
        n: How many were judged.
        missing: The labels that would help; empty where none would.
    """

    because: str
    n: float
    missing: tuple[Missing, ...] = ()

    def words(self) -> str:
        """Say it in one sentence."""
        return f"not corrected: {self.because}"


class Wanted(NamedTuple):
    """So many labels of one kind there are, and so many it takes."""

    kind: str
    have: float
    enough: float


def too_few(n: float, *wanted: Wanted) -> Refused | None:
    """Refuse where any kind of label is too rare; None where all are enough.

    >>> too_few(1000, Wanted("bad", 38, 50), Wanted("good", 300, 100)).words()
    'not corrected: it takes 12 more labels of bad answers (38 of 50)'
    """
    short = [one for one in wanted if one.have < one.enough - _ROUNDING]
    if not short:
        return None
    missing = tuple(Missing(one.kind, _up(one.enough - one.have)) for one in short)
    words = [
        f"{gap.more:,} more label{'s' * (gap.more > 1)} of {gap.kind} answers ({one.have:.3g} of {one.enough:.3g})"
        for gap, one in zip(missing, short, strict=True)
    ]
    return Refused(because=f"it takes {' and '.join(words)}", n=n, missing=missing)


def span(value: float, interval: Interval) -> str:
    """Say a share of bad answers and its interval in per cent.

    >>> span(0.0512, Interval(0.0312, 0.08))
    '5.1 % bad (95 % 3.1 to 8.0 %)'
    """
    return f"{percent(value)} bad (95 % {100 * interval.low:.1f} to {percent(interval.high)})"


def percent(share: float) -> str:
    """Return *share* in per cent.

    >>> percent(0.0512)
    '5.1 %'
    """
    return f"{100 * share:.1f} %"


def _up(labels: float) -> int:
    return -int(-(labels - _ROUNDING) // 1)

"""What each single request is promised, and who keeps all of it: counts that add up over any cells."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain.bad import Bad
from domain.criterion import FAITHFULNESS
from domain.facts import Facts, Mask
from domain.measurement import Labels
from domain.signals import SIGNALS
from domain.tally import THOUSANDTHS, Tally, Weights, thousandths

Column = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What each single request is promised.

    Attributes:
        name: The objective it follows from; several names where several objectives promise the same.
        where: Only requests with these labels are promised it.
    """

    name: str
    signal: str
    bad: Bad
    where: Labels = ()

    @property
    def sampled(self) -> bool:
        """Whether only judged requests can be asked."""
        return SIGNALS[self.signal].sampled

    def asks(self, facts: Facts) -> Mask:
        """Return which requests are promised it."""
        asked = np.full(len(facts), fill_value=True)
        for label, name in self.where:
            asked &= facts.carries(label, name)
        return asked

    def broken(self, facts: Facts) -> Mask:
        """Return which requests break it; the unknown does not."""
        return self.asks(facts) & self.bad.of(SIGNALS[self.signal].values(facts))  # NaN compares false

    def unknown(self, facts: Facts) -> Mask:
        """Return which of those that are promised it do not say."""
        return self.asks(facts) & np.isnan(SIGNALS[self.signal].values(facts))


class Broken(NamedTuple):
    """How many break one promise, break it and no other, and do not say."""

    broken: int
    alone: int
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """The joint count of some requests.

    Attributes:
        n: All of them.
        kept: Those that keep every promise that can be asked of all.
        quality: Of the kept ones that were judged, how many are bad.
        judged, bad: Of all.
        lost_judged, lost_good: Of those that break another promise.
        kept_judgeable, kept_scored: How well the kept ones are covered by the judge.
        each: For each promise that can be asked of all.
    """

    n: int
    kept: int
    quality: Tally
    judged: int
    bad: int
    lost_judged: int
    lost_good: int
    kept_judgeable: int
    kept_scored: int
    each: tuple[Broken, ...]

    @classmethod
    def read(cls, n: int, counters: Sequence[int]) -> "Joint":
        """Return what the sums of `joint_columns` say."""
        kept, good, *weights, judged, bad, lost_judged, lost_good, judgeable, scored = map(int, counters[:_FIXED])
        kept_judged, *sums = weights
        each = [int(one) for one in counters[_FIXED:]]
        return cls(
            n=n,
            kept=kept,
            quality=Tally(kept_judged, kept_judged - good, Weights(*sums)),
            judged=judged,
            bad=bad,
            lost_judged=lost_judged,
            lost_good=lost_good,
            kept_judgeable=judgeable,
            kept_scored=scored,
            each=tuple(Broken(*each[at : at + 3]) for at in range(0, len(each), 3)),
        )

    @classmethod
    def of(cls, facts: Facts, promises: Sequence[Promise]) -> "Joint":
        """Count *facts*."""
        return cls.read(len(facts), [int(column.sum()) for column in joint_columns(facts, promises)])


_FIXED = 13


def joint_width(promises: Sequence[Promise]) -> int:
    """Return how many columns `joint_columns` yields."""
    return _FIXED + 3 * sum(not promise.sampled for promise in promises)


def joint_columns(facts: Facts, promises: Sequence[Promise]) -> Iterator[Column]:
    """Yield whole numbers for each request, whose sums `Joint.read` understands."""
    asked = [promise for promise in promises if not promise.sampled]
    broken = [promise.broken(facts) for promise in asked]
    times = np.sum([np.zeros(len(facts), dtype=np.int64), *broken], axis=0)
    kept = times == 0
    quality = [promise for promise in promises if promise.sampled]
    judged, good = _judged(facts, quality)
    is_sampled = np.any([np.zeros(len(facts), dtype=bool), *(promise.asks(facts) for promise in quality)], axis=0)
    weight = np.where(is_sampled, thousandths(facts.rate), THOUSANDTHS)  # who is promised nothing stands for itself
    scored = ~np.isnan(facts.score(FAITHFULNESS))
    kept_bad = kept & judged & ~good
    fixed = [kept, kept & good, kept & judged, weight * (kept & judged), weight * kept_bad, weight**2 * (kept & judged)]
    fixed += [
        weight**2 * kept_bad,
        judged,
        judged & ~good,
        judged & ~kept,
        good & ~kept,
        kept & facts.asked_by(FAITHFULNESS),
        kept & scored,
    ]
    for column in fixed:
        yield column.astype(np.int64)
    for promise, mask in zip(asked, broken, strict=True):
        yield mask.astype(np.int64)
        yield (mask & (times == 1)).astype(np.int64)
        yield promise.unknown(facts).astype(np.int64)


def _judged(facts: Facts, quality: Sequence[Promise]) -> tuple[Mask, Mask]:
    """Return who was judged by everything that is promised, and who of them is good."""
    judged = np.full(len(facts), bool(quality))
    bad = np.zeros(len(facts), dtype=bool)
    for promise in quality:
        judged &= ~promise.unknown(facts)
        bad |= promise.broken(facts)
    return judged, judged & ~bad

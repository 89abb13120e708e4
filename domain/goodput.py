"""Goodput: the share of requests that keep every promise at once, counted and not multiplied together.

Every request is asked for its latency, its errors and its cost; only a sample is judged. So goodput is the counted
share of all requests that keep the first, times the judged share of those that is good.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain import measure
from domain.facts import Facts, Mask
from domain.intervals import Interval, share_interval
from domain.measure import Bad
from domain.signals import SIGNALS
from domain.window import Window

QUALITY = "quality"

Times = npt.NDArray[np.int64]
"""How many promises each request breaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What each single request is promised.

    Attributes:
        name: The objective it follows from; several names where several objectives promise the same.
    """

    name: str
    signal: str
    bad: Bad

    @property
    def sampled(self) -> bool:
        """Whether only judged requests can be asked."""
        return SIGNALS[self.signal].sampled


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakage:
    """What one promise costs.

    Attributes:
        n: The requests asked: all of them, or the judged ones for quality.
        broken: How many of them break it.
        alone: How many break it and no other promise.
        unknown: Requests that do not say (not streamed, not priced, not judged); they do not break it.
        gain: Goodput gained if it alone were mended and quality stayed as it is; None where that is unknown.
    """

    promise: str
    n: int
    broken: int
    alone: int
    unknown: int
    gain: float | None


class Marginals(NamedTuple):
    """What the promises taken one by one would say of all of them together.

    Attributes:
        independent: If breaking one had nothing to do with breaking another.
        possible: The Frechet range: no joint share that fits the single ones lies outside.
    """

    independent: float
    possible: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Goodput:
    """Goodput of one window.

    Attributes:
        n: All requests of the window, callers' mistakes too.
        kept: Those that keep every promise that can be asked of all.
        judged, good: Of the kept ones, how many were judged, and how many of those are good.
        promises_quality: Without such a promise, what was kept is goodput.
        coverage: Judged answers of the judgeable ones; None where there was none to judge.
        value: None without requests, or where the quality of what was kept is unknown.
        marginals: None where value is.
    """

    window: Window
    n: int
    kept: int
    judged: int
    good: int
    promises_quality: bool
    coverage: float | None
    value: float | None
    marginals: Marginals | None
    breakdown: tuple[Breakage, ...]

    @property
    def quality(self) -> float | None:
        """The judged share that is good, among the requests that keep the other promises; None if none was judged."""
        return self.good / self.judged if self.judged else None

    @property
    def interval(self) -> Interval | None:
        """The 95 % interval of the value."""
        return None if self.value is None else self.bounds()

    def bounds(self, confidence: float = 0.95) -> Interval | None:
        """Return between which bounds goodput lies; with unknown quality that is anything up to what was kept."""
        kept = share_interval(self.kept, self.n, confidence=confidence)
        if kept is None or not self.promises_quality:
            return kept
        if not self.judged:
            return Interval(0.0, kept.high)
        return product_interval((self.kept, self.n), (self.good, self.judged), confidence=confidence)


def measure_goodput(facts: Facts, promises: Sequence[Promise], window: Window) -> Goodput:
    """Count the requests of *facts*, which are already those of *window*, that keep all *promises*."""
    asked = [promise for promise in promises if not promise.sampled]
    broken = [_broken(facts, promise) for promise in asked]
    times: Times = np.zeros(len(facts), dtype=np.int64)
    for mask in broken:
        times += mask
    kept = times == 0
    quality = [promise for promise in promises if promise.sampled]
    judged, good = _judged(facts, quality)
    n, k, m, g = len(facts), int(kept.sum()), int((kept & judged).sum()), int((kept & good).sum())
    factor = (g / m if m else None) if quality else 1.0
    value = _value(n, k, factor)
    rows = [_breakage(facts, one, mask, times, factor) for one, mask in zip(asked, broken, strict=True)]
    if quality:
        rows.append(_quality_row(kept, judged, good, k / n if n else None, factor))
    return Goodput(
        window=window,
        n=n,
        kept=k,
        judged=m,
        good=g,
        promises_quality=bool(quality),
        coverage=measure.coverage(facts.where(kept)) if quality else None,
        value=value,
        marginals=None if value is None else _marginals(n, value, broken, kept, judged, good, factor),
        breakdown=tuple(rows),
    )


def product_interval(first: tuple[int, int], second: tuple[int, int], *, confidence: float = 0.95) -> Interval | None:
    """Return the interval of the product of two shares, each given as (k, n), or None without a sample of both.

    MOVER, the method of variance estimates recovery (Zou & Donner 2008): the distances of the two exact intervals from
    their estimates add up in squares, each weighted with the other share. Unlike the delta method it holds at 0 and 1.

    >>> [round(bound, 3) for bound in product_interval((900, 1000), (95, 100)) or ()]
    [0.795, 0.89]
    """
    one = share_interval(*first, confidence=confidence)
    other = share_interval(*second, confidence=confidence)
    if one is None or other is None:
        return None
    a, b = first[0] / first[1], second[0] / second[1]
    low = a * b - math.hypot(b * (a - one.low), a * (b - other.low))
    high = a * b + math.hypot(b * (one.high - a), a * (other.high - b))
    return Interval(max(0.0, low), min(1.0, high))


def _broken(facts: Facts, promise: Promise) -> Mask:
    return promise.bad.of(SIGNALS[promise.signal].values(facts))  # NaN compares false: unknown does not break


def _judged(facts: Facts, quality: Sequence[Promise]) -> tuple[Mask, Mask]:
    """Return who was judged by everything that is promised, and who of them is good."""
    judged = np.full(len(facts), bool(quality))
    bad = np.zeros(len(facts), dtype=bool)
    for promise in quality:
        judged &= ~np.isnan(SIGNALS[promise.signal].values(facts))
        bad |= _broken(facts, promise)
    return judged, judged & ~bad


def _value(n: int, kept: int, factor: float | None) -> float | None:
    if not n:
        return None
    if not kept:
        return 0.0  # whatever the quality of nothing is
    return None if factor is None else kept / n * factor


def _breakage(facts: Facts, promise: Promise, broken: Mask, times: Times, factor: float | None) -> Breakage:
    n, alone = len(facts), int((broken & (times == 1)).sum())
    return Breakage(
        promise=promise.name,
        n=n,
        broken=int(broken.sum()),
        alone=alone,
        unknown=int(np.isnan(SIGNALS[promise.signal].values(facts)).sum()),
        gain=alone / n * factor if n and factor is not None else None,
    )


def _quality_row(kept: Mask, judged: Mask, good: Mask, share: float | None, factor: float | None) -> Breakage:
    return Breakage(
        promise=QUALITY,
        n=int(judged.sum()),
        broken=int((judged & ~good).sum()),
        alone=int((kept & judged & ~good).sum()),
        unknown=int((~judged).sum()),
        gain=None if share is None or factor is None else share * (1 - factor),
    )


def _marginals(
    n: int, value: float, broken: Sequence[Mask], kept: Mask, judged: Mask, good: Mask, factor: float | None
) -> Marginals:
    """Return what the single shares say; quality's counts the judged of each kind as many as there are requests.

    Weighted like that, the quality of those that keep the other promises and of those that do not add up to a share of
    all requests, and the joint value lies in the Frechet range whatever was sampled.
    """
    shares = [1 - int(mask.sum()) / n for mask in broken]
    if judged.any():
        lost = judged & ~kept
        others = int((lost & good).sum()) / int(lost.sum()) if lost.any() else (factor or 0.0)
        shares.append(value + (1 - int(kept.sum()) / n) * others)
    if not shares:
        return Marginals(value, Interval(value, value))
    low = max(0.0, sum(shares) - len(shares) + 1)
    return Marginals(math.prod(shares), Interval(min(low, value), max(min(shares), value)))

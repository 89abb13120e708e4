"""Goodput: the share of requests that keep every promise at once, counted and not multiplied together.

Every request is asked for its latency, its errors and its cost; only a sample is judged. So goodput is the counted
share of all requests that keep the first, times the judged share of those that is good.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from domain.intervals import Interval, share_interval
from domain.joint import Broken, Joint, Promise
from domain.window import Window

QUALITY = "quality"


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
        worth: The judged share that is good as (k, n) of an even sample: the judged may stand for different numbers.
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
    worth: tuple[float, float]
    promises_quality: bool
    coverage: float | None
    value: float | None
    marginals: Marginals | None
    breakdown: tuple[Breakage, ...]

    @property
    def quality(self) -> float | None:
        """The judged share that is good, among the requests that keep the other promises; None if none was judged."""
        return self.worth[0] / self.worth[1] if self.judged else None

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
        return product_interval((self.kept, self.n), self.worth, confidence=confidence)


def measure_goodput(joint: Joint, promises: Sequence[Promise], window: Window) -> Goodput:
    """Say what the *joint* count of *promises* over *window* comes to."""
    promises_quality = any(promise.sampled for promise in promises)
    asked = [promise.name for promise in promises if not promise.sampled]
    bad, worth = joint.quality.effective
    factor = ((worth - bad) / worth if joint.quality.n else None) if promises_quality else 1.0
    value = _value(joint.n, joint.kept, factor)
    rows = [_breakage(joint.n, name, one, factor) for name, one in zip(asked, joint.each, strict=True)]
    if promises_quality:
        rows.append(_quality_row(joint, factor))
    return Goodput(
        window=window,
        n=joint.n,
        kept=joint.kept,
        judged=joint.quality.n,
        good=joint.quality.n - joint.quality.k,
        worth=(worth - bad, worth),
        promises_quality=promises_quality,
        coverage=joint.kept_scored / joint.kept_judgeable if promises_quality and joint.kept_judgeable else None,
        value=value,
        marginals=None if value is None else _marginals(joint, value, factor),
        breakdown=tuple(rows),
    )


def product_interval(
    first: tuple[float, float], second: tuple[float, float], *, confidence: float = 0.95
) -> Interval | None:
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


def _value(n: int, kept: int, factor: float | None) -> float | None:
    if not n:
        return None
    if not kept:
        return 0.0  # whatever the quality of nothing is
    return None if factor is None else kept / n * factor


def _breakage(n: int, name: str, one: Broken, factor: float | None) -> Breakage:
    gain = one.alone / n * factor if n and factor is not None else None
    return Breakage(promise=name, n=n, broken=one.broken, alone=one.alone, unknown=one.unknown, gain=gain)


def _quality_row(joint: Joint, factor: float | None) -> Breakage:
    return Breakage(
        promise=QUALITY,
        n=joint.judged,
        broken=joint.bad,
        alone=joint.quality.k,
        unknown=joint.n - joint.judged,
        gain=None if not joint.n or factor is None else joint.kept / joint.n * (1 - factor),
    )


def _marginals(joint: Joint, value: float, factor: float | None) -> Marginals:
    """Return what the single shares say; quality's counts the judged of each kind as many as there are requests.

    Weighted like that, the quality of those that keep the other promises and of those that do not add up to a share of
    all requests, and the joint value lies in the Frechet range whatever was sampled.
    """
    shares = [1 - one.broken / joint.n for one in joint.each]
    if joint.judged:
        others = joint.lost_good / joint.lost_judged if joint.lost_judged else (factor or 0.0)
        shares.append(value + (1 - joint.kept / joint.n) * others)
    if not shares:
        return Marginals(value, Interval(value, value))
    low = max(0.0, sum(shares) - len(shares) + 1)
    return Marginals(math.prod(shares), Interval(min(low, value), max(min(shares), value)))

"""What is counted of every hour, so that windows of days need no rows.

A counter is a sum of whole numbers over requests, so counters of any cells add up, in any order, to those of the whole.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from domain.bad import Bad
from domain.facts import Facts, Mask
from domain.histogram import Scale
from domain.joint import Promise, joint_columns, joint_width
from domain.measurement import Labels
from domain.signals import SIGNALS
from domain.slices import MinuteLimit
from domain.tally import THOUSANDTHS, Clusters, Tally, Weights, thousandths

_UNITS = {"tokens": 1_000, "requests": 1_000}
_UNITS_PER_ONE = 1_000_000_000

_FORMAT = "rollup-5"

Counters = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Limit:
    """One question that counters answer exactly: how many requests are bad by this limit.

    Attributes:
        clustered: Requests of one session are not taken for independent.
    """

    signal: str
    bad: Bad
    clustered: bool = False

    @property
    def width(self) -> int:
        """How many counters the answer takes."""
        return 2 + 4 * SIGNALS[self.signal].weighted + 4 * self.clustered

    def columns(self, facts: Facts, cells: Counters) -> Iterator[Counters]:
        """Yield a column for each counter; *cells* says to which cell each request belongs."""
        values = SIGNALS[self.signal].values(facts)
        known = ~np.isnan(values)
        bad = known & self.bad.of(np.where(known, values, 0.0))
        yield known.astype(np.int64)
        yield bad.astype(np.int64)
        if SIGNALS[self.signal].weighted:
            weight = thousandths(facts.rate)
            yield known * weight
            yield bad * weight
            yield known * weight**2
            yield bad * weight**2
        if self.clustered:
            yield from _session_columns(facts.session, cells, known, bad)

    def count(self, facts: Facts, cells: Counters | None = None) -> Tally:
        """Count *facts*; sessions end with their cell, where cells are given."""
        together = np.zeros(len(facts), dtype=np.int64) if cells is None else cells
        return self.tally([int(column.sum()) for column in self.columns(facts, together)])

    def tally(self, counters: Iterable[int]) -> Tally:
        """Return what the counters at this limit's place say."""
        n, k, *more = (int(one) for one in counters)
        weights = Weights(*more[:4]) if SIGNALS[self.signal].weighted else None
        return Tally(n, k, weights, Clusters(*more[-4:]) if self.clustered else None)


@dataclass(frozen=True)
class Plan:
    """What cells hold; another plan makes other cells, so its version stands next to each.

    Attributes:
        limits: Counted exactly.
        spread: Signals whose sum, and quantiles within 1 %, are kept.
        promises: Of which goodput is the joint count.
        minutes: Counted by minutes of the clock, for an hour as a whole.
        named: Labels that somebody asks for: they are counted under their own names, however many others there are.
    """

    limits: tuple[Limit, ...] = ()
    spread: tuple[str, ...] = ()
    promises: tuple[Promise, ...] = ()
    minutes: tuple[MinuteLimit, ...] = ()
    named: Labels = ()

    @cached_property
    def version(self) -> str:
        """What changes when any limit or signal does."""
        said = (self.limits, self.spread, self.promises, self.minutes, self.named)
        return hashlib.sha256(f"{_FORMAT}|{said!r}".encode()).hexdigest()[:16]

    @cached_property
    def width(self) -> int:
        """How many counters a cell has: requests, those of each limit, of each spread, and of goodput."""
        return self._joint_at + joint_width(self.promises)

    def at(self, limit: Limit) -> slice:
        """Return where the counters of *limit* stand.

        Raises:
            LookupError: They are not counted by this plan.
        """
        if limit not in self._places:
            raise LookupError(f"the rollups do not count {limit}")
        return self._places[limit]

    def spread_at(self, signal: str) -> slice:
        """Return where n, zeros and sum of the signal stand, and of a weighted one the squared weights."""
        return self._spread_places[signal]

    @property
    def joint(self) -> slice:
        """Where goodput's counters stand."""
        return slice(self._joint_at, self.width)

    def columns(self, facts: Facts, cells: Counters) -> Iterator[Counters]:
        """Yield a column for each counter, in their order."""
        yield np.ones(len(facts), dtype=np.int64)
        for limit in self.limits:
            yield from limit.columns(facts, cells)
        for signal in self.spread:
            yield from spread_columns(facts, signal)
        yield from joint_columns(facts, self.promises)

    @cached_property
    def _places(self) -> dict[Limit, slice]:
        ends = np.cumsum([1, *(limit.width for limit in self.limits)]).tolist()
        return {limit: slice(*pair) for limit, pair in zip(self.limits, pairwise(ends), strict=True)}

    @cached_property
    def _spread_places(self) -> dict[str, slice]:
        widths = [3 + SIGNALS[signal].weighted for signal in self.spread]
        ends = np.cumsum([1 + sum(limit.width for limit in self.limits), *widths]).tolist()
        return {signal: slice(*pair) for signal, pair in zip(self.spread, pairwise(ends), strict=True)}

    @cached_property
    def _joint_at(self) -> int:
        ends = [place.stop for place in (*self._places.values(), *self._spread_places.values())]
        return int(max(ends, default=1))


def spread_columns(facts: Facts, signal: str) -> Iterator[Counters]:
    """Yield n, zeros and sum of *signal*, in small units, and of a weighted one the squared weights."""
    values = SIGNALS[signal].values(facts)
    known = ~np.isnan(values)
    weight = weight_of(facts, signal)
    yield known.astype(np.int64)
    yield (known & (values <= 0)) * weight
    yield np.rint(np.where(known, values, 0.0) * units_per_one(signal) * (weight / unit_of(signal))).astype(np.int64)
    if SIGNALS[signal].weighted:
        yield known * weight**2


def units_per_one(signal: str) -> int:
    """Return in which parts of its unit the sum of *signal* is kept: nanoseconds, nano-dollars, thousandths of tokens.

    A month of a large application is a trillion tokens, and 8 bytes must hold them.
    """
    return _UNITS.get(SIGNALS[signal].unit, _UNITS_PER_ONE)


def weight_of(facts: Facts, signal: str) -> Counters:
    """Return for how much each request counts in the spread of *signal*, in its unit."""
    if SIGNALS[signal].weighted:
        return thousandths(facts.rate)
    return np.ones(len(facts), dtype=np.int64)


def scale_of(signal: str) -> Scale:
    """Return how the buckets of the spread of *signal* are spaced."""
    return Scale.THOUSANDTHS if SIGNALS[signal].unit == "score" else Scale.LOG


def unit_of(signal: str) -> int:
    """Return how much one request counts in the spread of *signal*."""
    return THOUSANDTHS if SIGNALS[signal].weighted else 1


def _session_columns(session: Counters, cells: Counters, known: Mask, bad: Mask) -> Sequence[Counters]:
    """Return 1, n n, n k and k k of each session in each cell, on the first of its known requests."""
    found = [np.zeros(len(session), dtype=np.int64) for _ in range(4)]
    rows = np.flatnonzero(known)
    if len(rows):
        alone = -1 - np.arange(len(session))  # who belongs to no session is one
        keys = np.column_stack([cells[rows], np.where(session >= 0, session, alone)[rows]])
        _, first, place = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        n = np.bincount(place.ravel())
        k = np.bincount(place.ravel(), weights=bad[rows]).astype(np.int64)
        for column, values in zip(found, (np.ones_like(n), n * n, n * k, k * k), strict=True):
            column[rows[first]] = values
    return found

"""Rollups: an hour of requests as counts, exact and mergeable by addition.

An hour is cut into cells, one for each combination of labels. Everything in a cell is an integer: how many requests
are bad by each probe and of how many that is known, exact sums, and histogram buckets. So cells add up to the same
numbers in any order and any grouping, and a verdict over thirty days needs no row.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from domain.facts import LABELS, Facts
from domain.histogram import BUCKETS, Histogram, buckets
from domain.measure import Bad
from domain.signals import SIGNALS

HOUR_US = 3_600_000_000
UNITS_PER_ONE = 1_000_000_000
"""Sums are kept in billionths of the signal's unit: nanoseconds, nano-dollars."""

PAIR = np.dtype([("combo", "<u4"), ("bucket", "<u2"), ("count", "<u4")])
"""A filled bucket of a histogram: of which combination of labels, which bucket, how many."""

_FORMAT = "rollup-1"

Counters = npt.NDArray[np.int64]
Pairs = npt.NDArray[np.void]
Labelled = tuple[str | None, ...]
Groups = tuple[Counters, int]


@dataclass(frozen=True, slots=True)
class Probe:
    """One question that cells can answer exactly: how many requests are bad by this limit."""

    signal: str
    bad: Bad


@dataclass(frozen=True, slots=True)
class Plan:
    """What cells hold; another plan makes other cells, so its version stands next to each.

    Attributes:
        probes: Counted exactly: known and bad.
        spread: Signals whose sum, and quantiles within 1 %, are kept.
    """

    probes: tuple[Probe, ...]
    spread: tuple[str, ...]

    @property
    def version(self) -> str:
        """What changes when any limit or signal does."""
        return hashlib.sha256(f"{_FORMAT}|{self!r}".encode()).hexdigest()[:16]

    @property
    def width(self) -> int:
        """How many counters a cell has: requests, then n and k of each probe, then n, zeros and sum of each spread."""
        return 1 + 2 * len(self.probes) + 3 * len(self.spread)

    def probe_at(self, probe: Probe) -> int:
        """Return where the probe's n stands; its k follows."""
        return 1 + 2 * self.probes.index(probe)

    def spread_at(self, signal: str) -> int:
        """Return where the signal's n stands; its zeros and its sum follow."""
        return 1 + 2 * len(self.probes) + 3 * self.spread.index(signal)


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour, by combination of labels.

    Attributes:
        labels: Of each cell a name for each of LABELS, in their order; None where a request has none.
        counters: Of each cell its counters, a row of the plan's width.
        spreads: For each signal of the plan's spread the filled buckets of all cells, with the cell's row as `combo`.
    """

    hour_us: int
    labels: tuple[Labelled, ...]
    counters: Counters
    spreads: tuple[Pairs, ...]


def hours(facts: Facts, plan: Plan) -> list[Hour]:
    """Return the hours of *facts*, oldest first."""
    if not len(facts):
        return []
    keys = np.column_stack([facts.ended_us // HOUR_US, *(facts.labels[label] for label in LABELS)])
    found, place = np.unique(keys, axis=0, return_inverse=True)
    groups = place.ravel()
    order = np.argsort(groups, kind="stable")
    starts = np.searchsorted(groups[order], np.arange(len(found)))
    counters = np.column_stack([np.add.reduceat(column[order], starts) for column in _columns(facts, plan)])
    spreads = [_pairs(facts, signal, groups) for signal in plan.spread]
    numbers = found[:, 0]
    bounds = [*np.flatnonzero(np.diff(numbers, prepend=numbers[0] - 1)).tolist(), len(found)]
    return [
        Hour(
            hour_us=int(numbers[first]) * HOUR_US,
            labels=tuple(_names(facts, key) for key in found[first:last, 1:]),
            counters=counters[first:last],
            spreads=tuple(_between(pairs, first, last) for pairs in spreads),
        )
        for first, last in pairwise(bounds)
    ]


def _columns(facts: Facts, plan: Plan) -> Iterable[Counters]:
    yield np.ones(len(facts), dtype=np.int64)
    for probe in plan.probes:
        values = SIGNALS[probe.signal].values(facts)
        known = ~np.isnan(values)
        yield known.astype(np.int64)
        yield (known & probe.bad.of(np.where(known, values, 0.0))).astype(np.int64)
    for signal in plan.spread:
        values = SIGNALS[signal].values(facts)
        known = ~np.isnan(values)
        yield known.astype(np.int64)
        yield (known & (values <= 0)).astype(np.int64)
        yield np.rint(np.where(known, values, 0.0) * UNITS_PER_ONE).astype(np.int64)


def _pairs(facts: Facts, signal: str, groups: npt.NDArray[np.int64]) -> Pairs:
    values = SIGNALS[signal].values(facts)
    filled = np.nan_to_num(values, nan=0.0) > 0
    place, counts = np.unique(groups[filled] * BUCKETS + buckets(values[filled]), return_counts=True)
    pairs = np.empty(len(place), dtype=PAIR)
    pairs["combo"], pairs["bucket"], pairs["count"] = place // BUCKETS, place % BUCKETS, counts
    return pairs


def _between(pairs: Pairs, first: int, last: int) -> Pairs:
    start, end = np.searchsorted(pairs["combo"], (first, last))
    part: Pairs = pairs[start:end].copy()
    part["combo"] -= first
    return part


def _names(facts: Facts, codes: npt.NDArray[np.int64]) -> Labelled:
    return tuple(
        None if code < 0 else facts.names[label][code] for label, code in zip(LABELS, codes.tolist(), strict=True)
    )


@dataclass(frozen=True, slots=True)
class Rolled:
    """Cells added up."""

    plan: Plan
    counters: Counters
    histograms: tuple[Histogram, ...]

    @classmethod
    def empty(cls, plan: Plan) -> "Rolled":
        """Return the sum of no cells."""
        return cls(plan, np.zeros(plan.width, dtype=np.int64), tuple(Histogram.empty() for _ in plan.spread))

    def __add__(self, other: "Rolled") -> "Rolled":
        both = zip(self.histograms, other.histograms, strict=True)
        return Rolled(self.plan, self.counters + other.counters, tuple(one + two for one, two in both))

    @property
    def requests(self) -> int:
        """How many requests there were."""
        return int(self.counters[0])

    def known_and_bad(self, probe: Probe) -> tuple[int, int]:
        """Return n and k of a probe."""
        at = self.plan.probe_at(probe)
        return int(self.counters[at]), int(self.counters[at + 1])

    def total(self, signal: str) -> tuple[int, float]:
        """Return n and the sum of a signal, exact to a billionth of its unit."""
        at = self.plan.spread_at(signal)
        return int(self.counters[at]), int(self.counters[at + 2]) / UNITS_PER_ONE

    def histogram(self, signal: str) -> Histogram:
        """Return the distribution of a signal."""
        return self.histograms[self.plan.spread.index(signal)]


def add_up(
    plan: Plan, combos: Sequence[int] | Counters, counters: Counters, spreads: Sequence[Pairs], groups: Groups
) -> list[Rolled]:
    """Add up cells into groups.

    Args:
        combos: The combination of labels of each row of *counters*.
        spreads: For each signal of the plan's spread the filled buckets, each with its combination.
        groups: The group of each combination, and how many groups there are.
    """
    place, n = groups
    sums = np.zeros((n, plan.width), dtype=np.int64)
    np.add.at(sums, place[np.asarray(combos, dtype=np.int64)], counters)
    merged = [_merged(pairs, place, n) for pairs in spreads]
    zeros = [plan.spread_at(signal) + 1 for signal in plan.spread]
    return [
        Rolled(
            plan,
            sums[group],
            tuple(Histogram(counts[group], int(sums[group][at])) for counts, at in zip(merged, zeros, strict=True)),
        )
        for group in range(n)
    ]


def _merged(pairs: Pairs, place: Counters, n: int) -> Counters:
    where = place[pairs["combo"]] * BUCKETS + pairs["bucket"]
    counts = np.bincount(where, weights=pairs["count"], minlength=n * BUCKETS)
    return counts.astype(np.int64).reshape(n, BUCKETS)


def rolled(plan: Plan, found: Iterable[Hour]) -> Rolled:
    """Add up hours that were just made, whatever their labels."""
    total = Rolled.empty(plan)
    for hour in found:
        together = np.zeros(len(hour.labels), dtype=np.int64), 1
        total += add_up(plan, range(len(hour.labels)), hour.counters, hour.spreads, together)[0]
    return total

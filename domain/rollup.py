"""Rollups: an hour of requests as counts, exact and mergeable by addition.

An hour is cut into cells, one for each combination of labels. Everything in a cell is a whole number: how many requests
are bad by each limit and of how many that is known, exact sums, and histogram buckets. So cells add up to the same
numbers in any order and any grouping, and a verdict over thirty days needs no row.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from domain.facts import LABELS, Facts
from domain.histogram import BUCKETS, Histogram
from domain.plan import Counters, Plan, scale_of, weight_of
from domain.signals import SIGNALS

HOUR_US = 3_600_000_000

_PAIR = np.dtype([("combo", "<u4"), ("bucket", "<u2"), ("count", "<u4")])
_WIDE_PAIR = np.dtype([("combo", "<u4"), ("bucket", "<u2"), ("count", "<u8")])
_MOST = 2**62

Pairs = npt.NDArray[np.void]
Labelled = tuple[str | None, ...]
"""A name for each of LABELS, in their order; None where a request has none."""


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour, by combination of labels.

    Attributes:
        labels: Of each cell.
        counters: Of each cell its counters, a row of the plan's width.
        spreads: For each signal of the plan's spread the filled buckets of all cells, with the cell's row as `combo`.
        minutes: For each of the plan's minute limits how many minutes are known, and how many of them are bad.
    """

    hour_us: int
    labels: tuple[Labelled, ...]
    counters: Counters
    spreads: tuple[Pairs, ...]
    minutes: Counters


def hours(facts: Facts, plan: Plan) -> list[Hour]:
    """Return the hours of *facts*, oldest first."""
    if not len(facts):
        return []
    found, cells = cells_of(facts)
    order = np.argsort(cells, kind="stable")
    starts = np.searchsorted(cells[order], np.arange(len(found)))
    counters = np.column_stack([np.add.reduceat(column[order], starts) for column in plan.columns(facts, cells)])
    spreads = [_pairs(facts, signal, cells, len(found)) for signal in plan.spread]
    numbers = found[:, 0]
    bounds = [*np.flatnonzero(np.diff(numbers, prepend=numbers[0] - 1)).tolist(), len(found)]
    edges = np.searchsorted(facts.ended_us // HOUR_US, numbers[bounds[:-1]]).tolist()
    return [
        Hour(
            hour_us=int(numbers[first]) * HOUR_US,
            labels=tuple(_names(facts, key) for key in found[first:last, 1:]),
            counters=counters[first:last],
            spreads=tuple(_between(pairs, first, last) for pairs in spreads),
            minutes=_minutes(facts.part(*rows), plan),
        )
        for (first, last), rows in zip(pairwise(bounds), pairwise([*edges, len(facts)]), strict=True)
    ]


def relabelled(hour: Hour, rename: Callable[[Labelled], Labelled]) -> Hour:
    """Return *hour* under other labels; cells whose labels become the same become one."""
    labels = [rename(one) for one in hour.labels]
    if list(hour.labels) == labels:
        return hour
    different = list(dict.fromkeys(labels))
    place = np.array([different.index(one) for one in labels])
    counters = np.zeros((len(different), hour.counters.shape[1]), dtype=np.int64)
    np.add.at(counters, place, hour.counters)
    spreads = []
    for cells in hour.spreads:
        pairs = cells.copy()
        pairs["combo"] = place[cells["combo"]]
        spreads.append(pairs)
    return replace(hour, labels=tuple(different), counters=counters, spreads=tuple(spreads))


def pair(signal: str) -> np.dtype[np.void]:
    """Return the form of a filled bucket: of which combination of labels, which bucket, how many, or thousandths."""
    return _WIDE_PAIR if SIGNALS[signal].weighted else _PAIR


def cells_of(facts: Facts) -> tuple[Counters, Counters]:
    """Return the different cells as rows of hour and label codes, in order, and the cell of each request."""
    if not len(facts):
        return np.zeros((0, 1 + len(LABELS)), dtype=np.int64), np.zeros(0, dtype=np.int64)
    columns = [facts.ended_us // HOUR_US, *(facts.labels[label].astype(np.int64) for label in LABELS)]
    key = columns[0] - columns[0].min()  # one number for all of them, which is compared much faster
    size = int(key.max()) + 1
    for column in columns[1:]:
        names = int(column.max()) + 2
        if size * names > _MOST:
            found, key = np.unique(key, return_inverse=True)
            size = len(found)
        key = key * names + column + 1
        size *= names
    _, first, cells = np.unique(key, return_index=True, return_inverse=True)
    return np.column_stack([column[first] for column in columns]), cells


def histogram_of(facts: Facts, signal: str) -> Histogram:
    """Return the histogram of one signal of *facts*, in the unit of its cells."""
    weights = weight_of(facts, signal) if SIGNALS[signal].weighted else None
    return Histogram.of(SIGNALS[signal].values(facts), scale_of(signal), weights)


def _pairs(facts: Facts, signal: str, cells: Counters, n: int) -> Pairs:
    values = SIGNALS[signal].values(facts)
    filled = np.nan_to_num(values, nan=0.0) > 0
    place = cells[filled] * BUCKETS + scale_of(signal).buckets(values[filled])
    weights = weight_of(facts, signal)[filled]
    if n * BUCKETS <= 8 * len(place):  # many requests: to count them all is faster than to sort them
        counts = np.bincount(place, weights=weights, minlength=n * BUCKETS)
        found = np.flatnonzero(counts)
        counts = counts[found]
    else:
        found, where = np.unique(place, return_inverse=True)
        counts = np.bincount(where, weights=weights)
    pairs = np.empty(len(found), dtype=pair(signal))
    pairs["combo"], pairs["bucket"], pairs["count"] = found // BUCKETS, found % BUCKETS, counts
    return pairs


def _between(pairs: Pairs, first: int, last: int) -> Pairs:
    start, end = np.searchsorted(pairs["combo"], (first, last))
    part: Pairs = pairs[start:end].copy()
    part["combo"] -= first
    return part


def _minutes(facts: Facts, plan: Plan) -> Counters:
    return np.array([count for limit in plan.minutes for count in limit.count(facts)], dtype=np.int64)


def _names(facts: Facts, codes: Iterable[int]) -> Labelled:
    return tuple(None if code < 0 else facts.names[label][code] for label, code in zip(LABELS, codes, strict=True))

"""Rows put in order, those with the same labels together, so that any window of each is a pair of look-ups."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from domain.facts import Facts, to_us
from domain.measurement import Labels, labels
from domain.plan import Counters, Limit
from domain.signals import SIGNALS
from domain.tally import Tally, Weights, thousandths
from domain.window import Window


@dataclass(frozen=True, slots=True)
class Order:
    """Rows in parts, one after the other; within each by end.

    Attributes:
        of: The labels of each part.
        rows: The places of the rows.
        part: The part of each of *rows*.
        at_us: When each of *rows* ended, after *from_us*; later by one *span_us* more with each part, so that it rises.
        first_us: With what each part begins on that scale.
    """

    of: tuple[Labels, ...]
    rows: Counters
    part: Counters
    at_us: Counters
    first_us: Counters
    from_us: int
    span_us: int

    @classmethod
    def by(cls, facts: Facts, by: Sequence[str], where: Labels = ()) -> "Order":
        """Put the rows that carry *where* in parts by the names of the labels *by*; who lacks one is in none."""
        here, key = np.ones(len(facts), dtype=bool), np.zeros(len(facts), dtype=np.int64)
        for label, name in where:
            here &= facts.carries(label, name)
        for label in by:
            here &= facts.labels[label] >= 0
            if label != by[0]:
                _, key = np.unique(key, return_inverse=True)  # small numbers again, however many labels
            key = key * max(len(facts.names[label]), 1) + facts.labels[label]
        rows = np.flatnonzero(here)
        of, part = _ranked(facts, by, rows, key[rows]) if by else (((),), np.zeros(len(rows), dtype=np.int64))
        if by:
            together = np.argsort(part, kind="stable")
            rows, part = rows[together], part[together]
        from_us, until_us = (int(facts.ended_us[0]), int(facts.ended_us[-1]) + 1) if len(facts) else (0, 1)
        span_us = until_us - from_us
        first_us = np.arange(len(of), dtype=np.int64)[:, None] * span_us
        return cls(of, rows, part, part * span_us + facts.ended_us[rows] - from_us, first_us, from_us, span_us)

    def bounds(self, window: Window) -> Counters:
        """Return between which of `at_us` the rows of *window* lie, for each part."""
        ends = (min(max(to_us(end) - self.from_us, 0), self.span_us) for end in (window.start, window.end))
        bounds: Counters = self.first_us + np.array(tuple(ends))
        return bounds

    def sizes(self, window: Window) -> list[int]:
        """Return how many rows of *window* each part has."""
        return _between(self.at_us.searchsorted(self.bounds(window)))

    def tallies(self, facts: Facts, limit: Limit) -> list[Tally]:
        """Count each part of *facts*, whose order this is, row by row."""
        if not len(self.rows):
            return []
        cells = np.full(len(facts), -1, dtype=np.int64)
        cells[self.rows] = self.part
        starts = self.part.searchsorted(np.arange(len(self.of)))
        columns = [np.add.reduceat(column[self.rows], starts).tolist() for column in limit.columns(facts, cells)]
        return [limit.tally(counters) for counters in zip(*columns, strict=True)]


@dataclass(frozen=True, slots=True)
class Times:
    """When the known and the bad requests of each part ended, and sums of weights from the first on."""

    order: Order
    known_us: Counters
    bad_us: Counters
    known_weights: Counters | None
    bad_weights: Counters | None

    @classmethod
    def of(cls, facts: Facts, order: Order, limit: Limit) -> "Times":
        """Find out what is known and what is bad of *facts*, by a limit that is not clustered."""
        values = SIGNALS[limit.signal].values(facts)[order.rows]
        known = ~np.isnan(values)
        bad = known & limit.bad.of(np.where(known, values, 0.0))
        known_us = order.at_us if known.all() else order.at_us[known]
        if not SIGNALS[limit.signal].weighted:
            return cls(order, known_us, order.at_us[bad], None, None)
        rates = facts.rate[order.rows]
        return cls(order, known_us, order.at_us[bad], _summed(rates[known]), _summed(rates[bad]))

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        held = (self.known_us, self.bad_us, self.known_weights, self.bad_weights)
        return sum(one.size for one in held if one is not None)

    def tallies(self, window: Window) -> list[Tally]:
        """Count each part of *window*."""
        bounds = self.order.bounds(window)
        known, bad = self.known_us.searchsorted(bounds), self.bad_us.searchsorted(bounds)
        n, k = _between(known), _between(bad)
        if self.known_weights is None or self.bad_weights is None:
            return [Tally(*counts) for counts in zip(n, k, strict=True)]
        every = (self.known_weights[known[:, 1]] - self.known_weights[known[:, 0]]).tolist()
        those = (self.bad_weights[bad[:, 1]] - self.bad_weights[bad[:, 0]]).tolist()
        weights = (Weights(once, bad, twice, both) for (once, twice), (bad, both) in zip(every, those, strict=True))
        return [Tally(*counts) for counts in zip(n, k, weights, strict=True)]


def _between(bounds: Counters) -> list[int]:
    """Return how many there are between each pair of look-ups."""
    found: list[int] = (bounds[:, 1] - bounds[:, 0]).tolist()
    return found


def _ranked(facts: Facts, by: Sequence[str], rows: Counters, key: Counters) -> tuple[tuple[Labels, ...], Counters]:
    """Return the labels that occur, in their order, and the place among them of each of *rows*."""
    _, first, found = np.unique(key, return_index=True, return_inverse=True)
    named = [labels({label: facts.names[label][facts.labels[label][row]] for label in by}) for row in rows[first]]
    order = sorted(range(len(named)), key=named.__getitem__)
    rank = np.empty(len(named), dtype=np.int64)
    rank[order] = np.arange(len(named))
    return tuple(named[one] for one in order), rank[found]


def _summed(rates: npt.NDArray[np.float64]) -> Counters:
    """Return the sums of the weights, and of their squares, of the first 0, 1, 2, ... requests."""
    weights = thousandths(rates)
    sums = np.zeros((len(rates) + 1, 2), dtype=np.int64)
    np.cumsum(np.column_stack([weights, weights**2]), axis=0, out=sums[1:])
    return sums

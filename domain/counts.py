"""Cells added up: what a window of any length comes to, without its rows."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from domain.distribution import Buckets
from domain.facts import Facts
from domain.histogram import BUCKETS, Histogram
from domain.joint import Joint, joint_columns
from domain.plan import Counters, Limit, Plan, scale_of, spread_columns, unit_of, units_per_one
from domain.rollup import Hour, Pairs, cells_of, histogram_of
from domain.slices import MinuteLimit
from domain.tally import Tally

Groups = tuple[Counters, int]
"""The group of each combination of labels, and how many groups there are."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Cells added up, and the rows at both ends of a window that does not begin or end with an hour.

    Attributes:
        histograms: Of the signals that were asked for.
        minutes: As in `Hour`; of all requests, whatever their labels.
        edges: Rows that are in no cell.
    """

    plan: Plan
    counters: Counters
    minutes: Counters
    histograms: Mapping[str, Histogram]
    edges: tuple[Facts, ...] = ()

    @classmethod
    def empty(cls, plan: Plan, spreads: Collection[str] = ()) -> "Counts":
        """Return the sum of no cells."""
        return cls(
            plan,
            np.zeros(plan.width, dtype=np.int64),
            np.zeros(2 * len(plan.minutes), dtype=np.int64),
            {signal: Histogram.empty(scale_of(signal)) for signal in spreads},
        )

    def __len__(self) -> int:
        return int(self.counters[0]) + sum(map(len, self.edges))

    def tally(self, limit: Limit) -> Tally:
        """Return how many are bad by *limit*."""
        found = limit.tally(self.counters[self.plan.at(limit)].tolist())
        for edge in self.edges:
            found += limit.count(edge, cells_of(edge)[1] if limit.clustered else None)
        return found

    def total_nano(self, signal: str) -> int:
        """Return the sum of *signal*, of money or time, in billionths of its unit, exactly."""
        return sum((self._of_edge(edge, signal)[2] for edge in self.edges), self._spread(signal)[2])

    def distribution(self, signal: str) -> Buckets:
        """Return how the values of *signal*, one of those asked for, are spread."""
        spreads = [self._spread(signal), *(self._of_edge(edge, signal) for edge in self.edges)]
        n, _, total, *squared = (sum(one) for one in zip(*spreads, strict=True))
        histogram = self.histograms[signal]
        for edge in self.edges:
            histogram += histogram_of(edge, signal)
        worth = histogram.n**2 / squared[0] if squared and n else n
        return Buckets(n, total / units_per_one(signal), histogram, worth, unit_of(signal))

    def joint(self) -> Joint:
        """Return the joint count of the plan's promises."""
        sums = self.counters[self.plan.joint].copy()
        for edge in self.edges:
            sums += [int(column.sum()) for column in joint_columns(edge, self.plan.promises)]
        return Joint.read(len(self), sums.tolist())

    def minutes_of(self, limit: MinuteLimit) -> tuple[int, int]:
        """Return how many minutes are known and how many are bad by *limit*."""
        at = 2 * self.plan.minutes.index(limit)
        edges = [limit.count(edge) for edge in self.edges]
        return int(self.minutes[at]) + sum(n for n, _ in edges), int(self.minutes[at + 1]) + sum(k for _, k in edges)

    def _spread(self, signal: str) -> list[int]:
        return [int(one) for one in self.counters[self.plan.spread_at(signal)]]

    def _of_edge(self, edge: Facts, signal: str) -> list[int]:
        return [int(column.sum()) for column in spread_columns(edge, signal)]


class Sums:
    """Cells being added up, by group; they may come in any order and in any parts."""

    def __init__(self, plan: Plan, groups: Groups, spreads: Collection[str] = ()) -> None:
        """Begin with nothing; a combination of labels whose group is negative is left out."""
        self._plan = plan
        self._place, self._n = groups
        self._counters = np.zeros((self._n, plan.width), dtype=np.int64)
        self._minutes = np.zeros(2 * len(plan.minutes), dtype=np.int64)
        self._buckets = {signal: np.zeros(self._n * BUCKETS) for signal in spreads}  # whole numbers, far below 2^53

    def cells(self, combos: Counters, counters: Counters) -> None:
        """Add cells: the combination of labels of each, and its counters."""
        group = self._place[combos]
        order = np.argsort(group, kind="stable")
        found, starts = np.unique(group[order], return_index=True)
        if len(found):
            sums = np.add.reduceat(counters[order], starts, axis=0)
            self._counters[found[found >= 0]] += sums[found >= 0]

    def minutes(self, known_and_bad: Counters) -> None:
        """Add the minutes of an hour."""
        self._minutes += known_and_bad

    def spread(self, signal: str, pairs: Pairs) -> None:
        """Add filled buckets of one signal."""
        group = self._place[pairs["combo"]]
        if (group < 0).any():
            pairs, group = pairs[group >= 0], group[group >= 0]
        where = group * BUCKETS + pairs["bucket"]
        self._buckets[signal] += np.bincount(where, weights=pairs["count"], minlength=self._n * BUCKETS)

    def counts(self) -> list[Counts]:
        """Return what each group comes to."""
        return [
            Counts(
                self._plan,
                self._counters[group],
                self._minutes,
                {signal: self._histogram(signal, group) for signal in self._buckets},
            )
            for group in range(self._n)
        ]

    def _histogram(self, signal: str, group: int) -> Histogram:
        counts = self._buckets[signal][group * BUCKETS : (group + 1) * BUCKETS].astype(np.int64)
        zeros = int(self._counters[group][self._plan.spread_at(signal)][1])
        return Histogram(counts, zeros, scale_of(signal))


def total(plan: Plan, found: Iterable[Hour], spreads: Collection[str] = ()) -> Counts:
    """Add up hours that were just made, whatever their labels."""
    hours = list(found)
    most = max((len(hour.labels) for hour in hours), default=1)
    sums = Sums(plan, (np.zeros(most, dtype=np.int64), 1), spreads)
    for hour in hours:
        sums.cells(np.arange(len(hour.labels)), hour.counters)
        sums.minutes(hour.minutes)
        for signal in spreads:
            sums.spread(signal, hour.spreads[plan.spread.index(signal)])
    return sums.counts()[0]

"""Rows that many windows are asked of: how many are bad is looked up among sorted times, not counted row by row.

What is asked once is counted at once: a live run asks each question of one window. Asked again, as a replay does each
minute, a question is sorted out for all rows, once.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from domain.facts import Facts
from domain.measurement import Labels
from domain.ordered import Order, Times
from domain.plan import Limit
from domain.tally import Tally
from domain.window import Window

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

_FEW = 8
"""Windows whose rows are kept cut, and ways to order all rows: several rules look at each."""

_ROOM = 20_000_000
"""So many numbers are kept at most, 160 MB; questions beyond that are counted each time."""

By = tuple[str, ...]
Counted = list[tuple[Labels, tuple[Tally, ...]]]


@dataclass(slots=True)
class Running:
    """Rows, ordered by end, and what has been found out about them."""

    facts: Facts
    _rows: dict[tuple[Window, Labels], Facts] = field(default_factory=dict)
    _cuts: dict[tuple[Window, By, Labels], Order] = field(default_factory=dict)
    _orders: dict[tuple[By, Labels], Order] = field(default_factory=dict)
    _times: dict[tuple[Limit, By, Labels], Times | None] = field(default_factory=dict)
    _room: int = _ROOM

    def tally(self, window: Window, limit: Limit, where: Labels = ()) -> Tally:
        """Return how many requests that ended in *window* and carry *where* are bad by *limit*."""
        times = self._sorted_out(limit, (), where)
        return times.tallies(window)[0] if times else limit.count(self.rows(window, where))

    def tallies(self, window: Window, limits: Sequence[Limit], by: By, where: Labels = ()) -> Counted:
        """Return the same by each of *limits* for each set of names of the labels *by* that occurs, in their order."""
        found = [self._sorted_out(limit, by, where) for limit in limits]
        times = [one for one in found if one is not None]
        if len(times) < len(limits):
            rows = self.rows(window, where)
            order = _kept(self._cuts, (window, by, where), lambda: Order.by(rows, by))
            return list(zip(order.of, zip(*(order.tallies(rows, limit) for limit in limits), strict=True), strict=True))
        order = times[0].order
        counted = zip(*(one.tallies(window) for one in times), strict=True)
        return [(of, tallies) for of, size, tallies in zip(order.of, order.sizes(window), counted, strict=True) if size]

    def rows(self, window: Window, where: Labels = ()) -> Facts:
        """Return the requests that ended in *window* and carry *where*, row by row."""
        return _kept(self._rows, (window, where), lambda: self.facts.over(window, where=where))

    def _sorted_out(self, limit: Limit, by: By, where: Labels) -> Times | None:
        """Return when what was known and bad, if it was asked for before and there is room to remember it."""
        key = (limit, by, where)
        if key not in self._times:
            self._times[key] = None
            return None
        found = self._times[key]
        if found is None and self._room > 0 and not limit.clustered:
            order = _kept(self._orders, (by, where), lambda: Order.by(self.facts, by, where))
            found = self._times[key] = Times.of(self.facts, order, limit)
            self._room -= found.size
        return found


def _kept(few: dict[Key, Value], key: Key, make: Callable[[], Value]) -> Value:
    """Return what is kept under *key*, made if it is not there; the oldest of a few makes room for it."""
    found = few.get(key)
    if found is None:
        if len(few) >= _FEW:
            del few[next(iter(few))]
        found = few[key] = make()
    return found

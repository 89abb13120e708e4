"""What was seen up to a slot, of things that came one after the other; made anew only when there is one more."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

Thing = TypeVar("Thing")
Made = TypeVar("Made")


class Seen(Generic[Thing, Made]):
    """Things by when they came, and what is made of those that had come."""

    def __init__(
        self, things: Iterable[Thing], came: Callable[[Thing], datetime], make: Callable[[Sequence[Thing]], Made]
    ) -> None:
        """Put *things* in the order in which they *came*."""
        self._things = sorted(things, key=came)
        self._times = [came(thing) for thing in self._things]
        self._make = make
        self._newest: tuple[int, Made] | None = None

    def until(self, slot: datetime) -> Made:
        """Return what is made of the things that had come by *slot*."""
        n = bisect_right(self._times, slot)
        if self._newest is None or self._newest[0] != n:
            self._newest = (n, self._make(self._things[:n]))
        return self._newest[1]

    def between(self, start: datetime, slot: datetime) -> Sequence[Thing]:
        """Return the things that came from *start* up to *slot*, both included."""
        return self._things[bisect_left(self._times, start) : bisect_right(self._times, slot)]

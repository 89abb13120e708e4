"""What can be asked about the past: rows of short windows, counts of any."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Protocol, TypeGuard

from domain.counts import Counts
from domain.facts import Facts
from domain.measurement import Labels
from domain.plan import Limit
from domain.tally import Tally
from domain.window import Window

LONG = timedelta(hours=2)
"""Windows of this length and more are counted by the hour, with the rows of both ends; shorter ones row by row."""

Sample = Facts | Counts
"""The requests of a window: row by row, or counted."""


class History(Protocol):
    """The requests of one application. `Facts` are one themselves, for as far as they reach."""

    def rows(self, window: Window) -> Facts:
        """Return the requests that ended in *window*, row by row; meant for less than LONG."""
        ...

    def judged(self, window: Window) -> Facts:
        """Return the requests that ended in *window* and were chosen for judging, row by row."""
        ...

    def over(self, window: Window, *, where: Labels = (), spreads: Collection[str] = ()) -> Sample:
        """Return the requests that ended in *window* and carry the labels *where*.

        Args:
            spreads: Signals whose distribution will be asked for.
        """
        ...

    def by(
        self, window: Window, label: str, *, where: Labels = (), spreads: Collection[str] = ()
    ) -> Mapping[str, Sample]:
        """Return the requests that ended in *window* and carry *where*, for each name of *label* that occurs."""
        ...


class Counting(History, Protocol):
    """A history that counts without showing what: where only k and n are asked for, much faster than samples."""

    def tally(self, window: Window, limit: Limit, *, where: Labels = ()) -> Tally:
        """Return how many of the requests that ended in *window* and carry *where* are bad by *limit*."""
        ...

    def tallies(
        self, window: Window, limits: Sequence[Limit], by: tuple[str, ...], *, where: Labels = ()
    ) -> list[tuple[Labels, tuple[Tally, ...]]]:
        """Return the same by each of *limits* for each set of names of the labels *by* that occurs, in their order.

        Meant for less than LONG, as `rows` is.
        """
        ...


def counts_itself(history: History) -> TypeGuard[Counting]:
    """Whether *history* counts without showing what. Asked at every slot: a look at a Protocol would take longer."""
    return hasattr(history, "tallies")

"""A number held against a limit, of any stretch of time: so that it can be drawn, and told from what is normal."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from domain import measure
from domain.history import History, counts_itself
from domain.measurement import Labels
from domain.plan import Limit
from domain.ratio import ratio_of
from domain.tally import Tally
from domain.window import Window


@dataclass(frozen=True, slots=True)
class Reading:
    """What a gauge shows of one stretch of time.

    Attributes:
        n: How many requests, or judged answers, the value rests on.
        value: None where nothing was measured.
        k: How many of them are bad; None where no single one is.
    """

    n: int
    value: float | None
    k: int | None = None


Read = Callable[[History, Window, Labels], Reading]
"""How the requests of a window that carry some labels are measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """What a rule measures.

    Attributes:
        name: What it is called where it is drawn: `requests failed`, `p95 of TTFT`.
        unit: Of its values and of *limit*: `share`, `times`, `s`, `USD`, `tokens`, ...
        limit: What the values are held against; None where there is no such line.
        over: The length of the stretches that are measured.
        where: Which requests it is about.
        read: How they are measured.
        counted: What makes one of them a bad one; None where no single one is.
        allowed: Where the values are the share of bad ones by an allowed share: 1 leaves the share as it is. Counts of
            the parts of a stretch then add up to those of the whole.
        counts: What the bad ones are, in words: `requests failed`.
        sampled: Whether a judge must have spoken, so that stretches end with the judging.
        worst_high: Whether a high value is the bad one.
    """

    name: str
    unit: str
    limit: float | None
    over: timedelta
    where: Labels
    read: Read
    counted: Limit | None = None
    allowed: float | None = None
    counts: str = ""
    sampled: bool = False
    worst_high: bool = True

    def at(self, history: History, window: Window) -> Reading:
        """Return what it shows of *window*."""
        return self.read(history, window, self.where)


def tally_in(history: History, window: Window, limit: Limit, where: Labels = ()) -> Tally:
    """Return how many of the requests that ended in *window* and carry *where* are bad by *limit*."""
    if counts_itself(history):
        return history.tally(window, limit, where=where)
    return measure.tally(history.over(window, where=where), limit)


def share_of(limit: Limit, allowed: float = 1.0) -> Read:
    """Return how the share of bad requests is read, by the *allowed* share: then it is how fast a budget burns."""

    def read(history: History, window: Window, where: Labels) -> Reading:
        return reading_of(tally_in(history, window, limit, where), allowed)

    return read


def reading_of(counted: Tally, allowed: float) -> Reading:
    """Return a count as a share, by the *allowed* one."""
    return Reading(counted.n, None if counted.share is None else counted.share / allowed, counted.k)


def statistic_of(signal: str, which: str) -> Read:
    """Return how a quantile or the mean of *signal* is read."""

    def read(history: History, window: Window, where: Labels) -> Reading:
        sample = history.over(window, where=where, spreads=(signal,))
        shown = measure.statistic(sample, signal, which, window)
        return Reading(shown.n, shown.value)

    return read


def ratio_between(of: str, per: str, spreads: tuple[str, ...]) -> Read:
    """Return how the total of the signal *of* by that of *per* is read; *spreads*: those of both that are signals."""

    def read(history: History, window: Window, where: Labels) -> Reading:
        found = ratio_of(history.over(window, where=where, spreads=spreads), of, per)
        return Reading(found.n, found.value)

    return read

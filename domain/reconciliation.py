"""Our books against the source's own: what was read of an hour, and what the source says that there was.

Rows are compared with rows: a source counts every observation and prices failed calls by guess, so requests and their
spend would never agree with it. They stand beside the comparison, to say how much of it became this application's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from domain.assembly import once
from domain.observation import Observation

TOLERANCE = 0.005
"""A relative difference up to here is called agreement."""


@dataclass(frozen=True, slots=True)
class Totals:
    """How many observations started in a window, and what the source says they cost; None where it does not say."""

    rows: int
    cost_nano_usd: int | None


@dataclass(frozen=True, slots=True)
class Counted:
    """One amount, as we and as the source counted it."""

    ours: int
    theirs: int

    @property
    def apart(self) -> int:
        """How far the two lie apart."""
        return abs(self.ours - self.theirs)

    @property
    def difference(self) -> float:
        """How far the two lie apart, as a part of the larger one; two times nothing agrees.

        >>> Counted(95, 100).difference, Counted(3, 0).difference, Counted(0, 0).difference
        (0.05, 1.0, 0.0)
        """
        larger = max(abs(self.ours), abs(self.theirs))
        return self.apart / larger if larger else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciledHour:
    """One hour, compared.

    Attributes:
        start: When it began; whole hours of UTC.
        ours: Different rows that were read of it, unreadable ones included, and their cost by the source's own prices.
        theirs: What the source counts; None if it does not count.
        requests, spend_nano_usd: Requests of this application that ended in it, and their cost as it is reported.
        checked_at: The slot that compared it last.
    """

    start: datetime
    ours: Totals
    theirs: Totals | None
    requests: int
    spend_nano_usd: int
    checked_at: datetime

    @property
    def agrees_exactly(self) -> bool:
        """Whether rows are equal and costs too, but for rounding."""
        return agree_exactly(self.ours, self.theirs)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciledDay:
    """The hours of one day of UTC that the source counted, added up.

    Attributes:
        hours: How many of the day's 24 that are.
        cost: In nano-USD; None where the source does not say it.
        requests, spend_nano_usd: What of these hours became requests of this application.
    """

    day: date
    hours: int
    rows: Counted
    cost: Counted | None
    requests: int
    spend_nano_usd: int

    @property
    def difference(self) -> float:
        """The larger of the two differences, of rows and of cost."""
        return max(one.difference for one in (self.rows, self.cost) if one is not None)

    @property
    def agrees(self) -> bool:
        """Whether both lie within TOLERANCE."""
        return self.difference <= TOLERANCE


def totals_of(observations: Iterable[Observation], *, unreadable: int = 0) -> Totals:
    """Add up rows as the source reports them, each once: a span sent twice is one; a row without a price adds none."""
    rows = list(once(observations))
    return Totals(len(rows) + unreadable, sum(row.cost_nano_usd or 0 for row in rows))


def add_up_days(hours: Iterable[ReconciledHour]) -> list[ReconciledDay]:
    """Return the days of *hours*, oldest first; hours that the source did not count compare with nothing."""
    counted = sorted((one for one in hours if one.theirs is not None), key=lambda one: one.start)
    return [_day(day, list(of_day)) for day, of_day in groupby(counted, key=lambda one: one.start.date())]


def add_up(totals: Iterable[Totals]) -> Totals:
    """Return the sum; its cost is unknown if one of them is.

    >>> add_up([Totals(2, 30), Totals(1, 12)]), add_up([Totals(2, 30), Totals(1, None)])
    (Totals(rows=3, cost_nano_usd=42), Totals(rows=3, cost_nano_usd=None))
    """
    every = list(totals)
    costs = [one.cost_nano_usd for one in every if one.cost_nano_usd is not None]
    return Totals(sum(one.rows for one in every), sum(costs) if len(costs) == len(every) else None)


def agree_exactly(ours: Totals, theirs: Totals | None) -> bool:
    """Whether rows are equal, and costs up to the rounding of each row to whole nano-USD.

    >>> agree_exactly(Totals(3, 100), Totals(3, 102)), agree_exactly(Totals(3, 100), Totals(3, 104))
    (True, False)
    """
    if theirs is None or ours.cost_nano_usd is None or theirs.cost_nano_usd is None:
        return False
    return ours.rows == theirs.rows and abs(ours.cost_nano_usd - theirs.cost_nano_usd) <= ours.rows


def _day(day: date, hours: list[ReconciledHour]) -> ReconciledDay:
    ours = add_up(one.ours for one in hours)
    theirs = add_up(one.theirs for one in hours if one.theirs is not None)
    costs = ours.cost_nano_usd, theirs.cost_nano_usd
    return ReconciledDay(
        day=day,
        hours=len(hours),
        rows=Counted(ours.rows, theirs.rows),
        cost=None if costs[0] is None or costs[1] is None else Counted(costs[0], costs[1]),
        requests=sum(one.requests for one in hours),
        spend_nano_usd=sum(one.spend_nano_usd for one in hours),
    )

"""Counted hours in memory: what any of them come to together is a difference of two sums."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from domain.counts import Counts
from domain.facts import from_us, to_us
from domain.plan import Counters, Plan
from domain.rollup import HOUR_US
from domain.window import Window


@dataclass(frozen=True, slots=True)
class Hourly:
    """Counters of each of the hours *whole*, which are all that is counted of *window*.

    Attributes:
        sums: Of the first 0, 1, 2, ... hours; behind the counters of each row the minutes.
    """

    window: Window
    whole: Window
    sums: Counters

    @classmethod
    def of(cls, window: Window, whole: Window, table: Counters) -> "Hourly":
        """Add up the counters of the hours *whole*, a row each."""
        sums = np.zeros((len(table) + 1, table.shape[1]), dtype=np.int64)
        np.cumsum(table, axis=0, out=sums[1:])
        return cls(window, whole, sums)

    def hours(self, window: Window) -> Window | None:
        """Return the whole hours in *window* in which requests may be; None if there are none."""
        first = max(-(-to_us(window.start) // HOUR_US) * HOUR_US, to_us(self.whole.start))
        last = min(to_us(window.end) // HOUR_US * HOUR_US, to_us(self.whole.end))
        return None if first >= last else Window(from_us(first), from_us(last))

    def over(self, window: Window, plan: Plan) -> tuple[Counts, Window | None]:
        """Return the counts of the whole hours in *window*, and which hours these are."""
        hours = self.hours(window)
        if hours is None:
            return Counts.empty(plan), None
        first, last = ((to_us(moment) - to_us(self.whole.start)) // HOUR_US for moment in (hours.start, hours.end))
        found = self.sums[last] - self.sums[first]
        return Counts(plan, found[: plan.width], found[plan.width :], {}), hours

    def until(self, start: datetime, most: int) -> datetime:
        """Return until when no more than *most* requests ended since the hour *start*, in whole hours."""
        at = (to_us(start) - to_us(self.whole.start)) // HOUR_US
        if not 0 <= at < len(self.sums):
            return start
        seen = self.sums[at:, 0]
        hours = int(seen.searchsorted(seen[0] + most, side="right")) - 1
        return start + timedelta(hours=hours)

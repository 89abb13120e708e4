"""Availability by time slices: in how many of the minutes with traffic was the service up."""

from dataclasses import dataclass

import numpy as np

from domain.bad import Bad
from domain.facts import Facts
from domain.measurement import Labels
from domain.signals import SIGNALS

_MINUTE_US = 60_000_000


@dataclass(frozen=True, slots=True)
class MinuteLimit:
    """What makes a minute a bad one: a larger share of bad requests than *above*.

    The guide alerts above 5 % errors; the same number says when a minute was down.

    Attributes:
        where: Only requests with these labels count.
    """

    signal: str
    bad: Bad
    above: float = 0.05
    where: Labels = ()

    def count(self, facts: Facts) -> tuple[int, int]:
        """Return of how many minutes (of the clock, UTC) something is known, and how many of them were bad.

        Minutes without any request whose signal is known count neither for nor against. Neighbouring minutes are alike,
        which a binomial interval does not know: it is a little too narrow for outages that last.
        """
        for label, name in self.where:
            facts = facts.labelled(label, name)
        values = SIGNALS[self.signal].values(facts)
        known = ~np.isnan(values)
        minutes, place = np.unique(facts.ended_us[known] // _MINUTE_US, return_inverse=True)
        asked = np.bincount(place, minlength=len(minutes))
        broken = np.bincount(place, weights=self.bad.of(values[known]), minlength=len(minutes))
        return len(minutes), int((broken / asked > self.above).sum())

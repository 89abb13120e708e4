"""Availability by time slices: in how many of the minutes with traffic was the service up."""

from dataclasses import dataclass

import numpy as np

from domain.facts import Facts
from domain.intervals import share_interval
from domain.measure import Bad
from domain.measurement import Labels, Measurement
from domain.signals import SIGNALS
from domain.window import Window

_MINUTE_US = 60_000_000


@dataclass(frozen=True, slots=True)
class BadMinute:
    """What makes a minute a bad one: a larger share of bad requests than *above*, of at least *at_least* requests.

    The guide alerts above 5 % errors; the same number says when a minute was down.
    """

    above: float = 0.05
    at_least: int = 1


def slices(
    facts: Facts, signal: str, window: Window, *, bad: Bad, minute: BadMinute | None = None, labels: Labels = ()
) -> Measurement:
    """Measure how many minutes were bad; *facts* are already those of *window* and *labels*.

    n is the number of minutes (of the clock, UTC) in which a request with a known *signal* ended. Minutes without any
    are unknown, so they count neither for nor against. Neighbouring minutes are alike, which the binomial interval does
    not know: it is a little too narrow for outages that last.
    """
    minute = minute or BadMinute()
    values = SIGNALS[signal].values(facts)
    known = ~np.isnan(values)
    minutes, place = np.unique(facts.ended_us[known] // _MINUTE_US, return_inverse=True)
    asked = np.bincount(place, minlength=len(minutes))
    broken = np.bincount(place, weights=bad.of(values[known]), minlength=len(minutes))
    n, k = len(minutes), int(((broken / asked > minute.above) & (asked >= minute.at_least)).sum())
    return Measurement(
        signal=signal,
        statistic="slices",
        window=window,
        labels=labels,
        n=n,
        k=k,
        value=k / n if n else None,
        interval=share_interval(k, n),
    )

"""How far a forecast may be off, from how far it would have been off before.

The errors are logarithms of whole sums, so that what goes together from day to day is in them. Stretches of H days
overlap: n of them are worth n / H. They are averaged with what the error of a single day lets expect, which is all
there is while the history is short.
"""

import math
from dataclasses import dataclass

from scipy import special

from domain.forecast_smoothing import ENOUGH_DAYS, Floats

FEWEST_ORIGINS = 5
"""So many stretches that could have been forecast, or the spread is assumed rather than measured."""

_FREEDOM = 3.0
"""What the usual spread is worth in independent stretches. With 0 (an 80 % interval a third wider), 1, 2, 3 and 5 it
covered .81 to .92, .81 to .94, .81 to .92, .81 to .90 and .81 to .89 of made-up and real series of 40 to 182 days."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How far the logarithm of a sum may be off.

    Attributes:
        sd: Scale of a Student distribution.
        freedom: Its degrees of freedom.
        is_measured: Whether it rests on past forecasts of this very series.
    """

    sd: float
    freedom: float
    is_measured: bool

    def reach(self, confidence: float) -> float:
        """Return how far the logarithm lies off at most, with *confidence*."""
        return float(special.stdtrit(self.freedom, (1 + confidence) / 2)) * self.sd

    def chance_above(self, distance: float) -> float:
        """Return the probability that the logarithm lies more than *distance* above what is expected."""
        if self.sd == 0:
            return float(distance < 0)
        return float(special.stdtr(self.freedom, -distance / self.sd))


def spread_of(errors: Floats, days: int, usual: float) -> Spread:
    """Return the spread of a sum of so many *days*.

    Args:
        errors: Logarithms of what past forecasts of such sums were off by.
        usual: How far such a sum is usually off: all there is without enough of them.
    """
    if len(errors) < FEWEST_ORIGINS:
        return _widened(usual, _FREEDOM, is_measured=False)
    worth = len(errors) / days
    variance = (_FREEDOM * usual**2 + worth * float((errors**2).mean())) / (_FREEDOM + worth)
    return _widened(math.sqrt(variance), _FREEDOM + worth, is_measured=True)


def needed_days(ahead: int) -> int:
    """Return how many complete days it takes to measure how far forecasts of so many days *ahead* are off.

    >>> needed_days(20)
    38
    """
    return ENOUGH_DAYS + ahead + FEWEST_ORIGINS - 1


def _widened(sd: float, freedom: float, *, is_measured: bool) -> Spread:
    """The next sum is one more draw from what the scale was estimated from."""
    return Spread(sd * math.sqrt(1 + 1 / freedom), freedom, is_measured)

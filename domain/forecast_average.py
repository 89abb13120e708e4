"""The average day: what is left to go by with less than two weeks, or where most days cost nothing.

In logarithms a feature that runs twice a week has no level. Its average day has.
"""

import math
from dataclasses import dataclass

import numpy as np

from domain.forecast_smoothing import ENOUGH_DAYS, WEEK, Floats, sums_after

FEWEST_DAYS = 3
"""Complete days without which nothing is forecast."""

_LOOKS_BACK_DAYS = 28
_OF_LESS_THAN_A_WEEK, _OF_LESS_THAN_TWO_WEEKS, _LEVEL_MOVES = 0.35, 0.25, 0.2
_OFTEN = 0.2
"""Of the days on which it ever spends, this share without spend makes a series too patchy for logarithms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Averaged:
    """The average of the last 28 days, or of as many as there are.

    Attributes:
        spend: USD of each day, oldest first; some are not zero.
    """

    spend: Floats

    @property
    def says(self) -> str:
        """How it was learned, for people."""
        return f"average of the last {min(len(self.spend), _LOOKS_BACK_DAYS)} complete days"

    def ahead(self, days: int) -> Floats:
        """Return the expected spend of each of the *days* to come, in USD."""
        return np.full(days, self._levels(np.array([len(self.spend)]))[0])

    def usual_spread(self, days: int) -> float:
        """Return how far the logarithm of the sum of so many *days* is usually off.

        Of fewer than 14 days: what averages of so few were off by, on made-up and real series. Else days that have
        nothing to do with each other, and a level that moves.
        """
        if len(self.spend) < ENOUGH_DAYS:
            return _OF_LESS_THAN_A_WEEK if len(self.spend) < WEEK else _OF_LESS_THAN_TWO_WEEKS
        recent = self.spend[-_LOOKS_BACK_DAYS:]
        of_a_day = float(recent.std() / recent.mean()) if recent.any() else 0.0
        return math.hypot(of_a_day * math.sqrt(1 / days + 1 / len(recent)), _LEVEL_MOVES)

    def past_errors(self, days: int) -> Floats:
        """Return ln(spent / expected) of every stretch of so many *days* that could have been forecast.

        A stretch that cost nothing, or was expected to, counts as a hundredth of the average day.
        """
        origins = np.arange(ENOUGH_DAYS, len(self.spend) - days + 1)
        if not origins.size:
            return np.empty(0)
        floor = 0.01 * float(self.spend.mean())
        spent = np.maximum(sums_after(self.spend, origins, days), floor)
        errors: Floats = np.log(spent / np.maximum(days * self._levels(origins), floor))
        return errors

    def _levels(self, origins: np.ndarray) -> Floats:
        first = np.maximum(origins - _LOOKS_BACK_DAYS, 0)
        total = np.concatenate([[0.0], np.cumsum(self.spend)])
        levels: Floats = np.maximum((total[origins] - total[first]) / (origins - first), 0)
        return levels


def is_patchy(spend: Floats) -> bool:
    """Whether days without spend come so often, weekdays that never spend apart, that only an average fits.

    Args:
        spend: Of a week or more.

    >>> is_patchy(np.array([5.0, 0, 0, 7, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0]))
    True
    >>> is_patchy(np.array([5.0, 7, 6, 5, 6, 0, 0] * 4))
    False
    """
    recent = spend[-_LOOKS_BACK_DAYS:]
    weeks = recent[len(recent) % WEEK :].reshape(-1, WEEK)
    ever = weeks[:, weeks.any(axis=0)]
    return not ever.size or bool((ever == 0).mean() > _OFTEN)

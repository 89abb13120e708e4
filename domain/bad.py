"""What makes a request a bad one."""

from dataclasses import dataclass

import numpy as np

from domain.facts import Column, Mask


@dataclass(frozen=True, slots=True)
class Bad:
    """What makes a request a bad one: its signal lies above, or below, a limit.

    >>> Bad(above=0.5).of(np.array([0.4, 0.5, 0.6])).tolist()
    [False, False, True]
    """

    above: float | None = None
    below: float | None = None

    def of(self, values: Column) -> Mask:
        """Return which of *values* are bad; a share's 1 is bad if no limit is given."""
        if self.above is not None:
            return np.asarray(values > self.above)
        if self.below is not None:
            return np.asarray(values < self.below)
        return np.asarray(values > 0)

"""Has a rate gone up, whenever that was? A detector that may be looked at as often as one likes.

Shiryaev (1963) and Roberts (1966): R <- (1 + R) L, where L is how much more likely the newest answer is at the changed
rate than at the healthy one. R minus the number of answers is a supermartingale for every rate up to the healthy one,
however it wanders there, so that on average at least c answers pass before R reaches c for no reason (Shin, Ramdas &
Rinaldo 2023, e-detectors). Whatever makes R smaller keeps that promise: to begin later, or to cut it off at the top.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from domain.facts import Mask


@dataclass(frozen=True, slots=True)
class Change:
    """From which rate to which.

    Attributes:
        healthy: The rate that is fine, and every one below it.
        changed: The rate that must not be missed; higher ones are found sooner.
    """

    healthy: float
    changed: float

    def evidence(self, bad: Mask, most: float) -> float:
        """Return R after the answers *bad*, oldest first, cut off at *most* at every step.

        Cut off, it forgets: after an increase that is over, R falls again within some dozens of answers.

        >>> round(Change(0.05, 0.10).evidence(np.array([True, True, False]), most=1e6), 3)
        6.632
        """
        ratios = (float((1 - self.changed) / (1 - self.healthy)), float(self.changed / self.healthy))
        found = 0.0
        for one in bad.tolist():
            found = min((1 + found) * ratios[one], most)
        return found

    def since(self, bad: Mask) -> int:
        """Return the position from which on the changed rate explains *bad* best; its length, if none.

        >>> Change(0.05, 0.10).since(np.array([False, False, True, True, False]))
        2
        """
        steps = np.where(bad, np.log(self.changed / self.healthy), np.log((1 - self.changed) / (1 - self.healthy)))
        sums: npt.NDArray[np.float64] = np.concatenate([np.cumsum(steps[::-1])[::-1], [0.0]])
        return int(np.argmax(sums))

"""When a judged answer counts as flagged: by how bad it is, whichever end of its criterion's scale is the good one."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.bad import Bad
from domain.criterion import FAITHFULNESS, Criterion
from domain.objective import Objective
from domain.plan import Limit
from domain.promises import RISK
from domain.signals import SCORE, signal_of

_MIDDLE = 0.5


@dataclass(frozen=True, slots=True)
class Line:
    """Above which badness an answer is flagged.

    Attributes:
        good: The good end of the scale.
    """

    above: float
    good: str = "high"

    def badness(self, value: float) -> float:
        """Return how bad a score is, 0 to 1: of faithfulness it is the hallucination risk."""
        return round(1.0 - value, 12) if self.good == "high" else value

    def flags(self, value: float) -> bool:
        """Whether a score of *value* is a flag.

        >>> Line(0.15).flags(0.85), Line(0.15).flags(0.84), Line(0.5, "low").flags(1.0)
        (False, True, True)
        """
        return self.badness(value) > self.above

    def limit(self, criterion: str) -> Limit:
        """Return the same line as it is counted by the hour."""
        if criterion == FAITHFULNESS:
            return Limit("hallucination_risk", Bad(above=self.above))
        bad = Bad(below=round(1.0 - self.above, 12)) if self.good == "high" else Bad(above=self.above)
        return Limit(signal_of(criterion), bad)


def line_of(criterion: Criterion, objectives: Sequence[Objective]) -> Line:
    """Return the line for *criterion*: the strictest that *objectives* draw, else 0.15 for the risk of faithfulness."""
    signals = {signal_of(criterion.name), f"{SCORE}.{criterion.name}"}
    shares = [one for one in objectives if one.statistic == "share"]
    mine = [one for one in shares if one.signal in signals]
    lines = [round(1.0 - one.below, 12) for one in mine if one.below is not None and criterion.good == "high"]
    lines += [one.above for one in mine if one.above is not None and criterion.good == "low"]
    if criterion.name == FAITHFULNESS:
        lines += [one.above for one in shares if one.signal == "hallucination_risk" and one.above is not None]
        return Line(min(lines, default=RISK), criterion.good)
    return Line(min(lines, default=_MIDDLE), criterion.good)

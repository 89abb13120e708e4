"""Which requests are bad, and how it is said."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from alerts.figures import quantity, short_name
from domain.bad import Bad
from domain.facts import Facts
from domain.gauge import Gauge, share_of
from domain.measurement import Labels
from domain.plan import Limit
from domain.signals import SIGNALS


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, with the objective looked up.

    Attributes:
        limit: The share of bad requests that is too much.
        where: Which requests it is about.
    """

    counted: Limit
    limit: float
    where: Labels = ()

    @property
    def signal(self) -> str:
        """What is looked at."""
        return self.counted.signal

    @property
    def bad(self) -> Bad:
        """What of it is bad."""
        return self.counted.bad

    @property
    def sampled(self) -> bool:
        """Whether a judge says it, of some of the requests."""
        return SIGNALS[self.signal].sampled

    @property
    def what(self) -> str:
        """What is counted, such as `requests failed` or `answers with hallucination risk above 0.15`."""
        signal = SIGNALS[self.signal]
        if signal.unit == "share":
            return signal.words.replace(" were ", " were not ", 1) if self.bad.below is not None else signal.words
        line = f"above {quantity(self.bad.above, signal.unit)}" if self.bad.above is not None else ""
        line = f"below {quantity(self.bad.below, signal.unit)}" if self.bad.below is not None else line
        return f"{'answers' if signal.sampled else 'requests'} with {signal.words} {line}"

    def gauge(self, over: timedelta, labels: Labels) -> Gauge:
        """Return the share of bad requests, of those that it is about and that carry *labels*."""
        return Gauge(
            name=self.what,
            unit="share",
            limit=self.limit,
            over=over,
            where=(*self.where, *labels),
            read=share_of(self.counted),
            counted=self.counted,
            allowed=1.0,
            counts=self.what,
            sampled=self.sampled,
        )

    def why_bad(self, facts: Facts, row: int) -> str:
        """Return what was bad about one of *facts*."""
        unit, name = SIGNALS[self.signal].unit, short_name(self.signal)
        if unit != "share":
            return f"{name} {quantity(float(SIGNALS[self.signal].values(facts)[row]), unit)}"
        took = facts.latency_s[row]
        what = f"not {name}" if self.bad.below is not None else name
        return what if np.isnan(took) else f"{what}, took {quantity(float(took), 's')}"

"""Our own probes get no answer: what tells "nobody asks" from "nobody can"."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import Field

from alerts.conditions.condition import Asked
from alerts.figures import window_words
from alerts.view import View
from domain.alerting import Finding, Truth
from domain.duration import Duration
from domain.measurement import Labels
from domain.message import WorstTrace


class Unreachable(Asked):
    """So many probes in a row failed, the newest of them included.

    Attributes:
        over: Older probes say nothing about now.
        in_a_row: Failures it takes; as many answers in a row are needed before it is over.
    """

    kind: Literal["unreachable"]
    why_no_chart: ClassVar[str] = "a probe is answered or not: that is no line"
    over: Duration
    in_a_row: int = Field(ge=1, le=60)

    @property
    def looks_back(self) -> timedelta:
        """The window."""
        return self.over

    def find(self, view: View) -> Sequence[Finding]:
        """Answer for the whole application; without enough probes nothing is known."""
        made = [probe for probe in view.probes if view.slot - self.over <= probe.at <= view.slot]
        newest = made[-self.in_a_row :]
        when = window_words(self.over)
        if len(newest) < self.in_a_row:
            return [Finding(truth=Truth.UNKNOWN, n=len(made), because=f"{len(made)} probes in {when}")]
        failed = [probe for probe in made if not probe.ok]
        down = not any(probe.ok for probe in newest)
        words = f"{len(failed)} of {len(made)} probes failed in {when}"
        why = newest[-1].because
        return [
            Finding(
                truth=Truth.TRUE if down else Truth.FALSE,
                clear=all(probe.ok for probe in newest),
                value=len(failed) / len(made),
                k=len(failed),
                n=len(made),
                because=f"{words}: {why}" if why else words,
                facts=(("Now", words), ("Newest", why or "answered")),
            )
        ]

    def worst(self, view: View, labels: Labels) -> Sequence[WorstTrace]:  # noqa: ARG002 - probes leave no trace
        """Name nothing."""
        return ()

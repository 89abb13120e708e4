"""People ask about other things than before: the mix of a label has changed, by more than chance."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from alerts.conditions.condition import Asked
from alerts.figures import percent, window_words
from alerts.view import View
from domain.alerting import Finding, Truth
from domain.drift import stability
from domain.duration import Duration
from domain.facts import LABELS
from domain.measurement import Labels
from domain.message import WorstTrace
from domain.window import Window


class MixChanged(Asked):
    """The population stability index of a label's names, against the time before, is at or above a limit.

    Attributes:
        against: How long before the window the reference goes back, or as far as is known if that is at least `over`.
        alpha: The index must also exceed what chance alone would, at these sample sizes.
        clear_below: The index below which it may resolve.
    """

    kind: Literal["psi"]
    why_no_chart: ClassVar[str] = "a mix of names is no single line"
    label: str
    over: Duration
    against: Duration
    at_least: float = Field(gt=0)
    alpha: float = Field(gt=0, lt=0.5)
    clear_below: float = Field(gt=0)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.label not in LABELS:
            raise ValueError(f"there is no label {self.label!r}; there are {', '.join(LABELS)}")
        if self.clear_below > self.at_least:
            raise ValueError("clear_below lies above at_least: it would resolve while it fires")
        if self.against < self.over:
            raise ValueError("against is shorter than over: the reference must hold at least one such time")
        return self

    @property
    def looks_back(self) -> timedelta:
        """The window and its reference."""
        return self.over + self.against

    def find(self, view: View) -> Sequence[Finding]:
        """Answer for the whole application."""
        now = view.window(self.over)
        before = Window.ending(now.start, self.against)
        at_least = Window.ending(now.start, self.over)
        if why := view.why_unknown(now) or view.why_unknown(at_least, whole=True):
            return [Finding(truth=Truth.UNKNOWN, because=why)]
        moved = stability(
            _sizes(view, before, self.label),
            _sizes(view, now, self.label),
            alpha=self.alpha,
        )
        sample = f"{moved.current_n:,} requests now, {moved.reference_n:,} before"
        if moved.psi is None or moved.critical is None:
            return [Finding(truth=Truth.UNKNOWN, because=f"nothing to compare: {sample}")]
        if moved.critical >= self.at_least:
            because = f"too few to tell: chance alone reaches {moved.critical:.2f} ({sample})"
            return [
                Finding(
                    truth=Truth.UNKNOWN,
                    value=moved.psi,
                    limit=self.at_least,
                    n=moved.current_n,
                    because=because,
                )
            ]
        most = [f"{name} {percent(was)} to {percent(now_share)}" for name, was, now_share in moved.moved]
        fires = moved.psi >= self.at_least and moved.psi > moved.critical
        return [
            Finding(
                truth=Truth.TRUE if fires else Truth.FALSE,
                clear=moved.psi < self.clear_below,
                value=moved.psi,
                limit=self.at_least,
                n=moved.current_n,
                because=f"{self.label} {most[0]}; PSI {moved.psi:.2f}, limit {self.at_least:g} ({sample})",
                facts=(
                    ("Moved most", ", ".join(most)),
                    ("Now", f"PSI {moved.psi:.2f} over {window_words(self.over)} ({sample})"),
                    ("Limit", f"{self.at_least:g}; chance alone reaches {moved.critical:.2f}"),
                ),
            )
        ]

    def worst(self, view: View, labels: Labels) -> Sequence[WorstTrace]:  # noqa: ARG002
        """Name nothing: a mix is not in any single request."""
        return ()


def _sizes(view: View, window: Window, label: str) -> dict[str, int]:
    return {name: len(part) for name, part in view.history.by(window, label).items()}

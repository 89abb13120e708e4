"""Is the judge still the judge that was trusted? Its anchors, and the model that answers in its name."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import Field

from alerts.conditions.condition import Asked
from alerts.figures import window_words
from alerts.view import View
from domain.alerting import Finding, Truth
from domain.anchor import JudgeCheck
from domain.duration import Duration
from domain.measurement import Labels
from domain.message import WorstTrace
from domain.served import newcomers


class JudgeDrift(Asked):
    """The judge says other things of the same answers than when it was accepted (exact McNemar test).

    Attributes:
        alpha: How often a judge that has not changed may be called changed.
        fresh: An older round says nothing about now.
    """

    kind: Literal["judge_drift"]
    why_no_chart: ClassVar[str] = "a round of anchors a day is no line"
    alpha: float = Field(gt=0, lt=0.5)
    fresh: Duration

    @property
    def looks_back(self) -> timedelta:
        """The rounds are not requests: nothing."""
        return timedelta()

    def find(self, view: View) -> Sequence[Finding]:
        """Answer for the judge as a whole, by the criterion that moved most."""
        fresh = [one for one in view.judge_checks if view.slot - one.at <= self.fresh]
        compared = [one for one in fresh if one.flips is not None and one.flips.n]
        if not compared:
            why = "no anchors were compared" if fresh else f"no anchors were judged in {window_words(self.fresh)}"
            return [Finding(truth=Truth.UNKNOWN, because=why)]
        worst = min(compared, key=_p_value)
        drifted = _p_value(worst) * len(compared) <= self.alpha
        flips = worst.flips
        return [
            Finding(
                truth=Truth.TRUE if drifted else Truth.FALSE,
                clear=not drifted,
                value=_p_value(worst),
                limit=self.alpha / len(compared),
                k=None if flips is None else flips.up + flips.down,
                n=0 if flips is None else flips.n,
                because=f"{worst.judge}, {worst.criterion}: {worst.words()}",
                facts=(("Judge", worst.judge), ("Criterion", worst.criterion), ("Served by", _names(worst))),
            )
        ]

    def worst(self, view: View, labels: Labels) -> Sequence[WorstTrace]:  # noqa: ARG002 - anchors are no traces
        """Name nothing."""
        return ()


class JudgeModelChanged(Asked):
    """Another model answers in the judge's name than before.

    Attributes:
        over: For how long a new model is news.
    """

    kind: Literal["judge_model"]
    why_no_chart: ClassVar[str] = "a name is no number"
    over: Duration

    @property
    def looks_back(self) -> timedelta:
        """The time for which it is news; what served before is kept apart from requests."""
        return self.over

    def find(self, view: View) -> Sequence[Finding]:
        """Answer for the judge as a whole."""
        if not view.judge_models:
            return [Finding(truth=Truth.UNKNOWN, because="no model has said its name yet")]
        news = newcomers(view.judge_models, view.slot - self.over, view.slot)
        now = max(view.judge_models, key=lambda one: (one.last, one.model))
        words = f"{now.judge} is served by {now.model}, as before"
        if news:
            new, before = news[-1]
            words = f"{new.judge} is served by {new.model} since {new.first:%-d %b %H:%M} UTC, by {before.model} before"
        return [
            Finding(
                truth=Truth.TRUE if news else Truth.FALSE,
                clear=not news,
                n=len(view.judge_models),
                because=words,
                facts=(("Judge", now.judge), ("Now", now.model)),
            )
        ]

    def worst(self, view: View, labels: Labels) -> Sequence[WorstTrace]:  # noqa: ARG002 - it is about the judge
        """Name nothing."""
        return ()


def _p_value(check: JudgeCheck) -> float:
    return 1.0 if check.flips is None else check.flips.p_value


def _names(check: JudgeCheck) -> str:
    now = ", ".join(check.served_by) or "a model that does not say"
    return f"{now}; before: {', '.join(check.served_before)}" if check.has_changed_model else now

"""What is left to say of an alert that is over: how bad it was, how many it hurt, and what it cost of the promise."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.drawing import charted, readings
from alerts.evidence import begins
from alerts.rule import Rule
from alerts.view import View
from domain.gauge import Gauge, Reading, share_of, tally_in
from domain.measurement import Labels
from domain.message import Chart
from domain.signals import SIGNALS
from domain.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """How an alert went.

    Attributes:
        during: From the beginning of the window that first showed it until now.
        worst: The worst reading of its window, and when that window ended; None where it was not measured.
        hurt: How many of how many requests were bad during it; None where no single one is.
        spent: The part of the error budget of the time *budget_over* that these were, and how many may be bad in it;
            None without a budget.
    """

    gauge: Gauge
    during: Window
    worst: tuple[datetime, Reading] | None = None
    hurt: Reading | None = None
    spent: tuple[float, float] | None = None
    budget_over: timedelta | None = None
    chart: Chart | None = None


def recount(view: View, rule: Rule, labels: Labels, since: datetime) -> Aftermath | None:
    """Return how the alert of *rule* about *labels* went that began at *since*; None where it measures no requests."""
    gauge = rule.when.gauge(view, labels)
    if gauge is None:
        return None
    until = view.window(gauge.over, judged=gauge.sampled).end
    start = max(begins(view, gauge, since), view.known_from)
    if start >= until:
        return None
    during, points = Window(start, until), readings(gauge, view, since)
    seen = [one for one in points if one[1].value is not None and one[0] > since - view.settle]
    hurt = None if gauge.counted is None else share_of(gauge.counted)(view.history, during, gauge.where)
    objective = view.objectives.get(rule.objective or "")
    has_budget = objective is not None and objective.budget is not None
    return Aftermath(
        gauge=gauge,
        during=during,
        worst=max(seen, key=lambda one: _badness(gauge, one[1]), default=None),
        hurt=hurt,
        spent=_spent(view, rule, hurt) if hurt is not None and hurt.k and has_budget else None,
        budget_over=objective.over if objective is not None and has_budget else None,
        chart=charted(gauge, points),
    )


def _badness(gauge: Gauge, reading: Reading) -> float:
    value = reading.value or 0.0
    return value if gauge.worst_high else -value


def _spent(view: View, rule: Rule, hurt: Reading) -> tuple[float, float] | None:
    """Return the part of the budget that the bad ones of *hurt* were, and how many may be bad in all its time."""
    objective = view.objectives[rule.objective or ""]
    window = view.window(objective.over, judged=SIGNALS[objective.signal].sampled)
    may_be = tally_in(view.history, window, objective.limit, objective.labels).n * (objective.budget or 0.0)
    return ((hurt.value or 0.0) * hurt.n / may_be, may_be) if may_be > 0 else None

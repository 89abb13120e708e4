"""What a person asks next about an alert that fires: is that normal, what is left, where is it, what has changed?

It takes more questions to the past than deciding does, so it is gathered once a message is really written, and only for
the alert that is its subject.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.conditions.counting import count
from alerts.rule import Rule
from alerts.view import View
from domain.error_budget import lasts
from domain.gauge import Gauge, Reading, share_of, tally_in
from domain.measurement import Labels
from domain.message import Chart
from domain.newcomers import RECENT, Newcomer, newcomers
from domain.objective import Objective
from domain.signals import SIGNALS
from domain.standing_out import Standout, standouts
from domain.tally import Tally
from domain.window import Window

PLACES = ("feature", "model", "provider", "prompt_version", "release")
"""The labels by which the trouble is looked for."""

_NORMAL = timedelta(days=7)
_PACES = (timedelta(hours=1), timedelta(hours=6), timedelta(days=3))


@dataclass(frozen=True, slots=True)
class Normal:
    """What the rule measured in the days before the trouble, *over* as much of them as is known."""

    over: timedelta
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetLeft:
    """The error budget of the rule's objective.

    Attributes:
        allowed, over: The share of requests that may be bad, and for how long that is promised.
        whole: How fast it burned over all that time: 1 has spent it.
        burns: How fast over windows of these lengths, the rule's own first.
        lasts: When nothing will be left at the pace of the first of them; None if that would take longer than *over*.
        known: For how much of *over* anything is known.
    """

    allowed: float
    over: timedelta
    whole: Reading
    burns: Sequence[tuple[timedelta, Reading]]
    lasts: timedelta | None
    known: timedelta


@dataclass(frozen=True, slots=True)
class Changed:
    """Something new, and how many are bad with it and without it since it serves; None where that cannot be counted."""

    newcomer: Newcomer
    with_it: Tally | None = None
    without: Tally | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All of it. What cannot be known of a rule, or does not fit it, is None or empty.

    Attributes:
        sample: How many answers were judged, of how many requests; where only some are.
        facts: What only the rule's condition knows to ask about.
    """

    gauge: Gauge | None = None
    facts: Sequence[tuple[str, str]] = ()
    sample: tuple[int, int] | None = None
    normal: Normal | None = None
    budget: BudgetLeft | None = None
    where: Sequence[Standout] = ()
    changed: Sequence[Changed] = ()
    chart: Chart | None = None


def gather(view: View, rule: Rule, labels: Labels, since: datetime) -> Evidence:
    """Return what is known around the alert of *rule* about *labels*, that has held since *since*."""
    gauge = rule.when.gauge(view, labels)
    chart = rule.when.chart(view, labels, since)
    if gauge is None:
        return Evidence(chart=chart, facts=rule.when.around(view))
    window = view.window(gauge.over, judged=gauge.sampled)
    now = gauge.at(view.history, window)
    return Evidence(
        gauge=gauge,
        facts=rule.when.around(view),
        sample=(now.n, len(view.history.over(window, where=gauge.where))) if gauge.sampled else None,
        normal=_normal(view, gauge, since),
        budget=_budget(view, rule, gauge),
        where=_where(view, gauge, window, {name for name, _ in labels}),
        changed=_changed(view, gauge, since),
        chart=chart,
    )


def begins(view: View, gauge: Gauge, since: datetime) -> datetime:
    """Return when the window began that was the first to show the trouble."""
    return since - view.settle - gauge.over


def _normal(view: View, gauge: Gauge, since: datetime) -> Normal | None:
    end = begins(view, gauge, since)
    start = max(end - _NORMAL, view.known_from)
    if start >= end:
        return None
    reading = gauge.at(view.history, Window(start, end))
    return None if reading.value is None else Normal(end - start, reading)


def _budget(view: View, rule: Rule, gauge: Gauge) -> BudgetLeft | None:
    objective = view.objectives.get(rule.objective or "")
    if objective is None or objective.budget is None:
        return None
    first = getattr(rule.when, "still", gauge.over)
    known = min(objective.over, view.slot - view.settle - view.known_from)
    lengths = [first, *(one for one in _PACES if first < one <= known)]
    burns = [(length, _burn(view, objective, length)) for length in lengths]
    whole = _burn(view, objective, objective.over)
    left = None if whole.value is None else 1 - whole.value
    return BudgetLeft(
        allowed=objective.budget,
        over=objective.over,
        whole=whole,
        burns=burns,
        lasts=lasts(left, burns[0][1].value, objective.over),
        known=known,
    )


def _burn(view: View, objective: Objective, over: timedelta) -> Reading:
    window = view.window(over, judged=SIGNALS[objective.signal].sampled)
    return share_of(objective.limit, objective.budget or 1.0)(view.history, window, objective.labels)


def _where(view: View, gauge: Gauge, window: Window, said: set[str]) -> Sequence[Standout]:
    """Return the names that stand out, of labels that the alert is not about already."""
    if gauge.counted is None:
        return ()
    asked = [label for label in PLACES if label not in said and label not in dict(gauge.where)]
    found: Mapping[str, Mapping[str, Tally]] = {
        label: {part.of[0][1]: part.bad for part in count(view.history, window, gauge.counted, (label,), gauge.where)}
        for label in asked
    }
    return standouts(found)


def _changed(view: View, gauge: Gauge, since: datetime) -> Sequence[Changed]:
    """Return what came new since before the trouble was first seen: a long window shows it long after it began."""
    until = view.window(gauge.over).end
    began = min(since, until) - max(RECENT, gauge.over)
    return [_compared(view, gauge, one) for one in newcomers(view.history, until, until - began)]


def _compared(view: View, gauge: Gauge, one: Newcomer) -> Changed:
    until = view.window(gauge.over, judged=gauge.sampled).end
    if gauge.counted is None or until <= one.first:
        return Changed(one)
    since = Window(one.first, until)
    parts = {part.of: part.bad for part in count(view.history, since, gauge.counted, (one.label,), gauge.where)}
    mine = parts.pop(((one.label, one.name),), Tally(0, 0))
    others = tally_in(view.history, since, gauge.counted, gauge.where)
    return Changed(one, mine, Tally(others.n - mine.n, others.k - mine.k))

"""What to count by the hour for one application: everything that is usual, and what its objectives and rules ask."""

from collections.abc import Iterable, Sequence

from domain.bad import Bad
from domain.objective import Objective
from domain.plan import Limit, Plan
from domain.promises import FAITHFUL, RISK, promises_of
from domain.signals import SIGNALS, signal_of
from domain.slices import MinuteLimit

PROMISED_FAITHFULNESS = 0.80
"""The guide's median of Tier 3."""

USUAL = (
    *(Limit(name, Bad()) for name, signal in SIGNALS.items() if signal.unit == "share"),
    Limit("hallucination_risk", Bad(above=RISK)),
    Limit("faithfulness", Bad(below=FAITHFUL)),
    Limit("faithfulness", Bad(below=PROMISED_FAITHFULNESS)),
)
"""Counted for every application, whatever it promises."""

USUAL_MINUTES = (MinuteLimit("failed", Bad()),)
"""Minutes with more failures than the guide alerts above."""

SPREADS = tuple(name for name, signal in SIGNALS.items() if signal.unit != "share")


def plan_of(
    objectives: Sequence[Objective],
    asked: Iterable[Limit] = (),
    criteria: Iterable[str] = (),
    named: Iterable[tuple[str, str]] = (),
) -> Plan:
    """Return the plan that answers the questions of *objectives* and those *asked* besides.

    Args:
        criteria: By what answers are judged; each is a signal.
        named: Labels that are asked for besides those of the objectives.
    """
    own = [signal_of(criterion) for criterion in criteria]
    promised = [one.limit for one in objectives if one.budget is not None]
    asked_for = [*promised, *asked]
    unjudged = [Limit(SIGNALS[one.signal].unjudged, Bad()) for one in asked_for if SIGNALS[one.signal].sampled]
    by_minutes = [one.minute_limit for one in objectives if one.statistic == "slices"]
    return Plan(
        limits=tuple(dict.fromkeys([*USUAL, *asked_for, *unjudged])),
        spread=tuple(dict.fromkeys([*SPREADS, *own, *(signal for one in objectives for signal in one.spreads)])),
        promises=promises_of(objectives),
        named=tuple(sorted({*named, *(pair for one in objectives for pair in one.labels)})),
        minutes=tuple(dict.fromkeys([*USUAL_MINUTES, *by_minutes])),
    )

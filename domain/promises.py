"""From objectives to what each single request is promised, and the verdict on the promise of goodput."""

from collections.abc import Iterable, Sequence

from domain.assessment import Assessment
from domain.bad import Bad
from domain.coverage import ENOUGH_COVERAGE
from domain.goodput import Goodput, measure_goodput
from domain.history import History
from domain.joint import Promise
from domain.measure import joint
from domain.measurement import Labels, Measurement
from domain.objective import Objective, Verdict
from domain.signals import SIGNALS
from domain.window import Window

RISK, FAITHFUL = 0.15, 0.70
"""The guide's limits for one answer: its risk of Tier 3, and the faithfulness that warrants alerting."""

_WHOLE = ("answered", "failed")
_WAYS_TO_FAIL = ("provider_failed", "timeout", "rate_limited", "provider_error", "application_error")


def promises_of(objectives: Sequence[Objective]) -> tuple[Promise, ...]:
    """Return what the *objectives* promise to each request; one promise per signal and labels, the strictest.

    A p95 or p99 of a time gives its limit, a mean cost gives the mean, a share of failures gives none. A median is not
    a promise to a single request: half of them would break it by construction. Nor are rates of what may well be
    right for one (refusals, votes). A promise of quality of any kind asks for both the risk and the faithfulness.
    """
    by_labels: dict[Labels, list[Objective]] = {}
    for one in objectives:
        by_labels.setdefault(one.labels, []).append(one)
    return tuple(
        promise
        for find in (_failures, _times, _cost, _quality)
        for mine in by_labels.values()
        for promise in find(mine)
    )


def goodput_of(objectives: Sequence[Objective], history: History, window: Window) -> Goodput:
    """Measure the goodput that *objectives* promise; *history* reaches as far as the window."""
    promises = promises_of(objectives)
    return measure_goodput(joint(history.over(window), promises), promises, window)


def assess_goodput(objective: Objective, goodput: Goodput) -> Assessment:
    """Say whether *goodput* keeps *objective*, by its one-sided 95 % bounds."""
    verdict, because = _verdict(goodput, objective.at_least or 0.0)
    has_value = goodput.value is not None
    shown = Measurement(
        signal="goodput",
        statistic="goodput",
        window=goodput.window,
        n=goodput.n if has_value else 0,
        value=goodput.value,
        interval=goodput.interval,
    )
    return Assessment(
        objective=objective, measurement=shown, bad=None, verdict=verdict, because=because, goodput=goodput
    )


def _verdict(goodput: Goodput, target: float) -> tuple[Verdict, str]:
    bounds = goodput.bounds(confidence=0.90)
    if bounds is None:
        return Verdict.INCONCLUSIVE, "there were no requests"
    if bounds.high < target:
        return Verdict.BREACHED, f"95 % sure that fewer than {100 * target:.4g} % keep every promise"
    if goodput.value is None:
        kept = f"{goodput.kept:,} of {goodput.n:,} keep the other promises"
        return Verdict.INCONCLUSIVE, f"{kept}, but the quality of none of those is known"
    if goodput.coverage is not None and goodput.coverage < ENOUGH_COVERAGE:
        return Verdict.INCONCLUSIVE, f"only {goodput.coverage:.0%} of the sample could be judged"
    if bounds.low >= target:
        return Verdict.MET, f"95 % sure that at least {100 * target:.4g} % keep every promise"
    return Verdict.INCONCLUSIVE, "too few, or too close to the limit, to say"


def _merged(signal: str, bad: Bad, objectives: Sequence[Objective]) -> Iterable[Promise]:
    if objectives:
        name = ", ".join(one.name for one in objectives)
        yield Promise(name=name, signal=signal, bad=bad, where=objectives[0].labels)


def _failures(objectives: Sequence[Objective]) -> Iterable[Promise]:
    """Yield the promise about all failures; without one those about single kinds, which it would hold already."""
    shares = [one for one in objectives if one.statistic == "share"]
    if whole := [one for one in shares if one.signal in _WHOLE]:
        yield from _merged("failed", Bad(), whole)
        return
    for way in _WAYS_TO_FAIL:
        yield from _merged(way, Bad(), [one for one in shares if one.signal == way])


def _times(objectives: Sequence[Objective]) -> Iterable[Promise]:
    for signal, about in SIGNALS.items():
        mine = [one for one in objectives if one.signal == signal and one.statistic in {"p95", "p99"}]
        limits = [one.at_most for one in mine if one.at_most is not None]
        if about.unit == "s" and limits:
            yield from _merged(signal, Bad(above=min(limits)), mine)


def _cost(objectives: Sequence[Objective]) -> Iterable[Promise]:
    mine = [one for one in objectives if one.signal == "cost_usd" and one.statistic == "mean"]
    limits = [one.at_most for one in mine if one.at_most is not None]
    if limits:
        yield from _merged("cost_usd", Bad(above=min(limits)), mine)


def _quality(objectives: Sequence[Objective]) -> Iterable[Promise]:
    mine = [one for one in objectives if one.signal in {"faithfulness", "hallucination_risk"}]
    risks = [one.above for one in mine if one.signal == "hallucination_risk" and one.above is not None]
    yield from _merged("hallucination_risk", Bad(above=min(risks, default=RISK)), mine)
    yield from _merged("faithfulness", Bad(below=FAITHFUL), mine)

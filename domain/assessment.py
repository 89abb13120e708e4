"""Assessing: whether the evidence says that a promise was kept."""

import math
from dataclasses import dataclass, replace
from datetime import datetime

from domain import measure
from domain.certainty import DOUBT, how_many_more, surely_at_most, surely_more
from domain.coverage import ENOUGH_COVERAGE
from domain.error_budget import ErrorBudget, measure_budget
from domain.goodput import Goodput
from domain.history import History, Sample
from domain.intervals import Interval
from domain.measure import QUANTILES
from domain.measurement import Measurement
from domain.objective import Objective, Verdict
from domain.projection import Projection
from domain.signals import SIGNALS
from domain.tally import Tally
from domain.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """An objective at one moment.

    Attributes:
        measurement: What is shown: the statistic of the promise.
        bad: The bad share behind the verdict, of requests or minutes; None for means and totals.
        because: The verdict's reason in words.
        budget: What is left of the bad requests that the promise allows; None where it allows none.
        goodput: The count behind a promise of goodput.
    """

    objective: Objective
    measurement: Measurement
    bad: Measurement | None
    verdict: Verdict
    because: str
    budget: ErrorBudget | None = None
    goodput: Goodput | None = None


def budget_of(objective: Objective, history: History, at: datetime) -> ErrorBudget | None:
    """Return the error budget of *objective* at *at*; None if it is not a limit on bad requests."""
    if objective.budget is None:
        return None
    return measure_budget(
        history,
        at,
        objective=objective.name,
        limit=objective.limit,
        where=objective.labels,
        allowed=objective.budget,
        over=objective.over,
    )


def assess(objective: Objective, history: History, window: Window) -> Assessment:
    """Say whether *objective* was kept in *window*; *history* reaches as far."""
    sample = history.over(window, where=objective.labels, spreads=objective.spreads)
    if objective.budget is not None:
        return _assess_share(objective, objective.budget, sample, window)
    if objective.statistic == "slices":
        return _assess_slices(objective, measure.slices(sample, objective.minute_limit, window))
    shown = measure.statistic(sample, objective.signal, objective.statistic, window, labels=objective.labels)
    limit = objective.at_most or 0.0
    if shown.value is None:
        return _said(objective, shown, None, Verdict.INCONCLUSIVE, "nothing was measured")
    if objective.statistic == "total":
        verdict = Verdict.BREACHED if shown.value > limit else Verdict.MET
        if verdict is Verdict.MET and (why := _why_doubtful(objective, sample)):
            return _said(objective, shown, None, Verdict.INCONCLUSIVE, why)
        return _said(objective, shown, None, verdict, f"{'above' if shown.value > limit else 'within'} the limit")
    return _assess_mean(objective, shown, sample)


def _assess_mean(objective: Objective, shown: Measurement, sample: Sample) -> Assessment:
    limit = objective.at_most or 0.0
    values = measure.distribution(sample, objective.signal)
    bounds = values.mean_interval(1 - 2 * DOUBT)
    if bounds is not None and bounds.high <= limit and (why := _why_doubtful(objective, sample)):
        return _said(objective, shown, None, Verdict.INCONCLUSIVE, why)
    if bounds is not None and bounds.high <= limit and values.n < values.asks_for:
        because = f"so uneven that it takes {values.asks_for:,} to say that the mean is within the limit"
        return _said(objective, shown, None, Verdict.INCONCLUSIVE, because)
    if bounds is not None and bounds.high <= limit:
        return _said(objective, shown, None, Verdict.MET, "95 % sure that the mean is within the limit")
    if bounds is not None and bounds.low > limit:
        return _said(objective, shown, None, Verdict.BREACHED, "95 % sure that the mean is above the limit")
    return _said(objective, shown, None, Verdict.INCONCLUSIVE, "too few, or too close to the limit, to say")


def _why_doubtful(objective: Objective, sample: Sample) -> str | None:
    """Return why what *sample* cost may be more than is known, or None."""
    return measure.why_badly_priced(sample) if SIGNALS[objective.signal].unit == "USD" else None


def _assess_share(objective: Objective, budget: float, sample: Sample, window: Window) -> Assessment:
    counted = measure.tally(sample, objective.limit)
    bad = measure.shown_share(counted, objective.signal, window, labels=objective.labels)
    if objective.statistic in QUANTILES:
        shown = measure.statistic(sample, objective.signal, objective.statistic, window, labels=objective.labels)
        shown = _on_its_side(shown, objective, counted)
    else:
        shown = _complement(bad) if objective.at_least is not None else bad
    if bad.n == 0:
        return _said(objective, shown, bad, Verdict.INCONCLUSIVE, "nothing was measured")
    covered = measure.coverage(sample, objective.signal) if SIGNALS[objective.signal].sampled else None
    if covered is not None and covered < ENOUGH_COVERAGE:
        return _said(objective, shown, bad, Verdict.INCONCLUSIVE, f"only {covered:.0%} of the sample could be judged")
    return _by_bounds(objective, shown, bad, budget, counted.effective)


def _assess_slices(objective: Objective, bad: Measurement) -> Assessment:
    shown = _complement(bad)
    if bad.n == 0:
        return _said(objective, shown, bad, Verdict.INCONCLUSIVE, "nothing was measured")
    return _by_bounds(objective, shown, bad, objective.slice_budget, (bad.k or 0, bad.n))


def _by_bounds(
    objective: Objective, shown: Measurement, bad: Measurement, budget: float, effective: tuple[float, float]
) -> Assessment:
    """Say the verdict by the exact bounds of a share that counts as *effective*, k of n."""
    k, n = effective
    if surely_at_most(k, n, budget):
        return _said(objective, shown, bad, Verdict.MET, f"95 % sure that at most {100 * budget:.4g} % are bad")
    if surely_more(k, n, budget):
        return _said(objective, shown, bad, Verdict.BREACHED, f"95 % sure that more than {100 * budget:.4g} % are bad")
    return _said(objective, shown, bad, Verdict.INCONCLUSIVE, how_many_more(k, n, budget, n / bad.n))


def _on_its_side(shown: Measurement, objective: Objective, counted: Tally) -> Measurement:
    """Return a quantile on that side of its limit on which the exact count says that it is.

    A histogram's quantile is within 1 %; close to the limit that may be the other side, or outside its interval.
    """
    limit = objective.at_most if objective.at_most is not None else objective.at_least
    if shown.value is None or limit is None or counted.share is None or objective.budget is None:
        return shown
    is_over = counted.share > objective.budget
    beyond = math.nextafter(limit, math.inf if objective.at_most is not None else -math.inf) if is_over else limit
    wants_high = is_over == (objective.at_most is not None)
    value = max(shown.value, beyond) if wants_high else min(shown.value, beyond)
    interval = shown.interval and Interval(min(shown.interval.low, value), max(shown.interval.high, value))
    return replace(shown, value=value, interval=interval)


def _complement(bad: Measurement) -> Measurement:
    """Return the good share that a promise "at least so many" is shown by."""
    interval = Interval(1 - bad.interval.high, 1 - bad.interval.low) if bad.interval else None
    return replace(bad, value=None if bad.value is None else 1 - bad.value, interval=interval)


def assess_projection(
    objective: Objective, projection: Projection, window: Window, *, doubtful: str | None = None
) -> Assessment:
    """Say whether a month's projected spend keeps *objective*, by the projection's 80 % interval.

    Args:
        doubtful: Why the spend may be more than is known; then the promise is not called met.
    """
    shown = Measurement(
        signal=objective.signal,
        statistic="projection",
        window=window,
        n=projection.days if projection.total_usd is not None else 0,
        value=projection.total_usd,
        interval=projection.interval,
    )
    limit = objective.at_most or 0.0
    if projection.total_usd is None or projection.interval is None:
        return _said(objective, shown, None, Verdict.INCONCLUSIVE, projection.because)
    if projection.interval.high <= limit and doubtful:
        return _said(objective, shown, None, Verdict.INCONCLUSIVE, doubtful)
    if projection.interval.high <= limit:
        return _said(objective, shown, None, Verdict.MET, "the whole 80 % interval is within the budget")
    if projection.interval.low > limit:
        return _said(objective, shown, None, Verdict.BREACHED, "the whole 80 % interval is above the budget")
    return _said(objective, shown, None, Verdict.INCONCLUSIVE, "the budget lies inside the 80 % interval")


def _said(
    objective: Objective, shown: Measurement, bad: Measurement | None, verdict: Verdict, because: str
) -> Assessment:
    return Assessment(objective=objective, measurement=shown, bad=bad, verdict=verdict, because=because)

"""The words of what stands around an alert: each figure with its sample, shortest first."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from alerts.aftermath import Aftermath
from alerts.evidence import BudgetLeft, Changed, Evidence
from alerts.figures import clock, label_words, percent, quantity, window_words
from domain.duration import spell_duration
from domain.gauge import Gauge, Reading
from domain.newcomers import Newcomer
from domain.standing_out import Standout

Facts = Iterator[tuple[str, str]]

_FEW_PLACES, _FEW_CHANGES = 3, 5
_NEARLY_ALL = 0.95  # of a time: what is missing of it need not be said


def evidence_facts(found: Evidence) -> Facts:
    """Yield what is normal, and where it is."""
    yield from found.facts
    if found.sample is not None:
        judged, of = found.sample
        yield "Sample", f"{judged:,} of {of:,} answers are judged ({percent(judged / of) if of else 'none'})"
    if found.gauge is not None:
        yield "Normal", normal_words(found)
    if found.where:
        yield "Where", "; ".join(_places(found.where)[:_FEW_PLACES])


def budget_facts(found: Evidence) -> Facts:
    """Yield what is left of the error budget, and how fast it burns."""
    if found.budget is not None:
        first, *others = found.budget.burns
        yield "Error budget", budget_words(found.budget)
        yield "Burn", ", ".join([_pace_words(first, " the allowed pace"), *(_pace_words(one) for one in others)])


def normal_words(found: Evidence) -> str:
    """Return what the rule measured before, with its sample."""
    if found.normal is None or found.gauge is None:
        return "no earlier data"
    length = found.normal.over
    when = window_words(length) if length.days >= 1 and not length.seconds else spell_duration(length)
    return f"{_reading(found.gauge, found.normal.reading)} in the {when} before"


def budget_words(budget: BudgetLeft) -> str:
    """Return how much is left, of what, and for how long."""
    over, whole = window_words(budget.over), budget.whole
    if whole.value is None:
        return f"unknown: nothing was measured in {over}"
    known = "" if budget.known >= _NEARLY_ALL * budget.over else f" in the {spell_duration(budget.known)} known"
    counts = f"{whole.k or 0:,} of {whole.n:,} bad{known}, {percent(budget.allowed)} may be"
    if whole.value >= 1:
        return f"nothing left of {over}: spent {whole.value:.3g} times over ({counts})"
    goes = "it lasts at this pace" if budget.lasts is None else f"gone in {spell_duration(budget.lasts)} at this pace"
    return f"{percent(1 - whole.value)} left of {over}, {goes} ({counts})"


def change_lines(changed: Sequence[Changed], at: datetime) -> tuple[str, ...]:
    """Return a line for each change, newest first."""
    return tuple(_change_line(one, at) for one in changed[:_FEW_CHANGES])


def serves_words(one: Newcomer, at: datetime) -> str:
    """Return since when something serves, how many requests, and what was before it."""
    served = f"{percent(one.n / one.of) if one.of else 'none'} of requests ({one.n:,} of {one.of:,})"
    before = f"; before it {one.before}" if one.before is not None else ""
    return f"since {clock(one.first, at)}, {served}{before}"


def aftermath_facts(one: Aftermath, at: datetime) -> Facts:
    """Yield the worst point, how many were hurt and what it cost of the budget."""
    if one.worst is not None:
        limit = "" if one.gauge.limit is None else f", limit {quantity(one.gauge.limit, one.gauge.unit)}"
        yield "Worst", f"{_reading(one.gauge, one.worst[1])} in {_window_until(one, at)}{limit}"
    if one.hurt is not None:
        start, end = clock(one.during.start, at), clock(one.during.end, at)
        yield "Affected", f"{one.hurt.k or 0:,} of {one.hurt.n:,} {one.gauge.counts}, from {start} to {end}"
    if one.spent is not None and one.budget_over is not None:
        part, may_be = one.spent
        share = percent(part) if part <= 1 else f"{part:.3g} times all"
        bad = one.hurt.k if one.hurt is not None else 0
        yield "Budget spent", f"{share} of that of {window_words(one.budget_over)} ({bad:,} bad, {may_be:,.0f} may be)"


def _window_until(one: Aftermath, at: datetime) -> str:
    end = one.worst[0] if one.worst is not None else at
    return f"the {window_words(one.gauge.over)} to {clock(end, at)}"


def _change_line(changed: Changed, at: datetime) -> str:
    one = changed.newcomer
    line = f"{label_words(one.label)} {one.name} {serves_words(one, at)}"
    if changed.with_it is None or changed.without is None or not changed.with_it.n:
        return line
    mine, others = changed.with_it, changed.without
    without = f", {others.k:,} of {others.n:,} without it" if others.n else ""
    return f"{line}; bad: {mine.k:,} of {mine.n:,} with it{without}"


def _places(where: Sequence[Standout]) -> list[str]:
    """Return the names, those of the same requests as one: a provider and its only model stand out together."""
    by_counts = groupby(sorted(where, key=_counts), key=_counts)
    found = [
        (min(where.index(one) for one in same), same, counts)
        for counts, same in ((counts, list(same)) for counts, same in by_counts)
    ]
    return [_place_words(same) for _, same, _ in sorted(found, key=lambda one: one[0])]


def _place_words(same: Sequence[Standout]) -> str:
    names, one = ", ".join(f"{label_words(each.label)} {each.name}" for each in same), same[0]
    return f"{names}: {one.k:,} of {one.n:,}, others {one.rest_k:,} of {one.rest_n:,}"


def _counts(one: Standout) -> tuple[int, int, int, int]:
    return one.k, one.n, one.rest_k, one.rest_n


def _reading(gauge: Gauge, reading: Reading) -> str:
    """Return a value with its sample."""
    sample = f"{reading.n:,} requests" if reading.k is None else f"{reading.k:,} of {reading.n:,}"
    if gauge.sampled and reading.k is None:
        sample = f"{reading.n:,} answers"
    return f"{quantity(reading.value or 0.0, gauge.unit)} ({sample})"


def _pace_words(burn: tuple[timedelta, Reading], what: str = "") -> str:
    over, reading = window_words(burn[0]), burn[1]
    if reading.value is None:
        return f"unknown over {over} (0 requests)"
    return f"{reading.value:.3g} times{what} over {over} ({reading.k or 0:,} of {reading.n:,})"

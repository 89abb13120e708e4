"""What was measured of all promises together, in sentences and rows: the same for terminals, artifacts and digests."""

from datetime import timedelta

from alerts.figures import percent, window_words
from domain.duration import spell_duration
from domain.error_budget import Burn, ErrorBudget
from domain.goodput import Breakage, Goodput
from domain.intervals import Interval

BREAKDOWN = ("promise", "break it", "of", "break only it", "unknown", "goodput if mended")


def goodput_sentence(goodput: Goodput) -> str:
    """Say goodput in one line: value, n, interval, the two factors, and what the single promises would say of it."""
    when = window_words(goodput.window.length)
    if not goodput.n:
        return f"no requests in {when}"
    counted = f"{goodput.kept:,} of {goodput.n:,} requests in {when} keep every promise that all can be asked about"
    if goodput.value is None or goodput.interval is None or goodput.marginals is None:
        return f"not known: {counted}, and the quality of none of those"
    return (
        f"{percent(goodput.value)} (95 % interval {_span(goodput.interval)}): {counted}; {_quality(goodput)}. "
        f"Were the promises independent it would be {percent(goodput.marginals.independent)}; "
        f"one by one they allow {_span(goodput.marginals.possible)}."
    )


def breakdown_row(one: Breakage, goodput: Goodput) -> tuple[str, ...]:
    """Return what one promise costs, in the columns of BREAKDOWN."""
    mended = None if one.gain is None or goodput.value is None else min(1.0, goodput.value + one.gain)
    counts = (f"{one.broken:,}", f"{one.n:,}", f"{one.alone:,}", f"{one.unknown:,}")
    return (one.promise, *counts, "-" if mended is None else percent(mended))


def left_words(budget: ErrorBudget) -> str:
    """Return what is left of a budget, as a part of it; what is overspent is negative."""
    if budget.left is None:
        return "no data"
    return percent(budget.left) if budget.left >= 0 else f"-{percent(-budget.left)}"


def burn_words(burn: Burn) -> str:
    """Return a burn rate; for a sampled signal with what it surely is."""
    if burn.rate is None:
        return "-"
    return _rate(burn.rate) if burn.at_least is None else f"{_rate(burn.rate)} (≥{_rate(burn.at_least)})"


def lasts_words(budget: ErrorBudget) -> str:
    """Return for how long a budget will last at its present pace."""
    if budget.left is None:
        return "no data"
    if budget.exhausted_in is None:
        return "its window"
    return "spent" if budget.exhausted_in == timedelta() else spell_duration(budget.exhausted_in)


def _quality(goodput: Goodput) -> str:
    if not goodput.promises_quality:
        return "no quality was promised"
    if not goodput.judged:
        return "there is no quality to judge"
    share = percent(goodput.good / goodput.judged)
    return f"{goodput.good:,} of the {goodput.judged:,} judged ones among them are good ({share})"


def _span(interval: Interval) -> str:
    return f"{percent(interval.low)} to {percent(interval.high)}"


def _rate(rate: float) -> str:
    return f"{rate:.3g}" if rate >= 1 else f"{rate:.2g}"

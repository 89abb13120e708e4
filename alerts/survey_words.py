"""Signals and hops in words: the same rows for terminals and artifacts."""

from collections.abc import Sequence

from alerts.figures import percent, quantity
from domain.hops import Hop
from domain.survey import Line

SURVEY = ("signal", "statistic", "value", "k", "n", "95 % interval")
HOPS = ("hop", "calls", "failed", "p50", "p95", "of the time", "mean cost", "of the spend")


def survey_row(line: Line) -> tuple[str, ...]:
    """Return one line of a survey, in the columns of SURVEY."""
    seen = line.measurement
    interval = " to ".join(quantity(bound, line.unit) for bound in seen.interval) if seen.interval else "-"
    k = "-" if seen.k is None else f"{seen.k:,}"
    value = quantity(seen.value, line.unit) if seen.value is not None else "-"
    return (f"{line.words}{_limit_words(line)}", seen.statistic, value, k, f"{seen.n:,}", interval)


def hop_rows(hops: Sequence[Hop]) -> list[tuple[str, ...]]:
    """Return a row for each hop, in the columns of HOPS; time and spend are of all hops together."""
    busy, spent = sum(hop.busy_s for hop in hops), sum(hop.spend_usd.value or 0.0 for hop in hops)
    return [
        (
            f"{hop.type.lower()} {hop.name}",
            f"{hop.failed.n:,}",
            percent(hop.failed.value or 0.0),
            *(quantity(one.value, "s") if one.value is not None else "-" for one in (hop.latency_p50, hop.latency_p95)),
            percent(hop.busy_s / busy) if busy else "-",
            quantity(hop.cost_usd.value, "USD") if hop.cost_usd.value is not None else "-",
            percent((hop.spend_usd.value or 0.0) / spent) if spent else "-",
        )
        for hop in hops
    ]


def _limit_words(line: Line) -> str:
    if line.limit is None:
        return ""
    above, below = line.limit.above, line.limit.below
    return f" above {above:g}" if above is not None else f" below {below:g}"

"""What a run leaves behind in the Prefect UI: tables that answer "what did it find?"."""

from collections.abc import Sequence
from datetime import datetime

from alerts import figures
from alerts.books import became_words, name_of, numbers_words, verdict_words
from alerts.figures import quantity, unit_of, window_words
from alerts.sentences import BREAKDOWN, breakdown_row, burn_words, goodput_sentence, lasts_words, left_words
from domain.assessment import Assessment
from domain.goodput import Goodput
from domain.measurement import Measurement
from domain.message import Message
from domain.money import NANO_PER_USD
from domain.probe import Probe
from domain.projection import Projection
from domain.reconciliation import ReconciledDay
from flows.leaving import leave_table


async def leave_objectives(application: str, assessments: Sequence[Assessment], at: datetime) -> None:
    """Leave the table of objectives; its history is the objectives' history."""
    await leave_table(
        key=f"objectives-{application}",
        table=[
            {
                "tier": str(one.objective.tier),
                "objective": one.objective.promise,
                "value": shown(one.measurement),
                "n": one.measurement.n,
                "95 % interval": interval(one.measurement),
                "verdict": str(one.verdict),
                "why": one.because,
                **_budget(one),
            }
            for one in assessments
        ],
        description=f"Objectives of {application} at {at:%Y-%m-%d %H:%M} UTC",
    )
    for one in assessments:
        if one.goodput is not None:
            await _leave_goodput(application, one.goodput, at)


async def _leave_goodput(application: str, goodput: Goodput, at: datetime) -> None:
    """Leave what each promise costs, under one line that says goodput with its counts."""
    rows = sorted(goodput.breakdown, key=lambda row: -(row.gain or 0.0))
    await leave_table(
        key=f"goodput-{application}",
        table=[dict(zip(BREAKDOWN, breakdown_row(row, goodput), strict=True)) for row in rows]
        or [{"promise": "nothing was promised to a single request"}],
        description=f"Goodput of {application} at {at:%Y-%m-%d %H:%M} UTC: {goodput_sentence(goodput)}",
    )


async def leave_digest(application: str, digest: Message) -> None:
    """Leave the digest's tables."""
    for number, table in enumerate(digest.tables, 1):
        await leave_table(
            key=f"digest-{application}-{number}",
            table=[dict(zip(table.header, row, strict=True)) for row in table.rows] or [{table.title: "nothing"}],
            description=f"{digest.title}: {table.title}",
        )


async def leave_probe(seen: Probe) -> None:
    """Leave what one probe saw."""
    await leave_table(
        key=f"probe-{seen.application}",
        table=[
            {
                "answered": "yes" if seen.ok else "no",
                "status": str(seen.status or "-"),
                "latency": "-" if seen.latency_s is None else quantity(seen.latency_s, "s"),
                "first byte": "-" if seen.first_byte_s is None else quantity(seen.first_byte_s, "s"),
                "why not": seen.because,
            }
        ],
        description=f"Probe of {seen.application} at {seen.at:%Y-%m-%d %H:%M} UTC",
    )


async def leave_costs(
    application: str,
    projection: Projection,
    budget_usd: float | None,
    parts: Sequence[tuple[str, str, int, float]],
    compared: Sequence[ReconciledDay],
) -> None:
    """Leave the month's spend, its projection, where the money went, and whether the source counts the same."""
    totals = [
        {"what": "spent this month", "usd": dollars(projection.spent_usd), "note": f"since {projection.since}"},
        {"what": "projected for the month", "usd": dollars(projection.total_usd), "note": projection.because},
        {"what": "80 % interval", "usd": " to ".join(map(dollars, projection.interval or ())) or "-", "note": ""},
        {"what": "budget", "usd": dollars(budget_usd), "note": "monthly_budget_usd in app.yaml"},
    ]
    rows = [{"what": f"{label} {name}", "usd": dollars(usd), "note": f"{n} requests"} for label, name, n, usd in parts]
    books = [
        {
            "what": f"rows of {name_of(day.day)}",
            "usd": dollars(day.cost.ours / NANO_PER_USD if day.cost else None),
            "note": f"{verdict_words(day)}: {numbers_words(day)}; {became_words(day)}",
        }
        for day in compared
    ]
    await leave_table(
        key=f"costs-{application}",
        table=totals + books + rows,
        description=f"Spend of {application}, {projection.month:%B %Y}",
    )


def shown(measurement: Measurement) -> str:
    """Return a measurement's value as people read it."""
    if measurement.value is None:
        return "no data"
    return quantity(measurement.value, unit_of(measurement.signal, measurement.statistic))


def interval(measurement: Measurement) -> str:
    """Return a measurement's interval as people read it."""
    if measurement.interval is None:
        return "-"
    unit = unit_of(measurement.signal, measurement.statistic)
    return f"{quantity(measurement.interval.low, unit)} to {quantity(measurement.interval.high, unit)}"


def _budget(one: Assessment) -> dict[str, str]:
    """Return what is left of the budget, and how fast it burns, where there is one."""
    if one.budget is None:
        return {"budget left": "-"}
    burns = {f"burn {window_words(burn.over)}": f"{burn_words(burn)}, n {burn.n:,}" for burn in one.budget.burns}
    return {"budget left": left_words(one.budget), **burns, "lasts": lasts_words(one.budget)}


def dollars(amount: float | None) -> str:
    """Return USD as people read it."""
    return "-" if amount is None else figures.dollars(amount)

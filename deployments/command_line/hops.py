"""The hops of agent chains, for people and for programs: which is slow, which fails, which is expensive."""

from collections.abc import Sequence

from rich.table import Table

from alerts.figures import percent, quantity
from deployments.command_line.tables import bare
from domain.hops import Hop


def hops_table(hops: Sequence[Hop]) -> Table:
    """Return the hops, those that took most time first."""
    busy, spent = sum(hop.busy_s for hop in hops), sum(hop.spend_usd.value or 0.0 for hop in hops)
    table = bare("Hops of agent chains: where the time and the money go")
    for column in ("hop", "calls", "failed", "p50", "p95", "of the time", "mean cost", "of the spend"):
        table.add_column(column, justify="left" if column == "hop" else "right", ratio=1 if column == "hop" else None)
    for hop in hops:
        table.add_row(
            f"{hop.type.lower()} {hop.name}",
            f"{hop.failed.n:,}",
            percent(hop.failed.value or 0.0),
            *(quantity(one.value, "s") if one.value is not None else "-" for one in (hop.latency_p50, hop.latency_p95)),
            percent(hop.busy_s / busy) if busy else "-",
            quantity(hop.cost_usd.value, "USD") if hop.cost_usd.value is not None else "-",
            percent((hop.spend_usd.value or 0.0) / spent) if spent else "-",
        )
    return table


def hop_values(hop: Hop) -> dict[str, object]:
    """Return a hop as JSON can say it."""
    return {
        "name": hop.name,
        "type": hop.type,
        "calls": hop.failed.n,
        "failed": hop.failed.k,
        "failed_interval": hop.failed.interval,
        "latency_p50_s": hop.latency_p50.value,
        "latency_p95_s": hop.latency_p95.value,
        "busy_s": hop.busy_s,
        "mean_cost_usd": hop.cost_usd.value,
        "priced_calls": hop.cost_usd.n,
        "spend_usd": hop.spend_usd.value,
    }

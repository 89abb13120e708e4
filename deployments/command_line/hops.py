"""The hops of agent chains, for people and for programs: which is slow, which fails, which is expensive."""

from collections.abc import Sequence

from rich.table import Table

from alerts.survey_words import HOPS, hop_rows
from deployments.command_line.tables import bare
from domain.hops import Hop


def hops_table(hops: Sequence[Hop]) -> Table:
    """Return the hops, those that took most time first."""
    table = bare("Hops of agent chains: where the time and the money go")
    for position, column in enumerate(HOPS):
        table.add_column(column, justify="right" if position else "left", ratio=None if position else 1)
    for row in hop_rows(hops):
        table.add_row(*row)
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

"""What a request used and cost."""

from dataclasses import dataclass

from domain.assembly.timing import input_tokens, output_tokens
from domain.assembly.traces import Trace
from domain.observation import Observation
from domain.prices import PriceTable


@dataclass(frozen=True, slots=True)
class Spending:
    """Tokens of the model calls, and the cost of everything that has a price."""

    input_tokens: int
    output_tokens: int
    cost_nano_usd: int
    unpriced_calls: int


def spending(trace: Trace, prices: PriceTable) -> Spending:
    """Add up a trace.

    Failed calls are left out: the server estimates tokens and a cost for them although nothing was answered.
    The source's own cost counts where there is one, else the price table, else the call is counted as unpriced.
    """
    tokens_in = tokens_out = cost = unpriced = 0
    for row in trace.observations:
        if row.failed:
            continue
        if row.type == "GENERATION":
            tokens_in += input_tokens(row)
            tokens_out += output_tokens(row)
        price = cost_of(row, prices)
        unpriced += price is None and any(row.usage.values())
        cost += price or 0
    return Spending(tokens_in, tokens_out, cost, unpriced)


def cost_of(row: Observation, prices: PriceTable) -> int | None:
    """Return the cost of one observation; None if it failed, used nothing, or has no price."""
    if row.failed:
        return None
    if row.cost_nano_usd is not None:
        return row.cost_nano_usd
    return prices.cost_nano_usd(row.model, row.usage, row.started_at) if any(row.usage.values()) else None

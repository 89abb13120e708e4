"""What a request used and cost."""

from dataclasses import dataclass

from domain.assembly.timing import input_tokens, output_tokens
from domain.assembly.traces import Trace
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
        if row.cost_nano_usd is not None:
            cost += row.cost_nano_usd
        elif any(row.usage.values()):
            ours = prices.cost_nano_usd(row.model, row.usage, row.started_at)
            unpriced += ours is None
            cost += ours or 0
    return Spending(tokens_in, tokens_out, cost, unpriced)

"""What a request used and cost."""

from collections import Counter
from dataclasses import dataclass

from domain.assembly.timing import input_tokens, output_tokens
from domain.assembly.traces import Trace
from domain.observation import Observation
from domain.price_entry import MOST_NANO_USD
from domain.price_kinds import TOTAL, used
from domain.prices import PriceTable

_PROVIDER_KEYS = ("attributes.gen_ai.provider.name", "attributes.gen_ai.system")


@dataclass(frozen=True, slots=True)
class Spending:
    """Tokens of the model calls, and the cost of everything that has a price.

    Attributes:
        unpriced_calls: Calls that used something but have no price, or whose cost was refused.
        unpriced_tokens: What these calls used, in and out.
    """

    input_tokens: int
    output_tokens: int
    cost_nano_usd: int
    unpriced_calls: int
    unpriced_tokens: int


def spending(trace: Trace, prices: PriceTable, oddities: Counter[str]) -> Spending:
    """Add up a trace, and count in *oddities* the costs that nobody can have paid.

    Failed calls are left out: the server estimates tokens and a cost for them although nothing was answered.
    The source's own cost counts where there is one, else the price table, else the call is counted as unpriced.
    """
    tokens_in = tokens_out = cost = unpriced = unpriced_tokens = 0
    for row in trace.observations:
        if row.failed:
            continue
        if row.type == "GENERATION":
            tokens_in += input_tokens(row)
            tokens_out += output_tokens(row)
        refused = cost_is_refused(row)
        if refused:
            oddities["cost that nobody can have paid"] += 1
        price = cost_of(row, prices)
        if price is not None:
            cost += price
        elif refused or any(row.usage.values()):
            unpriced += 1
            of = used(row.usage)
            unpriced_tokens += of.input + of.output or of.units.get(TOTAL, 0)
    return Spending(tokens_in, tokens_out, cost, unpriced, unpriced_tokens)


def cost_of(row: Observation, prices: PriceTable) -> int | None:
    """Return the cost of one observation; None if it failed, used nothing, has no price, or its cost was refused.

    A refused cost is not made up from our own prices: whoever wrote it may be as wrong about what was used.
    """
    if row.failed or cost_is_refused(row):
        return None
    if row.cost_nano_usd is not None:
        return row.cost_nano_usd
    if not any(row.usage.values()):
        return None
    return prices.cost_nano_usd(
        row.model, row.usage, row.started_at, provider=provider_of(row), service_tier=row.service_tier
    )


def cost_is_refused(row: Observation) -> bool:
    """Whether the source gave a cost that nobody can have paid."""
    return row.cost_refused or (row.cost_nano_usd is not None and not 0 <= row.cost_nano_usd <= MOST_NANO_USD)


def provider_of(row: Observation) -> str | None:
    """Return the provider that a call names, as it names it."""
    for key in _PROVIDER_KEYS:
        if isinstance(named := row.metadata.get(key), str):
            return named
    return None

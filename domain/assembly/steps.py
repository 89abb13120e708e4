"""The steps of a chain: what each agent, tool and model call of a trace took, cost and came to."""

from domain.assembly.spending import cost_of
from domain.assembly.traces import MOST_NAME, Trace
from domain.hops import HOP_TYPES, Step
from domain.observation import Observation
from domain.prices import PriceTable


def steps(trace: Trace, prices: PriceTable) -> tuple[Step, ...]:
    """Return the steps of a chain by start time, without the root, which is the request itself; else none."""
    if not trace.is_chain:
        return ()
    return tuple(_step(row, prices) for row in trace.observations if row.type in HOP_TYPES and row is not trace.root)


def _step(row: Observation, prices: PriceTable) -> Step:
    known = row.ended_at is not None and row.ended_at >= row.started_at
    return Step(
        name=(row.name or row.model or row.type.lower())[:MOST_NAME],
        type=row.type,
        seconds=(row.ended_at - row.started_at).total_seconds() if known and row.ended_at else None,
        cost_nano_usd=cost_of(row, prices),
        failed=row.failed,
    )

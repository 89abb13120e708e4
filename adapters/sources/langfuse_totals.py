"""What Langfuse's metrics say of a window: numbers or text, as its database does, and null for the sum of nothing."""

from collections.abc import Mapping

from adapters.sources.metadata import EXACT
from domain.money import nano_usd
from domain.reconciliation import Totals

MOST_USD = 1_000_000_000
"""A sum above is broken, and no database of ours could hold it."""


def read_totals(answer: Mapping[str, object]) -> Totals | None:
    """Return the totals in *answer*; None if it has a form that no version gives.

    The sum of no rows is null. Null for rows that are there is a cost that the server does not say.

    >>> read_totals({"data": [{"count_count": "12", "sum_totalCost": 0.42}]})
    Totals(rows=12, cost_nano_usd=420000000)
    >>> read_totals({"data": [{"count_count": 0, "sum_totalCost": None}]})
    Totals(rows=0, cost_nano_usd=0)
    """
    match answer:
        case {"data": []}:
            return Totals(0, 0)
        case {"data": [{"count_count": said_rows, "sum_totalCost": said_cost}]}:
            try:
                rows = _rows(said_rows)
                return Totals(rows, _cost(said_cost) if rows or said_cost is not None else 0)
            except (TypeError, ValueError, OverflowError):
                return None
    return None


def _rows(said: object) -> int:
    count = int(float(_number(said)))
    if not 0 <= count <= EXACT:
        raise ValueError("not a count")
    return count


def _cost(said: object) -> int | None:
    """Return nano-USD; what is below zero is kept, for some give credits back."""
    if said is None:
        return None
    amount = _number(said)
    if not abs(float(amount)) <= MOST_USD:
        raise ValueError("not an amount")
    return nano_usd(amount)


def _number(said: object) -> int | float | str:
    if isinstance(said, bool) or not isinstance(said, int | float | str):
        raise TypeError("neither a number nor text")
    return said

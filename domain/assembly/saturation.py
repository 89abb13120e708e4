"""How full things were: the model's context window, and the application's queue."""

import math
from collections import Counter

from domain.assembly.timing import input_tokens
from domain.assembly.traces import Trace
from domain.models import ModelTable

_MOST_WAITING = 1e9


def context_share(trace: Trace, models: ModelTable, oddities: Counter[str]) -> float | None:
    """Return input tokens over context window of the last model call that worked.

    None where the source counted no tokens or the table does not know the model. More tokens than fit are an
    outdated table or tokens counted twice, so they are counted as odd and not shown.
    """
    worked = [call for call in trace.model_calls if not call.failed]
    window = models.context_window(worked[-1].model) if worked else None
    tokens = input_tokens(worked[-1]) if worked else 0
    if window is None or tokens <= 0:
        return None
    if tokens > window:
        oddities["more tokens than the context window"] += 1
        return None
    return tokens / window


def queue_depth(trace: Trace, key: str | None, oddities: Counter[str]) -> float | None:
    """Return how many waited, as the application reports it under the metadata *key*."""
    value = trace.metadata(key) if key is not None else None
    if value is None:
        return None
    depth = _number(value)
    if depth is None or not 0 <= depth <= _MOST_WAITING:
        oddities["queue depth that is no count"] += 1
        return None
    return depth


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None

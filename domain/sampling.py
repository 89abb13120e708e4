"""Choosing which requests to judge: the same trace is always in or always out."""

from collections.abc import Iterable
from hashlib import sha256

_SALT = b"goodput:judge-sampling:v1\0"  # our own, so that the sample is independent of the trace source's


def choose(trace_ids: Iterable[str], rate: float) -> list[str]:
    """Return the ids whose hash lies below *rate* (0..1), in order; re-runs agree, a higher rate only adds.

    >>> choose(["a", "b"], 1.0)
    ['a', 'b']
    """
    return [trace_id for trace_id in trace_ids if position(trace_id) < rate]


def position(trace_id: str) -> float:
    """Return where the trace id falls in 0..1, evenly spread over ids."""
    return int.from_bytes(sha256(_SALT + trace_id.encode()).digest()[:7]) / 2**56


def rate_for(requests_per_day: float, *, usual: float, everything_below: float = 1000) -> float:
    """Return the share to judge: *usual*, or everything on a low-traffic application (the guide's FAQ).

    >>> rate_for(280, usual=0.1), rate_for(20_000, usual=0.1)
    (1.0, 0.1)
    """
    return 1.0 if requests_per_day < everything_below else usual

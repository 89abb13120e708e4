"""Choosing which requests to judge: the same trace is always in or always out."""

from collections.abc import Iterable
from hashlib import sha256

_LITTLE, _LINE, _MUCH = 800, 1000, 1200  # requests a day
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


def rate_for(requests_per_day: float, *, usual: float, last: float | None = None) -> float:
    """Return the share to judge: *usual*, or everything on a low-traffic application (the guide's FAQ).

    The guide draws the line at 1,000 requests a day. Around it the share stays what it was, lest a service with about
    that many changes its sample, and the length of its intervals, from one round to the next.

    Args:
        last: The share of the round before; None where there was none.

    >>> rate_for(280, usual=0.1), rate_for(20_000, usual=0.1)
    (1.0, 0.1)
    >>> rate_for(1100, usual=0.1, last=1.0), rate_for(900, usual=0.1, last=0.1)
    (1.0, 0.1)
    """
    if _LITTLE <= requests_per_day < _MUCH and last is not None:
        return 1.0 if last == 1.0 else usual
    return 1.0 if requests_per_day < _LINE else usual

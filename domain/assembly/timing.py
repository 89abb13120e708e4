"""How long things took: end to end, to the first token, and per token after it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.assembly.traces import Trace
from domain.observation import Observation
from domain.price_kinds import used

_FIRST_TOKEN_KEYS = (
    "attributes.gen_ai.server.time_to_first_token",
    "attributes.gen_ai.response.time_to_first_chunk",
)


@dataclass(frozen=True, slots=True)
class Timing:
    """The times of one request; None is not known. *ended_at* is always there: it files the request."""

    started_at: datetime
    ended_at: datetime
    latency_s: float | None
    ttft_s: float | None
    tpot_s: float | None


def timing(trace: Trace, oddities: Counter[str]) -> Timing:
    """Return the times of a request, and count in *oddities* what could not be true.

    TTFT and TPOT are those of the model call that answered; a chain of agents has neither. A first token that
    comes with the end is an integration that does not stream or does not tell, so it is not known.
    """
    started = trace.root.started_at if trace.has_root else min(o.started_at for o in trace.observations)
    ended = trace.root.ended_at if trace.has_root else None
    if ended is None:
        ends = [o.ended_at for o in trace.observations if o.ended_at is not None]
        ended = max(ends, default=None)
    if ended is None:
        oddities["no end"] += 1
        return Timing(started, started, None, None, None)
    if ended < started:
        oddities["end before start"] += 1
        return Timing(started, started, None, None, None)
    call = None if trace.is_chain or not trace.model_calls else trace.model_calls[-1]
    ttft_s = _ttft_s(call, oddities) if call else None
    tpot_s = _tpot_s(call, ttft_s) if call and ttft_s is not None else None
    return Timing(started, ended, (ended - started).total_seconds(), ttft_s, tpot_s)


def _ttft_s(call: Observation, oddities: Counter[str]) -> float | None:
    first = call.first_token_at or _attribute(call)
    if first is None:
        return None
    if first < call.started_at:
        oddities["first token before the start"] += 1
        return None
    if call.ended_at is not None and first >= call.ended_at:
        oddities["first token only at the end"] += 1
        return None
    return (first - call.started_at).total_seconds()


def _attribute(call: Observation) -> datetime | None:
    for key in _FIRST_TOKEN_KEYS:
        seconds = call.metadata.get(key)
        if isinstance(seconds, int | float) and 0 < seconds < timedelta.max.total_seconds() / 1e6:
            return call.started_at + timedelta(seconds=seconds)
    return None


def _tpot_s(call: Observation, ttft_s: float) -> float | None:
    """Return seconds per token after the first (the field's TPOT), which needs two tokens."""
    tokens = output_tokens(call)
    if call.failed or call.ended_at is None or tokens < 2:  # noqa: PLR2004
        return None
    return ((call.ended_at - call.started_at).total_seconds() - ttft_s) / (tokens - 1)


def input_tokens(call: Observation) -> int:
    """Return every token that went in, cached or not, once."""
    return used(call.usage).input


def output_tokens(call: Observation) -> int:
    """Return every token that came out, reasoning included, once."""
    return used(call.usage).output

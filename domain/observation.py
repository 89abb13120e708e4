"""One observation: a span, model call, retrieval or tool call, as a trace source reports it.

Sources normalise (empty strings are None, metadata keys are dotted, times are UTC) and judge nothing;
what the observations of a trace mean together is decided in `domain.assembly`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def _value(made: type[T]) -> type[T]:
    """Return a dataclass that the type checker holds frozen: a frozen one takes four times as long to make.

    Every row of every page becomes one.
    """
    return dataclass(slots=True, kw_only=True)(made)


@_value
class Observation:
    """One row of a trace.

    Attributes:
        is_root: The source says that the trace starts here.
        ended_at: None if the source does not know; that alone never means a time-out.
        first_token_at: When the first token of a streamed answer arrived.
        failed: The level is ERROR.
        usage: Tokens by kind, as sent, in exclusive buckets (`input`, `output`, `input_cached_tokens`, ...).
        service_tier: Which service of its provider answered (`flex`, `batch`, ...); None for the standard one.
        cost_nano_usd: What the source says it cost; None when no price matched.
        cost_refused: The source gave one that nobody can have paid: negative, not finite, or more than a million USD.
        metadata: Flat, with dotted keys; values of any JSON type.
        input: Text as sent, JSON or plain; None where not read or empty.
    """

    id: str
    trace_id: str
    parent_id: str | None = None
    type: str = "SPAN"
    name: str | None = None
    is_root: bool = False
    started_at: datetime
    ended_at: datetime | None = None
    first_token_at: datetime | None = None
    updated_at: datetime | None = None
    failed: bool = False
    status_message: str | None = None
    model: str | None = None
    usage: Mapping[str, int] = field(default_factory=dict)
    service_tier: str | None = None
    cost_nano_usd: int | None = None
    cost_refused: bool = False
    prompt_name: str | None = None
    prompt_version: str | None = None
    trace_name: str | None = None
    user_id: str | None = None
    session_id: str | None = None
    release: str | None = None
    version: str | None = None
    environment: str = "default"
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, object] = field(default_factory=dict)
    input: str | None = None
    output: str | None = None

"""One look at an application's endpoint from outside: what tells "nobody asks" from "nobody can"."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One request that we made ourselves.

    Attributes:
        ok: The endpoint answered as it should, in time.
        status: The HTTP status; None if there was no answer.
        latency_s: From the request to the last byte; None if there was no whole answer.
        first_byte_s: From the request to the first byte of the body, which is the first token of a streamed canary.
        because: What was wrong, in words; empty if nothing was.
    """

    application: str
    at: datetime
    ok: bool
    status: int | None = None
    latency_s: float | None = None
    first_byte_s: float | None = None
    because: str = ""

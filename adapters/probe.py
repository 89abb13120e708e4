"""Probing: one request to the application's own health or canary address, timed from outside."""

import asyncio
import time
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.probe import Probe

if TYPE_CHECKING:  # whoever reads a configuration loads no client
    import httpx

_MOST_BYTES = 1_000_000


class ProbeConfig(BaseModel):
    """What to ask, and what counts as an answer.

    Attributes:
        url: A health check, or a canary request that costs little. Never one with a secret in it.
        body: Sent as JSON with POST.
        expect_status: Any other status is a failure.
        deadline_s: For the whole answer, however slowly it drips.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(pattern=r"^https?://[^\s@]+$")
    method: Literal["GET", "POST"] = "GET"
    body: dict[str, object] | None = None
    expect_status: int = Field(default=200, ge=100, le=599)
    deadline_s: float = Field(default=10.0, gt=0, le=120)


async def probe(client: "httpx.AsyncClient", config: ProbeConfig, application: str, at: datetime) -> Probe:
    """Ask once and say what happened. Never raises: no answer is an answer."""
    import httpx  # noqa: PLC0415 - whoever reads a configuration loads no client

    began = time.monotonic()
    seen = Probe(application=application, at=at, ok=False)
    try:
        async with asyncio.timeout(config.deadline_s):
            return await _ask(client, config, seen, began)
    except TimeoutError:
        return _failed(seen, f"no whole answer within {config.deadline_s:g} s")
    except httpx.HTTPError as error:
        return _failed(seen, f"no answer ({type(error).__name__})")


async def _ask(client: "httpx.AsyncClient", config: ProbeConfig, seen: Probe, began: float) -> Probe:
    first_byte_s = None
    received = 0
    request = client.build_request(config.method, config.url, json=config.body, timeout=config.deadline_s)
    answer = await client.send(request, stream=True, follow_redirects=False)
    try:
        async for chunk in answer.aiter_raw():
            first_byte_s = first_byte_s if first_byte_s is not None else time.monotonic() - began
            received += len(chunk)
            if received > _MOST_BYTES:
                break
    finally:
        await answer.aclose()
    fine = answer.status_code == config.expect_status
    return Probe(
        application=seen.application,
        at=seen.at,
        ok=fine,
        status=answer.status_code,
        latency_s=time.monotonic() - began,
        first_byte_s=first_byte_s,
        because="" if fine else f"status {answer.status_code} instead of {config.expect_status}",
    )


def _failed(seen: Probe, because: str) -> Probe:
    return Probe(application=seen.application, at=seen.at, ok=False, because=because)

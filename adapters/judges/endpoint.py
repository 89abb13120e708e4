"""Asking a model's endpoint: one POST, with a deadline that a slow drip does not outlive. Only this file sends."""

import asyncio
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from adapters.judges.unusable import UnusableError
from domain.judgement import FailureReason

Client = httpx.AsyncClient
"""What calls go through; another library of the same shape would change this line."""
LARGEST_BODY = 4_000_000
LONGEST_WAIT_S = 3600.0
_OVERLOADED = 529  # Anthropic's own
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL)
_GAVE_UP = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT}
_GOES_BY = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_EARLY}


def open_client(connections: int) -> Client:
    """Return connections for as many calls at a time; whoever opens it closes it."""
    return Client(limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections))


async def post(
    client: Client, url: str, body: Mapping[str, object], headers: Mapping[str, str], deadline_s: float
) -> bytes:
    """Send *body* as JSON and return what the endpoint answers.

    Raises:
        UnusableError: Anything but a complete answer of status 200 within *deadline_s*, with its reason. The words
            name no header and quote no answer.
    """
    try:
        async with asyncio.timeout(deadline_s):
            return await _post(client, url, body, headers, deadline_s)
    except (TimeoutError, httpx.TimeoutException) as error:
        words, unread = f"no answer within {deadline_s:.3g} s", isinstance(error, _NEVER_SENT)
        raise UnusableError(FailureReason.TIMEOUT, words, refused=unread) from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:  # its words may hold a header
        words, unread = f"{type(error).__name__} while asking the judge", isinstance(error, _NEVER_SENT)
        raise UnusableError(FailureReason.UNAVAILABLE, words, retry=True, refused=unread) from None


async def _post(
    client: Client, url: str, body: Mapping[str, object], headers: Mapping[str, str], deadline_s: float
) -> bytes:
    async with client.stream("POST", url, json=body, headers=dict(headers), timeout=deadline_s) as response:
        found = bytearray()
        async for chunk in response.aiter_bytes():
            found += chunk
            if len(found) > LARGEST_BODY:
                raise UnusableError(FailureReason.SCHEMA, "the reply is larger than any judgement")
    _refuse(response.status_code, bytes(found), response.headers)
    return bytes(found)


def _refuse(status: int, body: bytes, headers: Mapping[str, str]) -> None:
    """Raise what an HTTP *status* means for the judgement; a filtered prompt is a 400 on some providers."""
    if status == HTTPStatus.OK:
        return
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, _OVERLOADED}:
        words, wait_s = f"the judge's endpoint answered {status}", retry_after_s(headers)
        raise UnusableError(FailureReason.RATE_LIMITED, words, retry=True, wait_s=wait_s, slow=True, refused=True)
    if status == HTTPStatus.BAD_REQUEST and b"content_filter" in body:
        raise UnusableError(
            FailureReason.CONTENT_FILTER, "the provider filtered the question to the judge", refused=True
        )
    is_unread = status not in _GAVE_UP  # a gateway gives up on what may have been answered, and charged
    goes_by = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _GOES_BY
    raise UnusableError(
        FailureReason.UNAVAILABLE, f"the judge's endpoint answered {status}", retry=goes_by, refused=is_unread
    )


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return how long the endpoint asks us to wait, in seconds, at most an hour; None if it does not say.

    >>> retry_after_s({"retry-after": "2.5"}), retry_after_s({"retry-after-ms": "250"}), retry_after_s({})
    (2.5, 0.25, None)
    """
    for name, per_second in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        asked = headers.get(name, "").strip()
        if asked.replace(".", "", 1).isdigit() and asked.isascii() and len(asked) < 12:  # noqa: PLR2004 - no wait is longer
            return min(float(asked) / per_second, LONGEST_WAIT_S)
    try:
        until = parsedate_to_datetime(headers.get("retry-after", ""))
        wait = until - parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError):
        return None
    return min(max(0.0, wait.total_seconds()), LONGEST_WAIT_S)

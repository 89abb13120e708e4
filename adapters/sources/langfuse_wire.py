"""Requests to Langfuse: the SDK's own transport, our errors.

The SDK's response models are left out. For rows they cost 0.4 s per 1000 (parsing JSON alone takes 0.02 s), and
one field in an unknown form would cost the other 999 rows of the page.
"""

import asyncio
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx
from langfuse.api import AsyncLangfuseAPI
from langfuse.api.core.request_options import RequestOptions

from adapters.collecting import without_collection
from adapters.sources.json_values import NotJsonError, decode
from domain.errors import ConfigError, GoodputError, PermanentError, TransientError, error_for_status

NO_RETRIES = RequestOptions(max_retries=0)
"""Whoever calls us retries; two layers of retries multiply."""

ADDRESS = "GOODPUT_LANGFUSE_URL"
LONGEST_WAIT = 8
"""Digits; a longer number is not a wait."""
BODY_REFUSED = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE})
KEYS = "GOODPUT_LANGFUSE_PUBLIC_KEY and GOODPUT_LANGFUSE_SECRET_KEY"

Query = Mapping[str, str | int | list[str] | None]


class TooMuchError(PermanentError):
    """The server's database gave up on a request of this size; a smaller one may pass."""


class RefusedError(PermanentError):
    """The server does not take this body; another one may pass."""


class Wire:
    """A Langfuse server, one request at a time.

    Attributes:
        name: What error messages call the server; never more than its host.
    """

    def __init__(self, api: AsyncLangfuseAPI, base_url: str, *, timeout_s: float) -> None:
        self.name = f"Langfuse at {host_of(base_url)}"
        self._transport = api._client_wrapper.httpx_client  # noqa: SLF001 - the only way around the models
        self._timeout_s = timeout_s

    async def get(self, path: str, query: Query | None = None) -> dict[str, object]:
        """Return the object that the server answers with."""
        return self._object(await self._request("GET", path, query=query))

    async def post(self, path: str, body: object) -> dict[str, object]:
        """Send *body* as JSON and return the object that the server answers with."""
        return self._object(await self._request("POST", path, body=body))

    async def _request(
        self, method: str, path: str, *, query: Query | None = None, body: object = None
    ) -> httpx.Response:
        # The chain of causes is cut: an error of httpx carries the request, and with it the keys.
        try:
            async with asyncio.timeout(self._timeout_s):  # httpx limits each read; a slow drip has no end
                return await self._transport.request(
                    path, method=method, params=dict(query or {}), json=body, request_options=NO_RETRIES
                )
        except (TimeoutError, httpx.TimeoutException):
            raise TransientError(f"{self.name} did not answer in time") from None
        except httpx.HTTPError as error:
            raise TransientError(f"{self.name} cannot be reached ({type(error).__name__})") from None

    def _object(self, response: httpx.Response) -> dict[str, object]:
        if not response.is_success:
            raise _explain(self.name, response.status_code, response.headers)
        try:
            with without_collection():
                value = decode(response.content)
        except NotJsonError:
            raise _not_json(self.name, response.headers) from None
        if not isinstance(value, dict):
            raise strange(self.name)
        return value


def strange(name: str) -> PermanentError:
    """Return the error for an answer that no version of Langfuse gives."""
    return PermanentError(f"{name} answered in a form that Goodput does not know")


def host_of(base_url: str) -> str:
    """Return host and port of *base_url*.

    >>> host_of("https://traces.example:3000/langfuse")
    'traces.example:3000'

    Raises:
        ConfigError: If it is not the address of a web server, or has a password in it: addresses are shown.
    """
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo:
        raise ConfigError(f"{ADDRESS} must be an address such as https://cloud.langfuse.com")
    return url.netloc.decode()


def _explain(name: str, status: int, headers: Mapping[str, str]) -> GoodputError:
    if status == HTTPStatus.UNAUTHORIZED:
        return PermanentError(f"{name} does not know our keys (401): set {KEYS}")
    if status == HTTPStatus.FORBIDDEN:
        return PermanentError(f"{name} denies access (403): {KEYS} must be of a project, and not suspended")
    if status == HTTPStatus.NOT_FOUND:
        return PermanentError(f"{name} answered 404: is {ADDRESS} right, and the server 4.0 or newer?")
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        return TooMuchError(f"{name} could not compute the answer (422), even for a short time")
    error = error_for_status(status, name, retry_after_s=retry_after_s(headers)) or strange(name)
    return RefusedError(str(error)) if status in BODY_REFUSED else error


def _not_json(name: str, headers: Mapping[str, str]) -> GoodputError:
    if "html" in headers.get("content-type", ""):
        return PermanentError(f"{name} answered with a web page: is {ADDRESS} right?")
    return TransientError(f"{name} answered with broken JSON")


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return how long the server asks us to wait: its seconds, or its date less its own clock.

    >>> retry_after_s({"retry-after": "7"})
    7.0
    >>> noon = "Mon, 23 Nov 2026 12:00:00 GMT"
    >>> retry_after_s({"retry-after": "Mon, 23 Nov 2026 12:01:30 GMT", "date": noon})
    90.0
    """
    asked = headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit() and len(asked) < LONGEST_WAIT:
        return float(asked)
    try:
        wait = parsedate_to_datetime(asked) - parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError):
        return None
    return max(0.0, wait.total_seconds())

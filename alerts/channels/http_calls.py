"""Asking a service over HTTP: once, without following redirects, all within one time limit."""

import logging
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType, TracebackType
from typing import Any, Self

from pydantic import SecretStr

from alerts.channels.loading import LOADING
from alerts.channels.retry_after import retry_after_s
from domain.errors import GoodputError, PermanentError, TransientError, error_for_status

_MOST_BYTES = 1_000_000
_HINTS = MappingProxyType(
    {
        301: "set the address that it leads to",
        302: "set the address that it leads to",
        307: "set the address that it leads to",
        308: "set the address that it leads to",
    }
)
_asking: ContextVar[bool] = ContextVar("asking", default=False)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a service said, as a whole."""

    who: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def error(self, hints: Mapping[int, str]) -> GoodputError | None:
        """Return what a status other than 2xx means, with a hint what to mend; never the service's own words."""
        error = error_for_status(self.status, self.who, retry_after_s=retry_after_s(self.headers))
        hint = hints.get(self.status) or _HINTS.get(self.status)
        return PermanentError(f"{error}: {hint}") if isinstance(error, PermanentError) and hint else error


def basic(login: str) -> SecretStr:
    """Return the authorization of `user:password`."""
    return SecretStr(f"Basic {b64encode(login.encode()).decode()}")


def bearer(token: str) -> SecretStr:
    """Return the authorization of a token."""
    return SecretStr(f"Bearer {token}")


def ask(
    who: str,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] = MappingProxyType({}),
    authorization: SecretStr | None = None,
    content: bytes = b"",
    deadline_s: float,
) -> Answered:
    """Send one request and return the whole answer, whatever its status.

    Args:
        who: The service's name, for errors: addresses and headers may be secrets.
        content: JSON, if there is any.
        deadline_s: For everything together, however slowly the answer drips.

    Raises:
        TransientError: No whole answer came; the request may have arrived.
        PermanentError: The address or a header cannot be used at all.
    """
    with LOADING:  # a run without such a channel does not pay for it
        import httpx  # noqa: PLC0415

    said = {
        "Accept-Encoding": "identity",
        **({"Content-Type": "application/json"} if content else {}),
        **({"Authorization": authorization.get_secret_value()} if authorization else {}),
        **headers,
    }
    sent = {name.encode(): value.encode() for name, value in said.items()}
    with _unheard(), _Deadline(deadline_s) as deadline:
        try:
            with (
                httpx.Client(timeout=deadline_s, follow_redirects=False) as client,
                client.stream(
                    method, url, headers=sent, content=content, extensions={"trace": deadline.watch}
                ) as answer,
            ):
                return Answered(who, answer.status_code, answer.headers, _whole(who, answer.iter_raw()))
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError) as error:
            raise PermanentError(f"{who} cannot be asked: {type(error).__name__}") from None
        except (httpx.HTTPError, OSError) as error:
            late = deadline.is_over or isinstance(error, httpx.TimeoutException)
            words = f"nothing whole within {deadline_s:g} s" if late else type(error).__name__
            raise TransientError(f"{who} did not answer: {words}") from None


def _whole(who: str, chunks: Iterator[bytes]) -> bytes:
    found = bytearray()
    for chunk in chunks:
        found += chunk
        if len(found) > _MOST_BYTES:
            raise TransientError(f"{who} answered with more than anybody would read")
    return bytes(found)


class _Deadline:
    """Ends a connection when the time is up: the client limits each read, and not their sum."""

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._lines: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        for line in self._lines:
            line.close()

    def watch(self, event: str, info: Mapping[str, Any]) -> None:
        """Take a handle of our own to a new connection: it stays good when TLS takes the client's over."""
        if event == "connection.connect_tcp.complete":
            self._lines.append(info["return_value"].get_extra_info("socket").dup())
            if self.is_over:
                self._cut()

    def _cut(self) -> None:
        self.is_over = True
        for line in self._lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)


@contextmanager
def _unheard() -> Iterator[None]:
    """Keep the client from logging our requests: it would write their addresses, which may be secrets."""
    logging.getLogger("httpx").addFilter(_heard)
    token = _asking.set(True)
    try:
        yield
    finally:
        _asking.reset(token)


def _heard(_: logging.LogRecord) -> bool:
    return not _asking.get()

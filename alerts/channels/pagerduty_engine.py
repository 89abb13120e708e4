"""The two client libraries for PagerDuty, each made to try once.

`pdpyras` is what Goodput comes with; its authors have replaced it by `pagerduty`, which is an extra. Both retry by the
same code, so one recipe turns it off; left alone, a 429 would be tried for ever.
"""

import logging
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from domain.errors import ConfigError

Engine = Literal["pdpyras", "pagerduty"]

_SILENT = logging.getLogger(f"{__name__}.client")
_SILENT.setLevel(logging.CRITICAL + 1)  # everything it would log is raised


@dataclass(frozen=True, slots=True)
class Client:
    """What differs between the two.

    Attributes:
        session: Returns a client for a routing key at an address, with all its retries still on.
        errors: What its calls raise.
    """

    session: Callable[[str, str], Any]
    errors: tuple[type[Exception], ...]

    def open(self, routing_key: str, base_url: str, timeout_s: float) -> Any:
        """Return a client that tries once, waits *timeout_s* for each read, and keeps silent."""
        session = self.session(routing_key, base_url)
        session.timeout = timeout_s
        session.log = _SILENT
        session.max_network_attempts = 0
        session.max_http_attempts = -1  # with 0 the client tries twice
        session.retry = dict.fromkeys((429, 500, 502, 503, 504), 1)  # 0 would mean: the client's own default
        return session


def client(engine: Engine) -> Client:
    """Load a library: only who uses it pays for it.

    Raises:
        ConfigError: It is not installed; says how to install it.
    """
    return _CLIENTS[engine]()


def _pdpyras() -> Client:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it announces at every import that it is no longer developed
        import pdpyras  # noqa: PLC0415

    def session(routing_key: str, base_url: str) -> Any:
        made = pdpyras.EventsAPISession(routing_key)
        made.url = base_url
        made.max_redirects = 0  # it would follow one, as a GET
        return made

    return Client(session, (pdpyras.PDClientError,))


def _pagerduty() -> Client:
    try:
        import httpx2  # noqa: PLC0415
        import pagerduty  # noqa: PLC0415
    except ImportError:
        raise ConfigError(
            "A channel has `engine: pagerduty`, which is not installed: pip install 'pagerduty>=7.2,<8' "
            "(the extra `pagerduty` of goodput), or leave the engine out."
        ) from None

    def session(routing_key: str, base_url: str) -> Any:
        if base_url.startswith("https://"):
            return pagerduty.EventsApiV2Client(routing_key, base_url=base_url)
        made = pagerduty.EventsApiV2Client(routing_key)
        made._url = base_url  # noqa: SLF001 - its setter takes https only, which nothing on loopback speaks
        return made

    return Client(session, (pagerduty.Error, httpx2.HTTPError))


_CLIENTS: Mapping[Engine, Callable[[], Client]] = {"pdpyras": _pdpyras, "pagerduty": _pagerduty}

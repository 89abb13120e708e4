"""A sign of life to an outside dead-man's switch, which raises the alarm when the signs stop."""

import logging

import httpx

from domain.errors import ConfigError, TransientError, error_for_status

logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log every address, and this one is a secret

_TIMEOUT_S = 10.0
_SCHEMES = ("http", "https")


class Heartbeat:
    """One address that is asked for at the end of every good run."""

    def __init__(self, client: httpx.AsyncClient, url: str | None) -> None:
        """Keep the address; None sends nothing.

        Raises:
            ConfigError: It is no web address.
        """
        if url is not None and not _is_address(url):
            raise ConfigError("GOODPUT_HEARTBEAT_URL is no web address, like https://hc-ping.com/...")
        self._client = client
        self._url = url

    async def beat(self) -> bool:
        """Ask for the address, and return whether there is one. Its words are nobody's business: it may be a secret.

        Raises:
            TransientError: It did not answer.
            PermanentError: It refused.
        """
        if self._url is None:
            return False
        try:
            answer = await self._client.get(self._url, timeout=_TIMEOUT_S)
        except httpx.HTTPError as error:
            raise TransientError(f"the heartbeat did not arrive: {type(error).__name__}") from None
        refusal = error_for_status(answer.status_code, "the heartbeat's address")
        if refusal is not None:
            raise refusal
        return True


def _is_address(url: str) -> bool:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    return parsed.scheme in _SCHEMES and bool(parsed.host)

"""Telling PagerDuty: who is on call is woken by a trigger, and left alone after a resolve."""

import logging
import warnings
from types import ModuleType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, SecretStr

from alerts.channels.channel import Channel
from alerts.channels.clean import clipped, one_line
from alerts.channels.pagerduty_event import dedup_key, event
from alerts.channels.retry_after import retry_after_s
from alerts.channels.secrets import ChannelSecrets, Variable
from domain.delivery import Delivery
from domain.errors import ConfigError, GoodputError, PermanentError, TransientError, error_for_status
from domain.message import MessageKind

_REGIONS = {"us": "https://events.pagerduty.com", "eu": "https://events.eu.pagerduty.com"}
_KEY_LENGTH = 32
_ACTIONS = {MessageKind.RESOLVED: "resolve", MessageKind.ACKNOWLEDGED: "acknowledge"}
_SILENT = logging.getLogger(f"{__name__}.client")
_SILENT.setLevel(logging.CRITICAL + 1)  # everything it would log is raised


class PagerDutyConfig(BaseModel):
    """Incidents on a PagerDuty service.

    Attributes:
        routing_key: The environment variable with the service's integration key.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["pagerduty"]
    region: Literal["us", "eu"] = "us"
    routing_key: Variable = "GOODPUT_PAGERDUTY_ROUTING_KEY"


def build(config: PagerDutyConfig, secrets: ChannelSecrets) -> Channel:
    """Return the channel that *config* describes."""
    routing_key = secrets.required(config.routing_key, config.kind)
    if len(routing_key.get_secret_value()) != _KEY_LENGTH:
        raise ConfigError(f"{config.routing_key} must have {_KEY_LENGTH} characters: an Events API v2 integration key.")
    return PagerDuty(routing_key, base_url=secrets.address("GOODPUT_PAGERDUTY_URL") or _REGIONS[config.region])


class PagerDuty:
    """Incidents by way of the Events API v2.

    One attempt per `send`: all retries of the client are off. Repeating an attempt is harmless, because
    PagerDuty adds a trigger to the incident that is open under the same key. The time limit holds for
    connecting and for each read; an answer that drips in can outlast it, so the caller sets the deadline.
    """

    def __init__(self, routing_key: SecretStr, *, base_url: str = _REGIONS["us"], timeout_s: float = 10.0) -> None:
        self._routing_key = routing_key
        self._base_url = base_url
        self._timeout_s = timeout_s
        self._client = _pdpyras()

    def send(self, delivery: Delivery) -> str:
        """Trigger, acknowledge or resolve, and return the key of the incident.

        Raises:
            TransientError: PagerDuty is busy or away, or its answer cannot be read.
            PermanentError: PagerDuty refuses the event or the key, or the message is a digest.
        """
        message = delivery.message
        if message.kind is MessageKind.DIGEST:
            raise PermanentError("PagerDuty takes no digests")
        action = _ACTIONS.get(message.kind, "trigger")
        with self._session() as session:
            try:
                return str(session.send_event(action, dedup_key=dedup_key(message), **event(message)))
            except self._client.PDClientError as error:
                raise self._explained(error) from None  # the client's words may carry the key

    def _session(self) -> Any:
        session = self._client.EventsAPISession(self._routing_key.get_secret_value())
        session.url = self._base_url.rstrip("/")
        session.timeout = self._timeout_s
        session.log = _SILENT
        session.max_redirects = 0
        session.max_network_attempts = 0
        session.max_http_attempts = -1  # with 0 the client tries twice
        session.retry = dict.fromkeys((429, 500, 502, 503, 504), 1)  # 0 would mean: the client's own default
        return session

    def _explained(self, error: Any) -> GoodputError:
        cause = error.__cause__ or error
        response = error.response if error.response is not None else getattr(cause, "response", None)
        if response is None:
            return TransientError(f"PagerDuty did not answer: {type(cause).__name__}")
        pause = retry_after_s(response.headers)
        refusal = error_for_status(response.status_code, "PagerDuty", retry_after_s=pause)
        if refusal is None:
            # Only its JSON proves that PagerDuty accepted, and not a proxy on the way. Asking again is free.
            return TransientError(f"PagerDuty answered {response.status_code} with an unreadable body")
        if isinstance(refusal, PermanentError):
            return PermanentError(f"{refusal}: {self._words(response)}")
        return refusal

    def _words(self, response: Any) -> str:
        try:
            body = response.json()
        except ValueError:
            return "no explanation"
        said = body if isinstance(body, dict) else {}
        errors = said.get("errors")
        reasons = [said.get("message", "no explanation"), *(errors if isinstance(errors, list) else [])]
        words = one_line("; ".join(str(reason) for reason in reasons))
        return clipped(words.replace(self._routing_key.get_secret_value(), "(key)"), 300)


def _pdpyras() -> ModuleType:
    """Import the client only where it is used, without its announcement that it is no longer developed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pdpyras  # noqa: PLC0415 - a run without PagerDuty does not pay for it
    return pdpyras  # type: ignore[no-any-return] # pdpyras has no type information

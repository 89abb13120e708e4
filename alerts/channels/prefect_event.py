"""Telling Prefect, so that its automations can act: pause a deployment, start a flow, call somebody.

An event is called as a message is: `goodput.incident.firing`, ..., `goodput.change`, `goodput.digest`. Its resource is
the incident (`goodput.incident.KEY`), its payload the form of `message_form.py`. An automation that acts on every page:

    trigger:
      type: event
      posture: Reactive
      expect: ["goodput.incident.firing"]
      match: {goodput.severity: page, goodput.is_over: "false"}
      threshold: 1
"""

from datetime import UTC
from json import loads
from types import MappingProxyType
from typing import Literal
from uuid import UUID, uuid5

from pydantic import SecretStr

from alerts.channels.channel import Channel, WrittenChannel
from alerts.channels.clean import clipped, is_link, one_line
from alerts.channels.harmless import harmless, harmless_line
from alerts.channels.headline import subject
from alerts.channels.http_calls import Answered, ask, basic, bearer
from alerts.channels.message_form import encoded, message_form
from alerts.channels.naming import event_name, short_key, subject_kind
from alerts.channels.secrets import ChannelSecrets, Variable
from domain.delivery import Delivery
from domain.errors import ConfigError, PermanentError, TransientError
from domain.message import Message

_WHO = "Prefect"
_TAKEN, _NOT_FOUND = 204, 404
_EVENTS = UUID("0c5a3a4e-5f0c-5b44-9d7e-6f1f3f0f4a11")
_ROOM_FOR_PAYLOAD = 64_000  # an event may have 1.5 MB, and is kept for days
_MOST_LABELS, _LONGEST = 30, 200
_HINTS = MappingProxyType(
    {
        401: "check PREFECT_API_AUTH_STRING or PREFECT_API_KEY",
        403: "check PREFECT_API_AUTH_STRING or PREFECT_API_KEY",
        404: "PREFECT_API_URL must lead to the API, like http://127.0.0.1:4200/api",
        405: "PREFECT_API_URL must lead to the API, like http://127.0.0.1:4200/api",
    }
)


class PrefectEventConfig(WrittenChannel):
    """Events at the Prefect server or in a workspace of Prefect Cloud.

    Attributes:
        url: The environment variable with the address of the API.
        auth_string: The environment variable with `user:password` of a server that asks for one; need not be set.
        api_key: The environment variable with the key of Prefect Cloud; need not be set.
    """

    keeps_changes = True

    kind: Literal["prefect_event"]
    url: Variable = "PREFECT_API_URL"
    auth_string: Variable = "PREFECT_API_AUTH_STRING"
    api_key: Variable = "PREFECT_API_KEY"


def build(config: PrefectEventConfig, secrets: ChannelSecrets) -> Channel:
    """Return the channel that *config* describes."""
    url = secrets.required(config.url, config.kind).get_secret_value()
    if not is_link(url):
        raise ConfigError(f"{config.url} must be a web address, like http://127.0.0.1:4200/api")
    auth_string, api_key = secrets.address(config.auth_string), secrets.address(config.api_key)
    if auth_string is not None:  # Prefect's own client prefers it, too
        return PrefectEvent(url, basic(auth_string))
    return PrefectEvent(url, bearer(api_key) if api_key is not None else None)


class PrefectEvent:
    """The events of one Prefect API.

    Repeating an attempt is harmless: the event's id is made from the delivery's, and Prefect stores an id once.
    """

    def __init__(self, url: str, authorization: SecretStr | None = None, *, timeout_s: float = 10.0) -> None:
        self._url = SecretStr(url.rstrip("/"))
        self._authorization = authorization
        self._timeout_s = timeout_s

    def send(self, delivery: Delivery) -> str:
        """Post one event and return its id.

        Raises:
            TransientError: Prefect is busy or away, or what answers is not Prefect.
            PermanentError: It refuses.
        """
        made = event(delivery)
        answered = self._ask("POST", "/events", encoded([made]))
        if (error := answered.error(_HINTS)) is not None:
            raise error
        if answered.status != _TAKEN:  # a proxy's sign-in page, for one
            raise TransientError(f"Prefect did not take the event: it answered {answered.status} instead of {_TAKEN}")
        return str(made["id"])

    def check(self) -> str:
        """Ask for the version, for which Prefect wants the same credentials as for an event.

        Raises:
            TransientError: Prefect is busy or away.
            PermanentError: It refuses the credentials, or there is no Prefect API at the address.
        """
        answered = self._ask("GET", "/admin/version")
        if answered.status == _NOT_FOUND:  # not every API has it
            answered = self._ask("GET", "/health")
        if (error := answered.error(_HINTS)) is not None:
            raise error
        return f"Prefect {_version(answered.body)}".rstrip()

    def _ask(self, method: str, path: str, body: bytes = b"") -> Answered:
        url = f"{self._url.get_secret_value()}{path}"
        return ask(_WHO, method, url, authorization=self._authorization, content=body, deadline_s=self._timeout_s)


def event(delivery: Delivery) -> dict[str, object]:
    """Return the event of a message; the same delivery gives the same id."""
    message = delivery.message
    return {
        "id": str(uuid5(_EVENTS, delivery.id)),
        "occurred": message.at.astimezone(UTC).isoformat(),
        "event": event_name(message),
        "resource": _resource(delivery),
        "related": [_application(message)],
        "payload": message_form(delivery, room=_ROOM_FOR_PAYLOAD, plain=harmless),
    }


def _resource(delivery: Delivery) -> dict[str, str]:
    """Return what an automation can match; the alert's own labels are under `goodput.label.NAME`."""
    message = delivery.message
    labels = {
        f"goodput.label.{harmless_line(name, _LONGEST)}": harmless_line(value, _LONGEST)
        for name, value in message.labels[:_MOST_LABELS]
    }
    return {
        **labels,
        "prefect.resource.id": f"{subject_kind(message)}.{short_key(message.key)}",
        "prefect.resource.name": harmless_line(subject(message), _LONGEST),
        "goodput.kind": message.kind,
        "goodput.severity": message.severity,
        "goodput.application": harmless_line(message.application, _LONGEST),
        "goodput.environment": harmless_line(message.environment, _LONGEST),
        "goodput.rule": harmless_line(message.rule, _LONGEST),
        "goodput.is_over": str(delivery.is_over).lower(),
    }


def _application(message: Message) -> dict[str, str]:
    name = harmless_line(message.application, _LONGEST)
    return {
        "prefect.resource.id": f"goodput.application.{short_key(message.application)}",
        "prefect.resource.role": "goodput-application",
        "prefect.resource.name": name,
    }


def _version(body: bytes) -> str:
    """Return the version that an answer gives; `/health` gives none."""
    try:
        said = loads(body)
    except ValueError:
        raise PermanentError(f"What answers is not Prefect: {_HINTS[_NOT_FOUND]}") from None
    return clipped(one_line(said), 40) if isinstance(said, str) else ""

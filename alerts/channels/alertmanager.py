"""Telling Prometheus Alertmanager: it groups, silences and routes what Goodput finds, as it does all other alerts.

Alertmanager takes an alert for over when its `endsAt` passes, so what goes on is said again each minute (`sustain`).
Reminders make it tell nobody: repeating is its own business (`repeat_interval`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from json import loads
from types import MappingProxyType
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from alerts.channels.alertmanager_alert import alert, labels_in, labels_of, ref_of
from alerts.channels.channel import Channel, WrittenChannel
from alerts.channels.clean import clipped, one_line
from alerts.channels.http_calls import Answered, ask, basic, bearer
from alerts.channels.message_form import encoded
from alerts.channels.secrets import ChannelSecrets, Variable
from domain.delivery import Delivery, GoingOn
from domain.duration import Duration
from domain.errors import PermanentError, TransientError
from domain.message import MessageKind

_WHO = "Alertmanager"
_CLOCKS_DIFFER = timedelta(seconds=60)
_HINTS = MappingProxyType(
    {
        401: "check the variable that the channel's login or token names",
        403: "check the variable that the channel's login or token names",
        404: "check url: it is what stands before /api/v2, with a route prefix if there is one",
        405: "check url: it is what stands before /api/v2, with a route prefix if there is one",
        410: "API v2 is needed, of Alertmanager 0.16 or later",
    }
)


class AlertmanagerConfig(WrittenChannel):
    """Alerts at an Alertmanager. Of a cluster each member is a channel of its own; it tells people once all the same.

    Attributes:
        url: What stands before `/api/v2`, such as `http://alertmanager:9093`; no secret, so none may be in it.
        ends_after: How long an alert stays open there unless it is said again. Missing data do not resolve an alert,
            and while Goodput runs it says each minute what goes on. But when Goodput itself is silent for longer than
            this, Alertmanager takes everything for resolved and says so, which nobody has found. Hence an hour and not
            the usual minutes: a restart, an upgrade or a database that is away must not end a page. Longer is safer,
            and leaves an alert open for as long whose end could not be told. Watch Goodput itself with its heartbeat.
        login: The environment variable with `user:password`, where it asks for basic authentication.
        token: The environment variable with a bearer token, where a proxy asks for one.
    """

    refuses = frozenset({MessageKind.DIGEST, MessageKind.CHANGE})

    kind: Literal["alertmanager"]
    url: str = Field(pattern=r"^https?://[^\s@?#]+$")
    ends_after: Duration = Field(default=timedelta(hours=1), ge=timedelta(minutes=5))
    login: Variable | None = None
    token: Variable | None = None

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if self.login and self.token:
            raise ValueError("login and token exclude each other")
        return self


def build(config: AlertmanagerConfig, secrets: ChannelSecrets) -> Channel:
    """Return the channel that *config* describes."""
    authorization = None
    if config.login is not None:
        login = secrets.required(config.login, config.kind).get_secret_value()
        authorization = basic(login)
    elif config.token is not None:
        authorization = bearer(secrets.required(config.token, config.kind).get_secret_value())
    return Alertmanager(config.url, authorization, ends_after=config.ends_after)


class Alertmanager:
    """The alerts of one Alertmanager. Repeating an attempt is harmless: an alert is who its labels say it is."""

    def __init__(
        self,
        url: str,
        authorization: SecretStr | None = None,
        *,
        ends_after: timedelta = timedelta(hours=1),
        timeout_s: float = 10.0,
    ) -> None:
        self._url = url.rstrip("/")
        self._authorization = authorization
        self._ends_after = ends_after
        self._timeout_s = timeout_s

    def send(self, delivery: Delivery) -> str:
        """Open, renew or end the alert of an incident, and return its labels.

        What is over ended at the slot that found so, and a minute ago at the latest: an end that still lies ahead by
        Alertmanager's clock is taken for one more renewal, of which the latest counts, and the alert stays open.

        Raises:
            TransientError: Alertmanager is busy or away, or what answers is not Alertmanager.
            PermanentError: It refuses, or the message is no alert.
        """
        message = delivery.message
        if message.kind in AlertmanagerConfig.refuses:
            raise PermanentError(f"Alertmanager takes alerts only: no {message.kind}")
        labels = labels_in(delivery.earlier_ref) or labels_of(message)
        is_over = message.kind is MessageKind.RESOLVED or delivery.is_over
        now = delivery.tried_at or message.at
        ends_at = min(message.at, now - _CLOCKS_DIFFER) if is_over else now + self._ends_after
        taken = message.sentence if message.kind is MessageKind.ACKNOWLEDGED else None
        self._post([alert(message, labels, ends_at, taken)])
        return ref_of(labels)

    def sustain(self, incidents: Sequence[GoingOn], now: datetime) -> None:
        """Renew the alerts of all incidents that it was told of, in one call.

        Raises:
            TransientError: As of `send`.
            PermanentError: As of `send`.
        """
        ends_at = now + self._ends_after
        alerts = [
            alert(one.message, labels, ends_at, one.acknowledged)
            for one in incidents
            if (labels := labels_in(one.ref)) is not None and one.message.kind is not MessageKind.RESOLVED
        ]
        if alerts:
            self._post(alerts)

    def check(self) -> str:
        """Ask for the version and the state of the cluster.

        Raises:
            TransientError: Alertmanager is busy or away.
            PermanentError: It refuses, or what answers is not Alertmanager.
        """
        answered = self._ask("GET", "/api/v2/status")
        if (error := answered.error(_HINTS)) is not None:
            raise error
        try:
            said = loads(answered.body)
            words = f"Alertmanager {said['versionInfo']['version']}, cluster {said['cluster']['status']}"
        except (ValueError, LookupError, TypeError):
            raise PermanentError(f"What answers is not Alertmanager: {_HINTS[404]}") from None
        return clipped(one_line(words), 100)

    def _post(self, alerts: list[dict[str, object]]) -> None:
        answered = self._ask("POST", "/api/v2/alerts", encoded(alerts))
        if (error := answered.error(_HINTS)) is not None:
            raise error
        if answered.body.strip():  # it says nothing when it accepts; a proxy's sign-in page does
            raise TransientError("Alertmanager answered with words where it has none: is it a proxy?")

    def _ask(self, method: str, path: str, body: bytes = b"") -> Answered:
        url = f"{self._url}{path}"
        return ask(_WHO, method, url, authorization=self._authorization, content=body, deadline_s=self._timeout_s)

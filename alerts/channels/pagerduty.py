"""Telling PagerDuty: who is on call is woken by a trigger, and left alone after a resolve."""

from typing import Literal

from pydantic import SecretStr

from alerts.channels.channel import Channel, WrittenChannel
from alerts.channels.clean import is_link
from alerts.channels.pagerduty_calls import PagerDutyCalls
from alerts.channels.pagerduty_engine import Engine, client
from alerts.channels.pagerduty_event import dedup_key, event
from alerts.channels.secrets import ChannelSecrets, Variable
from domain.delivery import Delivery
from domain.errors import ConfigError, PermanentError
from domain.message import MessageKind

_REGIONS = {"us": "https://events.pagerduty.com", "eu": "https://events.eu.pagerduty.com"}
_ADDRESS = "GOODPUT_PAGERDUTY_URL"
_KEY_LENGTH = 32
_RULESET = "R"
_ACTIONS = {MessageKind.RESOLVED: "resolve", MessageKind.ACKNOWLEDGED: "acknowledge"}
_NO_INCIDENT = "goodput:check:there-is-no-such-incident"


class PagerDutyConfig(WrittenChannel):
    """Incidents on a PagerDuty service.

    Attributes:
        engine: The library that talks to PagerDuty: `pdpyras`, or its successor `pagerduty`, which is an extra.
        routing_key: The environment variable with the service's integration key.
    """

    refuses = frozenset({MessageKind.DIGEST})
    keeps_changes = True

    kind: Literal["pagerduty"]
    region: Literal["us", "eu"] = "us"
    engine: Engine = "pdpyras"
    routing_key: Variable = "GOODPUT_PAGERDUTY_ROUTING_KEY"


def build(config: PagerDutyConfig, secrets: ChannelSecrets) -> Channel:
    """Return the channel that *config* describes."""
    routing_key = secrets.required(config.routing_key, config.kind)
    if len(routing_key.get_secret_value()) != _KEY_LENGTH:
        raise ConfigError(f"{config.routing_key} must have {_KEY_LENGTH} characters: an Events API v2 integration key.")
    base_url = secrets.address(_ADDRESS) or _REGIONS[config.region]
    if not is_link(base_url):
        raise ConfigError(f"{_ADDRESS} must be a web address, like {_REGIONS['us']}")
    return PagerDuty(routing_key, base_url=base_url, engine=config.engine)


class PagerDuty:
    """Incidents and changes by way of the Events API v2.

    One attempt per `send`. Repeating an attempt is harmless, because PagerDuty adds a trigger to the incident that is
    open under the same key, as it does with reminders. Change events have no key: one whose answer is lost stands
    there twice, and calls nobody.
    """

    def __init__(
        self,
        routing_key: SecretStr,
        *,
        base_url: str = _REGIONS["us"],
        timeout_s: float = 10.0,
        engine: Engine = "pdpyras",
    ) -> None:
        self._calls = PagerDutyCalls(client(engine), routing_key, base_url, timeout_s)
        self._takes_changes = not routing_key.get_secret_value().startswith(_RULESET)

    def send(self, delivery: Delivery) -> str | None:
        """Trigger, acknowledge or resolve, and return the key of the incident; a change has none.

        Changes are left out where the key is one of a ruleset (`R...`): PagerDuty takes them for services only.

        A trigger of an incident that is over is not sent: nobody is woken for it. The resolve behind it is, for an
        earlier attempt may have arrived; PagerDuty drops a resolve of what is not open.

        Raises:
            TransientError: PagerDuty is busy or away, or its answer cannot be read.
            PermanentError: PagerDuty refuses the event or the key, or the message is a digest.
        """
        message = delivery.message
        if message.kind in PagerDutyConfig.refuses:
            raise PermanentError("PagerDuty takes no digests")
        if message.kind is MessageKind.CHANGE:
            if self._takes_changes:
                self._calls.change(event(message))
            return None
        key, action = dedup_key(message), _ACTIONS.get(message.kind, "trigger")
        if action != "trigger" or not delivery.is_over:
            self._calls.event(action, key, event(message))
        return key

    def check(self) -> str:
        """Resolve an incident that never was, and return what PagerDuty says of it.

        The Events API has no question to ask. This event it drops, and nobody is told; a wrong key it refuses all
        the same. It says nothing of who is on call.

        Raises:
            TransientError: PagerDuty is busy or away, or its answer cannot be read.
            PermanentError: PagerDuty refuses the key.
        """
        return self._calls.event("resolve", _NO_INCIDENT, {})

"""Telling any program over HTTP, signed as Standard Webhooks 1.0.0 says (https://www.standardwebhooks.com).

The body is `{type, timestamp, data}`: the type is `goodput.incident.firing` and the like, `goodput.change` or
`goodput.digest`, the timestamp the slot that decided, and data as `message_form.py` describes it.
"""

from datetime import UTC
from types import MappingProxyType
from typing import Literal

from pydantic import SecretStr

from alerts.channels.channel import Channel, WrittenChannel
from alerts.channels.clean import is_link
from alerts.channels.http_calls import Answered, ask
from alerts.channels.message_form import encoded, message_form
from alerts.channels.naming import event_name
from alerts.channels.secrets import ChannelSecrets, Variable
from alerts.channels.webhook_signature import signatures, signing_keys
from domain.delivery import Delivery
from domain.errors import ConfigError

_WHO = "The webhook"
_ROOM_FOR_DATA = 19_800  # the body stays below the 20 kB that receivers expect at most
_HINTS = MappingProxyType(
    {
        401: "does it know the signing secret?",
        403: "does it know the signing secret?",
        404: "is the address right?",
        410: "it wants no more messages; remove the channel, or give it another address",
    }
)


class WebhookConfig(WrittenChannel):
    """Signed messages to an address of your own.

    Attributes:
        url: The environment variable with the address, which may carry a token.
        secret: The environment variable with the signing secret: `whsec_` and the base64 of 24 to 64 random bytes.
            Several, with blanks between them, sign each: so a receiver can go over from one to the next.
    """

    keeps_changes = True

    kind: Literal["webhook"]
    url: Variable = "GOODPUT_WEBHOOK_URL"
    secret: Variable = "GOODPUT_WEBHOOK_SECRET"  # noqa: S105 - the name of the place


def build(config: WebhookConfig, secrets: ChannelSecrets) -> Channel:
    """Return the channel that *config* describes."""
    url = secrets.required(config.url, config.kind)
    secret = secrets.required(config.secret, config.kind)
    if not is_link(url.get_secret_value()):
        raise ConfigError(f"{config.url} must be a web address, like https://receiver.example/goodput")
    try:
        signing_keys(secret)
    except ValueError as error:
        raise ConfigError(f"{config.secret} must be of the right form: {error}.") from None
    return Webhook(url, secret)


class Webhook:
    """One receiver of signed messages.

    Repeating an attempt is harmless to a receiver that keeps to the standard: `webhook-id` is the delivery's, on
    every attempt. Any status of 2xx is success, whatever the body.
    """

    def __init__(self, url: SecretStr, secret: SecretStr, *, timeout_s: float = 20.0) -> None:
        self._url = url
        self._secret = secret
        self._timeout_s = timeout_s

    def send(self, delivery: Delivery) -> None:
        """Post; a webhook does not say where the message is.

        Raises:
            TransientError: The receiver is busy or away; the message may have arrived.
            PermanentError: It refuses, or leads elsewhere.
        """
        body = encoded(
            {
                "type": event_name(delivery.message),
                "timestamp": delivery.message.at.astimezone(UTC).isoformat(),
                "data": message_form(delivery, room=_ROOM_FOR_DATA),
            }
        )
        timestamp = int((delivery.tried_at or delivery.message.at).timestamp())
        keys = signing_keys(self._secret)
        headers = {
            "webhook-id": delivery.id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signatures(keys, delivery.id, timestamp, body),
        }
        error = self._ask("POST", headers, body).error(_HINTS)
        if error is not None:
            raise error

    def check(self) -> str:
        """Say whether the receiver can be reached: the standard has no call that asks whether it would accept.

        Raises:
            TransientError: Nobody answers at the address.
        """
        status = self._ask("OPTIONS", {}).status
        return f"somebody answers ({status} to OPTIONS); only a message can tell whether it is taken"

    def _ask(self, method: str, headers: dict[str, str], body: bytes = b"") -> Answered:
        return ask(
            _WHO, method, self._url.get_secret_value(), headers=headers, content=body, deadline_s=self._timeout_s
        )

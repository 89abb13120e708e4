"""Telling Slack by an incoming webhook: the degraded mode, for who cannot install an app.

A webhook answers `ok` and nothing else. So a resolved alert is a new message and never a changed one, and
an attempt whose answer was lost is repeated without knowing whether it arrived: a message may come twice. Nor has it
buttons: nobody would hear them.
"""

import logging
from http import HTTPStatus
from http.client import HTTPException
from typing import Literal

from pydantic import SecretStr

from alerts.channels.channel import Channel, WrittenChannel
from alerts.channels.clean import is_link
from alerts.channels.loading import LOADING
from alerts.channels.secrets import ChannelSecrets, Variable
from alerts.channels.slack_answers import SlackRefusal, in_first_layout, slack_error
from alerts.channels.slack_blocks import layouts, text
from domain.delivery import Delivery
from domain.errors import ConfigError, TransientError

_ALIVE = frozenset({"no_text", "invalid_payload", "missing_text_or_fallback_or_attachments"})
_SILENT = logging.getLogger(f"{__name__}.client")
_SILENT.setLevel(logging.CRITICAL + 1)  # everything it would log is raised, and it would log the address


class SlackWebhookConfig(WrittenChannel):
    """Messages by an incoming webhook.

    Attributes:
        url: The environment variable with its address, which is a secret.
    """

    kind: Literal["slack_webhook"]
    url: Variable = "GOODPUT_SLACK_WEBHOOK_URL"


def build(config: SlackWebhookConfig, secrets: ChannelSecrets) -> Channel:
    """Return the channel that *config* describes."""
    url = secrets.required(config.url, config.kind)
    if not is_link(url.get_secret_value()):
        raise ConfigError(f"{config.url} must be a web address, like https://hooks.slack.com/services/...")
    return SlackWebhook(url, variable=config.url)


class SlackWebhook:
    """An incoming webhook; it only posts. The time limit holds for each read, as in `SlackCalls`."""

    def __init__(self, url: SecretStr, *, variable: str = "GOODPUT_SLACK_WEBHOOK_URL", timeout_s: int = 10) -> None:
        self._url = url
        self._variable = variable
        self._timeout_s = timeout_s

    def send(self, delivery: Delivery) -> None:
        """Post; a webhook does not say where the message is.

        Raises:
            TransientError: Slack is busy or away, or its answer is not `ok`; the message may have arrived.
            PermanentError: Slack refuses the webhook or the message.
        """
        body: dict[str, object] = {
            "text": text(delivery.message),
            "unfurl_links": False,
            "unfurl_media": False,
        }
        in_first_layout(layouts(delivery.message), lambda looks: self._post({**body, **looks}))

    def check(self) -> str:
        """Post a text without a character, which nobody sees: a webhook that lives complains that there is none.

        Whether its channel is archived shows only when something is posted.

        Raises:
            TransientError: Slack cannot be asked now.
            PermanentError: The webhook is gone.
        """
        try:
            self._post({"text": ""})  # the client would write an empty object as `null`
        except SlackRefusal as refusal:
            if refusal.code not in _ALIVE:
                raise
        return "an incoming webhook, which only posts"

    def _post(self, body: dict[str, object]) -> None:
        with LOADING:  # a run without Slack does not pay for it
            from slack_sdk.errors import SlackClientError  # noqa: PLC0415
            from slack_sdk.webhook import WebhookClient  # noqa: PLC0415

        url = self._url.get_secret_value()
        client = WebhookClient(url, timeout=self._timeout_s, retry_handlers=[], logger=_SILENT)
        try:
            answer = client.send_dict(body)
        except (SlackClientError, HTTPException, OSError, ValueError) as error:
            # Without its own words, which may carry the address.
            raise TransientError(f"Slack's webhook did not answer: {type(error).__name__}") from None
        said = answer.body.strip()
        if (answer.status_code, said) != (HTTPStatus.OK, "ok"):
            raise slack_error("the webhook", answer.status_code, answer.headers, said, variable=self._variable)

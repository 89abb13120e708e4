"""The ways to tell a person.

To add one: a file here with a config, a class that fits `Channel` and a `build`, and a line in
`ChannelConfig` and in `CHANNELS`.
"""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field

from alerts.channels import alertmanager, console, pagerduty, prefect_event, slack, slack_webhook, webhook
from alerts.channels.alertmanager import AlertmanagerConfig
from alerts.channels.channel import Channel, Sustained
from alerts.channels.console import ConsoleConfig
from alerts.channels.pagerduty import PagerDutyConfig
from alerts.channels.prefect_event import PrefectEventConfig
from alerts.channels.secrets import ChannelSecrets
from alerts.channels.slack import SlackConfig
from alerts.channels.slack_webhook import SlackWebhookConfig
from alerts.channels.webhook import WebhookConfig

__all__ = ["CHANNELS", "Channel", "ChannelConfig", "ChannelSecrets", "Sustained", "build_channel"]

ChannelConfig = Annotated[
    ConsoleConfig
    | PagerDutyConfig
    | SlackConfig
    | SlackWebhookConfig
    | AlertmanagerConfig
    | PrefectEventConfig
    | WebhookConfig,
    Field(discriminator="kind"),
]
"""What an operator writes about a channel."""

CHANNELS: dict[str, Callable[[Any, ChannelSecrets], Channel]] = {  # each takes the config of its own kind
    "console": console.build,
    "pagerduty": pagerduty.build,
    "slack": slack.build,
    "slack_webhook": slack_webhook.build,
    "alertmanager": alertmanager.build,
    "prefect_event": prefect_event.build,
    "webhook": webhook.build,
}


def build_channel(config: ChannelConfig, secrets: ChannelSecrets) -> Channel:
    """Return the channel that *config* describes, or say which secret is missing."""
    return CHANNELS[config.kind](config, secrets)

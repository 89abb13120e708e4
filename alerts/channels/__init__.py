"""The ways to tell a person.

To add one: a file here with a config, a class that fits `Channel` and a `build`, and a line in
`ChannelConfig` and in `CHANNELS`.
"""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field

from alerts.channels import console, pagerduty, slack, slack_webhook
from alerts.channels.channel import Channel
from alerts.channels.console import ConsoleConfig
from alerts.channels.pagerduty import PagerDutyConfig
from alerts.channels.secrets import ChannelSecrets
from alerts.channels.slack import SlackConfig
from alerts.channels.slack_webhook import SlackWebhookConfig

__all__ = ["CHANNELS", "Channel", "ChannelConfig", "ChannelSecrets", "build_channel"]

ChannelConfig = Annotated[
    ConsoleConfig | PagerDutyConfig | SlackConfig | SlackWebhookConfig, Field(discriminator="kind")
]
"""What an operator writes about a channel."""

CHANNELS: dict[str, Callable[[Any, ChannelSecrets], Channel]] = {  # each takes the config of its own kind
    "console": console.build,
    "pagerduty": pagerduty.build,
    "slack": slack.build,
    "slack_webhook": slack_webhook.build,
}


def build_channel(config: ChannelConfig, secrets: ChannelSecrets) -> Channel:
    """Return the channel that *config* describes, or say which secret is missing."""
    return CHANNELS[config.kind](config, secrets)

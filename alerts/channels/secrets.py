"""What channels must know and no file may contain."""

from dataclasses import dataclass

from pydantic import SecretStr

from domain.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSecrets:
    """Secrets from the environment; None for what is not set.

    Attributes:
        pagerduty_url: Where PagerDuty is, if not where its region says.
        slack_url: Where Slack's Web API is, if not at slack.com.
    """

    pagerduty_routing_key: SecretStr | None = None
    slack_token: SecretStr | None = None
    slack_webhook_url: SecretStr | None = None
    pagerduty_url: str | None = None
    slack_url: str | None = None


def required(secret: SecretStr | None, variable: str, kind: str) -> SecretStr:
    """Return *secret* without blanks around it, or say which environment *variable* a channel of this *kind* needs."""
    value = secret.get_secret_value().strip() if secret is not None else ""
    if not value:
        raise ConfigError(f"A {kind} channel is configured: set {variable} in the environment.")
    return SecretStr(value)

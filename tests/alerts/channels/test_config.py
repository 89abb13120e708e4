"""What an operator writes about channels, and what happens when something is missing."""

import pytest
from pydantic import TypeAdapter, ValidationError

from alerts.channels import CHANNELS, ChannelConfig, ChannelSecrets, Sustained, build_channel
from domain.errors import ConfigError
from tests.alerts.channels.messages import TITLE, delivery
from tests.stand_ins.pagerduty import ROUTING_KEY
from tests.stand_ins.slack import CHANNEL, TOKEN
from tests.stand_ins.webhook_receiver import SECRET

configs = TypeAdapter(ChannelConfig)
ALL = [
    {"kind": "console"},
    {"kind": "pagerduty"},
    {"kind": "slack", "channel": CHANNEL},
    {"kind": "slack_webhook"},
    {"kind": "alertmanager", "url": "http://alertmanager.example:9093"},
    {"kind": "prefect_event"},
    {"kind": "webhook"},
]


def these(**variables: str) -> ChannelSecrets:
    return ChannelSecrets(variables.get)


def test_every_kind_can_be_configured_and_built() -> None:
    secrets = these(
        GOODPUT_PAGERDUTY_ROUTING_KEY=ROUTING_KEY,
        GOODPUT_SLACK_TOKEN=TOKEN,
        GOODPUT_SLACK_WEBHOOK_URL="https://hooks.slack.example/services/x",
        GOODPUT_WEBHOOK_URL="https://receiver.example/goodput",
        GOODPUT_WEBHOOK_SECRET=SECRET,
        PREFECT_API_URL="http://prefect.example/api",
    )
    built = [build_channel(configs.validate_python(written), secrets) for written in ALL]

    assert list(CHANNELS) == [written["kind"] for written in ALL]
    assert ["Console", "PagerDuty", "Slack", "SlackWebhook", "Alertmanager", "PrefectEvent", "Webhook"] == [
        type(channel).__name__ for channel in built
    ]
    assert ["Alertmanager"] == [type(channel).__name__ for channel in built if isinstance(channel, Sustained)]


@pytest.mark.parametrize(
    ("written", "variable"),
    [
        pytest.param(ALL[1], "GOODPUT_PAGERDUTY_ROUTING_KEY", id="pagerduty"),
        pytest.param(ALL[2], "GOODPUT_SLACK_TOKEN", id="slack"),
        pytest.param(ALL[3], "GOODPUT_SLACK_WEBHOOK_URL", id="slack webhook"),
        pytest.param(ALL[5], "PREFECT_API_URL", id="prefect event"),
        pytest.param(ALL[6], "GOODPUT_WEBHOOK_URL", id="webhook"),
    ],
)
@pytest.mark.parametrize("secret", [None, " "], ids=["not set", "blank"])
def test_a_missing_secret_is_named(written, variable, secret) -> None:
    with pytest.raises(ConfigError, match=variable):
        build_channel(configs.validate_python(written), ChannelSecrets(lambda _: secret))


def test_two_channels_of_a_kind_have_secrets_of_their_own(on_call) -> None:
    secrets = these(
        SEARCH_TEAM_KEY=ROUTING_KEY, GOODPUT_PAGERDUTY_ROUTING_KEY="x" * 32, GOODPUT_PAGERDUTY_URL=on_call.url
    )
    build_channel(configs.validate_python({**ALL[1], "routing_key": "SEARCH_TEAM_KEY"}), secrets).send(delivery())

    assert 1 == len(on_call.incidents)


@pytest.mark.parametrize(
    ("written", "secrets"),
    [
        pytest.param(ALL[1], these(GOODPUT_PAGERDUTY_ROUTING_KEY="very-secret"), id="short key"),
        pytest.param(ALL[3], these(GOODPUT_SLACK_WEBHOOK_URL="ftp://very-secret"), id="no web address"),
    ],
)
def test_a_secret_of_the_wrong_form_is_refused_and_not_repeated(written, secrets) -> None:
    with pytest.raises(ConfigError, match=r"must (be|have)") as caught:
        build_channel(configs.validate_python(written), secrets)

    assert "very-secret" not in f"{caught.value!r} {secrets!r}"


@pytest.mark.parametrize(
    "written",
    [
        pytest.param({"kind": "carrier pigeon"}, id="unknown kind"),
        pytest.param({"kind": "slack"}, id="no channel"),
        pytest.param({"kind": "slack", "channel": "#alerts"}, id="a name, not an id"),
        pytest.param({"kind": "slack", "channel": CHANNEL, "token": TOKEN}, id="a secret in the file"),
        pytest.param({"kind": "pagerduty", "region": "moon"}, id="unknown region"),
        pytest.param({"kind": "pagerduty", "engine": "steam"}, id="unknown engine"),
        pytest.param({"kind": "webhook", "secret": SECRET}, id="another secret in the file"),
        pytest.param({"kind": "alertmanager"}, id="no address"),
    ],
)
def test_a_wrong_config_is_refused(written) -> None:
    with pytest.raises(ValidationError):
        configs.validate_python(written)


def test_addresses_can_be_overridden(workspace, on_call) -> None:
    secrets = these(
        GOODPUT_PAGERDUTY_ROUTING_KEY=ROUTING_KEY,
        GOODPUT_SLACK_TOKEN=TOKEN,
        GOODPUT_PAGERDUTY_URL=on_call.url,
        GOODPUT_SLACK_URL=workspace.url,
    )
    for written in ALL[1:3]:
        build_channel(configs.validate_python(written), secrets).send(delivery())

    assert TITLE in workspace.messages[0].text
    assert 1 == len(on_call.incidents)


def test_a_check_of_the_console_says_what_it_does() -> None:
    assert "prints to standard output" == build_channel(configs.validate_python(ALL[0]), these()).check()

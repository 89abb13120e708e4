"""Every channel on its own stand-in, behind the same few words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import StringIO

import pytest
from pydantic import SecretStr

from alerts.channels import Channel
from alerts.channels.console import Console
from alerts.channels.pagerduty import PagerDuty
from alerts.channels.slack import Slack
from alerts.channels.slack_webhook import SlackWebhook
from tests.stand_ins.pagerduty import ROUTING_KEY, PagerDutyStandIn, pagerduty
from tests.stand_ins.server import Fault, StandIn
from tests.stand_ins.slack import CHANNEL, TOKEN, SlackStandIn, slack

PATIENT_S, HASTY_S = 10, 1


@pytest.fixture(autouse=True)
def _no_proxy_on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@dataclass(frozen=True)
class Receiver:
    """A channel, the server it talks to, and what people there have read."""

    channel_with: Callable[[int], Channel]
    server: StandIn | None
    read: Callable[[], list[str]]
    secret: str = "no secret"

    @property
    def channel(self) -> Channel:
        return self.channel_with(PATIENT_S)


@pytest.fixture
def workspace() -> Iterator[SlackStandIn]:
    with slack() as running:
        yield running


@pytest.fixture
def on_call() -> Iterator[PagerDutyStandIn]:
    with pagerduty() as running:
        yield running


def slack_at(workspace: SlackStandIn, timeout_s: int = PATIENT_S, **more: object) -> Slack:
    return Slack(SecretStr(TOKEN), CHANNEL, base_url=workspace.url, timeout_s=timeout_s, **more)


def webhook_at(workspace: SlackStandIn, timeout_s: int = PATIENT_S) -> SlackWebhook:
    return SlackWebhook(SecretStr(workspace.webhook_url), timeout_s=timeout_s)


def pagerduty_at(on_call: PagerDutyStandIn, timeout_s: int = PATIENT_S) -> PagerDuty:
    return PagerDuty(SecretStr(ROUTING_KEY), base_url=on_call.url, timeout_s=timeout_s)


def patience_s(fault: Fault) -> int:
    """Wait for everything but what never comes, so that a busy machine fails no test."""
    return HASTY_S if fault.kind == "hang" else PATIENT_S


@pytest.fixture
def console_receiver() -> Receiver:
    stream = StringIO()
    return Receiver(lambda _: Console(stream), None, lambda: [stream.getvalue()] if stream.getvalue() else [])


@pytest.fixture
def pagerduty_receiver(on_call: PagerDutyStandIn) -> Receiver:
    def read() -> list[str]:
        return [incident.summary for known in on_call.incidents.values() for incident in known]

    return Receiver(partial(pagerduty_at, on_call), on_call.server, read, ROUTING_KEY)


@pytest.fixture
def slack_receiver(workspace: SlackStandIn) -> Receiver:
    return Receiver(partial(slack_at, workspace), workspace.server, lambda: _texts(workspace), TOKEN)


@pytest.fixture
def webhook_receiver(workspace: SlackStandIn) -> Receiver:
    return Receiver(partial(webhook_at, workspace), workspace.server, lambda: _texts(workspace), workspace.webhook_url)


@pytest.fixture(params=["console", "pagerduty", "slack", "webhook"])
def receiver(request: pytest.FixtureRequest) -> Receiver:
    return request.getfixturevalue(f"{request.param}_receiver")


@pytest.fixture(params=["pagerduty", "slack", "webhook"])
def remote(request: pytest.FixtureRequest) -> Receiver:
    return request.getfixturevalue(f"{request.param}_receiver")


def _texts(workspace: SlackStandIn) -> list[str]:
    return [message.text for message in workspace.messages]

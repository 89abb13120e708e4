"""Every channel on its own stand-in, behind the same few words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from alerts.channels import Channel
from alerts.channels.alertmanager import Alertmanager
from alerts.channels.console import Console
from alerts.channels.pagerduty import PagerDuty
from alerts.channels.pagerduty_engine import Engine
from alerts.channels.prefect_event import PrefectEvent
from alerts.channels.slack import Slack
from alerts.channels.slack_webhook import SlackWebhook
from alerts.channels.webhook import Webhook
from tests.stand_ins import alertmanager as alertmanagers
from tests.stand_ins.pagerduty import ROUTING_KEY, PagerDutyStandIn, pagerduty
from tests.stand_ins.prefect_api import BASIC, PrefectApiStandIn, prefect_events
from tests.stand_ins.server import Fault, StandIn
from tests.stand_ins.slack import CHANNEL, TOKEN, SlackStandIn, slack
from tests.stand_ins.slack_socket import SocketStandIn, slack_socket
from tests.stand_ins.webhook_receiver import PATH, SECRET, WebhookReceiver
from tests.stand_ins.webhook_receiver import webhook_receiver as receiving

if TYPE_CHECKING:
    from tests.alerts.channels.slack_ear import Ear

PATIENT_S, HASTY_S = 10, 1
PAGERDUTY = (pytest.param("pdpyras", id="pagerduty (pdpyras)"), pytest.param("pagerduty", id="pagerduty (pagerduty)"))


@pytest.fixture(autouse=True)
def _no_proxy_on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@dataclass(frozen=True)
class Receiver:
    """A channel, the server it talks to, and what people there have read.

    Attributes:
        believes: Whether an odd answer of status 200 is success all the same.
    """

    channel_with: Callable[[int], Channel]
    server: StandIn | None
    read: Callable[[], list[str]]
    secret: str = "no secret"
    believes: Callable[[Fault], bool] = lambda _: False

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


@pytest.fixture
def alertmanager() -> Iterator[alertmanagers.AlertmanagerStandIn]:
    with alertmanagers.alertmanager() as running:
        yield running


@pytest.fixture
def program() -> Iterator[WebhookReceiver]:
    with receiving() as running:
        yield running


@pytest.fixture
def prefect() -> Iterator[PrefectApiStandIn]:
    with prefect_events() as running:
        yield running


def alertmanager_at(
    running: alertmanagers.AlertmanagerStandIn, timeout_s: int = PATIENT_S, **more: object
) -> Alertmanager:
    return Alertmanager(running.url, SecretStr(f"Bearer {alertmanagers.TOKEN}"), timeout_s=timeout_s, **more)


def program_at(program: WebhookReceiver, timeout_s: int = PATIENT_S, secret: str = SECRET) -> Webhook:
    return Webhook(SecretStr(program.url), SecretStr(secret), timeout_s=timeout_s)


def prefect_at(prefect: PrefectApiStandIn, timeout_s: int = PATIENT_S) -> PrefectEvent:
    return PrefectEvent(prefect.url, SecretStr(BASIC), timeout_s=timeout_s)


@pytest.fixture
def slack_line() -> Iterator[SocketStandIn]:
    with slack_socket() as running:
        yield running


@pytest.fixture
def ear(tmp_path: Path, workspace: SlackStandIn, slack_line: SocketStandIn) -> Iterator["Ear"]:
    from tests.alerts.channels.slack_ear import listening  # most tests here need no store

    with listening(tmp_path, workspace, slack_line) as running:
        yield running


def slack_at(workspace: SlackStandIn, timeout_s: int = PATIENT_S, **more: object) -> Slack:
    return Slack(SecretStr(TOKEN), CHANNEL, base_url=workspace.url, timeout_s=timeout_s, **more)


def webhook_at(workspace: SlackStandIn, timeout_s: int = PATIENT_S) -> SlackWebhook:
    return SlackWebhook(SecretStr(workspace.webhook_url), timeout_s=timeout_s)


def pagerduty_at(on_call: PagerDutyStandIn, timeout_s: int = PATIENT_S, engine: Engine = "pdpyras") -> PagerDuty:
    return PagerDuty(SecretStr(ROUTING_KEY), base_url=on_call.url, timeout_s=timeout_s, engine=engine)


def patience_s(fault: Fault) -> int:
    """Wait for everything but what never comes, so that a busy machine fails no test."""
    return HASTY_S if fault.kind == "hang" else PATIENT_S


@pytest.fixture
def console_receiver() -> Receiver:
    stream = StringIO()
    return Receiver(lambda _: Console(stream), None, lambda: [stream.getvalue()] if stream.getvalue() else [])


def pagerduty_by(engine: Engine, on_call: PagerDutyStandIn) -> Receiver:
    def read() -> list[str]:
        return [incident.summary for known in on_call.incidents.values() for incident in known]

    return Receiver(partial(pagerduty_at, on_call, engine=engine), on_call.server, read, ROUTING_KEY)


@pytest.fixture
def pdpyras_receiver(on_call: PagerDutyStandIn) -> Receiver:
    return pagerduty_by("pdpyras", on_call)


@pytest.fixture
def pagerduty_receiver(on_call: PagerDutyStandIn) -> Receiver:
    return pagerduty_by("pagerduty", on_call)


@pytest.fixture
def slack_receiver(workspace: SlackStandIn) -> Receiver:
    return Receiver(partial(slack_at, workspace), workspace.server, lambda: _texts(workspace), TOKEN)


@pytest.fixture
def webhook_receiver(workspace: SlackStandIn) -> Receiver:
    return Receiver(partial(webhook_at, workspace), workspace.server, lambda: _texts(workspace), workspace.webhook_url)


@pytest.fixture
def alertmanager_receiver(alertmanager: alertmanagers.AlertmanagerStandIn) -> Receiver:
    def read() -> list[str]:
        return [" ".join(kept.annotations.values()) for kept in alertmanager.kept.values()]

    return Receiver(
        partial(alertmanager_at, alertmanager),
        alertmanager.server,
        read,
        alertmanagers.TOKEN,
        believes=lambda fault: fault.kind == "status" and not fault.answer.encoded(),
    )


@pytest.fixture
def program_receiver(program: WebhookReceiver) -> Receiver:
    def read() -> list[str]:
        return [taken["data"]["title"] for taken in program.taken.values()]

    return Receiver(
        partial(program_at, program), program.server, read, PATH, believes=lambda fault: fault.kind != "truncated"
    )


@pytest.fixture
def prefect_receiver(prefect: PrefectApiStandIn) -> Receiver:
    def read() -> list[str]:
        return [event["resource"]["prefect.resource.name"] for event in prefect.events.values()]

    return Receiver(
        partial(prefect_at, prefect),
        prefect.server,
        read,
        BASIC,
        believes=lambda fault: fault.kind == "truncated",  # a 204 has no body that could be cut
    )


REMOTE = (*PAGERDUTY, "slack", "webhook", "alertmanager", "program", "prefect")


@pytest.fixture(params=["console", *REMOTE])
def receiver(request: pytest.FixtureRequest) -> Receiver:
    return request.getfixturevalue(f"{request.param}_receiver")


@pytest.fixture(params=REMOTE)
def remote(request: pytest.FixtureRequest) -> Receiver:
    return request.getfixturevalue(f"{request.param}_receiver")


def _texts(workspace: SlackStandIn) -> list[str]:
    return [message.text for message in workspace.messages]

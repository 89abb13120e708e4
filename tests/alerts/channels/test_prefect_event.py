"""Events that Prefect takes, stores once and acts on."""

import time
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given, settings

from alerts.channels import ChannelSecrets
from alerts.channels.message_form import encoded
from alerts.channels.prefect_event import PrefectEvent, PrefectEventConfig, build, event
from domain.errors import ConfigError, PermanentError, TransientError
from domain.message import Severity
from tests.alerts.channels.conftest import patience_s, prefect_at
from tests.alerts.channels.messages import CHANGED, DIGEST, FIRING, RESOLVED, again, delivery, hostile_messages
from tests.stand_ins.prefect_api import AUTH_STRING, event_errors
from tests.stand_ins.server import Answer, Fault, wait_until

CONFIG = PrefectEventConfig(kind="prefect_event")
LABELLED = replace(FIRING, labels=(("model", "gpt"),))


def test_an_event_says_what_an_automation_can_match(prefect) -> None:
    prefect_at(prefect).send(delivery(LABELLED))

    (told,) = prefect.events.values()
    assert ("goodput.incident.firing", FIRING.at.isoformat()) == (told["event"], told["occurred"])
    assert {
        "prefect.resource.id": f"goodput.incident.{FIRING.key}",
        "prefect.resource.name": FIRING.title,
        "goodput.kind": "firing",
        "goodput.severity": "page",
        "goodput.application": "support-bot",
        "goodput.environment": "prod",
        "goodput.rule": "faithfulness",
        "goodput.is_over": "false",
        "goodput.label.model": "gpt",
    } == told["resource"]
    assert [("goodput.application.support-bot", "goodput-application")] == [
        (one["prefect.resource.id"], one["prefect.resource.role"]) for one in told["related"]
    ]
    assert FIRING.sentence == told["payload"]["sentence"]


@pytest.mark.parametrize(
    ("message", "name", "resource"),
    [
        pytest.param(RESOLVED, "goodput.incident.resolved", f"goodput.incident.{FIRING.key}", id="resolved"),
        pytest.param(CHANGED, "goodput.change", f"goodput.change.{CHANGED.key}", id="change"),
        pytest.param(DIGEST, "goodput.digest", f"goodput.digest.{DIGEST.key}", id="digest"),
    ],
)
def test_an_event_is_called_by_what_has_happened(message, name, resource) -> None:
    told = event(delivery(message))

    assert (name, resource) == (told["event"], told["resource"]["prefect.resource.id"])


@pytest.mark.parametrize(
    "fault", [Fault("reset", committed=True), Fault("hang", committed=True)], ids=["reset", "slow"]
)
def test_a_repeat_is_the_same_event(prefect, fault) -> None:
    channel = prefect_at(prefect, patience_s(fault))
    prefect.server.fail_next(fault)
    with pytest.raises(TransientError):
        channel.send(delivery())

    assert [channel.send(again())] == [str(one) for one in prefect.events]


@settings(max_examples=40, deadline=None)
@given(message=hostile_messages)
def test_every_event_is_one_that_prefect_takes(message) -> None:
    from prefect.server.events.schemas.events import Event

    told = event(delivery(message))

    assert [] == event_errors(told)
    assert len(encoded(told)) < 100_000
    assert told["event"] == Event.model_validate(told).event


def test_a_check_asks_for_the_version(prefect) -> None:
    assert "Prefect 3.8.8" == prefect_at(prefect).check()
    assert {} == prefect.events


def test_a_check_goes_without_a_version_where_there_is_none(prefect) -> None:
    prefect.server.fail_next(Fault("status", Answer(status=404)), Fault("status", Answer("true")))

    assert "Prefect" == prefect_at(prefect).check()


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        pytest.param([Answer(status=401)], "check PREFECT_API_AUTH_STRING or PREFECT_API_KEY", id="no password"),
        pytest.param([Answer(status=404), Answer(status=404)], "PREFECT_API_URL must lead to the API", id="elsewhere"),
        pytest.param([Answer("<html>")], "not Prefect: PREFECT_API_URL must lead to the API", id="the UI"),
    ],
)
def test_a_check_says_what_to_mend(prefect, answers, words) -> None:
    prefect.server.fail_next(*(Fault("status", answer) for answer in answers))

    with pytest.raises(PermanentError, match=words):
        prefect_at(prefect).check()


def test_without_an_address_there_is_no_channel() -> None:
    with pytest.raises(ConfigError, match="set PREFECT_API_URL in the environment"):
        build(CONFIG, ChannelSecrets(lambda _: None))
    with pytest.raises(ConfigError, match="PREFECT_API_URL must be a web address"):
        build(CONFIG, ChannelSecrets({"PREFECT_API_URL": "127.0.0.1:4200/api"}.get))


@pytest.mark.parametrize(
    ("secrets", "header"),
    [
        pytest.param({}, None, id="neither"),
        pytest.param({"PREFECT_API_KEY": "pnu_very-secret"}, "Bearer pnu_very-secret", id="Prefect Cloud"),
        pytest.param(
            {"PREFECT_API_KEY": "pnu_very-secret", "PREFECT_API_AUTH_STRING": "user:very-secret"},
            "Basic dXNlcjp2ZXJ5LXNlY3JldA==",
            id="a server that asks for a password",
        ),
    ],
)
def test_it_says_who_it_is_as_prefects_own_client_does(prefect, secrets, header) -> None:
    channel = build(CONFIG, ChannelSecrets({"PREFECT_API_URL": f"{prefect.url}/", **secrets}.get))
    with pytest.raises(PermanentError, match="401") as caught:
        channel.send(delivery())

    assert header == prefect.server.received[0].headers.get("Authorization")
    assert "very-secret" not in str(caught.value)


def test_the_right_password_lets_it_in(prefect) -> None:
    secrets = {"PREFECT_API_URL": prefect.url, "PREFECT_API_AUTH_STRING": AUTH_STRING}
    build(CONFIG, ChannelSecrets(secrets.get)).send(delivery())

    assert 1 == len(prefect.events)


@pytest.mark.usefixtures("prefect_api")
def test_a_real_server_stores_an_event_once_and_its_automation_acts() -> None:
    from prefect.settings import get_current_settings

    url = str(get_current_settings().api.url)
    channel = PrefectEvent(url)
    assert channel.check().startswith("Prefect 3.")
    at = datetime.fromtimestamp(time.time(), UTC)  # what is old, or lies ahead, is not found
    page = replace(LABELLED, at=at, since=at)
    ticket = replace(page, key="a ticket", severity=Severity.TICKET)
    with httpx.Client(base_url=url, timeout=30) as server:
        made = server.post("/automations/", json=automation()).raise_for_status().json()["id"]
        refs = [channel.send(delivery(one)) for one in (page, page, replace(page, kind=RESOLVED.kind), ticket)]

        wait_until(lambda: {*refs} == {one["id"] for one in found(server, "goodput.*")}, 30)
        wait_until(lambda: bool(found(server, "prefect.automation.triggered")), 30)
        time.sleep(0.5)  # whatever else would be triggered
        server.delete(f"/automations/{made}").raise_for_status()

        assert refs[0] == refs[1]
        assert 3 == len(found(server, "goodput.*"))
        (stored,) = [one for one in found(server, "goodput.*") if one["id"] == refs[0]]
        assert FIRING.title == stored["payload"]["title"]
        assert 1 == len(found(server, "prefect.automation.triggered"))


def automation() -> dict:
    """As the module's own words show it."""
    trigger = {
        "type": "event",
        "posture": "Reactive",
        "expect": ["goodput.incident.firing"],
        "match": {"goodput.severity": "page", "goodput.is_over": "false"},
        "threshold": 1,
    }
    return {"name": "A page pauses the deployment", "trigger": trigger, "actions": [{"type": "do-nothing"}]}


def found(server: httpx.Client, name: str) -> list[dict]:
    wanted = {"prefix": [name.removesuffix("*")]} if name.endswith("*") else {"name": [name]}
    answer = server.post("/events/filter", json={"filter": {"event": wanted}, "limit": 50})
    return answer.raise_for_status().json()["events"]

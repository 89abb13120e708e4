"""One incident per alert at PagerDuty, and events that it takes."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from pydantic import SecretStr

from alerts.channels.pagerduty import PagerDuty
from alerts.channels.pagerduty_event import dedup_key, event
from domain.errors import PermanentError, TransientError
from domain.message import Link, MessageKind, Severity
from tests.alerts.channels.conftest import pagerduty_at, patience_s
from tests.alerts.channels.messages import DIGEST, FIRING, HOSTILE, RESOLVED, TITLE, again, delivery, hostile_messages
from tests.stand_ins.pagerduty import ROUTING_KEY, event_errors
from tests.stand_ins.server import Answer, Fault


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault("reset", committed=True), id="reset"),
        pytest.param(Fault("hang_up", committed=True), id="hang up"),
        pytest.param(Fault("truncated", committed=True), id="truncated"),
        pytest.param(Fault("malformed", committed=True), id="malformed"),
        pytest.param(Fault("hang", committed=True), id="too slow"),
    ],
)
def test_a_trigger_whose_answer_was_lost_makes_one_incident(on_call, fault) -> None:
    channel = pagerduty_at(on_call, patience_s(fault))
    on_call.server.fail_next(fault)
    with pytest.raises(TransientError):
        channel.send(delivery())

    channel.send(again())

    assert [1] == [len(known) for known in on_call.incidents.values()]


def test_resolving_resolves_the_incident_and_the_next_alert_opens_a_new_one(on_call) -> None:
    channel = pagerduty_at(on_call)
    ref = channel.send(delivery())

    assert ref == channel.send(delivery(RESOLVED, earlier_ref=ref))
    channel.send(delivery())

    assert [True, False] == [incident.resolved for incident in on_call.incidents[FIRING.key]]


@pytest.mark.parametrize(
    ("severity", "word"),
    [(Severity.PAGE, "critical"), (Severity.TICKET, "warning"), (Severity.INFORMATIONAL, "info")],
)
def test_severity_says_how_loud(severity, word) -> None:
    assert word == event(replace(FIRING, severity=severity))["payload"]["severity"]


def test_an_event_says_what_where_and_since_when() -> None:
    payload = event(FIRING)["payload"]

    assert f"[prod] {TITLE}" == payload["summary"]
    assert "support-bot.prod" == payload["source"]
    assert "84.5% good, 95% CI 80.7-87.6%" == payload["custom_details"]["facts"]["Now"]
    assert FIRING.since.isoformat() == payload["custom_details"]["since"]


def test_only_https_links_are_shown() -> None:
    links = (Link("a", "http://a.example"), Link("b", "javascript:x"), Link("c", "https://c.example"))
    made = event(replace(FIRING, links=links))

    assert [{"href": "https://c.example", "text": "c"}] == made["links"]
    assert "https://c.example" == made["client_url"]


def test_a_key_that_is_too_long_is_hashed_the_same_way_for_trigger_and_resolve() -> None:
    assert dedup_key(HOSTILE).startswith("sha256:")
    assert dedup_key(HOSTILE) == dedup_key(replace(HOSTILE, kind=MessageKind.RESOLVED))
    assert FIRING.key == dedup_key(FIRING)


def test_a_digest_is_refused_without_a_call(on_call) -> None:
    with pytest.raises(PermanentError, match="PagerDuty takes no digests"):
        pagerduty_at(on_call).send(delivery(DIGEST))

    assert [] == on_call.server.received


def test_a_refusal_is_told_in_pagerdutys_words_without_the_key(on_call) -> None:
    wrong = PagerDuty(SecretStr("W" * 32), base_url=on_call.url)

    with pytest.raises(PermanentError) as caught:
        wrong.send(delivery())

    said = "PagerDuty answered 400 Bad Request: Event object is invalid; Invalid routing key (key)"
    assert said == str(caught.value)


def test_a_redirect_is_not_followed(on_call) -> None:
    elsewhere = {"Location": f"{on_call.url}/elsewhere"}
    on_call.server.fail_next(Fault("status", Answer(status=302, headers=elsewhere)))

    with pytest.raises(PermanentError, match="302"):
        pagerduty_at(on_call).send(delivery())

    assert 1 == len(on_call.server.received)


def test_long_words_are_clipped(on_call) -> None:
    on_call.server.fail_next(Fault("status", Answer({"message": "no" * 5000}, status=403)))

    with pytest.raises(PermanentError) as caught:
        pagerduty_at(on_call).send(delivery())

    assert len(str(caught.value)) < 400


@settings(max_examples=60, deadline=None)
@given(message=hostile_messages)
def test_every_event_is_one_that_pagerduty_takes(message) -> None:
    if message.kind is MessageKind.DIGEST:
        message = replace(message, kind=MessageKind.FIRING)
    action = {MessageKind.RESOLVED: "resolve", MessageKind.ACKNOWLEDGED: "acknowledge"}.get(message.kind, "trigger")
    made = {"routing_key": ROUTING_KEY, "event_action": action, "dedup_key": dedup_key(message), **event(message)}

    assert [] == event_errors(made)
    assert len(json.dumps(made, allow_nan=False)) <= 512_000


def test_the_biggest_event_is_small_enough() -> None:
    crowd = "\U0001f600" * 5000
    facts = tuple((f"{number}{crowd}", crowd) for number in range(100))
    traces = tuple(replace(FIRING.worst_traces[0], trace_id=crowd, reason=crowd) for _ in range(100))

    made = event(replace(FIRING, title=crowd, sentence=crowd, facts=facts, worst_traces=traces))

    assert len(json.dumps(made)) <= 512_000


def test_clients_are_only_loaded_by_who_uses_them() -> None:
    probe = "import sys, alerts.channels; print([name for name in ('pdpyras', 'slack_sdk') if name in sys.modules])"

    run = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert "[]" == run.stdout.strip()

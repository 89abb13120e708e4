"""One incident per alert at PagerDuty, by either client library."""

from dataclasses import replace

import pytest
from pydantic import SecretStr

from alerts.channels.pagerduty import PagerDuty
from domain.errors import PermanentError, TransientError
from domain.message import MessageKind, Severity
from tests.alerts.channels.conftest import pagerduty_at, patience_s
from tests.alerts.channels.messages import CHANGED, DIGEST, FIRING, RESOLVED, again, delivery
from tests.stand_ins.pagerduty import ROUTING_KEY
from tests.stand_ins.server import Answer, Fault

WRONG_KEY = "W" * 32
LOST_ANSWERS = [
    pytest.param(Fault("reset", committed=True), id="reset"),
    pytest.param(Fault("hang_up", committed=True), id="hang up"),
    pytest.param(Fault("truncated", committed=True), id="truncated"),
    pytest.param(Fault("malformed", committed=True), id="malformed"),
    pytest.param(Fault("hang", committed=True), id="too slow"),
]
ACKNOWLEDGED = replace(FIRING, kind=MessageKind.ACKNOWLEDGED)
REMINDER = replace(FIRING, kind=MessageKind.REMINDER)
UPDATED = replace(FIRING, kind=MessageKind.UPDATED, is_news=True)


@pytest.fixture(params=["pdpyras", "pagerduty"])
def engine(request) -> str:
    return request.param


@pytest.mark.parametrize("fault", LOST_ANSWERS)
def test_a_trigger_whose_answer_was_lost_makes_one_incident(on_call, engine, fault) -> None:
    channel = pagerduty_at(on_call, patience_s(fault), engine)
    on_call.server.fail_next(fault)
    with pytest.raises(TransientError):
        channel.send(delivery())

    channel.send(again())

    assert [1] == [len(known) for known in on_call.incidents.values()]


def test_resolving_resolves_the_incident_and_the_next_alert_opens_a_new_one(on_call, engine) -> None:
    channel = pagerduty_at(on_call, engine=engine)
    ref = channel.send(delivery())

    assert FIRING.key == ref == channel.send(delivery(RESOLVED, earlier_ref=ref))
    channel.send(delivery())

    assert [True, False] == [incident.resolved for incident in on_call.incidents[FIRING.key]]


def test_a_reminder_and_an_update_stand_in_the_log_of_the_open_incident(on_call, engine) -> None:
    channel = pagerduty_at(on_call, engine=engine)
    for message in (FIRING, REMINDER, UPDATED, ACKNOWLEDGED):
        channel.send(delivery(message))

    ((incident,),) = on_call.incidents.values()
    assert ["trigger", "trigger", "trigger", "acknowledge"] == [one["event_action"] for one in incident.events]


def test_an_escalated_ticket_pages_whoever_had_not_heard_of_it(on_call, engine) -> None:
    channel = pagerduty_at(on_call, engine=engine)
    channel.send(delivery(replace(FIRING, severity=Severity.PAGE, sentence="Nobody has acknowledged it within 4 h.")))
    channel.send(delivery(replace(RESOLVED, severity=Severity.TICKET)))

    ((incident,),) = on_call.incidents.values()
    assert ("critical", True) == (incident.severity, incident.resolved)


@pytest.mark.parametrize("message", [FIRING, UPDATED, REMINDER], ids=lambda message: message.kind)
def test_nobody_is_woken_for_what_is_over(on_call, engine, message) -> None:
    ref = pagerduty_at(on_call, engine=engine).send(delivery(message, is_over=True))

    assert FIRING.key == ref
    assert [] == on_call.server.received


def test_what_is_over_is_resolved_all_the_same(on_call, engine) -> None:
    """The answer to the trigger was lost: somebody was woken, and must hear that it is over."""
    channel = pagerduty_at(on_call, engine=engine)
    on_call.server.fail_next(Fault("reset", committed=True))
    with pytest.raises(TransientError):
        channel.send(delivery())

    channel.send(again(is_over=True))
    channel.send(delivery(RESOLVED))

    assert 2 == len(on_call.server.received)
    assert [[True]] == [[one.resolved for one in known] for known in on_call.incidents.values()]


def test_a_change_is_a_change_event_and_never_an_incident(on_call, engine) -> None:
    ref = pagerduty_at(on_call, engine=engine).send(delivery(CHANGED))

    (change,) = on_call.changes
    assert ref is None
    assert {} == on_call.incidents
    assert {"routing_key", "payload", "links"} == set(change)
    assert {"summary", "source", "timestamp", "custom_details"} == set(change["payload"])
    assert "[prod] support-bot: prompt version v42 serves" == change["payload"]["summary"]
    assert {"prompt": "v42"} == change["payload"]["custom_details"]["labels"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param(Fault("status", Answer({"message": f"No {ROUTING_KEY}"}, status=400)), PermanentError, id="400"),
        pytest.param(Fault("status", Answer(status=401)), PermanentError, id="401"),
        pytest.param(Fault("status", Answer({"status": "success"}, status=304)), PermanentError, id="304"),
        pytest.param(Fault("status", Answer(status=429, headers={"Retry-After": "7"})), TransientError, id="429"),
        pytest.param(Fault("status", Answer(status=503)), TransientError, id="503"),
        pytest.param(Fault("status", Answer("<html>Sign in</html>")), TransientError, id="a sign-in page"),
        pytest.param(Fault("reset"), TransientError, id="reset"),
    ],
)
@pytest.mark.parametrize("told", [CHANGED, FIRING], ids=["change", "trigger"])
def test_a_change_fails_as_an_incident_does(on_call, engine, told, fault, error) -> None:
    on_call.server.fail_next(fault)

    with pytest.raises(error) as caught:
        pagerduty_at(on_call, engine=engine).send(delivery(told))

    assert 1 == len(on_call.server.received)
    assert 7 == getattr(caught.value, "retry_after_s", 7) or "429" not in str(caught.value)
    assert ROUTING_KEY not in str(caught.value)


def test_a_digest_is_refused_without_a_call(on_call, engine) -> None:
    with pytest.raises(PermanentError, match="PagerDuty takes no digests"):
        pagerduty_at(on_call, engine=engine).send(delivery(DIGEST))

    assert [] == on_call.server.received


def test_a_check_asks_without_telling_anybody(on_call, engine) -> None:
    said = pagerduty_at(on_call, engine=engine).check()

    assert "PagerDuty answered 202: Event processed" == said
    assert {} == on_call.incidents
    assert ["resolve"] == [one.json()["event_action"] for one in on_call.server.received]


def test_a_check_says_that_the_key_is_wrong_or_that_nobody_answers(on_call, engine) -> None:
    wrong = PagerDuty(SecretStr(WRONG_KEY), base_url=on_call.url, engine=engine)
    with pytest.raises(PermanentError, match=r"400 Bad Request: .*Invalid routing key \(key\)$"):
        wrong.check()

    on_call.server.fail_next(Fault("status", Answer(status=503)))
    with pytest.raises(TransientError, match="503"):
        wrong.check()


def test_a_refusal_is_told_in_pagerdutys_words_without_the_key(on_call, engine) -> None:
    with pytest.raises(PermanentError) as caught:
        PagerDuty(SecretStr(WRONG_KEY), base_url=on_call.url, engine=engine).send(delivery())

    said = "PagerDuty answered 400 Bad Request: Event object is invalid; Invalid routing key (key)"
    assert said == str(caught.value)


@pytest.mark.parametrize("told", [CHANGED, FIRING], ids=["change", "trigger"])
def test_a_redirect_is_not_followed(on_call, engine, told) -> None:
    elsewhere = {"Location": f"{on_call.url}/elsewhere"}
    on_call.server.fail_next(Fault("status", Answer(status=302, headers=elsewhere)))

    with pytest.raises(PermanentError, match="302"):
        pagerduty_at(on_call, engine=engine).send(delivery(told))

    assert 1 == len(on_call.server.received)


def test_long_words_are_clipped(on_call, engine) -> None:
    on_call.server.fail_next(Fault("status", Answer({"message": "no" * 5000}, status=403)))

    with pytest.raises(PermanentError) as caught:
        pagerduty_at(on_call, engine=engine).send(delivery())

    assert len(str(caught.value)) < 400


def test_a_ruleset_hears_of_no_changes(on_call) -> None:
    ruleset = PagerDuty(SecretStr("R" * 32), base_url=on_call.url)

    assert ruleset.send(delivery(CHANGED)) is None
    assert [] == on_call.server.received

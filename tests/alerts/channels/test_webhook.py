"""Webhooks that a receiver believes which knows the standard's text and nothing of us."""

import base64
import json
import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from alerts.channels import ChannelSecrets
from alerts.channels.message_form import encoded, message_form
from alerts.channels.webhook import Webhook, WebhookConfig, build
from alerts.channels.webhook_signature import signatures, signing_keys
from domain.errors import ConfigError, PermanentError, TransientError
from tests.alerts.channels.conftest import patience_s, program_at
from tests.alerts.channels.messages import (
    CHANGED,
    DIGEST,
    FIRING,
    HOSTILE,
    NOON,
    RESOLVED,
    again,
    delivery,
    hostile_messages,
)
from tests.stand_ins.server import Answer, Fault
from tests.stand_ins.webhook_receiver import KEY, PATH, SECRET, refusal

OTHER_KEY = bytes(range(100, 164))
OTHER = "whsec_" + base64.b64encode(OTHER_KEY).decode()
CONFIG = WebhookConfig(kind="webhook")


def test_a_message_is_believed_and_says_everything(program) -> None:
    program_at(program).send(delivery(tried_at=NOON))

    (body,) = program.taken.values()
    data = body["data"]
    assert ("goodput.incident.firing", NOON.isoformat()) == (body["type"], body["timestamp"])
    assert (1, FIRING.key, "page", FIRING.title) == (data["version"], data["key"], data["severity"], data["title"])
    assert {"name": "Sample", "value": "412 judged of 8 240 requests"} in data["facts"]
    assert FIRING.worst_traces[0].url == data["worst_traces"][0]["url"]
    assert 0 == data["left_out"]


@pytest.mark.parametrize(
    ("message", "name"),
    [(RESOLVED, "goodput.incident.resolved"), (CHANGED, "goodput.change"), (DIGEST, "goodput.digest")],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_type_says_what_has_happened(program, message, name) -> None:
    program_at(program).send(delivery(message))

    assert [name] == [body["type"] for body in program.taken.values()]


@pytest.mark.parametrize(
    "fault", [Fault("reset", committed=True), Fault("hang", committed=True)], ids=["reset", "too slow"]
)
def test_a_repeat_has_the_same_id_and_a_time_of_its_own(program, fault) -> None:
    channel = program_at(program, patience_s(fault))
    program.server.fail_next(fault)
    with pytest.raises(TransientError):
        channel.send(delivery(tried_at=NOON))
    program.now_s += 600
    channel.send(again(tried_at=NOON.fromtimestamp(program.now_s, tz=NOON.tzinfo)))

    first, second = (call.headers for call in program.server.received)
    assert first["webhook-id"] == second["webhook-id"] == delivery().id
    assert 600 == int(second["webhook-timestamp"]) - int(first["webhook-timestamp"])
    assert 1 == len(program.taken)


@pytest.mark.parametrize("key", [KEY, OTHER_KEY], ids=["the old secret", "the new secret"])
def test_while_a_secret_is_replaced_both_are_good(program, key) -> None:
    program.key = key
    program_at(program, secret=f"{SECRET} {OTHER}").send(delivery())

    assert 1 == len(program.taken)


def test_who_does_not_know_the_secret_is_not_believed(program) -> None:
    with pytest.raises(PermanentError, match=r"401 Unauthorized: does it know the signing secret\?"):
        program_at(program, secret=OTHER).send(delivery())


@given(key=st.binary(min_size=24, max_size=64), body=st.binary(max_size=200), moment=st.integers(0, 2**33))
def test_every_signature_is_right_and_none_is_right_for_something_else(key, body, moment) -> None:
    made = signatures(signing_keys(SecretStr("whsec_" + base64.b64encode(key).decode())), "id", moment, body)
    headers = {"webhook-id": "id", "webhook-timestamp": str(moment), "webhook-signature": made}

    assert refusal(headers, body, key, moment) is None
    assert "no signature matches" == refusal(headers, body + b" ", key, moment)
    assert "no signature matches" == refusal({**headers, "webhook-id": "ie"}, body, key, moment)
    assert "a replay" == refusal(headers, body, key, moment + 301)


@settings(max_examples=40, deadline=None)
@given(message=hostile_messages)
def test_every_body_is_small_enough_and_json(message) -> None:
    form = message_form(delivery(message), room=19_800)

    assert len(encoded(form)) <= 19_800
    assert form == json.loads(encoded(form))


def test_the_biggest_body_is_small_enough(program) -> None:
    program_at(program).send(delivery(HOSTILE))

    ((body),) = program.taken.values()
    assert body["data"]["left_out"] > 0


@pytest.mark.parametrize(
    ("status", "words"),
    [(410, "it wants no more messages"), (404, "is the address right"), (307, "set the address that it leads to")],
)
def test_a_refusal_says_what_to_mend(program, status, words) -> None:
    program.server.fail_next(Fault("status", Answer(status=status, headers={"Location": f"{program.server.url}/x"})))

    with pytest.raises(PermanentError, match=words):
        program_at(program).send(delivery())

    assert 1 == len(program.server.received)


def test_no_log_has_the_address(program, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    program_at(program).send(delivery())
    with pytest.raises(PermanentError):
        Webhook(SecretStr(f"{program.url}/other"), SecretStr(SECRET)).send(delivery())

    assert PATH not in caplog.text


def test_a_check_asks_whether_anybody_answers_and_tells_nothing(program) -> None:
    said = program_at(program).check()

    assert "somebody answers" in said
    assert {} == program.taken
    program.server.__exit__()
    with pytest.raises(TransientError, match="ConnectError"):
        program_at(program).check()


@pytest.mark.parametrize(
    ("url", "secret", "variable"),
    [
        pytest.param(None, SECRET, "GOODPUT_WEBHOOK_URL", id="no address"),
        pytest.param("https://receiver.example/x", None, "GOODPUT_WEBHOOK_SECRET", id="no secret"),
        pytest.param("ftp://very-secret", SECRET, "GOODPUT_WEBHOOK_URL", id="no web address"),
        pytest.param("https://receiver.example/x", "very-secret", "GOODPUT_WEBHOOK_SECRET", id="no prefix"),
        pytest.param("https://receiver.example/x", "whsec_very-secret", "GOODPUT_WEBHOOK_SECRET", id="no base64"),
        pytest.param("https://receiver.example/x", "whsec_dmVyeS1zZWNyZXQ=", "GOODPUT_WEBHOOK_SECRET", id="short"),
        pytest.param("https://receiver.example/x", f"{SECRET} very-secret", "GOODPUT_WEBHOOK_SECRET", id="second"),
        pytest.param("https://receiver.example/x", f"whsec_{'A' * 88}", "GOODPUT_WEBHOOK_SECRET", id="long"),
    ],
)
def test_what_is_wrong_is_named_and_not_repeated(url, secret, variable) -> None:
    secrets = ChannelSecrets({"GOODPUT_WEBHOOK_URL": url, "GOODPUT_WEBHOOK_SECRET": secret}.get)

    with pytest.raises(ConfigError, match=variable) as caught:
        build(CONFIG, secrets)

    assert "very-secret" not in str(caught.value)
    assert "dmVyeS1zZWNyZXQ" not in str(caught.value)

"""One alert for each incident at Alertmanager, open as long as it is said again, over once it is told so."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from pydantic import SecretStr, TypeAdapter, ValidationError

from alerts.channels.alertmanager import Alertmanager, AlertmanagerConfig, build
from alerts.channels.alertmanager_alert import alert, labels_in, labels_of, ref_of
from alerts.channels.channel import Sustained
from alerts.channels.secrets import ChannelSecrets
from domain.delivery import GoingOn
from domain.errors import ConfigError, PermanentError, TransientError
from domain.message import Link, MessageKind, Severity
from tests.alerts.channels.conftest import alertmanager_at, patience_s
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
from tests.stand_ins.alertmanager import TOKEN, alert_errors
from tests.stand_ins.server import Answer, Fault

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LABELLED = replace(FIRING, labels=(("model", "gpt"), ("user.tier", "gold"), ("severity", "none"), ("empty", "")))
UPDATED = replace(LABELLED, kind=MessageKind.UPDATED, rule="latency", labels=(), severity=Severity.TICKET, title="Also")
LATER = NOON + 10 * MINUTE
configs = TypeAdapter(AlertmanagerConfig)


def test_an_alert_says_who_it_is_in_labels_and_what_is_so_in_annotations(alertmanager) -> None:
    alertmanager_at(alertmanager).send(delivery(LABELLED))

    ((kept),) = alertmanager.open
    assert {
        "alertname": "faithfulness", "severity": "page", "application": "support-bot", "environment": "prod",
        "incident": FIRING.key, "model": "gpt", "user_tier": "gold",
    } == kept.labels  # fmt: skip
    assert FIRING.title == kept.annotations["summary"]
    assert FIRING.sentence == kept.annotations["description"]
    assert "Sample: 412 judged of 8 240 requests" in kept.annotations["facts"].splitlines()
    assert FIRING.links[0].url == kept.annotations["runbook_url"]
    assert (FIRING.since, NOON + HOUR) == (kept.starts_at, kept.ends_at)


def test_the_alert_stays_the_same_whatever_the_incident_is_about_by_now(alertmanager) -> None:
    channel = alertmanager_at(alertmanager)
    ref = channel.send(delivery(LABELLED))
    assert ref == channel.send(delivery(UPDATED, tried_at=NOON + MINUTE, earlier_ref=ref))

    ((kept),) = alertmanager.open
    assert ("faithfulness", "page") == (kept.labels["alertname"], kept.labels["severity"])
    assert "support-bot: Also" == kept.annotations["summary"]
    assert NOON + MINUTE + HOUR == kept.ends_at


def test_a_resolved_incident_is_over_at_once(alertmanager) -> None:
    channel = alertmanager_at(alertmanager)
    ref = channel.send(delivery(LABELLED))
    alertmanager.now = LATER + timedelta(seconds=5)
    channel.send(delivery(replace(RESOLVED, at=LATER, rule="latency"), tried_at=LATER, earlier_ref=ref))

    assert [1, 0] == [len(alertmanager.kept), len(alertmanager.open)]


def test_an_end_is_an_end_although_our_clock_is_ahead(alertmanager) -> None:
    channel = alertmanager_at(alertmanager)
    ref = channel.send(delivery())
    alertmanager.now = LATER - timedelta(seconds=50)
    channel.send(delivery(replace(RESOLVED, at=LATER), tried_at=LATER, earlier_ref=ref))

    assert [] == alertmanager.open


def test_what_is_over_before_it_was_told_opens_nothing(alertmanager) -> None:
    alertmanager_at(alertmanager).send(delivery(tried_at=NOON, is_over=True))

    assert [1, 0] == [len(alertmanager.kept), len(alertmanager.open)]


def test_an_alert_ends_by_itself_unless_it_is_sustained(alertmanager) -> None:
    channel = alertmanager_at(alertmanager)
    ref = channel.send(delivery())
    alertmanager.now = NOON + HOUR - MINUTE
    channel.sustain([GoingOn(message=FIRING, ref=ref)], alertmanager.now)

    alertmanager.now = NOON + HOUR + MINUTE
    assert 1 == len(alertmanager.open)
    alertmanager.now = NOON + 2 * HOUR
    assert [] == alertmanager.open


def test_all_that_goes_on_is_sustained_in_one_call(alertmanager) -> None:
    channel = alertmanager_at(alertmanager, ends_after=timedelta(minutes=5))
    messages = [replace(FIRING, key=f"incident {number}") for number in range(40)]
    standing = [GoingOn(message=one, ref=ref_of(labels_of(one))) for one in messages]
    taken = replace(standing[0], acknowledged="Ann has taken it.")

    channel.sustain([taken, *standing[1:], replace(standing[1], message=RESOLVED)], NOON)

    assert 1 == len(alertmanager.server.received)
    assert {NOON + timedelta(minutes=5)} == {kept.ends_at for kept in alertmanager.open}
    said = {kept.labels["incident"]: kept.annotations.get("acknowledged") for kept in alertmanager.open}
    assert {"incident 0": "Ann has taken it.", **{f"incident {number}": None for number in range(1, 40)}} == said


@pytest.mark.parametrize("ref", [None, "C0123456789:1795420800.000001", "[]", '{"alertname": 1}', '{"a-b": "x"}'])
def test_what_it_was_never_told_of_is_not_sustained(alertmanager, ref) -> None:
    channel = alertmanager_at(alertmanager)
    channel.sustain([GoingOn(message=FIRING, ref=ref)], NOON)

    assert [] == alertmanager.server.received
    assert labels_in(channel.send(delivery(earlier_ref=ref))) == labels_of(FIRING)


def test_it_is_sustained_and_fails_to_be_like_any_message(alertmanager) -> None:
    channel: Sustained = alertmanager_at(alertmanager)
    assert isinstance(channel, Sustained)
    alertmanager.server.fail_next(Fault("status", Answer(status=503, headers={"Retry-After": "9"})))

    with pytest.raises(TransientError) as caught:
        channel.sustain([GoingOn(message=FIRING, ref=ref_of(labels_of(FIRING)))], NOON)

    assert 9 == caught.value.retry_after_s


def test_an_acknowledgement_says_who(alertmanager) -> None:
    channel = alertmanager_at(alertmanager)
    ref = channel.send(delivery())
    channel.send(
        delivery(replace(FIRING, kind=MessageKind.ACKNOWLEDGED, sentence="Ann has taken it."), earlier_ref=ref)
    )

    assert ["Ann has taken it."] == [kept.annotations["acknowledged"] for kept in alertmanager.open]


@pytest.mark.parametrize(
    "fault", [Fault("reset", committed=True), Fault("hang", committed=True)], ids=["reset", "slow"]
)
def test_an_alert_whose_answer_was_lost_is_one_alert(alertmanager, fault) -> None:
    channel = alertmanager_at(alertmanager, patience_s(fault))
    alertmanager.server.fail_next(fault)
    with pytest.raises(TransientError):
        channel.send(delivery())
    channel.send(again())

    assert 1 == len(alertmanager.kept)


@pytest.mark.parametrize("message", [DIGEST, CHANGED], ids=["digest", "change"])
def test_what_is_no_alert_is_refused_without_a_call(alertmanager, message) -> None:
    with pytest.raises(PermanentError, match=r"Alertmanager takes alerts only: no (digest|change)"):
        alertmanager_at(alertmanager).send(delivery(message))

    assert [] == alertmanager.server.received


@settings(max_examples=60, deadline=None)
@given(message=hostile_messages)
def test_every_alert_is_one_that_alertmanager_takes(message) -> None:
    made = alert(message, labels_of(message), NOON + HOUR, acknowledged=message.title)

    assert [] == alert_errors([made])
    assert labels_of(message) == labels_in(ref_of(labels_of(message)))
    assert max(len(value) for value in labels_of(message).values()) <= 200


def test_an_address_that_alertmanager_would_refuse_is_left_out() -> None:
    links = (Link("x", "https://ok.example/%zz"), Link("y", "https://a b"), Link("z", "https://ok.example/%7E?a=1"))

    assert "https://ok.example/%7E?a=1" == alert(replace(FIRING, links=links), {}, NOON)["generatorURL"]
    assert "generatorURL" not in alert(replace(FIRING, links=links[:2]), {}, NOON)


def test_a_key_that_is_too_long_is_still_one_of_its_own() -> None:
    names = {labels_of(replace(HOSTILE, key="k" * length))["incident"] for length in (300, 301)}

    assert 2 == len(names)


def test_a_check_says_the_version_and_opens_nothing(alertmanager) -> None:
    assert "Alertmanager 0.25.0, cluster ready" == alertmanager_at(alertmanager).check()
    assert {} == alertmanager.kept


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param(Answer(status=401), "401 Unauthorized: check the variable", id="wrong token"),
        pytest.param(Answer(status=404), "404 Not Found: check url", id="wrong address"),
        pytest.param(Answer("<html>Sign in</html>"), "not Alertmanager: check url", id="a sign-in page"),
        pytest.param(Answer({"versionInfo": []}), "not Alertmanager: check url", id="something else"),
    ],
)
def test_a_check_says_what_to_mend(alertmanager, answer, words) -> None:
    alertmanager.server.fail_next(Fault("status", answer))

    with pytest.raises(PermanentError, match=words):
        alertmanager_at(alertmanager).check()


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"url": "http://user:very-secret@am:9093"}, id="a secret in the address"),
        pytest.param({"url": "am:9093"}, id="no scheme"),
        pytest.param({"ends_after": "2m"}, id="shorter than a few rounds"),
        pytest.param({"login": "A", "token": "B"}, id="two ways in"),
    ],
)
def test_a_wrong_config_is_refused(more) -> None:
    with pytest.raises(ValidationError):
        configs.validate_python({"kind": "alertmanager", "url": "http://am:9093", **more})


@pytest.mark.parametrize(("way", "secret"), [("token", TOKEN), ("login", "user:very-secret")])
def test_it_is_let_in_by_what_a_variable_holds(alertmanager, way, secret) -> None:
    config = configs.validate_python({"kind": "alertmanager", "url": alertmanager.url, way: "AM_SECRET"})
    with pytest.raises(ConfigError, match="AM_SECRET"):
        build(config, ChannelSecrets(lambda _: None))
    channel = build(config, ChannelSecrets({"AM_SECRET": secret}.get))

    if way == "token":
        channel.send(delivery())
    else:
        with pytest.raises(PermanentError, match="401"):
            channel.send(delivery())
    assert alertmanager.server.received[0].headers["Authorization"] in {
        f"Bearer {TOKEN}", "Basic dXNlcjp2ZXJ5LXNlY3JldA==",
    }  # fmt: skip


def test_a_secret_that_no_header_can_hold_is_refused_and_not_repeated(alertmanager) -> None:
    channel = Alertmanager(alertmanager.url, SecretStr("Bearer very-secret\n"))

    with pytest.raises(PermanentError) as caught:
        channel.send(delivery())

    assert "very-secret" not in str(caught.value)

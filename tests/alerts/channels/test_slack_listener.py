"""Somebody presses Acknowledge in Slack, and has the incident."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from alerts.channels import ChannelSecrets
from alerts.channels.slack_button import Press
from domain.application import Application
from domain.errors import TransientError
from domain.incident import Incident
from flows.slack_listener import Room, SlackListener
from tests.adapters.store.examples import NOON, SHOP, notice
from tests.alerts.channels.slack_ear import KEY, NOT_KNOWN, OVER, YOURS
from tests.stand_ins.server import wait_until
from tests.stand_ins.slack import CHANNEL, TOKEN
from tests.stand_ins.slack_socket import pressed


def test_who_presses_has_the_incident_and_is_told_so_alone(ear) -> None:
    ear.press(pressed(KEY))

    assert [("U0ADA", YOURS)] == ear.whispers(1)
    assert "ada (U0ADA)" == ear.taken_by
    assert "ada (U0ADA) has taken it." == ear.told()[-1]
    assert [CHANNEL] == [one["channel"] for one in ear.workspace.whispers]
    assert [] == ear.workspace.messages


def test_a_double_click_takes_it_once_and_others_are_told_who_has_it(ear) -> None:
    ear.press(pressed(KEY), "e1")
    ear.press(pressed(KEY), "e1")
    ear.whispers(2)
    ear.press(pressed(KEY, user="U0BOB", name="bob"), "e2")

    assert ("U0BOB", "ada (U0ADA) has it already: errors.") == ear.whispers(3)[-1]
    assert [("U0ADA", YOURS)] * 2 == ear.whispers(3)[:2]
    assert ["e1", "e1", "e2"] == ear.slack.acknowledged
    assert 1 == sum("has taken it" in one for one in ear.told())


def test_what_is_over_cannot_be_taken(ear) -> None:
    ear.store.outbox.add([notice("goodput:production:shop:page:99")], NOON)
    ear.press(pressed("goodput:production:shop:page:99"))

    assert [("U0ADA", OVER)] == ear.whispers(1)
    assert ear.taken_by is None


def test_what_slack_calls_people_is_cleaned_and_escaped(ear) -> None:
    ear.press(pressed(KEY, name="<!channel>\u202e" + "x" * 100_000))
    ear.whispers(1)
    ear.press(pressed(KEY, user="U0BOB"), "e2")

    answer = ear.whispers(2)[-1][1]
    assert answer.startswith("&lt;!channel&gt;xxx")
    assert len(answer) < 150


@pytest.mark.parametrize("channel", ["C0000000000", "D0123456789"])
def test_channels_that_are_not_ours_are_not_heard(ear, channel) -> None:
    ear.press(pressed(KEY, channel=channel))
    ear.press(pressed("goodput:production:shop:page:99"), "e2")

    ((user, words),) = ear.whispers(1)
    assert ("U0ADA", True) == (user, words.startswith(NOT_KNOWN)), "somebody else's, perhaps: it may well go on"
    assert ear.taken_by is None


HOSTILE = [
    {},
    {"type": "block_actions"},
    {**pressed(KEY), "type": "view_submission"},
    {**pressed(KEY), "user": None},
    {**pressed(KEY), "user": {"id": 7}},
    {**pressed(KEY), "user": {"id": "<!channel>"}},
    {**pressed(KEY), "channel": "C0123456789"},
    {**pressed(KEY), "channel": {"id": ["C0123456789"]}},
    {**pressed(KEY), "actions": {}},
    {**pressed(KEY), "actions": [None, 3, "x", {"action_id": "goodput_acknowledge"}]},
    pressed(KEY, action="another_button"),
    pressed("k" * 4_000_000),
    pressed("a\u202eb"),
    pressed(""),
]


def test_hostile_payloads_are_confirmed_and_come_to_nothing(ear) -> None:
    for number, payload in enumerate(HOSTILE):
        ear.press(payload, f"h{number}")
    for odd in ({"type": "hello"}, {"type": "interactive"}, {"type": "x", "envelope_id": {}, "payload": {}}):
        ear.slack.send(odd)
    ear.slack.send({"type": "interactive", "envelope_id": "e" * 70_000, "payload": pressed("no")})
    ear.slack.send({"type": "events_api", "envelope_id": "", "payload": pressed(KEY, user="U0EVE")})
    ear.slack.connections[-1].send("no JSON")
    ear.slack.connections[-1].send('{"half": ')
    ear.slack.connections[-1].send("[1]")
    ear.press(pressed(KEY), "last")

    wait_until(lambda: ("U0ADA", YOURS) in ear.whispers(1))
    assert [f"h{number}" for number in range(len(HOSTILE))] == ear.slack.acknowledged[:-2]
    assert ["ada (U0ADA)", 1] == [ear.taken_by, len(ear.slack.connections)]


@settings(max_examples=200, deadline=None)
@given(
    payload=st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=20) | st.just(KEY),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["type", "user", "id", "channel", "actions", "action_id", "value", "name"]), inner
            )
        ),
        max_leaves=20,
    ),
    well=st.dictionaries(st.sampled_from(["type", "user", "channel", "actions"]), st.none() | st.text(), max_size=2),
)
def test_reading_a_press_never_fails(payload, well) -> None:
    for one in (payload, {**pressed(KEY), **well}):
        press = Press.read(one)
        assert press is None or (press.key, press.by) == (KEY, "ada (U0ADA)")


def test_an_answer_that_slack_refuses_is_said_and_the_incident_is_taken(ear) -> None:
    ear.workspace.refusals["chat.postEphemeral"] = "user_not_in_channel"
    ear.press(pressed(KEY))

    wait_until(lambda: bool(ear.said))
    assert "ada (U0ADA)" == ear.taken_by
    assert "pressed came to nothing: Slack refused chat.postEphemeral: user_not_in_channel" in ear.said[0]


def test_a_database_that_is_busy_is_said_to_whoever_pressed(ear) -> None:
    class Busy:
        def incidents(self, name: str) -> list[Incident]:
            raise TransientError("the database is busy")

    listener = SlackListener(
        type("S", (), {"alerts": Busy()})(),
        [Room(Application(name=SHOP), CHANNEL, SecretStr(TOKEN), "V")],
        ChannelSecrets({"GOODPUT_SLACK_URL": ear.workspace.url}.get),
        lambda: NOON,
    )
    with pytest.raises(TransientError):
        listener.hear(Press(key=KEY, channel=CHANNEL, user="U0ADA"))

    assert [("U0ADA", "That could not be noted just now. Please press again in a minute.")] == ear.whispers(1)

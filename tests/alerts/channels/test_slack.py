"""One message per alert in Slack, whatever happens on the way."""

from dataclasses import replace

import pytest
from pydantic import SecretStr

from alerts.channels.slack import Slack
from domain.errors import PermanentError, TransientError
from domain.message import Table
from tests.alerts.channels.conftest import slack_at, webhook_at
from tests.alerts.channels.messages import DIGEST, FIRING, RESOLVED, TITLE, again, delivery
from tests.stand_ins.server import Answer, Fault
from tests.stand_ins.slack import CHANNEL


def test_resolving_changes_the_first_message_and_adds_one_reply(workspace) -> None:
    channel = slack_at(workspace)
    ref = channel.send(delivery())

    assert ref == channel.send(delivery(RESOLVED, earlier_ref=ref))

    first, reply = workspace.messages
    assert first.text.startswith("✅ RESOLVED")
    assert "RESOLVED" in first.blocks[0]["text"]["text"]
    assert delivery().id == first.metadata["event_payload"]["delivery_id"]
    assert first.ts == reply.thread_ts
    assert "Back at 99.5%" in reply.text
    assert "none" == workspace.calls("chat.update")[0]["parse"]


@pytest.mark.parametrize("code", ["message_not_found", "edit_window_closed", "cant_update_message"])
def test_a_message_that_cannot_be_changed_is_followed_by_a_new_one(workspace, code) -> None:
    channel = slack_at(workspace)
    ref = channel.send(delivery())
    workspace.refusals["chat.update"] = code

    assert ref != channel.send(delivery(RESOLVED, earlier_ref=ref))
    channel.send(again(RESOLVED, earlier_ref=ref))

    assert [False, True] == ["RESOLVED" in message.text for message in workspace.in_channel]
    assert [] == workspace.in_threads


def test_resolving_what_was_never_told_is_a_message_of_its_own(workspace) -> None:
    ref = slack_at(workspace).send(delivery(RESOLVED))

    assert f"{CHANNEL}:{workspace.messages[0].ts}" == ref


@pytest.mark.parametrize(
    ("code", "error", "hint"),
    [
        pytest.param("channel_not_found", PermanentError, "channel's id", id="wrong channel"),
        pytest.param("not_in_channel", PermanentError, "invite the app", id="not invited"),
        pytest.param("invalid_auth", PermanentError, "GOODPUT_SLACK_TOKEN", id="wrong token"),
        pytest.param("token_revoked", PermanentError, "GOODPUT_SLACK_TOKEN", id="token taken back"),
        pytest.param("missing_scope", PermanentError, "add the scope", id="scope"),
        pytest.param("is_archived", PermanentError, "archived", id="archived"),
        pytest.param("restricted_action_read_only_channel", PermanentError, "restricted_action", id="read only"),
        pytest.param("metadata_too_large", PermanentError, "metadata_too_large", id="metadata"),
        pytest.param("a_code_of_next_year", PermanentError, "a_code_of_next_year", id="unknown code"),
        pytest.param("ratelimited", TransientError, "busy", id="rate"),
        pytest.param("message_limit_exceeded", TransientError, "busy", id="workspace limit"),
        pytest.param("internal_error", TransientError, "busy", id="internal"),
        pytest.param("fatal_error", TransientError, "busy", id="fatal"),
        pytest.param("service_unavailable", TransientError, "busy", id="away"),
        pytest.param("Received <html>", TransientError, "cannot be read", id="no code"),
    ],
)
def test_slacks_codes_say_whether_to_try_again(workspace, code, error, hint) -> None:
    workspace.refusals["chat.postMessage"] = code

    with pytest.raises(error) as caught:
        slack_at(workspace).send(delivery())

    assert hint in str(caught.value)


def test_a_refused_layout_names_the_places_and_is_sent_as_words(workspace) -> None:
    body = {"ok": False, "error": "invalid_blocks", "response_metadata": {"messages": ["[json-pointer:/blocks/3]"]}}
    workspace.server.fail_next(Fault("status", Answer(body, status=200)))

    slack_at(workspace).send(delivery())

    assert [[]] == [message.blocks for message in workspace.messages]
    assert TITLE in workspace.messages[0].text


def test_a_refused_layout_does_not_cost_a_webhook_its_message(workspace) -> None:
    workspace.server.fail_next(Fault("status", Answer("invalid_blocks", status=400)))

    webhook_at(workspace).send(delivery())

    assert [[]] == [message.blocks for message in workspace.messages]


def test_a_wrong_token_is_refused_without_repeating_it(workspace) -> None:
    channel = Slack(SecretStr("xoxb-wrong"), CHANNEL, base_url=workspace.url)

    with pytest.raises(PermanentError, match="GOODPUT_SLACK_TOKEN") as caught:
        channel.send(delivery())

    assert "xoxb-wrong" not in repr(caught.value)


def test_an_attempt_without_time_left_is_given_up(workspace) -> None:
    with pytest.raises(TransientError, match="No time was left"):
        slack_at(workspace, deadline_s=0).send(delivery())

    assert [] == workspace.server.received


def test_what_is_posted_carries_ids_and_no_previews(workspace) -> None:
    slack_at(workspace).send(delivery())

    (body,) = workspace.calls("chat.postMessage")
    assert {"delivery_id": delivery().id, "key": FIRING.key} == body["metadata"]["event_payload"]
    assert (False, False, "none") == (body["unfurl_links"], body["unfurl_media"], body["parse"])


def test_a_digest_shows_one_real_table_and_the_others_as_text(workspace) -> None:
    slack_at(workspace).send(delivery(DIGEST))

    kinds = [block["type"] for block in workspace.messages[0].blocks]
    assert 1 == kinds.count("table")
    assert "```Rule          Times\nfaithfulness  2\nlatency       -```" in str(
        [block.get("text", {}).get("text") for block in workspace.messages[0].blocks][-2]
    )


def test_a_table_too_big_for_slack_says_how_much_is_missing(workspace) -> None:
    big = Table("Big", ("Name", "Value"), (("a name of some length", "1"),) * 500)

    slack_at(workspace).send(delivery(replace(DIGEST, tables=(big,))))

    shown = str(workspace.messages[0].blocks)
    assert "table" not in [block["type"] for block in workspace.messages[0].blocks]
    assert " more```" in shown


def test_a_webhook_only_posts(workspace) -> None:
    channel = webhook_at(workspace)

    assert [None, None] == [channel.send(delivery()), channel.send(delivery(RESOLVED, earlier_ref="C1:1.1"))]
    assert 2 == len(workspace.in_channel)

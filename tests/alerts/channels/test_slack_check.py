"""Asking Slack whether messages would arrive, without telling anybody."""

import pytest
from pydantic import SecretStr

from alerts.channels.slack import Slack
from alerts.channels.slack_webhook import SlackWebhook
from domain.errors import PermanentError, TransientError
from tests.alerts.channels.conftest import slack_at, webhook_at
from tests.stand_ins.server import Answer, Fault
from tests.stand_ins.slack import CHANNEL, TOKEN

WELL = f"goodput of Acme writes to #alerts ({CHANNEL})"


def test_a_channel_that_is_open_to_us_is_named_and_nobody_hears(workspace) -> None:
    assert WELL == slack_at(workspace).check()
    assert [] == workspace.messages


def test_the_button_is_named_with_what_it_needs(workspace) -> None:
    said = slack_at(workspace, button=True).check()

    assert f"{WELL}; an Acknowledge button, which needs `goodput listen`" == said
    assert "actions" in workspace.calls("blocks.validate")[0]["blocks"]


@pytest.mark.parametrize(
    ("about", "scopes", "words"),
    [
        ({"is_archived": True}, "chat:write", "archived"),
        ({"is_member": False}, "chat:write", "invite the app to #alerts"),
        ({"is_member": False, "is_private": True}, "chat:write,chat:write.public", "invite the app to #alerts"),
        ({}, "channels:history", "add the scope chat:write"),
    ],
)
def test_what_would_be_refused_is_named_with_what_to_mend(workspace, about, scopes, words) -> None:
    workspace.about_channel |= about
    workspace.scopes = scopes

    with pytest.raises(PermanentError, match=words):
        slack_at(workspace).check()


@pytest.mark.parametrize(
    ("method", "code", "words"),
    [
        ("auth.test", "invalid_auth", "check GOODPUT_SLACK_TOKEN"),
        ("auth.test", "not_allowed_token_type", "GOODPUT_SLACK_TOKEN is a token of another kind"),
        ("conversations.info", "channel_not_found", "use the channel's id"),
        ("blocks.validate", "token_revoked", "check GOODPUT_SLACK_TOKEN"),
    ],
)
def test_a_refusal_names_what_to_mend(workspace, method, code, words) -> None:
    workspace.refusals[method] = code

    with pytest.raises(PermanentError, match=words):
        slack_at(workspace).check()


def test_the_variable_that_the_operator_chose_is_named(workspace) -> None:
    channel = Slack(SecretStr("xoxb-wrong"), CHANNEL, variable="TEAM_TOKEN", base_url=workspace.url)

    with pytest.raises(PermanentError, match="check TEAM_TOKEN"):
        channel.check()


@pytest.mark.parametrize(
    ("scopes", "words"),
    [("chat:write,channels:read", "may come twice"), ("chat:write,groups:history", WELL), (None, WELL)],
)
def test_without_leave_to_look_for_messages_it_says_what_that_means(workspace, scopes, words) -> None:
    workspace.scopes = scopes

    assert words in slack_at(workspace).check()


def test_whoever_may_write_anywhere_need_not_be_a_member(workspace) -> None:
    workspace.about_channel["is_member"] = False
    workspace.scopes = "chat:write,chat:write.public,channels:history"

    assert WELL == slack_at(workspace).check()


def test_a_channel_that_may_not_be_looked_at_is_no_reason_to_refuse(workspace) -> None:
    workspace.refusals["conversations.info"] = "missing_scope"

    assert f"writes to {CHANNEL} (not looked at" in slack_at(workspace).check()


def test_a_workspace_that_knows_no_charts_or_dislikes_us_says_so(workspace) -> None:
    workspace.knows_charts = False
    assert slack_at(workspace).check().endswith("; shows no charts")

    workspace.refuses_blocks = True
    assert slack_at(workspace).check().endswith("; shows plain words only: it refuses our layout")


def test_a_workspace_that_cannot_validate_is_believed(workspace) -> None:
    workspace.refusals["blocks.validate"] = "unknown_method"

    assert WELL == slack_at(workspace).check()


def test_names_from_slack_are_clipped_and_cleaned(workspace) -> None:
    workspace.about_channel["name"] = "\u202e" + "x" * 100_000

    assert len(slack_at(workspace).check()) < 200


@pytest.mark.parametrize("answers", [{"ok": True}, {"ok": True, "channel": "x", "team": 3, "user": None}])
def test_answers_of_another_shape_are_no_crash(workspace, answers) -> None:
    workspace.server.fail_next(*[Fault("status", Answer(answers, status=200))] * 3)

    assert f"an app of a workspace writes to #{CHANNEL} ({CHANNEL})" == slack_at(workspace).check()


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_check_that_cannot_be_made_now_is_transient(workspace, number) -> None:
    well = [Fault("status", Answer({"ok": True}, status=200))] * number
    workspace.server.fail_next(*well, Fault("status", Answer(status=503, headers={"Retry-After": "7"})))

    with pytest.raises(TransientError) as caught:
        slack_at(workspace).check()

    assert 7 == caught.value.retry_after_s


def test_a_webhook_that_lives_complains_of_the_empty_post(workspace) -> None:
    assert "an incoming webhook, which only posts" == webhook_at(workspace).check()
    assert [] == workspace.messages
    assert [{"text": ""}] == [call.json() for call in workspace.server.received]


@pytest.mark.parametrize("code", ["invalid_payload", "missing_text_or_fallback_or_attachments"])
def test_it_may_complain_in_other_words(workspace, code) -> None:
    workspace.refusals["webhook"] = code

    assert "an incoming webhook, which only posts" == webhook_at(workspace).check()


def test_a_webhook_that_is_gone_names_its_variable(workspace) -> None:
    gone = SlackWebhook(SecretStr(f"{workspace.server.url}/services/very-secret"), variable="TEAM_WEBHOOK")

    with pytest.raises(PermanentError, match=r"no_service - the webhook was removed.*TEAM_WEBHOOK") as caught:
        gone.check()

    assert "very-secret" not in str(caught.value)


def test_a_webhook_that_cannot_be_asked_now_is_transient(workspace) -> None:
    workspace.server.fail_next(Fault("reset"))

    with pytest.raises(TransientError):
        webhook_at(workspace).check()


def test_no_secret_is_repeated(workspace) -> None:
    workspace.about_channel["is_archived"] = True

    with pytest.raises(PermanentError) as caught:
        slack_at(workspace).check()

    assert TOKEN not in repr(caught.value)

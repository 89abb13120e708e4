"""What a message looks like in Slack, from the first alert to the end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.channels.slack_blocks import blocks, line, text
from alerts.channels.slack_button import ACKNOWLEDGE, button_block
from domain.message import Chart, MessageKind, Table, WorstTrace
from tests.alerts.channels.conftest import slack_at
from tests.alerts.channels.messages import CHANGED, DIGEST, FIRING, HOSTILE, NOON, RESOLVED, delivery
from tests.stand_ins.slack_limits import block_errors, is_too_long

CHART = Chart("Failures", "share", tuple((NOON + timedelta(minutes=n), n / 100) for n in range(30)), 0.01)
FULL = replace(FIRING, chart=CHART, changes=tuple(f"prompt version v{n} serves since 07:41 UTC" for n in range(7)))
UPDATED = replace(FULL, kind=MessageKind.UPDATED, is_news=True, sentence="Joined: slow. It goes on.")
REMINDER = replace(
    FULL, kind=MessageKind.REMINDER, sentence="It goes on, for 2 h now. " + "5% of requests fail, " * 100
)
ACKNOWLEDGED = replace(FIRING, kind=MessageKind.ACKNOWLEDGED, sentence="ada has taken it.")


def kinds(message, *, button: bool = False) -> list[str]:
    return [block["type"] for block in blocks(message, button=button)]


def mrkdwn(block) -> str:
    return block["text"]["text"]


def test_a_page_is_read_from_what_is_broken_to_where_it_comes_from() -> None:
    made = blocks(FULL, button=True)

    assert [
        "header", "section", "section", "section", "section", "data_visualization", "section", "actions", "context",
    ] == [block["type"] for block in made]  # fmt: skip
    assert mrkdwn(made[3]).startswith("*Changed just before*\n• prompt version v0 serves since 07:41 UTC\n")
    assert mrkdwn(made[3]).endswith("\n… 2 more")
    assert mrkdwn(made[4]).startswith("*Worst traces*")
    assert mrkdwn(made[6]).startswith("<https://runbooks.example/")
    assert [] == block_errors(made)


@pytest.mark.parametrize("message", [FULL, replace(HOSTILE, chart=CHART, changes=("<!channel>" * 99,) * 99)])
def test_the_button_and_the_context_always_fit(message) -> None:
    many = (Table("t", ("a", "b"), (("x" * 100, "y" * 100),) * 90),) * 60
    made = blocks(replace(message, tables=many), button=True)

    assert ["actions", "context"] == [block["type"] for block in made[-2:]]
    assert not is_too_long(made)


def test_a_change_is_one_small_message_without_a_header(workspace) -> None:
    channel = slack_at(workspace, button=True)
    ref = channel.send(delivery(FIRING))
    channel.send(delivery(CHANGED, earlier_ref=ref))

    assert ["section", "context"] == workspace.in_channel[-1].kinds
    assert "*🆕 support-bot: prompt version v42 serves*\n" in mrkdwn(workspace.in_channel[-1].blocks[0])
    assert (2, 0) == (len(workspace.in_channel), len(workspace.in_threads))


def test_a_resolved_message_says_how_long_it_took() -> None:
    (context,) = (block for block in blocks(RESOLVED) if block["type"] == "context")

    assert "2026-11-23 07:45 UTC> → <!date^" in context["elements"][0]["text"]
    assert "(15 min)" in context["elements"][0]["text"]
    assert "✅ RESOLVED · support-bot: 15.5% of answers unfaithful" == blocks(RESOLVED)[0]["text"]["text"]


def test_the_life_of_an_incident_in_one_message_and_its_thread(workspace) -> None:
    channel = slack_at(workspace, button=True)
    ref = channel.send(delivery(FULL))
    for told in (UPDATED, REMINDER, ACKNOWLEDGED, RESOLVED):
        assert ref == channel.send(delivery(told, earlier_ref=ref))

    (parent,) = workspace.in_channel
    assert (3, "✅ RESOLVED") == (parent.edits, parent.text[:10])
    assert [True, True, False, False] == [answer.broadcast for answer in workspace.in_threads]
    assert ["🔴 PAGE (updated)", "🔴 PAGE (reminder)", "👤 PAGE (acknowledged)", "✅ RESOLVED"] == [
        answer.text.split(" · ")[0] for answer in workspace.in_threads
    ]


def test_a_reminder_is_one_short_line_in_the_thread_with_the_button(workspace) -> None:
    channel = slack_at(workspace, button=True)
    ref = channel.send(delivery(FULL))
    channel.send(delivery(REMINDER, earlier_ref=ref))

    (answer,) = workspace.in_threads
    assert ["section", "actions"] == answer.kinds
    assert mrkdwn(answer.blocks[0]) == answer.text == line(REMINDER)
    assert "It goes on, for 2 h now." in answer.text
    assert (500, True) == (len(answer.text), len(text(REMINDER)) > 2000)


@pytest.mark.parametrize("code", ["thread_not_found", "restricted_action_thread_locked", "cannot_reply_to_message"])
def test_a_reminder_that_has_no_thread_any_more_is_a_message_of_its_own(workspace, code) -> None:
    channel = slack_at(workspace)
    ref = channel.send(delivery(FULL))
    workspace.thread_refusal = code

    assert ref != channel.send(delivery(REMINDER, earlier_ref=ref))
    assert "header" == workspace.in_channel[-1].kinds[0]


def test_a_thread_that_takes_no_answers_does_not_undo_the_edit(workspace) -> None:
    channel = slack_at(workspace)
    ref = channel.send(delivery(FULL))
    workspace.thread_refusal = "restricted_action_thread_locked"

    assert ref == channel.send(delivery(RESOLVED, earlier_ref=ref))
    assert ([], 1) == (workspace.in_threads, workspace.in_channel[0].edits)


def test_nobody_is_called_for_what_is_over_already(workspace) -> None:
    channel = slack_at(workspace, button=True)
    ref = channel.send(delivery(FULL, is_over=True))
    channel.send(delivery(REMINDER, earlier_ref=ref, is_over=True))

    assert "actions" not in [kind for message in workspace.messages for kind in message.kinds]
    assert [False] == [answer.broadcast for answer in workspace.in_threads]


@pytest.mark.parametrize(
    ("message", "has_one"),
    [
        (FIRING, True),
        (UPDATED, True),
        (REMINDER, True),
        (ACKNOWLEDGED, False),
        (RESOLVED, False),
        (CHANGED, False),
        (DIGEST, False),
        pytest.param(replace(FIRING, key="k" * 2000), True, id="longest key"),
        pytest.param(replace(FIRING, key="k" * 2001), False, id="key too long"),
        pytest.param(replace(FIRING, key="a\u202eb"), False, id="a key that would not come back"),
        pytest.param(replace(FIRING, key=""), False, id="no key"),
    ],
)
def test_what_can_be_taken_has_a_button_with_the_key(message, has_one) -> None:
    block = button_block(message)
    found = block["elements"][0] if block else {}

    assert ((ACKNOWLEDGE, message.key) if has_one else (None, None)) == (found.get("action_id"), found.get("value"))
    assert has_one is ("actions" in kinds(message, button=True))
    assert "actions" not in kinds(message)


def test_a_trace_without_an_address_is_shown_all_the_same() -> None:
    assert "`Why`" in str(blocks(replace(FIRING, worst_traces=(WorstTrace("abc", "Why"),))))

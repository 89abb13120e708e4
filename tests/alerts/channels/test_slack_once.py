"""One message in the channel and one answer in the thread, whatever gets lost on the way.

Each case: Slack has done what it was asked, the answer does not reach us, and the outbox hands the same delivery to a
new `Slack`, as another process would after a crash.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from domain.delivery import Delivery
from domain.errors import PermanentError, TransientError
from domain.message import Message, MessageKind
from tests.alerts.channels.conftest import patience_s, slack_at
from tests.alerts.channels.messages import CHANGED, DIGEST, FIRING, NOON, RESOLVED, TITLE, again, delivery
from tests.stand_ins.server import Answer, Fault
from tests.stand_ins.slack import CHANNEL, Posted, SlackStandIn

LOST_ANSWERS = [
    pytest.param(Fault("reset", committed=True), id="reset"),
    pytest.param(Fault("hang_up", committed=True), id="hang up"),
    pytest.param(Fault("truncated", committed=True), id="truncated"),
    pytest.param(Fault("malformed", committed=True), id="malformed"),
    pytest.param(Fault("hang", committed=True), id="too slow"),
    pytest.param(Fault("status", Answer(status=500), committed=True), id="500"),
    pytest.param(None, id="crash before it was noted"),
]
UPDATED = replace(FIRING, kind=MessageKind.UPDATED, is_news=True)
ACKNOWLEDGED = replace(FIRING, kind=MessageKind.ACKNOWLEDGED)
REMINDER = replace(FIRING, kind=MessageKind.REMINDER)


def at_once(workspace: SlackStandIn, fault: Fault) -> None:
    workspace.server.fail_next(fault)


def after_the_edit(workspace: SlackStandIn, fault: Fault) -> None:
    workspace.fails_after["chat.update"] = fault


@pytest.mark.parametrize("fault", LOST_ANSWERS)
@pytest.mark.parametrize(
    ("message", "breaks"),
    [
        pytest.param(FIRING, at_once, id="post"),
        pytest.param(DIGEST, at_once, id="digest"),
        pytest.param(CHANGED, at_once, id="change"),
        pytest.param(UPDATED, at_once, id="edit of an update"),
        pytest.param(UPDATED, after_the_edit, id="answer of an update"),
        pytest.param(ACKNOWLEDGED, at_once, id="edit of who has it"),
        pytest.param(ACKNOWLEDGED, after_the_edit, id="answer of who has it"),
        pytest.param(RESOLVED, at_once, id="edit of the end"),
        pytest.param(RESOLVED, after_the_edit, id="answer of the end"),
        pytest.param(REMINDER, at_once, id="reminder"),
    ],
)
def test_what_slack_has_is_not_sent_again(
    workspace: SlackStandIn, message: Message, breaks: Callable[[SlackStandIn, Fault], None], fault: Fault | None
) -> None:
    is_first = message.kind in {MessageKind.FIRING, MessageKind.DIGEST, MessageKind.CHANGE}
    ref = None if is_first else slack_at(workspace).send(delivery())
    _lose(workspace, delivery(message, earlier_ref=ref), breaks, fault)
    workspace.somebody_says("what is going on?")

    now = slack_at(workspace, button=True).send(again(message, earlier_ref=ref))

    assert f"{CHANNEL}:{workspace.messages[0].ts}" == now
    assert (2, 0 if is_first else 1) == (len(workspace.in_channel), len(workspace.in_threads))


def _lose(workspace: SlackStandIn, one: Delivery, breaks: Callable, fault: Fault | None) -> None:
    if fault is None:
        slack_at(workspace).send(one)
        return
    breaks(workspace, fault)
    with pytest.raises(TransientError):
        slack_at(workspace, patience_s(fault)).send(one)


@pytest.mark.parametrize("fault", LOST_ANSWERS[:1])
def test_a_refused_chart_whose_second_try_is_lost_is_found_too(workspace, fault) -> None:
    workspace.refuses_blocks = True
    workspace.server.fail_next(Fault("status", Answer({"ok": False, "error": "invalid_blocks"}, status=200)), fault)
    with pytest.raises(TransientError):
        slack_at(workspace).send(delivery())

    workspace.refuses_blocks = False
    slack_at(workspace).send(again())

    assert 1 == len(workspace.messages)


def test_a_message_that_followed_one_that_cannot_be_edited_is_found_too(workspace) -> None:
    workspace.refusals["chat.update"] = "message_not_found"
    ref = slack_at(workspace).send(delivery())
    slack_at(workspace).send(delivery(RESOLVED, earlier_ref=ref))

    slack_at(workspace).send(again(RESOLVED, earlier_ref=ref))

    assert (2, 0) == (len(workspace.in_channel), len(workspace.in_threads))


def test_a_post_that_never_arrived_is_posted_on_the_next_attempt(workspace) -> None:
    workspace.server.fail_next(Fault("reset"))
    with pytest.raises(TransientError):
        slack_at(workspace).send(delivery())

    slack_at(workspace).send(again())

    assert 1 == len(workspace.messages)


def test_the_search_goes_on_over_pages(workspace) -> None:
    slack_at(workspace).send(delivery())
    workspace.page_size = 2
    for number in range(6):
        workspace.somebody_says(f"line {number}")

    slack_at(workspace).send(again())

    assert 4 == len(workspace.calls("conversations.history"))
    assert 7 == len(workspace.messages)


def test_the_search_in_a_thread_goes_on_over_pages(workspace) -> None:
    ref = slack_at(workspace).send(delivery())
    for number in range(4):
        workspace.answers(ref.partition(":")[2], f"line {number}")
    slack_at(workspace).send(delivery(REMINDER, earlier_ref=ref))
    workspace.page_size = 2

    slack_at(workspace).send(again(REMINDER, earlier_ref=ref))

    assert 3 == len(workspace.calls("conversations.replies"))
    assert 5 == len(workspace.in_threads)


@pytest.mark.parametrize("message", [FIRING, RESOLVED], ids=["page", "end of a page"])
def test_without_leave_to_look_an_alert_comes_again_rather_than_never(workspace, message) -> None:
    slack_at(workspace).send(delivery(message))
    workspace.refusals["conversations.history"] = "missing_scope"

    slack_at(workspace).send(again(message))

    assert 2 == len(workspace.messages)


def test_without_leave_to_look_an_answer_comes_again(workspace) -> None:
    ref = slack_at(workspace).send(delivery())
    slack_at(workspace).send(delivery(REMINDER, earlier_ref=ref))
    workspace.refusals["conversations.replies"] = "missing_scope"

    slack_at(workspace).send(again(REMINDER, earlier_ref=ref))

    assert (1, 2) == (len(workspace.in_channel), len(workspace.in_threads))


@pytest.mark.parametrize("message", [DIGEST, CHANGED], ids=["digest", "change"])
def test_without_leave_to_look_what_calls_nobody_is_given_up(workspace, message) -> None:
    slack_at(workspace).send(delivery(message))
    workspace.refusals["conversations.history"] = "missing_scope"

    with pytest.raises(PermanentError, match=r"may have arrived.*missing_scope.*add the scope channels:history"):
        slack_at(workspace).send(again(message))

    assert 1 == len(workspace.messages)


def test_a_search_that_fails_for_now_posts_nothing(workspace) -> None:
    workspace.server.fail_next(Fault("status", Answer(status=429, headers={"Retry-After": "9"})))

    with pytest.raises(TransientError) as caught:
        slack_at(workspace).send(again())

    assert 9 == caught.value.retry_after_s
    assert [] == workspace.messages


def test_other_apps_may_write_what_they_like_into_their_metadata(workspace) -> None:
    for metadata in ({"event_type": "x"}, {"event_type": "x", "event_payload": "text"}):
        workspace.messages.append(Posted(f"{NOON.timestamp()}", "hello", metadata=metadata))

    slack_at(workspace).send(again())

    assert 3 == len(workspace.messages)


def test_two_alerts_are_two_messages(workspace) -> None:
    slack_at(workspace).send(delivery())

    slack_at(workspace).send(again(replace(FIRING, key="another")))

    assert [True, True] == [TITLE in message.text for message in workspace.messages]

"""Telling a Slack channel: an alert is one message, which changes when the alert resolves."""

from contextlib import suppress
from typing import Literal

from pydantic import Field, SecretStr

from alerts.channels.channel import Channel, WrittenChannel
from alerts.channels.clean import clipped, one_line
from alerts.channels.secrets import ChannelSecrets, Variable
from alerts.channels.slack_answers import SlackRefusal
from alerts.channels.slack_blocks import layouts, line, line_layouts, text
from alerts.channels.slack_calls import SLACK, SlackCalls
from alerts.channels.slack_check import look
from alerts.channels.slack_search import arrived
from domain.delivery import Delivery
from domain.errors import PermanentError, TransientError
from domain.message import MessageKind

_EDITS = frozenset({MessageKind.UPDATED, MessageKind.ACKNOWLEDGED, MessageKind.RESOLVED})
_NOBODY_WAITS = frozenset({MessageKind.DIGEST, MessageKind.CHANGE})
_CANNOT_EDIT = frozenset(
    {"cant_update_message", "channel_not_found", "edit_window_closed", "is_inactive", "message_not_found"}
)
_CANNOT_ANSWER = frozenset(
    {
        "cannot_reply_to_message",
        "channel_not_found",
        "message_not_found",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
        "thread_not_found",
    }
)


class SlackConfig(WrittenChannel):
    """Messages in a Slack channel, by an app with a bot token.

    Attributes:
        channel: The channel's id as at the end of its link (`C0123456789`): Slack edits messages by id only.
        token: The environment variable with the bot token.
        app_token: The environment variable with the app-level token (xapp-...): with it messages have an Acknowledge
            button, and `goodput listen` hears when it is pressed.
    """

    kind: Literal["slack"]
    channel: str = Field(pattern=r"^[CDG][A-Z0-9]{2,20}$")
    token: Variable = "GOODPUT_SLACK_TOKEN"  # noqa: S105 - the name of the place
    app_token: Variable | None = None


def slack_address(secrets: ChannelSecrets) -> str:
    """Return where Slack's Web API is."""
    return secrets.address("GOODPUT_SLACK_URL") or SLACK


def build(config: SlackConfig, secrets: ChannelSecrets) -> Channel:
    """Return the channel that *config* describes."""
    token = secrets.required(config.token, config.kind)
    return Slack(
        token,
        config.channel,
        variable=config.token,
        base_url=slack_address(secrets),
        button=config.app_token is not None,
    )


class Slack:
    """One channel of a Slack workspace.

    The first message of an incident is the parent: what follows edits it and is answered in its thread, in one line.

    Slack has no idempotent posting, so every message carries its delivery's id in its metadata, and a later
    attempt first looks whether an earlier one arrived. That needs the scope `channels:history` (or
    `groups:history`). Without it an alert is posted again: hearing twice is better than not hearing. What calls
    nobody, a digest or a change, is given up instead.
    """

    def __init__(
        self,
        token: SecretStr,
        channel: str,
        *,
        variable: str = "GOODPUT_SLACK_TOKEN",
        base_url: str = SLACK,
        button: bool = False,
        timeout_s: float = 10.0,
        deadline_s: float = 40.0,
    ) -> None:
        self._token = token
        self._channel = channel
        self._variable = variable
        self._base_url = base_url
        self._button = button
        self._timeout_s = timeout_s
        self._deadline_s = deadline_s

    def send(self, delivery: Delivery) -> str:
        """Post, or change the earlier message of the incident, or answer in its thread; return `CHANNEL:TS` of it.

        Raises:
            TransientError: Slack is busy or away, or its answer cannot be read.
            PermanentError: Slack refuses the token, the channel or the message.
        """
        calls = self._calls()
        channel, _, ts = (delivery.earlier_ref or "").partition(":")
        if delivery.message.kind in _EDITS and ts:
            return self._change(calls, delivery, channel, ts)
        if delivery.message.kind is MessageKind.REMINDER and ts:
            return self._ask_again(calls, delivery, channel, ts)
        return self._tell(calls, delivery)

    def check(self) -> str:
        """Ask Slack who we are, whether the channel is open to us, and whether it likes our layout.

        Raises:
            TransientError: Slack cannot be asked now.
            PermanentError: It would refuse; the message says what to mend.
        """
        return look(self._calls(), self._channel, button=self._button)

    def _calls(self) -> SlackCalls:
        return SlackCalls(
            self._token, self._variable, self._base_url, timeout_s=self._timeout_s, deadline_s=self._deadline_s
        )

    def _tell(self, calls: SlackCalls, delivery: Delivery) -> str:
        where = {"channel": self._channel}
        ts = _posted(calls, delivery, where) or self._post(calls, delivery, where)
        return f"{self._channel}:{ts}"

    def _post(self, calls: SlackCalls, delivery: Delivery, where: dict[str, str]) -> str:
        body = {**_body(delivery), "text": text(delivery.message), **where}
        answer = calls.show("chat.postMessage", body, layouts(delivery.message, button=self._has_button(delivery)))
        ts = answer.get("ts")
        if not isinstance(ts, str):
            raise TransientError("Slack did not say where the message is")
        return ts

    def _ask_again(self, calls: SlackCalls, delivery: Delivery, channel: str, ts: str) -> str:
        """Answer in the thread of the message, so that the channel sees it too."""
        try:
            self._answer(calls, delivery, channel, ts, is_news=True)
        except SlackRefusal as refusal:
            if refusal.code not in _CANNOT_ANSWER:
                raise
            return self._tell(calls, delivery)
        return f"{channel}:{ts}"

    def _change(self, calls: SlackCalls, delivery: Delivery, channel: str, ts: str) -> str:
        """Edit the message in place and answer in its thread; a thread that takes no answers changes nothing."""
        body = {
            "channel": channel,
            "ts": ts,
            "text": text(delivery.message),
            "parse": "none",
            "link_names": False,
        }
        try:
            calls.show("chat.update", body, layouts(delivery.message, button=self._has_button(delivery)))
        except SlackRefusal as refusal:
            if refusal.code not in _CANNOT_EDIT:
                raise
            return self._tell(calls, delivery)
        try:
            self._answer(calls, delivery, channel, ts, is_news=delivery.message.is_news)
        except SlackRefusal as refusal:
            if refusal.code not in _CANNOT_ANSWER:
                raise
        return f"{channel}:{ts}"

    def _answer(self, calls: SlackCalls, delivery: Delivery, channel: str, ts: str, *, is_news: bool) -> None:
        with suppress(SlackRefusal):  # who may not look answers again
            if arrived(calls, delivery, "conversations.replies", {"channel": channel, "ts": ts}) is not None:
                return
        asks = delivery.message.kind is MessageKind.REMINDER and self._has_button(delivery)
        broadcast = {"reply_broadcast": True} if is_news and not delivery.is_over else {}
        body = {**_body(delivery), "text": line(delivery.message), **broadcast, "channel": channel, "thread_ts": ts}
        calls.show("chat.postMessage", body, line_layouts(delivery.message, button=asks))

    def _has_button(self, delivery: Delivery) -> bool:
        return self._button and not delivery.is_over


def _posted(calls: SlackCalls, delivery: Delivery, where: dict[str, str]) -> str | None:
    """Return the ts of what an earlier attempt posted; None if nothing did, or if it is to be told again."""
    try:
        return arrived(calls, delivery, "conversations.history", where)
    except SlackRefusal as refusal:
        if delivery.message.kind not in _NOBODY_WAITS:
            return None
        raise PermanentError(
            "An earlier attempt may have arrived, and Slack does not let us look, so it is not sent again "
            f"({refusal.code}): add the scope channels:history, or groups:history, to the app"
        ) from None


def _body(delivery: Delivery) -> dict[str, object]:
    payload = {"delivery_id": delivery.id, "key": clipped(one_line(delivery.message.key), 255)}
    return {
        "parse": "none",
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
        # Everyone in the workspace can read metadata: ids only.
        "metadata": {
            "event_type": "goodput_message",
            "event_payload": payload,
        },
    }

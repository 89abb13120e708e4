"""Telling a Slack channel: an alert is one message, which changes when the alert resolves."""

from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from alerts.channels.channel import Channel
from alerts.channels.clean import clipped, one_line
from alerts.channels.secrets import ChannelSecrets, Variable
from alerts.channels.slack_answers import SlackRefusal
from alerts.channels.slack_blocks import blocks, text
from alerts.channels.slack_calls import SlackCalls
from domain.delivery import Delivery
from domain.errors import TransientError
from domain.message import MessageKind

_SLACK = "https://slack.com/api/"
_CHANGES = frozenset({MessageKind.UPDATED, MessageKind.ACKNOWLEDGED, MessageKind.RESOLVED})
_CLOCKS_DIFFER = timedelta(seconds=60)
_PAGES = 5
_CANNOT_EDIT = frozenset({"cant_update_message", "channel_not_found", "edit_window_closed", "message_not_found"})


class SlackConfig(BaseModel):
    """Messages in a Slack channel, by an app with a bot token.

    Attributes:
        channel: The channel's id as at the end of its link (`C0123456789`): Slack edits messages by id only.
        token: The environment variable with the bot token.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["slack"]
    channel: str = Field(pattern=r"^[CDG][A-Z0-9]{2,20}$")
    token: Variable = "GOODPUT_SLACK_TOKEN"  # noqa: S105 - the name of the place


def build(config: SlackConfig, secrets: ChannelSecrets) -> Channel:
    """Return the channel that *config* describes."""
    token = secrets.required(config.token, config.kind)
    return Slack(token, config.channel, base_url=secrets.address("GOODPUT_SLACK_URL") or _SLACK)


class Slack:
    """One channel of a Slack workspace.

    Slack has no idempotent posting, so every message carries its delivery's id in its metadata, and a later
    attempt first looks whether an earlier one arrived. That needs the scope `channels:history` (or
    `groups:history`); without it the message is posted again: hearing twice is better than not hearing.
    """

    def __init__(
        self,
        token: SecretStr,
        channel: str,
        *,
        base_url: str = _SLACK,
        timeout_s: float = 10.0,
        deadline_s: float = 40.0,
    ) -> None:
        self._token = token
        self._channel = channel
        self._base_url = f"{base_url.rstrip('/')}/"
        self._timeout_s = timeout_s
        self._deadline_s = deadline_s

    def send(self, delivery: Delivery) -> str:
        """Post, or change the earlier message of the incident, or answer in its thread; return `CHANNEL:TS` of it.

        Raises:
            TransientError: Slack is busy or away, or its answer cannot be read.
            PermanentError: Slack refuses the token, the channel or the message.
        """
        calls = SlackCalls(self._token, self._base_url, timeout_s=self._timeout_s, deadline_s=self._deadline_s)
        channel, _, ts = (delivery.earlier_ref or "").partition(":")
        if delivery.message.kind in _CHANGES and ts:
            return self._change(calls, delivery, channel, ts)
        if delivery.message.kind is MessageKind.REMINDER and ts:
            return self._ask_again(calls, delivery, channel, ts)
        return self._tell(calls, delivery)

    def _tell(self, calls: SlackCalls, delivery: Delivery) -> str:
        where = {"channel": self._channel}
        ts = _arrived(calls, delivery, "conversations.history", where) or _post(calls, delivery, where)
        return f"{self._channel}:{ts}"

    def _ask_again(self, calls: SlackCalls, delivery: Delivery, channel: str, ts: str) -> str:
        """Answer in the thread of the message, so that the channel sees it too."""
        self._answer(calls, delivery, channel, ts, reply_broadcast=True)
        return f"{channel}:{ts}"

    def _change(self, calls: SlackCalls, delivery: Delivery, channel: str, ts: str) -> str:
        body = {
            "channel": channel,
            "ts": ts,
            "text": text(delivery.message),
            "parse": "none",
            "link_names": False,
        }
        try:
            calls.show("chat.update", body, blocks(delivery.message))
        except SlackRefusal as refusal:
            if refusal.code not in _CANNOT_EDIT:
                raise
            return self._tell(calls, delivery)
        self._answer(calls, delivery, channel, ts, **({"reply_broadcast": True} if delivery.message.is_news else {}))
        return f"{channel}:{ts}"

    def _answer(self, calls: SlackCalls, delivery: Delivery, channel: str, ts: str, **how: bool) -> None:
        thread = {"channel": channel, "ts": ts}
        if _arrived(calls, delivery, "conversations.replies", thread) is None:
            calls.write("chat.postMessage", {**_body(delivery), **how, "channel": channel, "thread_ts": ts})


def _post(calls: SlackCalls, delivery: Delivery, where: dict[str, str]) -> str:
    answer = calls.show("chat.postMessage", {**_body(delivery), **where}, blocks(delivery.message))
    ts = answer.get("ts")
    if not isinstance(ts, str):
        raise TransientError("Slack did not say where the message is")
    return ts


def _body(delivery: Delivery) -> dict[str, object]:
    payload = {"delivery_id": delivery.id, "key": clipped(one_line(delivery.message.key), 255)}
    return {
        "text": text(delivery.message),
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


def _arrived(calls: SlackCalls, delivery: Delivery, method: str, where: dict[str, str]) -> str | None:
    """Return the ts of the message that an earlier attempt left, if there is one and we may see it."""
    if delivery.attempts == 0:
        return None
    oldest = (delivery.first_tried_at or delivery.message.at) - _CLOCKS_DIFFER
    arguments = where | {
        "oldest": f"{oldest.timestamp():.6f}",
        "include_all_metadata": "true",
        "limit": "200",
    }
    for _ in range(_PAGES):
        try:
            page = calls.read(method, arguments)
        except SlackRefusal:
            return None
        if ts := _carrier(page.get("messages"), delivery.id):
            return ts
        following = page.get("response_metadata")
        cursor = following.get("next_cursor") if isinstance(following, dict) else None
        if not cursor:
            return None
        arguments["cursor"] = str(cursor)
    return None


def _carrier(messages: object, delivery_id: str) -> str | None:
    """Return the ts of the one of *messages* that carries this id; other apps' metadata may look like anything."""
    for message in messages if isinstance(messages, list) else []:
        metadata = message.get("metadata") if isinstance(message, dict) else None
        payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
        if isinstance(payload, dict) and payload.get("delivery_id") == delivery_id:
            return str(message["ts"])
    return None

"""The button by which somebody takes an incident, and what Slack says when it is pressed."""

import re
from dataclasses import dataclass
from typing import Self

from alerts.channels.clean import clipped, one_line
from domain.message import Message, MessageKind

ACKNOWLEDGE = "goodput_acknowledge"

_ASKED = frozenset({MessageKind.FIRING, MessageKind.UPDATED, MessageKind.REMINDER})
_LONGEST_VALUE, _LONGEST_NAME = 2000, 60
_CHANNEL = re.compile(r"[CDG][A-Z0-9]{2,20}")
_USER = re.compile(r"[UW][A-Z0-9]{2,20}")


def button_block(message: Message) -> dict[str, object] | None:
    """Return the button, or None where there is nothing to take any more, or the key would not come back as it is."""
    key = message.key
    if message.kind not in _ASKED or message.is_taken or not _is_key(key):
        return None
    button = {
        "type": "button",
        "action_id": ACKNOWLEDGE,
        "text": {"type": "plain_text", "text": "Acknowledge", "emoji": True},
        "value": key,
        "style": "primary",
    }
    return {"type": "actions", "elements": [button]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Somebody has pressed the button.

    Attributes:
        key: Of the incident, as the message carried it.
        channel: The id of the channel that the message is in.
        user: The id of the one who pressed.
        name: How Slack calls them; they may change it.
    """

    key: str
    channel: str
    user: str
    name: str = ""

    @property
    def by(self) -> str:
        """Who it was: the name for people, the id because names change."""
        return f"{self.name} ({self.user})" if self.name else self.user

    @classmethod
    def read(cls, payload: object) -> Self | None:
        """Return what *payload* says, or None if it is about anything else; nobody vouches for its form."""
        if not isinstance(payload, dict) or payload.get("type") != "block_actions":
            return None
        channel, user = _inner(payload, "channel").get("id"), _inner(payload, "user").get("id")
        key = _value(payload.get("actions"))
        if key is None or not _is(channel, _CHANNEL) or not _is(user, _USER):
            return None
        return cls(key=key, channel=str(channel), user=str(user), name=_name(_inner(payload, "user")))


def _value(actions: object) -> str | None:
    for action in actions[:25] if isinstance(actions, list) else []:
        if isinstance(action, dict) and action.get("action_id") == ACKNOWLEDGE:
            value = action.get("value")
            return value if isinstance(value, str) and _is_key(value) else None
    return None


def _is_key(key: str) -> bool:
    return 0 < len(key) <= _LONGEST_VALUE and one_line(key) == key


def _name(user: dict[str, object]) -> str:
    name = user.get("name") or user.get("username")
    return clipped(one_line(name[:500]), _LONGEST_NAME) if isinstance(name, str) else ""


def _inner(payload: dict[str, object], name: str) -> dict[str, object]:
    found = payload.get(name)
    return found if isinstance(found, dict) else {}


def _is(found: object, form: re.Pattern[str]) -> bool:
    return isinstance(found, str) and form.fullmatch(found) is not None

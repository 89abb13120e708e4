"""Looking whether an earlier attempt arrived: Slack has no posting that can be repeated.

A message carries its delivery's id in its metadata, and a later attempt looks for it.
"""

from datetime import timedelta

from alerts.channels.slack_calls import SlackCalls
from domain.delivery import Delivery

HISTORY = frozenset({"channels:history", "groups:history", "im:history", "mpim:history"})
"""The scopes that let an app look, one for each kind of channel."""

_CLOCKS_DIFFER = timedelta(seconds=60)
_PAGES = 5


def arrived(calls: SlackCalls, delivery: Delivery, method: str, where: dict[str, str]) -> str | None:
    """Return the ts of the message that an earlier attempt left, or None if there is none.

    Args:
        method: `conversations.history`, or `conversations.replies` for what is in a thread.

    Raises:
        SlackRefusal: We may not look.
        TransientError: Slack cannot be asked now.
    """
    if delivery.attempts == 0:
        return None
    oldest = (delivery.first_tried_at or delivery.message.at) - _CLOCKS_DIFFER
    arguments = where | {
        "oldest": f"{oldest.timestamp():.6f}",
        "include_all_metadata": "true",
        "limit": "200",
    }
    for _ in range(_PAGES):
        page = calls.read(method, arguments)
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

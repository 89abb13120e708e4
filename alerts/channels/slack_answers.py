"""Telling Slack's refusals from its bad moments; nothing here may repeat a token or a text."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from alerts.channels.retry_after import retry_after_s
from domain.errors import GoodputError, PermanentError, TransientError, error_for_status

Shown = TypeVar("Shown")

BLOCKS_REFUSED = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
"""Slack took offence at the layout only; the words alone may still pass."""

_BUSY = frozenset(
    {
        "external_channel_migrating",
        "fatal_error",
        "internal_error",
        "message_limit_exceeded",
        "rate_limited",
        "ratelimited",
        "request_timeout",
        "rollup_error",
        "service_unavailable",
        "team_added_to_org",
        "update_failed",
    }
)
_HINTS = {
    "account_inactive": "the app was removed; install it again and set {variable}",
    "channel_not_found": "use the channel's id, and invite the app if it is private",
    "invalid_auth": "check {variable}",
    "is_archived": "the channel is archived",
    "missing_scope": "add the scope to the app and install it again",
    "no_service": "the webhook was removed; make a new one and set {variable}",
    "not_allowed_token_type": "{variable} is a token of another kind",
    "not_authed": "check {variable}",
    "not_in_channel": "invite the app to the channel",
    "token_expired": "check {variable}",
    "token_revoked": "check {variable}",
}
_CODE = re.compile(r"[a-z][a-z_]{1,60}")
_SCOPES = re.compile(r"[a-z:.,_ ]{1,80}")
_PLACES = re.compile(r"json-pointer:([\w/]{1,80})")


class SlackRefusal(PermanentError):  # noqa: N818 - it is what Slack does
    """Slack said no, and *code* says why in Slack's own word."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def slack_error(
    what: str,
    status: int,
    headers: Mapping[str, str],
    said: object,
    *,
    variable: str,
    needed: object = None,
    notes: object = None,
) -> GoodputError:
    """Return the error that an answer means.

    Args:
        what: The method that was called, or the webhook.
        said: Slack's error code, if the answer had one.
        variable: The environment variable with the secret that was used.
        needed: The missing scope, if Slack named it.
        notes: Slack's remarks, of which only places in the layout are repeated.
    """
    code = said if isinstance(said, str) and _CODE.fullmatch(said) else None
    by_status = error_for_status(status, "Slack", retry_after_s=retry_after_s(headers))
    if isinstance(by_status, TransientError):
        return by_status
    if code in _BUSY:
        return TransientError(f"Slack is busy ({what}: {code})", retry_after_s=retry_after_s(headers))
    if code is None:
        return by_status or TransientError(f"Slack answered {what} with something that cannot be read")
    return SlackRefusal(f"Slack refused {what}: {code}{_hint(code, variable)}{_scope(needed)}{_places(notes)}", code)


def in_first_layout(
    layouts: Sequence[Sequence[dict[str, object]]], show: Callable[[dict[str, object]], Shown]
) -> Shown:
    """Return what *show* does with the first of *layouts* that Slack does not dislike, for no alert may be lost.

    Args:
        layouts: The richest first; an empty one is the words alone.
        show: Takes what a layout adds to a message, and posts it.
    """
    *richer, plainest = layouts
    for blocks in richer:
        try:
            return show({"blocks": blocks})
        except SlackRefusal as refusal:
            if refusal.code not in BLOCKS_REFUSED:
                raise
    return show({"blocks": plainest} if plainest else {})


def _hint(code: str, variable: str) -> str:
    return f" - {_HINTS[code].format(variable=variable)}" if code in _HINTS else ""


def _scope(needed: object) -> str:
    return f" ({needed})" if isinstance(needed, str) and _SCOPES.fullmatch(needed) else ""


def _places(notes: object) -> str:
    found = _PLACES.findall(str(notes))[:3]
    return f" at {', '.join(found)}" if found else ""

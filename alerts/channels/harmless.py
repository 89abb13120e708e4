"""Words for services that hand them on to places that we do not know, such as chats that read markup."""

import re

from alerts.channels.clean import cleaned, clipped

_TAG = re.compile(r"<(?=[!@#/a-z])", re.IGNORECASE)
_MENTION = re.compile(r"(?<!\w)@(?=\w)")


def harmless(text: str, limit: int) -> str:
    """Return *text* in at most *limit* characters, so that it mentions nobody and links to nothing anywhere.

    What would open a tag, a mention or an address is replaced by what looks alike; figures stay as they are.

    >>> harmless("<!channel> @everyone https://evil.example p95 < 2 s, a@b.example", 100)
    '‹!channel> ＠everyone https:／／evil.example p95 < 2 s, a@b.example'
    """  # noqa: RUF002 - looking alike is the point
    plain = cleaned(text).replace("://", ":／／")  # noqa: RUF001 - as above
    return clipped(_MENTION.sub("＠", _TAG.sub("‹", plain)), limit)  # noqa: RUF001 - as above


def harmless_line(text: str, limit: int) -> str:
    """Return *text* likewise, on one line."""
    return clipped(" ".join(harmless(text, len(text)).split()), limit)

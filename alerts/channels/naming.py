"""The names that programs know messages by: the same for every message of an incident, or of a kind."""

from hashlib import sha256

from alerts.channels.clean import one_line
from domain.message import Message, MessageKind

_LONGEST_KEY = 200
_OF_THEIR_OWN = frozenset({MessageKind.CHANGE, MessageKind.DIGEST})


def subject_kind(message: Message) -> str:
    """Return what a message is about: `goodput.incident`, `goodput.change` or `goodput.digest`."""
    return f"goodput.{message.kind if message.kind in _OF_THEIR_OWN else 'incident'}"


def event_name(message: Message) -> str:
    """Return what has happened: `goodput.incident.firing`, ..., `goodput.change` or `goodput.digest`."""
    about = subject_kind(message)
    return about if message.kind in _OF_THEIR_OWN else f"{about}.{message.kind}"


def short_key(key: str, longest: int = _LONGEST_KEY) -> str:
    """Return *key* if it is on one line of at most *longest* characters, else its digest: two keys never become one.

    >>> short_key("shop:prod:latency:1"), short_key("k" * 300)[:14]
    ('shop:prod:latency:1', 'sha256:17b16d8')
    """
    if 0 < len(key) <= longest and one_line(key) == key:
        return key
    return f"sha256:{sha256(key.encode(errors='surrogatepass')).hexdigest()}"

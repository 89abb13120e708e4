"""Writing a message as an alert of Alertmanager's API v2; nothing here sends it.

The labels are who an alert is: all messages of an incident must have the same, or the old one stays open beside the
new one. So they are made once, and then carried along as the reference of the incident.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from json import dumps, loads

from alerts.channels.clean import is_link
from alerts.channels.harmless import harmless, harmless_line
from alerts.channels.headline import subject
from alerts.channels.naming import short_key
from domain.message import Message

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_NOT_IN_A_NAME = re.compile(r"[^a-zA-Z0-9_]")
# Go's net/url takes less than a browser, and an alert with an address that it refuses is lost as a whole.
_STRICT_URL = re.compile(r"https?://[a-zA-Z0-9.-]+(:\d{1,5})?([/?#]([a-zA-Z0-9._~!$&'()*+,;=:@/?-]|%[0-9a-fA-F]{2})*)?")
_LONGEST_LABEL, _MOST_LABELS = 200, 20
_LONGEST_TITLE, _LONGEST_SENTENCE, _LONGEST_LINE, _MOST_LINES = 300, 1500, 400, 20


def labels_of(message: Message) -> dict[str, str]:
    """Return who the alert of this incident is, as its first message tells; no figures, for those change."""
    own = {
        "alertname": harmless_line(message.rule, _LONGEST_LABEL) or "Goodput",
        "severity": str(message.severity),
        "application": harmless_line(message.application, _LONGEST_LABEL),
        "environment": harmless_line(message.environment, _LONGEST_LABEL),
        "incident": short_key(message.key),
    }
    others = {_label_name(name): harmless_line(value, _LONGEST_LABEL) for name, value in message.labels[:_MOST_LABELS]}
    return {name: value for name, value in {**others, **own}.items() if value}  # an empty label is no label


def ref_of(labels: Mapping[str, str]) -> str:
    """Return *labels* as a reference."""
    return dumps(labels, ensure_ascii=False, sort_keys=True)


def labels_in(ref: str | None) -> dict[str, str] | None:
    """Return the labels that a reference holds; None where there is none, or it is another channel's."""
    try:
        found = loads(ref or "")
    except ValueError:
        return None
    if not isinstance(found, dict) or "alertname" not in found:
        return None
    fits = all(isinstance(value, str) and _NAME.fullmatch(name) for name, value in found.items())
    return found if fits else None


def alert(
    message: Message, labels: Mapping[str, str], ends_at: datetime, acknowledged: str | None = None
) -> dict[str, object]:
    """Return the alert that *message* makes, open until *ends_at* or over since then."""
    begins_at = min(message.since or message.at, ends_at)
    source = next((link.url for link in message.links if _is_strict(link.url)), None)
    return {
        "labels": dict(labels),
        "annotations": _annotations(message, acknowledged),
        "startsAt": _moment(begins_at),
        "endsAt": _moment(ends_at),
        **({"generatorURL": source} if source else {}),
    }


def _annotations(message: Message, acknowledged: str | None) -> dict[str, str]:
    """Return the words. Alertmanager's templates put them into chats and mails as they are, hence `harmless`."""
    links = [link for link in message.links if is_link(link.url)][:_MOST_LINES]
    runbook = next((link.url for link in links if "runbook" in link.text.casefold()), "")
    found = {
        "summary": harmless_line(subject(message), _LONGEST_TITLE),
        "description": harmless(message.sentence, _LONGEST_SENTENCE),
        "facts": _lines(f"{name}: {value}" for name, value in message.facts[:_MOST_LINES]),
        "changes": _lines(message.changes[:_MOST_LINES]),
        "worst_traces": _lines(f"{one.trace_id}: {one.reason}" for one in message.worst_traces[:_MOST_LINES]),
        "links": "\n".join(f"{harmless_line(link.text, 100)}: {link.url}" for link in links),
        "runbook_url": runbook,
        "acknowledged": harmless_line(acknowledged or "", _LONGEST_LINE),
    }
    return {name: words for name, words in found.items() if words}


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(harmless_line(line, _LONGEST_LINE) for line in lines)


def _label_name(name: str) -> str:
    """Return *name* as every version of Alertmanager takes it.

    >>> _label_name("user.tier"), _label_name("5xx"), _label_name("")
    ('user_tier', '_5xx', '_')
    """
    plain = _NOT_IN_A_NAME.sub("_", name[:_LONGEST_LABEL])
    return plain if _NAME.fullmatch(plain) else f"_{plain}"


def _is_strict(url: str) -> bool:
    return is_link(url) and _STRICT_URL.fullmatch(url) is not None


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")

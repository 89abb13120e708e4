"""Writing a message as an event of PagerDuty's Events API v2; nothing here sends it."""

from hashlib import sha256

from alerts.channels.clean import cleaned, clipped, is_link, one_line
from alerts.channels.headline import subject
from domain.message import Message, MessageKind, Severity

_SEVERITIES = {Severity.PAGE: "critical", Severity.TICKET: "warning", Severity.INFORMATIONAL: "info"}
_LONGEST_SUMMARY = 1024
_LONGEST_KEY = 255
# An event may have 512 KB. These add up to less even when JSON spends 12 bytes on every character.
_LONGEST_DETAIL, _MOST_FACTS, _MOST_TRACES, _MOST_LINKS = 800, 20, 10, 5


def dedup_key(message: Message) -> str:
    """Return the key of the incident: the message's own, if it is short enough."""
    key = one_line(message.key)
    return key if 0 < len(key) <= _LONGEST_KEY and key == message.key else _hashed(message.key)


def event(message: Message) -> dict[str, object]:
    """Return the event without its action and keys: everything to a trigger, nothing to what ends or takes it."""
    if message.kind in {MessageKind.RESOLVED, MessageKind.ACKNOWLEDGED}:
        return {}
    links = _links(message)
    return {
        "client": "Goodput",
        **({"client_url": links[0]["href"], "links": links} if links else {}),
        "payload": {
            "summary": clipped(f"[{one_line(message.environment)}] {subject(message)}", _LONGEST_SUMMARY),
            "source": _short(f"{message.application}.{message.environment}"),
            "severity": _SEVERITIES[message.severity],
            "timestamp": message.at.isoformat(),
            "component": _short(message.application),
            "group": _short(message.environment),
            "class": _short(message.rule),
            "custom_details": _details(message),
        },
    }


def _details(message: Message) -> dict[str, object]:
    facts = {_short(name): _detail(value) for name, value in message.facts[:_MOST_FACTS]}
    worst = [
        {"trace": _short(trace.trace_id), "reason": _detail(trace.reason), **_url(trace.url)}
        for trace in message.worst_traces[:_MOST_TRACES]
    ]
    since = {"since": message.since.isoformat()} if message.since else {}
    return {"sentence": _detail(message.sentence), **since, "facts": facts, "worst_traces": worst}


def _links(message: Message) -> list[dict[str, str]]:
    shown = [link for link in message.links if is_link(link.url) and link.url.startswith("https://")]
    return [{"href": link.url, "text": _short(link.text)} for link in shown[:_MOST_LINKS]]


def _url(url: str | None) -> dict[str, str]:
    return {"url": url} if url is not None and is_link(url) else {}


def _short(text: str) -> str:
    return clipped(one_line(text) or "-", _LONGEST_KEY)


def _detail(text: str) -> str:
    return clipped(cleaned(text), _LONGEST_DETAIL)


def _hashed(key: str) -> str:
    return "sha256:" + sha256(key.encode(errors="surrogatepass")).hexdigest()

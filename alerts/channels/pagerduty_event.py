"""Writing a message as an event of PagerDuty's Events API v2; nothing here sends it.

https://developer.pagerduty.com/docs/events-api-v2/overview/ gives the limits: 512 KB an event, 1,024 characters of
summary, 255 of a key. JSON spends at most 12 bytes on a character, so the numbers here add up to less than 512,000
bytes whatever a message says: 213,600 of facts, 68,000 of worst traces, 48,000 of changes, 42,600 of labels, 35,000 of
links, 24,000 of the sentence and 25,000 of the rest.
"""

from alerts.channels.clean import clipped, one_line
from alerts.channels.headline import subject
from alerts.channels.naming import short_key
from alerts.channels.pagerduty_links import fits, links
from alerts.channels.pagerduty_words import by_name, disarmed, line, lines
from domain.message import Message, MessageKind, Severity, WorstTrace

_SEVERITIES = {Severity.PAGE: "critical", Severity.TICKET: "warning", Severity.INFORMATIONAL: "info"}
_LIMIT = "limit"
_LONGEST_SUMMARY, _LONGEST_VALUE, _LONGEST_KEY = 1024, 200, 255
_LONGEST_SENTENCE = 2000
_MOST_FACTS, _LONGEST_NAME, _LONGEST_FACT = 20, 90, 800
_MOST_TRACES, _LONGEST_REASON = 5, 700
_MOST_CHANGES, _LONGEST_CHANGE = 10, 400
_MOST_LABELS, _LONGEST_LABEL = 10, 255

Event = dict[str, object]


def dedup_key(message: Message) -> str:
    """Return the key of the incident: the message's own, if it is short enough."""
    return short_key(message.key, _LONGEST_KEY)


def event(message: Message) -> Event:
    """Return the event without its action and keys: everything to a trigger, nothing to what ends or takes it.

    A change event has no severity and no key: it calls nobody, and stands beside the incidents of its service.
    """
    if message.kind in {MessageKind.RESOLVED, MessageKind.ACKNOWLEDGED}:
        return {}
    found = links(message)
    linked: Event = {"links": found} if found else {}
    if message.kind is MessageKind.CHANGE:
        return {**linked, "payload": _what(message)}
    return {
        "client": "Goodput",
        **({"client_url": found[0]["href"]} if found else {}),
        **linked,
        "payload": {
            **_what(message),
            "severity": _SEVERITIES[message.severity],
            "component": line(message.application),
            "group": line(message.environment),
            "class": line(message.rule),
        },
    }


def _what(message: Message) -> Event:
    return {
        "summary": _summary(message),
        "source": line(f"{message.application}.{message.environment}"),
        "timestamp": message.at.isoformat(),
        "custom_details": _details(message),
    }


def _summary(message: Message) -> str:
    """Return the subject, which says the value, with the limit where there is room for it."""
    words = disarmed(f"[{one_line(message.environment)}] {subject(message)}")
    limits = [line(f"{name}: {value}", _LONGEST_SUMMARY) for name, value in message.facts if name.casefold() == _LIMIT]
    full = f"{words} ({limits[0]})" if limits and len(limits[0]) <= _LONGEST_VALUE else words
    return full if len(full) <= _LONGEST_SUMMARY else clipped(words, _LONGEST_SUMMARY)


def _details(message: Message) -> Event:
    details: Event = {
        "sentence": lines(message.sentence, _LONGEST_SENTENCE),
        "since": message.since.isoformat() if message.since else None,
        "facts": by_name(message.facts[:_MOST_FACTS], longest_name=_LONGEST_NAME, longest=_LONGEST_FACT),
        "changes": [line(one, _LONGEST_CHANGE) for one in message.changes[:_MOST_CHANGES]],
        "labels": by_name(message.labels[:_MOST_LABELS], longest_name=100, longest=_LONGEST_LABEL),
        "worst_traces": [_worst(trace) for trace in message.worst_traces[:_MOST_TRACES]],
    }
    return {name: found for name, found in details.items() if found}


def _worst(trace: WorstTrace) -> dict[str, str]:
    url = {"url": trace.url} if trace.url is not None and fits(trace.url) else {}
    return {"trace": line(trace.trace_id), "reason": lines(trace.reason, _LONGEST_REASON), **url}

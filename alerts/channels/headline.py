"""The first line of a message: the same words on every channel."""

from alerts.channels.clean import one_line
from domain.message import Message, MessageKind, Severity

_SIGNS = {Severity.PAGE: "🔴", Severity.TICKET: "🟠", Severity.INFORMATIONAL: "🔵"}
_OTHER_SIGNS = {
    MessageKind.RESOLVED: "✅",
    MessageKind.DIGEST: "📊",
    MessageKind.ACKNOWLEDGED: "👤",
    MessageKind.CHANGE: "🆕",
}


def sign(message: Message) -> str:
    """Return one character that tells the message from across the room."""
    return _OTHER_SIGNS.get(message.kind) or _SIGNS[message.severity]


def status(message: Message) -> str:
    """Return what the message asks for, in a word or two: `PAGE`, `TICKET (reminder)`, `RESOLVED`."""
    if message.kind in {MessageKind.RESOLVED, MessageKind.CHANGE, MessageKind.DIGEST}:
        return message.kind.upper()
    severity = "INFO" if message.severity is Severity.INFORMATIONAL else message.severity.upper()
    return severity if message.kind is MessageKind.FIRING else f"{severity} ({message.kind})"


def subject(message: Message) -> str:
    """Return the title, with the application in front when the title does not name it."""
    title, application = one_line(message.title), one_line(message.application)
    named = message.kind is MessageKind.DIGEST or application.casefold() in title.casefold()
    return title if named else f"{application}: {title}"


def headline(message: Message) -> str:
    """Return sign, status and subject on one line."""
    return f"{sign(message)} {status(message)} · {subject(message)}"

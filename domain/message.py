"""What we tell a person, in words, before any channel's markup. Texts in it are hostile; channels escape."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import TypeAdapter

from domain.measurement import Labels


class Severity(StrEnum):
    """Who must do what: wake up, look within four hours, or read it once a week."""

    PAGE = "page"
    TICKET = "ticket"
    INFORMATIONAL = "informational"


class MessageKind(StrEnum):
    """What a message says of its subject."""

    FIRING = "firing"
    UPDATED = "updated"
    """Other alerts have joined, or some are over."""
    REMINDER = "reminder"
    """It goes on, or nobody has acknowledged it."""
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    CHANGE = "change"
    """Something new serves: nobody is called, but whoever looks for a cause finds it."""
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Link:
    """Somewhere to look; *url* is http or https, or the link is not shown."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class WorstTrace:
    """One of the requests behind an alert, with the reason it is shown."""

    trace_id: str
    reason: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of words; every row as long as the header."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A signal over time against its limit.

    Attributes:
        unit: Of the points and the limit: `share`, `s`, `USD`, `tokens`, ...
        points: Oldest first: the end of a stretch of time and the value in it, None where nothing was measured.
        limit: None where there is none.
    """

    title: str
    unit: str
    points: tuple[tuple[datetime, float | None], ...]
    limit: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Everything a channel needs to tell one thing.

    Attributes:
        key: Same for every message of one incident; receivers deduplicate and thread by it.
        is_news: Whether an update says that something has joined, so that people should see it where they look.
        is_taken: Somebody has acknowledged all that it is about.
        number: Counts the messages of one incident that are of one kind, from 0.
        title: What is broken, in plain numbers; one line.
        sentence: The same, in one sentence with since-when.
        facts: Short name and value, most important first (`Now`, `Sample`, `Limit`, ...).
        at: The slot that decided this.
        since: When the trouble began; None for a digest.
        rule: Name of the rule; `digest` for a digest.
        labels: Of the alert that is its subject.
        changes: What came new just before, one line each, newest first.
    """

    key: str
    kind: MessageKind
    severity: Severity
    application: str
    environment: str
    rule: str
    title: str
    sentence: str
    facts: tuple[tuple[str, str], ...] = ()
    worst_traces: tuple[WorstTrace, ...] = ()
    links: tuple[Link, ...] = ()
    tables: tuple[Table, ...] = ()
    labels: Labels = ()
    changes: tuple[str, ...] = ()
    chart: Chart | None = None
    at: datetime
    since: datetime | None = None
    number: int = 0
    is_news: bool = False
    is_taken: bool = False


message_json = TypeAdapter(Message)
"""Messages to and from JSON, as the outbox keeps them."""

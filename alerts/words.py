"""The words of alerts: pure, without any channel's markup. Ten seconds after waking up must be enough."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from alerts.aftermath import Aftermath
from alerts.context_words import aftermath_facts, budget_facts, change_lines, evidence_facts, serves_words
from alerts.evidence import Evidence
from alerts.figures import clock, label_words
from alerts.links import Links, links_of, trace_url
from alerts.rule import Rule
from domain.alerting import Finding, Instance
from domain.application import Application
from domain.duration import spell_duration
from domain.incident import Acknowledgement, Incident, Member
from domain.measurement import Labels
from domain.message import Message, MessageKind, Severity, WorstTrace
from domain.newcomers import Newcomer

__all__ = [
    "Firing", "Links", "Over", "about", "acknowledged", "change", "firing", "reminder", "resolved", "updated",
]  # fmt: skip

_MOST_TRACES, _MOST_OTHERS = 5, 10


@dataclass(frozen=True, slots=True)
class Firing:
    """One alert that fires, with all there is to say of it.

    Attributes:
        evidence: What stands around it; only of the alert that a message is about.
    """

    rule: Rule
    instance: Instance
    finding: Finding
    worst: Sequence[WorstTrace] = ()
    evidence: Evidence | None = None

    @property
    def name(self) -> str:
        """The rule, and what it is about."""
        return f"{self.rule.name}{about(self.instance.labels)}"


@dataclass(frozen=True, slots=True)
class Over:
    """One alert that people were told of and that is over.

    Attributes:
        aftermath: How it went; only of the alert that a message is about.
    """

    member: Member
    summary: str
    since: datetime | None
    because: str
    aftermath: Aftermath | None = None

    @property
    def name(self) -> str:
        """The rule, and what it was about."""
        return f"{self.member.rule}{about(self.member.labels)}"


def about(labels: Labels) -> str:
    """Return what an alert is about, in brackets, to stand behind its name.

    >>> about((("feature", "returns"), ("model", "m"))), about(())
    (' (returns, m)', '')
    """
    return f" ({', '.join(value for _, value in labels)})" if labels else ""


def firing(
    application: Application, incident: Incident, alerts: Sequence[Firing], slot: datetime, links: Links
) -> Message:
    """Say that an incident begins; the alert that has held longest is its subject, the others are named."""
    first, others = alerts[0], alerts[1:]
    since = first.instance.since or slot
    traces = {trace.trace_id: trace for one in alerts for trace in one.worst}
    found = first.evidence or Evidence()
    title = _title(first.rule.summary, first.instance.labels, first.rule.when.figure(first.finding), len(others))
    return Message(
        key=incident.key,
        kind=MessageKind.FIRING,
        severity=incident.severity,
        application=application.name,
        environment=application.environment,
        rule=first.rule.name,
        title=f"{application.name}: {title}",
        sentence=f"{_capital(first.finding.because)}. Since {_since(since, slot)}.",
        facts=(
            *first.finding.facts,
            *evidence_facts(found),
            *_about_facts(first.instance.labels),
            ("Look at", first.rule.look),
            *budget_facts(found),
            *((f"Also {one.name}", one.finding.because) for one in others[:_MOST_OTHERS]),
            *([("And", f"{len(others) - _MOST_OTHERS} more")] if len(others) > _MOST_OTHERS else []),
        ),
        worst_traces=tuple(replace(one, url=trace_url(links, one)) for one in list(traces.values())[:_MOST_TRACES]),
        links=links_of(links, application, since=since, at=slot, rule=first.rule.name, runbook=first.rule.runbook),
        labels=first.instance.labels,
        changes=change_lines(found.changed, slot),
        chart=found.chart,
        at=slot,
        since=since,
    )


def updated(message: Message, joined: Sequence[Firing], ended: Sequence[Over], number: int) -> Message:
    """Say what has changed about an incident; *message* is what would be said if it began now."""
    changes = [
        *([f"Joined: {', '.join(one.name for one in joined)}."] if joined else []),
        *([f"Over: {', '.join(one.name for one in ended)}."] if ended else []),
    ]
    sentence = " ".join((*changes, message.sentence))
    return replace(message, kind=MessageKind.UPDATED, number=number, is_news=bool(joined), sentence=sentence)


def reminder(message: Message, why: str, number: int) -> Message:
    """Say in two sentences that an incident goes on, and how it stands now; the rest was said when it began."""
    sentence = f"{why} Now: {message.sentence}"
    return replace(
        message, kind=MessageKind.REMINDER, number=number, sentence=sentence,
        facts=(), worst_traces=(), changes=(), chart=None,
    )  # fmt: skip


def acknowledged(incident: Incident, application: str, environment: str, by: Acknowledgement) -> Message:
    """Say who has taken an incident."""
    names = ", ".join(f"{one.rule}{about(one.labels)}" for one in incident.members)
    comment = f" {_capital(by.comment)}" if by.comment else ""
    return Message(
        key=incident.key,
        kind=MessageKind.ACKNOWLEDGED,
        severity=incident.severity,
        application=application,
        environment=environment,
        rule=incident.members[0].rule if incident.members else "",
        title=f"{application}: {names}",
        sentence=f"{by.by} has taken it.{comment}",
        labels=incident.members[0].labels if incident.members else (),
        at=by.at,
        since=incident.opened_at,
    )


def resolved(
    application: Application, incident: Incident, ended: Sequence[Over], slot: datetime, links: Links
) -> Message:
    """Say that an incident is over; the first of its alerts is its subject, the others are named."""
    first, others = ended[0], ended[1:]
    began = min((one.since for one in ended if one.since), default=incident.opened_at or slot)
    title = _title(first.summary, first.member.labels, "", len(others))
    return Message(
        key=incident.key,
        kind=MessageKind.RESOLVED,
        severity=incident.severity,
        application=application.name,
        environment=application.environment,
        rule=first.member.rule,
        title=f"{application.name}: {title}",
        sentence=f"Over after {spell_duration(slot - began)}, from {clock(began, slot)}. {_capital(first.because)}.",
        facts=(
            *(aftermath_facts(first.aftermath, slot) if first.aftermath else ()),
            *_about_facts(first.member.labels),
            *((f"Also over: {one.name}", one.because) for one in others[:_MOST_OTHERS]),
        ),
        links=links_of(links, application, since=began, at=slot),
        labels=first.member.labels,
        chart=first.aftermath.chart if first.aftermath else None,
        at=slot,
        since=began,
    )


def change(application: Application, newcomer: Newcomer, links: Links, slot: datetime) -> Message:
    """Say that something new serves; a name is told once ever, whoever finds it and however often."""
    label = label_words(newcomer.label)
    name = sha256(newcomer.name.encode(errors="surrogatepass")).hexdigest()[:16]
    return Message(
        key=f"goodput:{application.environment}:{application.name}:change:{newcomer.label}:{name}",
        kind=MessageKind.CHANGE,
        severity=Severity.INFORMATIONAL,
        application=application.name,
        environment=application.environment,
        rule="change",
        title=f"{application.name}: {label} {newcomer.name} serves",
        sentence=f"{_capital(serves_words(newcomer, slot))}.",
        links=links_of(links, application, since=newcomer.first, at=slot),
        labels=((newcomer.label, newcomer.name),),
        at=slot,
        since=newcomer.first,
    )


def _title(summary: str, labels: Labels, figure: str, others: int) -> str:
    number = f": {figure}" if figure else ""
    more = f", and {others} more" if others else ""
    return f"{summary.rstrip('.')}{about(labels)}{number}{more}"


def _since(since: datetime, slot: datetime) -> str:
    ago = f", for {spell_duration(slot - since)}" if slot > since else ""
    return f"{clock(since, slot)}{ago}"


def _about_facts(labels: Labels) -> tuple[tuple[str, str], ...]:
    return tuple((_capital(label_words(name)), value) for name, value in labels)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]

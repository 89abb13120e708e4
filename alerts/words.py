"""The words of alerts: pure, without any channel's markup. Ten seconds after waking up must be enough."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from alerts.rule import Rule
from domain.alerting import Finding, Instance
from domain.application import Application
from domain.duration import spell_duration
from domain.incident import Acknowledgement, Incident, Member
from domain.measurement import Labels
from domain.message import Link, Message, MessageKind, WorstTrace

_MOST_TRACES, _MOST_OTHERS = 5, 10


@dataclass(frozen=True, slots=True)
class Links:
    """Where a message can point to; None where there is no such place.

    Attributes:
        trace: With `{trace_id}` in it.
        flow_run: The Prefect run that decided.
    """

    trace: str | None = None
    flow_run: str | None = None


@dataclass(frozen=True, slots=True)
class Firing:
    """One alert that fires, with all there is to say of it."""

    rule: Rule
    instance: Instance
    finding: Finding
    worst: Sequence[WorstTrace] = ()

    @property
    def name(self) -> str:
        """The rule, and what it is about."""
        return f"{self.rule.name}{about(self.instance.labels)}"


@dataclass(frozen=True, slots=True)
class Over:
    """One alert that people were told of and that is over."""

    member: Member
    summary: str
    since: datetime | None
    because: str

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
    return Message(
        key=incident.key,
        kind=MessageKind.FIRING,
        severity=incident.severity,
        application=application.name,
        environment=application.environment,
        rule=first.rule.name,
        title=f"{application.name}: {_title(first.rule.summary, first.instance.labels, len(others))}",
        sentence=f"{_capital(first.finding.because)}. Since {since:%H:%M} UTC.",
        facts=(
            *first.finding.facts,
            ("Since", f"{since:%a %-d %b %H:%M} UTC"),
            *_where(first.instance.labels),
            *(("Also", f"{one.name}: {one.finding.because}") for one in others[:_MOST_OTHERS]),
            *([("And", f"{len(others) - _MOST_OTHERS} more")] if len(others) > _MOST_OTHERS else []),
            ("Look at", first.rule.look),
        ),
        worst_traces=tuple(_linked(trace, links) for trace in list(traces.values())[:_MOST_TRACES]),
        links=(Link("Prefect flow run", links.flow_run),) if links.flow_run else (),
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
    """Say that an incident goes on."""
    return replace(message, kind=MessageKind.REMINDER, number=number, sentence=f"{why} {message.sentence}")


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
        at=by.at,
        since=incident.opened_at,
    )


def resolved(application: Application, incident: Incident, ended: Sequence[Over], slot: datetime) -> Message:
    """Say that an incident is over."""
    last = ended[0]
    began = min((one.since for one in ended if one.since), default=incident.opened_at or slot)
    others = len(ended) - 1
    return Message(
        key=incident.key,
        kind=MessageKind.RESOLVED,
        severity=incident.severity,
        application=application.name,
        environment=application.environment,
        rule=last.member.rule,
        title=f"{application.name}: {_title(last.summary, last.member.labels, others)}",
        sentence=f"Over after {spell_duration(slot - began)}. {_capital(last.because)}.",
        facts=(
            *_where(last.member.labels),
            *(("Also over", f"{one.name}: {one.because}") for one in ended[1 : 1 + _MOST_OTHERS]),
        ),
        at=slot,
        since=began,
    )


def _title(summary: str, labels: Labels, others: int) -> str:
    more = f", and {others} more" if others else ""
    return f"{summary.rstrip('.')}{about(labels)}{more}"


def _where(labels: Labels) -> tuple[tuple[str, str], ...]:
    return tuple((name.replace("_", " ").capitalize(), value) for name, value in labels)


def _linked(trace: WorstTrace, links: Links) -> WorstTrace:
    if links.trace is None:
        return trace
    return replace(trace, url=links.trace.replace("{trace_id}", quote(trace.trace_id, safe="")))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]

"""The words of alerts: pure, without any channel's markup. Ten seconds after waking up must be enough."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from urllib.parse import quote

from alerts.rule import Rule
from domain.alerting import Finding, Instance
from domain.application import Application
from domain.duration import spell_duration
from domain.message import Link, Message, MessageKind, WorstTrace


@dataclass(frozen=True, slots=True)
class Links:
    """Where a message can point to; None where there is no such place.

    Attributes:
        trace: With `{trace_id}` in it.
        flow_run: The Prefect run that decided.
    """

    trace: str | None = None
    flow_run: str | None = None


def episode_key(application: Application, instance: Instance) -> str:
    """Return the key of one episode: what receivers deduplicate, thread and resolve by; labels in any order."""
    fingerprint = sha256(json.dumps(sorted(instance.labels)).encode()).hexdigest()[:16]
    return f"goodput:{application.environment}:{application.name}:{instance.rule}:{fingerprint}:{instance.episode}"


def firing(
    rule: Rule,
    application: Application,
    instance: Instance,
    finding: Finding,
    worst: Sequence[WorstTrace],
    links: Links,
) -> Message:
    """Say that an alert fires."""
    slot = instance.last_slot or instance.fired_at
    since = instance.since or slot
    if slot is None or since is None:
        raise ValueError("an alert that fires has a slot")
    return Message(
        key=episode_key(application, instance),
        kind=MessageKind.FIRING,
        severity=rule.severity,
        application=application.name,
        environment=application.environment,
        rule=rule.name,
        title=f"{application.name}: {_about(rule.summary, instance)}",
        sentence=f"{_capital(finding.because)}. Since {since:%H:%M} UTC.",
        facts=(
            *finding.facts,
            ("Since", f"{since:%a %-d %b %H:%M} UTC"),
            *_where(instance),
            ("Look at", rule.look),
        ),
        worst_traces=tuple(_linked(trace, links) for trace in worst),
        links=(Link("Prefect flow run", links.flow_run),) if links.flow_run else (),
        at=slot,
        since=since,
    )


def resolved(rule: Rule, application: Application, before: Instance, finding: Finding, slot: datetime) -> Message:
    """Say that it is over; *before* is the instance as it was while it fired."""
    began = before.since or slot
    return Message(
        key=episode_key(application, before),
        kind=MessageKind.RESOLVED,
        severity=rule.severity,
        application=application.name,
        environment=application.environment,
        rule=rule.name,
        title=f"{application.name}: {_about(rule.summary, before)}",
        sentence=f"Over after {spell_duration(slot - began)}. {_capital(finding.because)}.",
        facts=_where(before),
        at=slot,
        since=began,
    )


def _about(summary: str, instance: Instance) -> str:
    where = ", ".join(value for _, value in instance.labels)
    return f"{summary.rstrip('.')} ({where})" if where else summary.rstrip(".")


def _where(instance: Instance) -> tuple[tuple[str, str], ...]:
    return tuple((name.replace("_", " ").capitalize(), value) for name, value in instance.labels)


def _linked(trace: WorstTrace, links: Links) -> WorstTrace:
    if links.trace is None:
        return trace
    return replace(trace, url=links.trace.replace("{trace_id}", quote(trace.trace_id, safe="")))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]

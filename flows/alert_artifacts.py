"""What the alert engine leaves in the Prefect UI: how every rule stands, why it spoke or kept quiet, and who knows."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from alerts.rule import Rule
from alerts.words import about
from domain.alerting import Decision, Evaluation, State, Truth
from domain.incident import Incident
from domain.message import MessageKind, Severity
from domain.silence import Silence
from flows.leaving import leave_table

_MOST_ROWS = 500
_LOUDEST_FIRST = (State.FIRING, State.RECOVERING, State.PENDING, State.INACTIVE)
_SEVERITIES = tuple(Severity)


async def leave_alerts(
    application: str, rules: Sequence[Rule], evaluations: Iterable[Evaluation], slot: datetime
) -> None:
    """Leave each rule as it was last evaluated: state, evidence, and why it spoke or kept quiet; open alerts first."""
    severity = {rule.name: rule.severity for rule in rules}
    known = [one for one in evaluations if one.rule in severity]
    known.sort(key=lambda one: (_LOUDEST_FIRST.index(one.state), _SEVERITIES.index(severity[one.rule]), one.rule))
    silent = sorted(severity.keys() - {one.rule for one in known})
    table = [
        {
            "severity": str(severity[one.rule]),
            "rule": one.rule,
            "about": about(one.labels).strip(" ()"),
            "state": str(one.state),
            "told": one.told,
            "evidence": one.because,
            "data": str(one.health),
            "slot": f"{one.slot:%-d %b %H:%M}",
        }
        for one in known[:_MOST_ROWS]
    ]
    table += [
        {"severity": str(severity[name]), "rule": name, "state": "-", "told": "quiet", "evidence": "it was not due yet"}
        for name in silent
    ]
    more = f"; {len(known) - _MOST_ROWS:,} quieter ones are left out" if len(known) > _MOST_ROWS else ""
    unknown = sum(one.truth is Truth.UNKNOWN for one in known)
    counted = f"{len(known)} evaluated, {unknown} of them unknown{more}"
    await leave_table(
        key=f"alerts-{application}",
        table=table,
        description=f"Rules of {application} up to {slot:%Y-%m-%d %H:%M} UTC: {counted}",
    )


async def leave_incidents(
    application: str, incidents: Sequence[Incident], silences: Sequence[Silence], slot: datetime
) -> None:
    """Leave what people believe goes on, who has taken it, and what is kept quiet."""
    rows = [
        {
            "what": f"{one.severity}: {', '.join(f'{m.rule}{about(m.labels)}' for m in one.members)}",
            "since": f"{one.opened_at:%-d %b %H:%M}" if one.opened_at else "-",
            "who": f"{one.acknowledged_by} has taken it" if one.acknowledged_by else "nobody has taken it",
            "told through": ", ".join(one.channels),
            "messages": str(one.messages),
        }
        for one in incidents
    ]
    rows += [
        {
            "what": f"silence: {', '.join(f'{name} {pattern}' for name, pattern in one.matchers) or 'everything'}",
            "since": f"{one.starts:%-d %b %H:%M}",
            "who": f"{one.by}: {one.comment}",
            "told through": f"nobody until {one.ends:%-d %b %H:%M}",
            "messages": "-",
        }
        for one in silences
        if one.is_on(slot)
    ]
    await leave_table(
        key=f"incidents-{application}",
        table=rows or [{"what": "nothing is open, nothing is silenced"}],
        description=f"What people know of {application} at {slot:%Y-%m-%d %H:%M} UTC",
    )


async def leave_worst_traces(application: str, decisions: Sequence[Decision]) -> None:
    """Leave the requests behind the alerts that fired, with links where traces have pages."""
    rows = [
        {"rule": notice.message.rule, "trace": trace.url or trace.trace_id, "why": trace.reason}
        for decision in decisions
        for notice in decision.notices
        if notice.message.kind is MessageKind.FIRING
        for trace in notice.message.worst_traces
    ]
    if rows:
        await leave_table(
            key=f"worst-traces-{application}", table=rows, description=f"Requests behind the alerts of {application}"
        )

"""What there is to tell of after a slot, and which alerts are told as one thing."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from alerts.muting import Mutes
from alerts.policy import Policy
from alerts.routing import Routing
from alerts.rule import Rule
from alerts.words import Firing, Links, Over
from domain.alerting import Instance, Notice
from domain.application import Application
from domain.incident import Incident, Member
from domain.measurement import Labels
from domain.message import Severity
from domain.silence import RULE

Subject = tuple[str, Labels]
"""A rule and the labels of one of its alerts."""

_GOODPUT = "goodput"

CHANNEL = "channel"
"""The label of an alert about a channel: it cannot be told by that one."""


class Explain(Protocol):
    """Says what there is to say of an alert that fires."""

    def __call__(self, rule: Rule, instance: Instance, *, traced: bool = False, whole: bool = False) -> Firing:
        """Return it; with its worst traces, and with the *whole* of what stands around it, where asked for."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What there is to tell of, after all rules of a slot have been stepped.

    Attributes:
        explain: Returns what to say of an alert that fires.
        recount: Returns what is over with how it went, if it began no later than at the moment given.
        ended: What people were told of and what is over since, as far as it is known.
    """

    slot: datetime
    application: Application
    rules: Mapping[str, Rule]
    instances: Sequence[Instance]
    mutes: Mutes
    routes: Routing
    policy: Policy
    links: Links
    explain: Explain
    recount: Callable[[Over, datetime], Over]
    ended: Mapping[Member, Over]


@dataclass(slots=True)
class Told:
    """What is to be told, and why the rest is not; incidents by group, those that changed."""

    incidents: dict[str, Incident] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    why: dict[Subject, str] = field(default_factory=dict)


def group_of(rule: Rule, instance: Instance, policy: Policy) -> str:
    """Return which alerts this one is told together with; what is about Goodput itself is told for itself."""
    said = {RULE: rule.name, **dict(instance.labels)}
    names = policy.of(rule.severity).group_by
    subject = [[_GOODPUT, ""]] if rule.watches_goodput else []
    return json.dumps([rule.severity, *subject, *([name, said.get(name, "")] for name in names)])


def incident_key(application: Application, incident: Incident) -> str:
    """Return the key of one opening of a group, by which receivers deduplicate, thread and resolve."""
    group = sha256(incident.group.encode()).hexdigest()[:16]
    return f"goodput:{application.environment}:{application.name}:{incident.severity}:{group}:{incident.number}"


def untold(application: Application, group: str) -> Incident:
    """Return a group of which nobody has ever been told."""
    return Incident(application=application.name, group=group, severity=Severity(json.loads(group)[0]))

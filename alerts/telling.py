"""What people must be told after a slot: the alerts that fire are held against what people believe.

An incident that nobody knows of is opened, one that has changed is updated, one that is over is resolved. A silence or
a cause keeps an incident from being opened, never from being resolved.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256

from alerts import words
from alerts.muting import Mutes
from alerts.policy import Policy
from alerts.rule import Rule
from alerts.words import Firing, Links, Over
from domain.alerting import Instance, Notice
from domain.application import Application
from domain.duration import spell_duration
from domain.incident import Incident, Member
from domain.measurement import Labels
from domain.message import Message, Severity
from domain.silence import RULE

Subject = tuple[str, Labels]
"""A rule and the labels of one of its alerts."""

_LATE = timedelta(hours=4)
_GOODPUT = "goodput"
_TRACED = 3  # of so many alerts the worst traces are looked for

CHANNEL = "channel"
"""The label of an alert about a channel: it cannot be told by that one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What there is to tell of, after all rules of a slot have been stepped.

    Attributes:
        explain: Returns what to say of an alert that fires; with its worst traces, or without.
        ended: What people were told of and what is over since, as far as it is known.
    """

    slot: datetime
    application: Application
    rules: Mapping[str, Rule]
    instances: Iterable[Instance]
    mutes: Mutes
    channels: Mapping[Severity, Sequence[str]]
    policy: Policy
    links: Links
    explain: Callable[[Rule, Instance, bool], Firing]
    ended: Mapping[Member, Over]


@dataclass(slots=True)
class Told:
    """What is to be told, and why the rest is not."""

    incidents: list[Incident] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    why: dict[Subject, str] = field(default_factory=dict)


def tell(situation: Situation, incidents: Mapping[str, Incident]) -> Told:
    """Return the messages that make people believe what is so; *incidents* are what they believe, by group."""
    told = Told()
    known = {member: one.group for one in incidents.values() for member in one.members}
    groups: dict[str, list[tuple[Rule, Instance]]] = {one.group: [] for one in incidents.values() if one.is_open}
    for instance in situation.instances:
        rule = situation.rules.get(instance.rule)
        if rule is None or not instance.is_firing or rule.severity is Severity.INFORMATIONAL:
            continue
        group = group_of(rule, instance, situation.policy)
        mute = situation.mutes.why(rule, instance)
        if mute is not None and known.get(member_of(instance)) != group:
            told.why[instance.rule, instance.labels] = mute
        else:
            groups.setdefault(group, []).append((rule, instance))
    for group, firing in sorted(groups.items()):
        firing.sort(key=lambda one: (one[1].since or situation.slot, one[0].name, one[1].labels))
        before = incidents.get(group) or _unknown(situation.application, group)
        _Incident(situation, before, firing, told).tell()
    return told


def group_of(rule: Rule, instance: Instance, policy: Policy) -> str:
    """Return which alerts this one is told together with; what is about Goodput itself is told for itself."""
    said = {RULE: rule.name, **dict(instance.labels)}
    names = policy.of(rule.severity).group_by
    subject = [[_GOODPUT, ""]] if rule.watches_goodput else []
    return json.dumps([rule.severity, *subject, *([name, said.get(name, "")] for name in names)])


def member_of(instance: Instance) -> Member:
    """Return the episode that an alert is in."""
    return Member(instance.rule, instance.labels, instance.episode)


def incident_key(application: Application, incident: Incident) -> str:
    """Return the key of one opening of a group, by which receivers deduplicate, thread and resolve."""
    group = sha256(incident.group.encode()).hexdigest()[:16]
    return f"goodput:{application.environment}:{application.name}:{incident.severity}:{group}:{incident.number}"


class _Incident:
    """One group at one slot: what people believe of it, and what is so."""

    def __init__(
        self, situation: Situation, before: Incident, firing: Sequence[tuple[Rule, Instance]], told: Told
    ) -> None:
        self._now = situation
        self._before = before
        self._firing = firing
        self._told = told
        self._recent = before.recent(situation.slot)
        self._members = tuple(member_of(instance) for _, instance in firing)

    def tell(self) -> None:
        """Open, update, remind of or resolve it, or say why nothing is said."""
        if self._firing and not self._before.is_open:
            self._open()
        elif not self._firing:
            self._resolve()
        elif set(self._members) != set(self._before.members):
            self._update()
        else:
            self._remind()

    def _open(self) -> None:
        channels = self._channels(self._before.severity)
        if not channels:
            self._say(f"no channel is told of a {self._before.severity}")
            return
        number = self._before.number + 1
        opened = replace(
            self._before, number=number, messages=0, opened_at=self._now.slot, is_overdue=False, channels=(),
            acknowledged_by=None, acknowledged_at=None,
        )  # fmt: skip
        opened = replace(opened, key=incident_key(self._now.application, opened))
        self._send(opened, self._message(opened), channels)

    def _update(self) -> None:
        before = self._before
        if len(self._recent) + 2 >= self._now.policy.most_an_hour:
            self._say(f"with the next message: {len(self._recent)} in the last hour", since_before=False)
            return
        known = set(before.members)
        joined = [self._now.explain(*one, False) for one in self._firing if member_of(one[1]) not in known]
        ended = [self._over(member) for member in before.members if member not in self._members]
        message = words.updated(self._message(before), joined, ended, before.messages)
        self._send(before, message, self._channels(before.severity) if joined else before.channels)

    def _resolve(self) -> None:
        if len(self._recent) + 1 >= self._now.policy.most_an_hour:
            return  # it stays open: whoever has heard of it so often will hear that it is over when it is quiet
        before = self._before
        ended = [self._over(member) for member in before.members]
        message = words.resolved(self._now.application, before, ended, self._now.slot)
        self._send(before, message, before.channels, members=())

    def _remind(self) -> None:
        before, telling = self._before, self._now.policy.of(self._before.severity)
        due = self._due()
        self._say(f"told at {before.opened_at:%-d %b %H:%M} UTC" if before.opened_at else "told")
        has_room = len(self._recent) + 2 < self._now.policy.most_an_hour
        if not has_room or before.acknowledged_by or all(self._now.mutes.why(*one) for one in self._firing):
            return
        if due is not None and self._now.slot >= due and not before.is_overdue and telling.remind:
            why = f"Nobody has acknowledged it within {spell_duration(self._within())}."
            overdue = replace(before, is_overdue=True)
            if telling.escalate:
                self._escalate(overdue, why)
            else:
                self._send(overdue, words.reminder(self._message(before), why, before.messages), before.channels)
        elif telling.repeat and before.reminded_at and self._now.slot - before.reminded_at >= telling.repeat:
            lasted = spell_duration(self._now.slot - (before.opened_at or self._now.slot))
            message = words.reminder(self._message(before), f"It goes on, for {lasted} now.", before.messages)
            self._send(before, message, before.channels)

    def _escalate(self, incident: Incident, why: str) -> None:
        """Tell those who are paged of a ticket that nobody has taken; the others are reminded."""
        pagers = tuple(name for name in self._channels(Severity.PAGE) if name not in incident.channels)
        message = self._message(incident)
        reminder = words.reminder(message, why, incident.messages)
        if pagers:
            loud = replace(message, severity=Severity.PAGE, sentence=reminder.sentence)
            self._told.notices.append(Notice(message=loud, channels=pagers))
        self._send(replace(incident, channels=(*incident.channels, *pagers)), reminder, incident.channels)

    def _send(
        self, incident: Incident, message: Message, channels: Sequence[str], members: tuple[Member, ...] | None = None
    ) -> None:
        slot = self._now.slot
        self._told.notices.append(Notice(message=message, channels=tuple(channels)))
        self._told.incidents.append(
            replace(
                incident,
                members=self._members if members is None else members,
                channels=tuple(dict.fromkeys((*incident.channels, *channels))),
                messages=incident.messages + 1,
                told_at=(*self._recent, slot),
                reminded_at=slot,
            )
        )
        self._say("told now")

    def _message(self, incident: Incident) -> Message:
        alerts = [self._now.explain(*one, position < _TRACED) for position, one in enumerate(self._firing)]
        return words.firing(self._now.application, incident, alerts, self._now.slot, self._now.links)

    def _over(self, member: Member) -> Over:
        rule = self._now.rules.get(member.rule)
        summary = rule.summary if rule else member.rule
        return self._now.ended.get(member) or Over(member, summary, None, "it is over")

    def _channels(self, severity: Severity) -> tuple[str, ...]:
        """Return who is told; what is wrong with a channel is told by the others."""
        broken = {value for _, one in self._firing for name, value in one.labels if name == CHANNEL}
        asked = [name for name in self._now.channels.get(severity, ()) if name not in broken]
        others = [name for names in self._now.channels.values() for name in names if name not in broken]
        return tuple(dict.fromkeys(asked or (others if broken else [])))

    def _due(self) -> datetime | None:
        opened, hours = self._before.opened_at, self._now.policy.business_hours
        if opened is None:
            return None
        if hours is None or self._before.severity is Severity.PAGE:
            return opened + self._within()
        return hours.after(opened, self._within())

    def _within(self) -> timedelta:
        return min((rule.due_within for rule, _ in self._firing if rule.due_within), default=_LATE)

    def _say(self, why: str, *, since_before: bool = True) -> None:
        for _, instance in self._firing:
            if since_before or member_of(instance) not in self._before.members:
                self._told.why[instance.rule, instance.labels] = why


def _unknown(application: Application, group: str) -> Incident:
    return Incident(application=application.name, group=group, severity=Severity(json.loads(group)[0]))

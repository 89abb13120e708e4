"""What people must be told after a slot: the alerts that fire are held against what people believe.

An incident that nobody knows of is opened, one that has changed is updated, one that is over is resolved. A silence or
a cause keeps an incident from being opened, never from being resolved.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from alerts import words
from alerts.rule import Rule
from alerts.situation import CHANNEL, Situation, Told, group_of, incident_key, untold
from alerts.words import Firing, Over
from domain.alerting import Instance, Notice, State
from domain.duration import spell_duration
from domain.incident import Incident, Member
from domain.message import Message, Severity

_LATE = timedelta(hours=4)
_TRACED = 3  # of so many alerts the worst traces are looked for


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
        if known.get(instance.member) != group and instance.state is State.RECOVERING:
            told.why[instance.rule, instance.labels] = "nobody was told, and it seems to be over"
        elif mute is not None and known.get(instance.member) != group:
            told.why[instance.rule, instance.labels] = mute
        else:
            groups.setdefault(group, []).append((rule, instance))
    for group, firing in sorted(groups.items()):
        firing.sort(key=lambda one: (one[1].since or situation.slot, one[0].name, one[1].labels))
        before = incidents.get(group) or untold(situation.application, group)
        _Incident(situation, before, firing, told).tell()
    return told


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
        self._members = tuple(instance.member for _, instance in firing)
        self._late: tuple[str, ...] = ()

    def tell(self) -> None:
        """Open, update, remind of or resolve it, or say why nothing is said."""
        if self._firing and self._before.is_open:
            self._tell_late_channels()
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
        slot, number = self._now.slot, self._before.number + 1
        opened = replace(
            self._before, number=number, messages=0, opened_at=slot, joined_at=slot, is_overdue=False, channels=(),
            acknowledged_by=None, acknowledged_at=None,
        )  # fmt: skip
        opened = replace(opened, key=incident_key(self._now.application, opened))
        self._send(opened, self._message(opened), channels)

    def _update(self) -> None:
        """Say what has joined and what is over; at once if something is new, else when the hour has room for it."""
        before = self._before
        known, subjects = set(before.members), {(one.rule, one.labels) for one in before.members}
        joined = [one for one in self._firing if one[1].member not in known]
        is_new = any((rule.name, instance.labels) not in subjects for rule, instance in joined)
        if not is_new and len(self._recent) + 2 >= self._now.policy.most_an_hour:
            self._say(self._told_at)
            self._say(f"with the next message: {len(self._recent)} in the last hour", [one[1] for one in joined])
            return
        ended = [self._over(member) for member in before.members if member not in self._members]
        fresh = [self._now.explain(*one) for one in joined]
        message = words.updated(self._message(before), fresh, ended, before.messages)
        if joined:
            before = replace(before, joined_at=self._now.slot, is_overdue=False)
        self._send(before, message, self._hearers(before))

    def _resolve(self) -> None:
        if len(self._recent) + 1 >= self._now.policy.most_an_hour:
            return  # it stays open: whoever has heard of it so often will hear that it is over when it is quiet
        before = self._before
        ended = [self._over(member) for member in before.members]
        ended[0] = self._now.recount(ended[0], before.opened_at or self._now.slot)
        message = words.resolved(self._now.application, before, ended, self._now.slot, self._now.links)
        self._send(before, message, before.channels, members=())

    def _remind(self) -> None:
        before, telling = self._before, self._now.policy.of(self._before.severity)
        self._say(self._told_at)
        has_room = len(self._recent) + 2 < self._now.policy.most_an_hour
        if not has_room or before.is_taken or all(self._now.mutes.why(*one) for one in self._firing):
            return
        due = self._due()
        if due is not None and self._now.slot >= due and not before.is_overdue and telling.remind:
            why = f"Nobody has acknowledged it within {spell_duration(self._within())}."
            overdue = replace(before, is_overdue=True)
            if telling.escalate:
                self._escalate(overdue, why)
            else:
                self._send(overdue, words.reminder(self._brief(before), why, before.messages), self._hearers(before))
        elif telling.repeat and before.reminded_at and self._now.slot - before.reminded_at >= telling.repeat:
            lasted = spell_duration(self._now.slot - (before.opened_at or self._now.slot))
            message = words.reminder(self._brief(before), f"It goes on, for {lasted} now.", before.messages)
            self._send(before, message, self._hearers(before))

    def _escalate(self, incident: Incident, why: str) -> None:
        """Tell those who are paged of a ticket that nobody has taken; the others are reminded."""
        pagers = tuple(name for name in self._channels(Severity.PAGE) if name not in incident.channels)
        message = self._message(incident)
        reminder = words.reminder(message, why, incident.messages)
        if pagers:
            loud = replace(message, severity=Severity.PAGE, sentence=reminder.sentence, number=incident.messages)
            self._told.notices.append(Notice(message=loud, channels=pagers))
        self._send(replace(incident, channels=(*incident.channels, *pagers)), reminder, incident.channels)

    def _send(
        self, incident: Incident, message: Message, channels: Sequence[str], members: tuple[Member, ...] | None = None
    ) -> None:
        slot = self._now.slot
        self._told.notices.append(Notice(message=message, channels=tuple(channels)))
        self._told.incidents[incident.group] = replace(
            incident,
            members=self._members if members is None else members,
            channels=tuple(dict.fromkeys((*incident.channels, *channels))),
            messages=incident.messages + 1,
            told_at=(*self._recent, slot),
            reminded_at=slot,
        )
        self._say("told now")

    def _message(self, incident: Incident) -> Message:
        return self._firing_message(
            incident,
            [
                self._now.explain(*one, traced=position < _TRACED, whole=position == 0)
                for position, one in enumerate(self._firing)
            ],
        )

    def _brief(self, incident: Incident) -> Message:
        """Return the message without what takes many questions to the past."""
        return self._firing_message(incident, [self._now.explain(*one) for one in self._firing])

    def _firing_message(self, incident: Incident, alerts: Sequence[Firing]) -> Message:
        message = words.firing(self._now.application, incident, alerts, self._now.slot, self._now.links)
        return replace(message, is_taken=incident.is_taken)

    def _over(self, member: Member) -> Over:
        rule = self._now.rules.get(member.rule)
        goes_on = any(one.member == member and one.is_firing for one in self._now.instances)
        because = "it goes on, and is told as part of another incident" if goes_on else "it is over"
        return self._now.ended.get(member) or Over(member, rule.summary if rule else member.rule, None, because)

    def _tell_late_channels(self) -> None:
        """Tell who hears of such incidents now and did not when it began: a route that is new, a channel renamed."""
        before = self._before
        late = tuple(name for name in self._channels(before.severity) if name not in before.channels)
        if late and not before.is_taken and self._is_worth_telling_now:
            self._told.notices.append(Notice(message=self._message(before), channels=late))
            self._late = late
            self._before = replace(before, channels=(*before.channels, *late))
            self._told.incidents[self._before.group] = self._before

    @property
    def _is_worth_telling_now(self) -> bool:
        """Whether any of it goes on and nobody has asked for silence."""
        mutes = self._now.mutes
        return any(one[1].state is not State.RECOVERING and mutes.why(*one) is None for one in self._firing)

    def _channels(self, severity: Severity) -> tuple[str, ...]:
        """Return who is told; what is wrong with a channel is told by the others, if there is one."""
        routes, slot = self._now.routes, self._now.slot
        told = [routes.of(severity, rule.name, instance.labels, slot) for rule, instance in self._firing]
        asked = tuple(dict.fromkeys(name for names in told for name in names))
        if not self._broken:
            return asked
        well = tuple(name for name in asked if name not in self._broken)
        return well or tuple(name for name in routes.everyone if name not in self._broken) or asked

    def _hearers(self, incident: Incident) -> tuple[str, ...]:
        """Return who hears how an open incident goes on: who was told of it before, but for what is broken."""
        known = tuple(name for name in incident.channels if name not in self._late)
        return tuple(name for name in known if name not in self._broken) or known

    @property
    def _told_at(self) -> str:
        opened = self._before.opened_at
        return f"told at {opened:%-d %b %H:%M} UTC" if opened else "told"

    @property
    def _broken(self) -> set[str]:
        """The channels that the incident is about."""
        return {value for _, one in self._firing for name, value in one.labels if name == CHANNEL}

    def _due(self) -> datetime | None:
        opened, hours = self._before.joined_at or self._before.opened_at, self._now.policy.business_hours
        if opened is None:
            return None
        if hours is None or self._before.severity is Severity.PAGE:
            return opened + self._within()
        return hours.after(opened, self._within())

    def _within(self) -> timedelta:
        return min((rule.due_within for rule, _ in self._firing if rule.due_within), default=_LATE)

    def _say(self, why: str, instances: Iterable[Instance] | None = None) -> None:
        for instance in instances if instances is not None else [one for _, one in self._firing]:
            self._told.why[instance.rule, instance.labels] = why

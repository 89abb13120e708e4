"""What was decided in a test: by slot, as its expectations ask for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.alerting import Decision, Evaluation, Instance, State, Transition
from domain.incident import Incident
from domain.measurement import Labels
from domain.message import Message, MessageKind, Severity


@dataclass(frozen=True, slots=True)
class Telling:
    """One message that people got.

    Attributes:
        rules: Of the alerts that are in its incident, or were before it.
    """

    slot: datetime
    message: Message
    rules: frozenset[str]

    @property
    def severity(self) -> Severity:
        """Who was told."""
        return self.message.severity

    @property
    def kind(self) -> MessageKind:
        """What was told."""
        return self.message.kind


@dataclass(slots=True)
class Record:
    """All decisions of a test, oldest first."""

    evaluations: list[Evaluation] = field(default_factory=list)
    transitions: list[Transition] = field(default_factory=list)
    told: list[Telling] = field(default_factory=list)
    slots: list[datetime] = field(default_factory=list)
    _standing: dict[datetime, Mapping[tuple[str, Labels], Instance]] = field(default_factory=dict)

    @classmethod
    def of(cls, decisions: Iterable[Decision]) -> "Record":
        """Return the record of *decisions*; several may be about one slot."""
        record, instances, members = cls(), dict[tuple[str, Labels], Instance](), dict[str, frozenset[str]]()
        for decision in sorted(decisions, key=lambda one: one.slot):
            record.evaluations += decision.evaluations
            record.transitions += decision.transitions
            record.told += _told(decision, members)
            members |= {one.key: _rules(one) for one in decision.incidents}
            instances |= {(one.rule, one.labels): one for one in decision.instances}
            record.slots += [decision.slot] if decision.slot not in record.slots[-1:] else []
            record._standing[decision.slot] = dict(instances)
        return record

    def said(self, rule: str, labels: Mapping[str, str], slot: datetime) -> list[Evaluation]:
        """Return what was found of the alerts of *rule* that carry *labels* at *slot*."""
        return [
            one for one in self.evaluations if one.slot == slot and one.rule == rule and carries(one.labels, labels)
        ]

    def states(self, rule: str, labels: Mapping[str, str], slot: datetime) -> set[State]:
        """Return the states in which these alerts were left at *slot*; one that was never looked at is inactive."""
        here = self._standing.get(slot, {})
        return {one.state for (name, of), one in here.items() if name == rule and carries(of, labels)} or {
            State.INACTIVE
        }

    def changes(self, rule: str) -> Sequence[Transition]:
        """Return the changes of state of the alerts of *rule*."""
        return [one for one in self.transitions if one.rule == rule]


def carries(labels: Labels, wanted: Mapping[str, str]) -> bool:
    """Whether *labels* say what is wanted."""
    said = dict(labels)
    return all(said.get(name) == value for name, value in wanted.items())


def begins_or_ends(change: Transition) -> bool:
    """Whether people should have heard of it: an alert begins to fire, or is over."""
    fired = change.before in {State.FIRING, State.RECOVERING}
    fires = change.after in {State.FIRING, State.RECOVERING}
    return fired != fires


def _told(decision: Decision, before: Mapping[str, frozenset[str]]) -> list[Telling]:
    now = {one.key: _rules(one) for one in decision.incidents}
    return [
        Telling(
            slot=decision.slot,
            message=one.message,
            rules=before.get(one.message.key, frozenset()) | now.get(one.message.key, frozenset()),
        )
        for one in decision.notices
    ]


def _rules(incident: Incident) -> frozenset[str]:
    return frozenset(member.rule for member in incident.members)

"""Why an alert that fires is not told: somebody asked for silence, or it is the consequence of another one."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.rule import Rule
from alerts.words import about
from domain.alerting import Instance, State, Truth
from domain.facts import LABELS
from domain.incident import Member
from domain.message import Severity
from domain.silence import RULE, SEVERITY, Silence, silencing

_EARLIER = timedelta(minutes=5)
"""A consequence may be seen so long before its cause."""


@dataclass(frozen=True, slots=True)
class Mutes:
    """What keeps alerts quiet at one slot.

    Attributes:
        causes: The alerts that people know of, or are told of now, and of which others are consequences, by rule.
    """

    slot: datetime
    silences: Sequence[Silence]
    causes: Mapping[str, Sequence[Instance]]

    @classmethod
    def at(
        cls,
        slot: datetime,
        silences: Sequence[Silence],
        rules: Mapping[str, Rule],
        instances: Iterable[Instance],
        known: Collection[Member],
        audible: Collection[Severity],
    ) -> "Mutes":
        """Return what keeps alerts quiet, given how all *instances* stand.

        Args:
            known: What people know of.
            audible: Severities that reach somebody.
        """
        names = {name for rule in rules.values() for name in rule.inhibited_by}
        mutes = cls(slot, [one for one in silences if one.is_on(slot)], defaultdict(list))
        causes: defaultdict[str, list[Instance]] = defaultdict(list)
        for one in instances:
            if one.rule not in names or not one.is_firing or not mutes.is_fresh(one):
                continue
            rule = rules[one.rule]
            is_told = one.state is State.FIRING and rule.severity in audible and mutes.silence(rule, one) is None
            if is_told or one.member in known:
                causes[one.rule].append(one)
        return cls(slot, mutes.silences, causes)

    def why(self, rule: Rule, instance: Instance) -> str | None:
        """Return why nobody is to hear that *instance* fires, or None."""
        silence = self.silence(rule, instance)
        if silence is not None:
            comment = f", {silence.comment}" if silence.comment else ""
            return f"silenced until {silence.ends:%-d %b %H:%M} UTC by {silence.by}{comment}"
        cause = self._cause(rule, instance)
        return f"a consequence of {cause.rule}{about(cause.labels)}" if cause is not None else None

    def silence(self, rule: Rule, instance: Instance) -> Silence | None:
        """Return the silence that keeps *instance* quiet, or None."""
        if not self.silences:
            return None
        said = {**dict(instance.labels), RULE: rule.name, SEVERITY: str(rule.severity)}
        return silencing(self.silences, self.slot, said)

    def is_fresh(self, cause: Instance) -> bool:
        """Whether it is known that *cause* goes on: what was true long ago explains nothing."""
        if cause.last_truth is not Truth.UNKNOWN:
            return True
        return cause.seen_at is not None and self.slot - cause.seen_at <= _EARLIER

    def _cause(self, rule: Rule, instance: Instance) -> Instance | None:
        found = (cause for name in rule.inhibited_by for cause in self.causes.get(name, ()))
        return next((cause for cause in found if _agrees(cause, instance)), None)


def _agrees(cause: Instance, instance: Instance) -> bool:
    """Whether the labels of requests that both have are the same, and the cause did not begin long after."""
    theirs = dict(cause.labels)
    if any(name in LABELS and theirs.get(name, value) != value for name, value in instance.labels):
        return False
    return cause.since is None or instance.since is None or instance.since >= cause.since - _EARLIER

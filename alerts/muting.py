"""Why an alert that fires is not told: somebody asked for silence, or it is the consequence of another one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.rule import Rule
from domain.alerting import Instance
from domain.measurement import Labels
from domain.silence import RULE, SEVERITY, Silence, silencing

_EARLIER = timedelta(minutes=5)
"""A consequence may be seen so long before its cause."""


@dataclass(frozen=True, slots=True)
class Mutes:
    """What keeps alerts quiet at one slot.

    Attributes:
        causes: The alerts that fire and of which others are consequences, by rule.
    """

    slot: datetime
    silences: Sequence[Silence]
    causes: Mapping[str, Sequence[Instance]]

    @classmethod
    def at(
        cls, slot: datetime, silences: Sequence[Silence], rules: Iterable[Rule], instances: Iterable[Instance]
    ) -> "Mutes":
        """Return what keeps alerts quiet, given how all *instances* stand."""
        names = {name for rule in rules for name in rule.inhibited_by}
        causes: defaultdict[str, list[Instance]] = defaultdict(list)
        for instance in instances:
            if instance.rule in names and instance.is_firing:
                causes[instance.rule].append(instance)
        return cls(slot, [one for one in silences if one.is_on(slot)], causes)

    def why(self, rule: Rule, instance: Instance) -> str | None:
        """Return why nobody is to hear that *instance* fires, or None."""
        if self.silences:
            said = {RULE: rule.name, SEVERITY: str(rule.severity), **dict(instance.labels)}
            silence = silencing(self.silences, self.slot, said)
            if silence is not None:
                comment = f", {silence.comment}" if silence.comment else ""
                return f"silenced until {silence.ends:%-d %b %H:%M} UTC by {silence.by}{comment}"
        cause = self._cause(rule, instance)
        return f"a consequence of {cause.rule}{_where(cause.labels)}" if cause is not None else None

    def _cause(self, rule: Rule, instance: Instance) -> Instance | None:
        found = (cause for name in rule.inhibited_by for cause in self.causes.get(name, ()))
        return next((cause for cause in found if _agrees(cause, instance)), None)


def _agrees(cause: Instance, instance: Instance) -> bool:
    """Whether the labels that both have are the same, and the cause did not begin long after."""
    theirs = dict(cause.labels)
    if any(theirs.get(name, value) != value for name, value in instance.labels):
        return False
    return cause.since is None or instance.since is None or instance.since >= cause.since - _EARLIER


def _where(labels: Labels) -> str:
    return f" ({', '.join(value for _, value in labels)})" if labels else ""

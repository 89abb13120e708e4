"""Alerts that no rule asks about any more: their rule was removed, or it asks about other labels now."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from alerts.rule import Rule
from domain.alerting import Instance, State
from domain.message import Severity


@dataclass(frozen=True, slots=True)
class Orphan:
    """An open alert that must be closed, and why."""

    instance: Instance
    severity: Severity
    because: str


def orphans(rules: Sequence[Rule], instances: Iterable[Instance]) -> Iterator[Orphan]:
    """Yield the open alerts that nobody evaluates any more. A rule with another threshold keeps its alerts."""
    known = {rule.name: rule for rule in rules}
    for instance in instances:
        if instance.state is State.INACTIVE:
            continue
        rule = known.get(instance.rule)
        if rule is None:
            yield Orphan(instance, Severity.INFORMATIONAL, "the rule was removed")
        elif rule.labelled_by is not None and _names(instance) != rule.labelled_by:
            yield Orphan(instance, rule.severity, f"the rule asks by {_by(rule)} now")


def _names(instance: Instance) -> frozenset[str]:
    return frozenset(name for name, _ in instance.labels)


def _by(rule: Rule) -> str:
    return ", ".join(sorted(rule.labelled_by or ())) or "no label"

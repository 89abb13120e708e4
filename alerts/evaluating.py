"""What is kept of one rule at one slot, so that "why did it not fire?" and "why was nobody told?" have an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from alerts.rule import Rule
from alerts.situation import Subject
from alerts.view import View
from domain.alerting import Evaluation, Finding, Health, Instance, State, Truth
from domain.duration import spell_duration
from domain.message import Severity


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What a rule found, and where its alert stands by it."""

    rule: Rule
    instance: Instance
    finding: Finding


def evaluated(one: Evaluated, view: View, why: Mapping[Subject, str]) -> Evaluation:
    """Return what to keep; *why* says of what fires whether it is told."""
    finding, instance = one.finding, one.instance
    return Evaluation(
        application=instance.application,
        rule=instance.rule,
        labels=instance.labels,
        slot=view.slot,
        truth=finding.truth,
        health=health_of(finding, view),
        state=instance.state,
        value=finding.value,
        limit=finding.limit,
        k=finding.k,
        n=finding.n,
        because=finding.because,
        told=_told(one, why),
    )


def health_of(finding: Finding, view: View) -> Health:
    """Return whether there was something to decide by."""
    if finding.truth is not Truth.UNKNOWN:
        return Health.OK
    if view.is_unread:
        return Health.UNREAD
    return Health.INSUFFICIENT if finding.n else Health.NO_DATA


def _told(one: Evaluated, why: Mapping[Subject, str]) -> str:
    instance, rule = one.instance, one.rule
    if instance.is_firing:
        if rule.severity is Severity.INFORMATIONAL:
            return "in the weekly digest"
        return why.get((instance.rule, instance.labels), "nobody is told")
    if instance.state is State.PENDING:
        held = spell_duration(timedelta(seconds=instance.held_s))
        return f"not yet: it has held for {held} of {spell_duration(rule.hold)}"
    return "unknown: nothing fires, nothing resolves" if one.finding.truth is Truth.UNKNOWN else "quiet"

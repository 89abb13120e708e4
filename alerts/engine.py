"""The alert engine: one slot in, one decision out. No I/O of its own: what it asks, the view's history answers.

So the same code decides live and over the past.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts import words
from alerts.rule import Rule
from alerts.states import step
from alerts.view import View
from alerts.words import Links
from domain.alerting import Decision, Evaluation, Finding, Instance, Notice, State, Transition, Truth
from domain.measurement import Labels
from domain.message import Severity
from domain.window import floor_to

Instances = Mapping[tuple[str, Labels], Instance]
Routes = Mapping[Severity, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """What is decided by: the rules, who is told for each severity, and how long a slot is."""

    rules: Sequence[Rule]
    routes: Routes
    slot_length: timedelta = timedelta(minutes=1)

    def looks_back(self, first: datetime, last: datetime) -> timedelta:
        """Return how much history the rules need that are due between *first* and *last*."""
        needed = [rule.when.looks_back for rule in self.rules if floor_to(last, rule.every) > first - self.slot_length]
        return max(needed, default=timedelta())

    def due(self, slot: datetime) -> Iterable[Rule]:
        """Yield the rules that are evaluated at *slot*."""
        for rule in self.rules:
            if floor_to(slot, rule.every) > slot - self.slot_length:
                yield rule


def decide(book: Rulebook, view: View, instances: Instances, links: Links) -> Decision:
    """Evaluate every rule that is due at the view's slot, and say what changed and who must be told.

    *instances* are the alerts as the slot before left them. A slot at or before an instance's last one changes nothing.
    """
    changed: list[Instance] = []
    transitions: list[Transition] = []
    evaluations: list[Evaluation] = []
    notices: list[Notice] = []
    for rule in book.due(view.slot):
        for finding in _findings(rule, view, instances):
            before = instances.get((rule.name, finding.labels)) or Instance(
                application=view.application.name, rule=rule.name, labels=finding.labels
            )
            if before.last_slot is not None and view.slot <= before.last_slot:
                continue
            after = step(before, finding, rule, view.slot, book.slot_length)
            if after.state is not before.state:
                transitions.append(_transition(rule, before, after, finding, view.slot))
            after, notice = _announce(rule, book.routes, view, before, after, finding, links)
            if notice is not None:
                notices.append(notice)
            changed.append(after)
            evaluations.append(_evaluation(after, finding, view.slot))
    return Decision(
        application=view.application.name,
        slot=view.slot,
        instances=tuple(changed),
        transitions=tuple(transitions),
        evaluations=tuple(evaluations),
        notices=tuple(notices),
    )


def _findings(rule: Rule, view: View, instances: Instances) -> list[Finding]:
    """Return what the condition found, and UNKNOWN for open alerts whose labels have vanished.

    An inactive alert whose labels have vanished is nobody's question any more: no row a minute for a name of last year.
    """
    found = list(rule.when.find(view))
    present = {finding.labels for finding in found}
    gone = [
        of
        for (name, of), instance in instances.items()
        if name == rule.name and of not in present and instance.state is not State.INACTIVE
    ]
    whole = found[0] if len(found) == 1 and not found[0].labels and found[0].truth is Truth.UNKNOWN else None
    for of in gone:
        because = whole.because if whole else "no requests with these labels"
        found.append(Finding(labels=of, truth=Truth.UNKNOWN, because=because))
    return found


def _announce(
    rule: Rule, routes: Routes, view: View, before: Instance, after: Instance, finding: Finding, links: Links
) -> tuple[Instance, Notice | None]:
    """Return the instance with what was announced, and the notice if someone must be told."""
    channels = tuple(routes.get(rule.severity, ()))
    if not channels or rule.severity is Severity.INFORMATIONAL:
        return after, None
    if after.is_firing and after.announced != after.episode:
        message = words.firing(rule, view.application, after, finding, rule.when.worst(view, after.labels), links)
        return replace(after, announced=after.episode), Notice(message=message, channels=channels)
    if before.is_firing and after.state is State.INACTIVE and before.announced == before.episode:
        message = words.resolved(rule, view.application, before, finding, view.slot)
        return after, Notice(message=message, channels=channels)
    return after, None


def _transition(rule: Rule, before: Instance, after: Instance, finding: Finding, slot: datetime) -> Transition:
    return Transition(
        application=after.application,
        rule=rule.name,
        severity=rule.severity,
        labels=after.labels,
        slot=slot,
        before=before.state,
        after=after.state,
        episode=after.episode,
        since=after.since or before.since,
        because=finding.because,
    )


def _evaluation(after: Instance, finding: Finding, slot: datetime) -> Evaluation:
    return Evaluation(
        application=after.application,
        rule=after.rule,
        labels=after.labels,
        slot=slot,
        truth=finding.truth,
        state=after.state,
        value=finding.value,
        limit=finding.limit,
        k=finding.k,
        n=finding.n,
        because=finding.because,
    )

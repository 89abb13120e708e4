"""The alert engine: one slot in, one decision out. No I/O of its own: what it asks, the view's history answers.

So the same code decides live and over the past.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from alerts.aftermath import recount
from alerts.closing import Orphan, orphans
from alerts.evaluating import Evaluated, evaluated
from alerts.evidence import gather
from alerts.muting import Mutes
from alerts.policy import Policy
from alerts.routing import NOBODY, Routing
from alerts.rule import Rule
from alerts.situation import Situation, Subject, Told
from alerts.states import STALE_AFTER, over, step
from alerts.telling import tell
from alerts.view import View
from alerts.words import Firing, Links, Over
from domain.alerting import Decision, Finding, Instance, Standing, State, Transition, Truth
from domain.duration import spell_duration
from domain.errors import GoodputError
from domain.incident import Member
from domain.message import Severity
from domain.window import floor_to

_log = logging.getLogger(__name__)

Said = TypeVar("Said")

_MENDED = "there is no such rule or channel any more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """What is decided by: the rules, who is told for each severity and how, and how long a slot is."""

    rules: Sequence[Rule]
    routes: Routing = NOBODY
    policy: Policy = field(default_factory=Policy)
    slot_length: timedelta = timedelta(minutes=1)

    def looks_back(self, first: datetime, last: datetime) -> timedelta:
        """Return how much history the rules need that are due between *first* and *last*."""
        needed = [rule.when.looks_back for rule in self.rules if floor_to(last, rule.every) > first - self.slot_length]
        return max(needed, default=timedelta())

    def due(self, slot: datetime) -> Iterable[Rule]:
        """Yield the rules that are evaluated at *slot*."""
        before = slot - self.slot_length
        is_due: dict[timedelta, bool] = {}
        for rule in self.rules:
            every = rule.every
            if every not in is_due:
                is_due[every] = floor_to(slot, every) > before
            if is_due[every]:
                yield rule


def decide(book: Rulebook, view: View, standing: Standing, links: Links) -> Decision:
    """Evaluate every rule that is due at the view's slot, and say what changed and who must be told.

    *standing* is how the slot before left everything. A slot at or before an alert's last one changes nothing of it.
    """
    slot = _Slot(book, view, standing)
    for orphan in orphans(book.rules, slot.open):
        slot.close(orphan)
    for rule in book.due(view.slot):
        slot.evaluate(rule)
    told = slot.tell(links)
    return Decision(
        application=view.application.name,
        slot=view.slot,
        instances=tuple(slot.changed.values()),
        transitions=tuple(slot.transitions),
        evaluations=tuple(evaluated(one, view, told.why) for one in slot.evaluated),
        incidents=tuple(told.incidents.values()),
        notices=tuple(told.notices),
    )


class _Slot:
    """One slot while it is being decided."""

    def __init__(self, book: Rulebook, view: View, standing: Standing) -> None:
        self.changed: dict[Subject, Instance] = {}
        self.transitions: list[Transition] = []
        self.evaluated: list[Evaluated] = []
        self._ended: dict[Member, Over] = {}
        self._book = book
        self._view = view
        self._standing = standing
        self.open = [one for one in standing.instances.values() if one.state is not State.INACTIVE]
        self._by_rule: dict[str, list[Instance]] = {}
        for instance in self.open:
            self._by_rule.setdefault(instance.rule, []).append(instance)
        self._found: dict[str, Sequence[Finding]] = {}

    def evaluate(self, rule: Rule) -> None:
        """Find out what *rule* says, and let its alerts live on by it."""
        slot, length, name = self._view.slot, self._book.slot_length, self._view.application.name
        for finding in self._findings(rule):
            subject = rule.name, finding.labels
            if subject in self.changed:
                continue
            before = self._standing.instances.get(subject) or Instance(
                application=name, rule=rule.name, labels=finding.labels
            )
            if before.last_slot is not None and slot <= before.last_slot:
                continue
            after = step(before, finding, rule, slot, length)
            if after.state is not before.state:
                self._change(rule.severity, before, after, _because(before, finding), rule.summary)
            self.changed[subject] = after
            self.evaluated.append(Evaluated(rule, after, finding))

    def close(self, orphan: Orphan) -> None:
        """End an alert that no rule asks about any more."""
        before = orphan.instance
        after = over(replace(before, last_slot=self._view.slot))
        self._change(orphan.severity, before, after, orphan.because, before.rule)
        self.changed[before.rule, before.labels] = after

    def tell(self, links: Links) -> Told:
        """Hold what is so against what people believe."""
        instances = {**self._standing.instances, **self.changed}
        rules = {rule.name: rule for rule in self._book.rules}
        going_on = [one for one in instances.values() if one.state is not State.INACTIVE]
        known = {member for one in self._standing.incidents.values() for member in one.members}
        audible = {one for one in (Severity.PAGE, Severity.TICKET) if self._book.routes.reaches(one)}
        mutes = Mutes.at(self._view.slot, self._view.silences, rules, going_on, known, audible)
        situation = Situation(
            slot=self._view.slot,
            application=self._view.application,
            rules=rules,
            instances=going_on,
            mutes=mutes,
            routes=self._book.routes,
            policy=self._book.policy,
            links=links,
            explain=self._explain,
            recount=self._recount,
            ended=self._ended,
        )
        return tell(situation, self._standing.incidents)

    def _findings(self, rule: Rule) -> list[Finding]:
        """Return what the condition found, and UNKNOWN for open alerts whose labels have vanished.

        An inactive alert whose labels have vanished is nobody's question any more: no row a minute for a name of last
        year. What Goodput does not have any more, a rule or a channel, is nothing to worry about.
        """
        found = list(self._find(rule))
        here = self._by_rule.get(rule.name, ())
        if not here:
            return found
        present = {finding.labels for finding in found}
        whole = found[0] if len(found) == 1 and not found[0].labels and found[0].truth is Truth.UNKNOWN else None
        because = whole.because if whole else "no requests with these labels"
        gone = [one.labels for one in here if one.labels not in present and (rule.name, one.labels) not in self.changed]
        if rule.watches_goodput:
            return found + [Finding(labels=of, truth=Truth.FALSE, clear=True, because=_MENDED) for of in gone]
        return found + [Finding(labels=of, truth=Truth.UNKNOWN, because=because) for of in gone]

    def _find(self, rule: Rule) -> Sequence[Finding]:
        if rule.name not in self._found:
            self._found[rule.name] = rule.when.find(self._view)
        return self._found[rule.name]

    def _explain(self, rule: Rule, instance: Instance, *, traced: bool = False, whole: bool = False) -> Firing:
        """Return what to say of an alert that fires, also at a slot at which its rule is not due."""
        finding = next((one for one in self._find(rule) if one.labels == instance.labels), None)
        if finding is None:
            finding = Finding(labels=instance.labels, truth=Truth.UNKNOWN, because="nothing is known of it at present")
        bare = Firing(rule, instance, finding)
        known = whole and finding.truth is not Truth.UNKNOWN
        since = instance.since or self._view.slot

        def with_evidence() -> Firing:
            worst = rule.when.worst(self._view, instance.labels) if traced else ()
            evidence = gather(self._view, rule, instance.labels, since) if known else None
            return replace(bare, worst=worst, evidence=evidence)

        return _or_without(with_evidence, bare, rule)

    def _recount(self, ended: Over, opened_at: datetime) -> Over:
        """Return what is over with how it went, where its rule is still there to say it."""
        rule = next((one for one in self._book.rules if one.name == ended.member.rule), None)
        if rule is None:
            return ended
        view, labels, since = self._view, ended.member.labels, ended.since or opened_at
        return _or_without(lambda: replace(ended, aftermath=recount(view, rule, labels, since)), ended, rule)

    def _change(self, severity: Severity, before: Instance, after: Instance, because: str, summary: str) -> None:
        self.transitions.append(
            Transition(
                application=after.application,
                rule=after.rule,
                severity=severity,
                labels=after.labels,
                slot=self._view.slot,
                before=before.state,
                after=after.state,
                episode=after.episode,
                since=after.since or before.since,
                because=because,
                version=after.version,
            )
        )
        if before.is_firing and not after.is_firing:
            member = before.member
            self._ended[member] = Over(member, summary, before.since, because)


def _because(before: Instance, finding: Finding) -> str:
    if finding.truth is not Truth.UNKNOWN:
        return finding.because
    patience = spell_duration(STALE_AFTER) if before.is_firing else "too long"
    return f"closed as stale, for nothing was known for {patience}: {finding.because}"


def _or_without(gathered: Callable[[], Said], bare: Said, rule: Rule) -> Said:
    """Return what *gathered* does, or *bare* where that fails by a defect: a page goes out without its evidence."""
    try:
        return gathered()
    except GoodputError:
        raise
    except Exception:  # noqa: BLE001 - whatever it is, somebody must be woken
        _log.exception("%s: a defect of Goodput: its evidence cannot be gathered; it is told without", rule.name)
        return bare

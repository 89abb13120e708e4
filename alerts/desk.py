"""The alert desk: takes the slots that are due, in order, and leaves every decision in the memory before the next."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from alerts.engine import Rulebook, decide
from alerts.view import View
from alerts.words import Links
from domain.alerting import Decision, Standing, State, Transition
from domain.message import Severity

_log = logging.getLogger(__name__)


class Memory(Protocol):
    """Where alert state lives between slots."""

    def standing(self, application: str) -> Standing:
        """Return how the last slot left everything."""
        ...

    def last_slot(self, application: str) -> datetime | None:
        """Return the last slot that was decided."""
        ...

    def keep(self, decision: Decision, after: datetime | None) -> bool:
        """Keep a decision with its messages, all or nothing; False if the last slot is not *after* any more."""
        ...


class Outlook(Protocol):
    """Where the view of a slot comes from."""

    def view(self, slot: datetime) -> View:
        """Return the world as it was known at *slot*."""
        ...


class AlertDesk:
    """Decides the alerts of one application."""

    def __init__(self, application: str, book: Rulebook, memory: Memory, links: Links | None = None) -> None:
        self._application = application
        self._book = book
        self._memory = memory
        self._links = links or Links()

    def decide(self, slots: Iterable[datetime], outlook: Outlook) -> list[Decision]:
        """Decide *slots*, oldest first, and return the decisions that were new.

        A slot that was decided before, by an earlier run or by another worker, is left alone.
        """
        made: list[Decision] = []
        last = self._memory.last_slot(self._application)
        standing = self._memory.standing(self._application)
        _log_edits(self._book, standing)
        for slot in sorted(slots):
            while last is None or slot > last:
                decision = decide(self._book, outlook.view(slot), standing, self._links)
                if self._memory.keep(decision, last):
                    standing, last = standing.after(decision), slot
                    made.append(decision)
                    for transition in decision.transitions:
                        _tell_log(transition)
                    break
                _log.info("%s: another worker has decided meanwhile; reading again", self._application)
                last = self._memory.last_slot(self._application)
                standing = self._memory.standing(self._application)
            else:
                _log.info("%s %s was decided before; nothing to do", self._application, f"{slot:%d %b %H:%M}")
        return made


def _log_edits(book: Rulebook, standing: Standing) -> None:
    """Say which rules were edited while their alerts are open: these go on by the new rule."""
    versions = {rule.name: rule.version for rule in book.rules}
    for instance in standing.instances.values():
        now = versions.get(instance.rule)
        if instance.state is not State.INACTIVE and instance.version and now not in {None, instance.version}:
            _log.info("the rule %s was edited while it was %s; it goes on", instance.rule, instance.state)


def _tell_log(transition: Transition) -> None:
    where = ", ".join(value for _, value in transition.labels)
    subject = f"{transition.rule} ({where})" if where else transition.rule
    loud = transition.severity is not Severity.INFORMATIONAL
    _log.log(
        logging.INFO if loud else logging.DEBUG,
        "%s %s: %s, %s: %s",
        f"{transition.slot:%a %d %b %H:%M}",
        transition.severity,
        subject,
        transition.after,
        transition.because,
    )

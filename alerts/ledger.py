"""A memory that lasts as long as a backtest: what changed and what was told, and of what was said only what adds up."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from domain.alerting import Decision, Evaluation, Health, Notice, Standing, State, Transition, Truth
from domain.incident import Member

_OPEN = {State.FIRING, State.RECOVERING}


@dataclass(slots=True)
class Answers:
    """What a rule said at the slots at which it was asked.

    Attributes:
        slots: At how many it was.
        held: At how many of them it held of anything.
        unanswered: At how many nothing was known of anything it asks about, by what was missing.
        crossings: How often its limit was crossed by so few that chance was an excuse.
        worst: The crossing by most, the newest among equals.
    """

    slots: int = 0
    held: int = 0
    unanswered: Counter[Health] = field(default_factory=Counter)
    crossings: int = 0
    worst: Evaluation | None = None

    @property
    def unknown(self) -> int:
        """At how many slots it could not answer."""
        return self.unanswered.total()

    def add(self, said: Sequence[Evaluation]) -> None:
        """Add all that the rule *said* at one slot."""
        self.slots += 1
        truths = {one.truth for one in said}
        if truths == {Truth.UNKNOWN}:
            self.unanswered[said[0].health] += 1
        self.held += Truth.TRUE in truths
        for one in said:
            if kept_quiet(one):
                self.crossings += 1
                if self.worst is None or (one.k or 0, one.slot) >= (self.worst.k or 0, self.worst.slot):
                    self.worst = one


def kept_quiet(one: Evaluation) -> bool:
    """Whether the limit was crossed by so few that chance was an excuse, as `Alerts.kept_quiet` asks the store."""
    return (
        one.truth is Truth.FALSE
        and one.state is State.INACTIVE
        and one.k is not None
        and one.value is not None
        and one.limit is not None
        and one.value > one.limit
    )


@dataclass(slots=True)
class Ledger:
    """The alerts of one application, in memory; it begins with nothing going on.

    It grows with what happened, never with the slots: a month of one-minute slots is 400,000 evaluations.

    Attributes:
        answers: By rule.
        told: Since when people knew of an episode.
        untold: Why they did not when it began, in words.
    """

    transitions: list[Transition] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    answers: dict[str, Answers] = field(default_factory=dict)
    told: dict[Member, datetime] = field(default_factory=dict)
    untold: dict[Member, str] = field(default_factory=dict)
    slots: int = 0
    _standing: Standing = field(default_factory=Standing)
    _last: datetime | None = None

    def standing(self, application: str) -> Standing:  # noqa: ARG002 - there is one
        """Return how the last slot left everything."""
        return self._standing

    def last_slot(self, application: str) -> datetime | None:  # noqa: ARG002
        """Return the last slot that was decided."""
        return self._last

    def keep(self, decision: Decision, after: datetime | None = None) -> bool:
        """Keep what is worth it of a decision; False if its slot or a later one had been decided.

        Args:
            after: The last slot that the decision knew of, if it must still be the last one.
        """
        if self._last is not None and (decision.slot <= self._last or after not in {None, self._last}):
            return False
        self._last, self._standing = decision.slot, self._standing.after(decision)
        self.slots += 1
        self.transitions += decision.transitions
        self.notices += decision.notices
        for rule, said in groupby(decision.evaluations, key=attrgetter("rule")):
            self.answers.setdefault(rule, Answers()).add(list(said))
        self._note_who_knows(decision)
        return True

    def _note_who_knows(self, decision: Decision) -> None:
        for incident in decision.incidents:
            for member in incident.members:
                self.told.setdefault(member, decision.slot)
        going_on = [one for one in decision.evaluations if one.state in _OPEN]
        for one in going_on:
            member = self._standing.instances[one.rule, one.labels].member
            if member not in self.told:
                self.untold.setdefault(member, one.told)

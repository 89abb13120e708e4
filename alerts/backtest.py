"""What came of a backtest: every episode, who would have been told, how soon, and what could not be answered."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from alerts.ledger import Answers, Ledger
from alerts.rule import Rule
from domain.alerting import Notice, State, Transition
from domain.incident import Member
from domain.measurement import Labels
from domain.message import MessageKind, Severity
from domain.silence import RULE, SEVERITY, Silence, silencing
from domain.window import Window

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One time that a rule fired about something.

    Attributes:
        since: The first slot at which it held.
        ended: None if it still fires at the end.
        told_at: Since when people would have known of it; None if never.
        why_untold: Why they would not when it began; None if at once.
    """

    rule: str
    severity: Severity
    labels: Labels
    since: datetime
    fired_at: datetime
    ended: datetime | None
    because: str
    told_at: datetime | None = None
    why_untold: str | None = None

    def overlaps(self, other: "Episode") -> bool:
        """Whether both are of one rule about one thing, and go on at the same time somewhere."""
        if (self.rule, self.labels) != (other.rule, other.labels):
            return False
        begins_before = other.ended is None or self.since <= other.ended
        return begins_before and (self.ended is None or other.since <= self.ended)


@dataclass(frozen=True, slots=True)
class Quieted:
    """A silence, or one time of a maintenance window, and how many episodes began unheard because of it."""

    silence: Silence
    episodes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfRule:
    """What came of one rule.

    Attributes:
        detection: How long each of its episodes took to fire, from the end of the first window in which it held: its
            `for`, and the time that traces are given to arrive.
    """

    name: str
    severity: Severity
    answers: Answers
    episodes: int
    told: int
    detection: tuple[timedelta, ...]

    @property
    def usual(self) -> timedelta | None:
        """The median time to detect; None without episodes."""
        return timedelta(seconds=median(one.total_seconds() for one in self.detection)) if self.detection else None

    @property
    def slowest(self) -> timedelta | None:
        """The longest time to detect."""
        return max(self.detection, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a backtest.

    Attributes:
        settle: How long a trace is given to arrive before a slot decides about it.
        slots: How many were decided.
        notices: Every message, with its channels.
        left_out: Rules about Goodput itself: they ask how it ran, not what was measured.
    """

    application: str
    window: Window
    settle: timedelta
    slots: int
    rules: Sequence[OfRule]
    episodes: Sequence[Episode]
    notices: Sequence[Notice]
    silences: Sequence[Quieted]
    left_out: Sequence[str] = ()

    @property
    def pages(self) -> int:
        """How often somebody would have been woken: pages that begin, and tickets that nobody took in time."""
        return self._begun(Severity.PAGE)

    @property
    def tickets(self) -> int:
        """How many tickets would have been opened."""
        return self._begun(Severity.TICKET)

    @property
    def incidents(self) -> int:
        """How often people would have been told of something new; alerts that belong together are one."""
        return len({one.message.key for one in self.notices if one.message.kind is MessageKind.FIRING})

    def a_week(self, count: int) -> float | None:
        """Return *count* by week; None for less than a week, which says little about one."""
        return count * (_WEEK / self.window.length) if self.window.length >= _WEEK else None

    def _begun(self, severity: Severity) -> int:
        begun = [one.message for one in self.notices if one.message.kind is MessageKind.FIRING]
        return sum(message.severity is severity for message in begun)


def outcome(
    application: str,
    window: Window,
    settle: timedelta,
    rules: Sequence[Rule],
    silences: Sequence[Silence],
    ledger: Ledger,
) -> Outcome:
    """Return what came of the slots of *window*, which *ledger* remembers; *silences* are all that were on in it."""
    decided = [rule for rule in rules if not rule.watches_goodput]
    found = tuple(episodes(ledger.transitions, ledger.told, ledger.untold))
    return Outcome(
        application=application,
        window=window,
        settle=settle,
        slots=ledger.slots,
        rules=[_of_rule(rule, found, ledger.answers.get(rule.name) or Answers(), settle) for rule in decided],
        episodes=found,
        notices=tuple(ledger.notices),
        silences=_quieted(silences, found),
        left_out=[rule.name for rule in rules if rule.watches_goodput],
    )


def episodes(
    transitions: Iterable[Transition], told: Mapping[Member, datetime], untold: Mapping[Member, str]
) -> Iterator[Episode]:
    """Yield what fired, oldest first, with its end."""
    changes = list(transitions)
    ends = {
        _member(one): one.slot for one in changes if one.after is State.INACTIVE and one.before is not State.PENDING
    }
    for fired in changes:
        if fired.after is not State.FIRING or fired.before is State.RECOVERING:
            continue
        member = _member(fired)
        yield Episode(
            rule=fired.rule,
            severity=fired.severity,
            labels=fired.labels,
            since=fired.since or fired.slot,
            fired_at=fired.slot,
            ended=ends.get(member),
            because=fired.because,
            told_at=told.get(member),
            why_untold=untold.get(member),
        )


def _member(one: Transition) -> Member:
    return Member(one.rule, one.labels, one.episode)


def _of_rule(rule: Rule, found: Iterable[Episode], answers: Answers, settle: timedelta) -> OfRule:
    mine = [one for one in found if one.rule == rule.name]
    return OfRule(
        name=rule.name,
        severity=rule.severity,
        answers=answers,
        episodes=len(mine),
        told=sum(one.told_at is not None for one in mine),
        detection=tuple(one.fired_at - one.since + settle for one in mine),
    )


def _quieted(silences: Sequence[Silence], found: Iterable[Episode]) -> list[Quieted]:
    """Return how many episodes began unheard because of each; of several at once it is the one that lasts longest."""
    times = dict.fromkeys(silences, 0)
    for one in found:
        said = {RULE: one.rule, SEVERITY: str(one.severity), **dict(one.labels)}
        silence = silencing(silences, one.fired_at, said)
        if silence is not None and one.severity is not Severity.INFORMATIONAL and one.why_untold is not None:
            times[silence] += 1
    return [Quieted(silence, n) for silence, n in times.items()]

"""The weekly digest: what was found that nobody needed to be woken for, in one message."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts.rule import Rule
from domain.alerting import Evaluation, State, Transition, Truth
from domain.application import Application
from domain.duration import spell_duration
from domain.message import Message, MessageKind, Severity, Table

_WEEK = timedelta(days=7)


def write_digest(
    application: Application,
    at: datetime,
    rules: Sequence[Rule],
    transitions: Sequence[Transition],
    evaluations: Sequence[Evaluation],
    objectives: Table,
    spend: tuple[tuple[str, str], ...],
) -> Message:
    """Write the digest of the seven days before *at*; one key per ISO week, so that a week is told once.

    Args:
        transitions: The week's changes of state, of all severities.
        evaluations: The newest evaluation of every rule; the informational ones are shown, with why they are quiet.
            What is older than the week, or than the rule's newest slot, is not news.
    """
    year, week, _ = at.isocalendar()
    fired = [one for one in transitions if _has_fired(one) and one.severity is not Severity.INFORMATIONAL]
    pages = sum(one.severity is Severity.PAGE for one in fired)
    return Message(
        key=f"goodput:{application.environment}:{application.name}:digest:{year}-W{week:02d}",
        kind=MessageKind.DIGEST,
        severity=Severity.INFORMATIONAL,
        application=application.name,
        environment=application.environment,
        rule="digest",
        title=f"{application.name}: the seven days to {at:%a %-d %B %Y}",
        sentence=f"{_count(pages, 'page')} and {_count(len(fired) - pages, 'ticket')} in seven days.",
        facts=spend,
        tables=(
            objectives,
            _alerts(fired, transitions),
            _findings(rules, [one for one in evaluations if at - _WEEK < one.slot <= at], transitions),
        ),
        at=at,
    )


def _has_fired(one: Transition) -> bool:
    """Whether an episode began; one that seemed to recover and did not is the same episode."""
    return one.after is State.FIRING and one.before is not State.RECOVERING


def _alerts(fired: Sequence[Transition], transitions: Sequence[Transition]) -> Table:
    rows = []
    for one in fired:
        over = next(
            (
                other
                for other in transitions
                if (other.rule, other.labels, other.episode) == (one.rule, one.labels, one.episode)
                and other.after is State.INACTIVE
                and other.slot > one.slot
            ),
            None,
        )
        lasted = spell_duration(over.slot - (one.since or one.slot)) if over else "still firing"
        where = ", ".join(value for _, value in one.labels)
        rows.append((str(one.severity), one.rule, where, f"{one.since or one.slot:%a %H:%M}", lasted))
    return Table("Alerts", ("severity", "rule", "about", "since", "lasted"), tuple(rows))


def _findings(rules: Sequence[Rule], evaluations: Sequence[Evaluation], transitions: Sequence[Transition]) -> Table:
    times = Counter((one.rule, one.labels) for one in transitions if _has_fired(one))
    rows = []
    for rule in rules:
        if rule.severity is not Severity.INFORMATIONAL:
            continue
        mine = [one for one in evaluations if one.rule == rule.name]
        newest = max((one.slot for one in mine), default=None)
        found = [one for one in mine if one.slot == newest]
        rows += [
            (rule.name, ", ".join(v for _, v in one.labels), _verdict(one), _evidence(one, times[one.rule, one.labels]))
            for one in found
        ]
        if not found:
            rows.append((rule.name, "", "not measured", "it was not due in this week"))
    return Table("Worth knowing", ("finding", "about", "verdict", "evidence"), tuple(rows))


def _evidence(one: Evaluation, times: int) -> str:
    """Return what was seen last; of what came and went during the week, how often it came."""
    came_and_went = times > 1 or (times and one.truth is not Truth.TRUE)
    return f"{one.because} ({_count(times, 'time')} in seven days)" if came_and_went else one.because


def _verdict(one: Evaluation) -> str:
    return {Truth.TRUE: "changed", Truth.FALSE: "as before", Truth.UNKNOWN: "not measured"}[one.truth]


def _count(n: int, word: str) -> str:
    return f"{n} {word}" if n == 1 else f"{n} {word}s"

"""Messages that say that they are a test: what a page, a ticket and a digest look like, and how they end."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from domain.application import Application
from domain.message import Chart, Link, Message, MessageKind, Severity, Table, WorstTrace

_POINTS, _STEP = 12, timedelta(minutes=5)


class Rehearsed(StrEnum):
    """What can be tried."""

    PAGE = "page"
    TICKET = "ticket"
    DIGEST = "digest"


def rehearsal(application: Application, what: Rehearsed, at: datetime, links: Sequence[Link] = ()) -> list[Message]:
    """Return the messages to send in order: the alert and its end, or a digest."""
    if what is Rehearsed.DIGEST:
        return [_digest(application, at)]
    firing = _firing(application, Severity(what), at, links)
    return [firing, _resolved(firing)]


def _firing(application: Application, severity: Severity, at: datetime, links: Sequence[Link]) -> Message:
    since = at - timedelta(minutes=15)
    return Message(
        key=_key(application, severity, at),
        kind=MessageKind.FIRING,
        severity=severity,
        application=application.name,
        environment=application.environment,
        rule="test",
        title=f"{application.name}: a test of Goodput, nothing is wrong",
        sentence=f"This is what a {severity} looks like; somebody runs goodput test-channel. The figures are made up.",
        facts=(("Now", "15.5 % failed (62 of 400)"), ("Limit", "5.0 %"), ("Look at", "nothing: it resolves at once")),
        worst_traces=(WorstTrace("made-up-trace", "stands here for one of the worst requests"),),
        links=tuple(links),
        changes=("prompt version v42, first seen a quarter of an hour ago (made up)",),
        chart=Chart("Failed requests (made up)", "share", _points(at), 0.05),
        at=at,
        since=since,
    )


def _resolved(firing: Message) -> Message:
    return Message(
        key=firing.key,
        kind=MessageKind.RESOLVED,
        severity=firing.severity,
        application=firing.application,
        environment=firing.environment,
        rule=firing.rule,
        title=firing.title,
        sentence="The test is over.",
        at=firing.at,
        since=firing.since,
    )


def _digest(application: Application, at: datetime) -> Message:
    return Message(
        key=_key(application, "digest", at),
        kind=MessageKind.DIGEST,
        severity=Severity.INFORMATIONAL,
        application=application.name,
        environment=application.environment,
        rule="test",
        title=f"{application.name}: a test of Goodput's digest",
        sentence="This is what a digest looks like; somebody has run goodput test-channel. The figures are made up.",
        facts=(("Spent", "$12.34 since 1 November"),),
        tables=(
            Table("Objectives", ("objective", "value", "n", "verdict"), (("answered", "99.97 %", "20,746", "met"),)),
        ),
        at=at,
    )


def _key(application: Application, what: str, at: datetime) -> str:
    return f"goodput:{application.environment}:{application.name}:test:{what}:{at:%Y%m%dT%H%M%S}"


def _points(at: datetime) -> tuple[tuple[datetime, float | None], ...]:
    return tuple((at - _STEP * back, 0.01 if back > 3 else 0.155) for back in reversed(range(_POINTS)))  # noqa: PLR2004

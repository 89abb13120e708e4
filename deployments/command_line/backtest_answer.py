"""The answer of `goodput backtest --json`: everything, for a program to read."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from alerts.backtest import Episode, OfRule, Outcome, Quieted
from alerts.comparing import Comparison
from domain.alerting import Evaluation, Notice

Values = dict[str, object]


def outcome_values(one: Outcome) -> Values:
    """Return all that came of a backtest."""
    counts = {"pages": one.pages, "tickets": one.tickets, "incidents": one.incidents, "messages": len(one.notices)}
    return {
        "application": one.application,
        "window": {"start": one.window.start.isoformat(), "end": one.window.end.isoformat()},
        "slots": one.slots,
        **counts,
        "a_week": {name: one.a_week(count) for name, count in counts.items()},
        "episodes": [_episode(each) for each in one.episodes],
        "rules": [_rule(each) for each in one.rules],
        "told": [_notice(each) for each in one.notices],
        "silences": [_quieted(each) for each in one.silences],
        "left_out": list(one.left_out),
    }


def comparison_values(found: Comparison) -> Values:
    """Return all that came of both, and what differs."""
    return {
        "verdict": found.verdict,
        "differs": found.differs,
        "lost": _episodes(found.lost),
        "new": _episodes(found.new),
        "moved": [_episode(one) | {"later_s": shift.total_seconds()} for one, shift in found.moved],
        "before": outcome_values(found.before),
        "after": outcome_values(found.after),
    }


def _episodes(found: Iterable[Episode]) -> list[Values]:
    return [_episode(one) for one in found]


def _episode(one: Episode) -> Values:
    return {
        "rule": one.rule,
        "severity": str(one.severity),
        "labels": dict(one.labels),
        "since": one.since.isoformat(),
        "fired_at": one.fired_at.isoformat(),
        "ended": _moment(one.ended),
        "told_at": _moment(one.told_at),
        "why_untold": one.why_untold,
        "because": one.because,
    }


def _rule(one: OfRule) -> Values:
    said = one.answers
    return {
        "rule": one.name,
        "severity": str(one.severity),
        "episodes": one.episodes,
        "told": one.told,
        "detection_s": {"median": _seconds(one.usual), "worst": _seconds(one.slowest), "n": len(one.detection)},
        "slots": said.slots,
        "held": said.held,
        "unknown": {"slots": said.unknown, **{str(why): n for why, n in sorted(said.unanswered.items())}},
        "kept_quiet": {"times": said.crossings, "worst": _worst(said.worst)} if said.worst else None,
    }


def _worst(one: Evaluation) -> Values:
    return {
        "slot": one.slot.isoformat(),
        "labels": dict(one.labels),
        "value": one.value,
        "limit": one.limit,
        "k": one.k,
        "n": one.n,
        "because": one.because,
    }


def _notice(one: Notice) -> Values:
    said = one.message
    return {
        "at": said.at.isoformat(),
        "kind": str(said.kind),
        "severity": str(said.severity),
        "key": said.key,
        "rule": said.rule,
        "title": said.title,
        "sentence": said.sentence,
        "channels": list(one.channels),
    }


def _quieted(one: Quieted) -> Values:
    said = one.silence
    return {
        "id": said.id,
        "matchers": dict(said.matchers),
        "starts": said.starts.isoformat(),
        "ends": said.ends.isoformat(),
        "by": said.by,
        "comment": said.comment,
        "episodes": one.episodes,
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _seconds(length: timedelta | None) -> float | None:
    return length.total_seconds() if length is not None else None

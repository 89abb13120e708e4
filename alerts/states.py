"""The life of one alert: inactive, pending, firing, recovering, and back. Time is slots, never the clock."""

from dataclasses import replace
from datetime import datetime, timedelta

from alerts.rule import Rule
from domain.alerting import Finding, Instance, State, Truth

STALE_AFTER = timedelta(hours=24)
"""An alert that fires and of which nothing has been known for so long is closed, and said to be."""

_PENDING_FOR = timedelta(hours=1)
_PENDING_HOLDS = 4


def step(instance: Instance, finding: Finding, rule: Rule, slot: datetime, step_length: timedelta) -> Instance:
    """Return where the alert stands after *slot*.

    UNKNOWN changes nothing but the slot, until nothing has been known for too long. A gap of more than two evaluations
    adds nothing to the time that the condition is known to have held: nobody looked. While firing, what is neither
    true nor clear keeps firing, and what is true keeps firing even where it is clear as well.
    """
    if instance.last_slot is not None and slot <= instance.last_slot:
        return instance
    if finding.truth is Truth.UNKNOWN:
        return _unseen(instance, rule, slot)
    passed_s = _passed_s(instance, slot, max(step_length, rule.every))
    seen = _looked_at(instance, slot, finding.truth, slot, rule.version)
    if seen.is_firing:
        return _while_firing(seen, finding, rule, passed_s)
    if finding.truth is Truth.FALSE:
        return seen if seen.state is State.INACTIVE else over(seen)
    pending = seen.state is State.PENDING
    held_s = seen.held_s + passed_s if pending else 0.0
    since = seen.since if pending else slot
    if held_s >= rule.hold.total_seconds():
        return replace(
            seen,
            state=State.FIRING,
            since=since,
            fired_at=slot,
            held_s=held_s,
            clear_s=0.0,
            episode=seen.episode + 1,
        )
    return replace(seen, state=State.PENDING, since=since, held_s=held_s)


def over(instance: Instance) -> Instance:
    """Return the alert as it stands when it is over: it remembers only how often it has fired."""
    return replace(instance, state=State.INACTIVE, since=None, fired_at=None, held_s=0.0, clear_s=0.0)


def _while_firing(seen: Instance, finding: Finding, rule: Rule, passed_s: float) -> Instance:
    if finding.truth is Truth.TRUE or not finding.clear:
        return replace(seen, state=State.FIRING, clear_s=0.0)
    clear_s = seen.clear_s + passed_s if seen.state is State.RECOVERING else 0.0
    if clear_s >= rule.resolve_after.total_seconds():
        return over(seen)
    return replace(seen, state=State.RECOVERING, clear_s=clear_s)


def _unseen(instance: Instance, rule: Rule, slot: datetime) -> Instance:
    """Return the alert as it was, or closed: what waits to fire for an hour, what fires for a day."""
    unseen = _looked_at(instance, slot, Truth.UNKNOWN, instance.seen_at, instance.version)
    if instance.state is State.INACTIVE or instance.seen_at is None:
        return unseen
    patience = STALE_AFTER if instance.is_firing else max(_PENDING_FOR, _PENDING_HOLDS * rule.hold)
    return over(unseen) if slot - instance.seen_at >= patience + rule.every else unseen


def _looked_at(before: Instance, slot: datetime, truth: Truth, seen_at: datetime | None, version: str) -> Instance:
    """Return the alert as it was, but looked at now. Every alert is, at every slot, and `replace` takes far longer."""
    return Instance(
        application=before.application,
        rule=before.rule,
        labels=before.labels,
        state=before.state,
        since=before.since,
        fired_at=before.fired_at,
        held_s=before.held_s,
        clear_s=before.clear_s,
        episode=before.episode,
        last_slot=slot,
        last_truth=truth,
        seen_at=seen_at,
        version=version,
    )


def _passed_s(instance: Instance, slot: datetime, interval: timedelta) -> float:
    if instance.last_slot is None or instance.last_truth is Truth.UNKNOWN:
        return 0.0
    passed = slot - instance.last_slot
    return passed.total_seconds() if passed <= 2 * interval else 0.0

"""Alerts and what was decided of them, as rows and back."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row

from domain.alerting import Evaluation, Health, Instance, State, Transition, Truth
from domain.facts import from_us, to_us
from domain.measurement import Labels
from domain.message import Severity

Values = dict[str, object]


def labels_of(text: str) -> Labels:
    """Return the labels that *text* keeps."""
    return tuple((name, value) for name, value in json.loads(text)) if text != "[]" else ()


def text_of(labels: Sequence[tuple[str, str]]) -> str:
    """Return *labels* as text: ASCII, so that every name finds its way back."""
    return json.dumps(labels, separators=(",", ":")) if labels else "[]"


def moment_us(moment: datetime | None) -> int | None:
    """Return whole microseconds, or None for no moment."""
    return to_us(moment) if moment is not None else None


def moment_of(microseconds: int | None) -> datetime | None:
    """Return a moment, or None for no microseconds."""
    return from_us(microseconds) if microseconds is not None else None


def instance_row(instance: Instance, job: str) -> Values:
    """Return an alert as a row."""
    return {
        "application": instance.application,
        "rule": instance.rule,
        "labels": text_of(instance.labels),
        "state": str(instance.state),
        "since_us": moment_us(instance.since),
        "fired_us": moment_us(instance.fired_at),
        "held_s": instance.held_s,
        "clear_s": instance.clear_s,
        "episode": instance.episode,
        "last_slot_us": moment_us(instance.last_slot),
        "last_truth": str(instance.last_truth),
        "seen_us": moment_us(instance.seen_at),
        "version": instance.version,
        "job": job,
    }


def instance_of(row: Row[tuple[object, ...]]) -> Instance:
    """Return the alert that a row keeps."""
    return Instance(
        application=row.application,
        rule=row.rule,
        labels=labels_of(row.labels),
        state=State(row.state),
        since=moment_of(row.since_us),
        fired_at=moment_of(row.fired_us),
        held_s=row.held_s,
        clear_s=row.clear_s,
        episode=row.episode,
        last_slot=moment_of(row.last_slot_us),
        last_truth=Truth(row.last_truth),
        seen_at=moment_of(row.seen_us),
        version=row.version,
    )


def transition_row(one: Transition) -> Values:
    """Return a change of state as a row."""
    return {
        "application": one.application,
        "rule": one.rule,
        "labels": text_of(one.labels),
        "slot_us": to_us(one.slot),
        "severity": str(one.severity),
        "before": str(one.before),
        "after": str(one.after),
        "episode": one.episode,
        "since_us": moment_us(one.since),
        "because": one.because,
        "version": one.version,
    }


def transition_of(row: Row[tuple[object, ...]]) -> Transition:
    """Return the change of state that a row keeps."""
    return Transition(
        application=row.application,
        rule=row.rule,
        severity=Severity(row.severity),
        labels=labels_of(row.labels),
        slot=from_us(row.slot_us),
        before=State(row.before),
        after=State(row.after),
        episode=row.episode,
        since=moment_of(row.since_us),
        because=row.because,
        version=row.version,
    )


def evaluation_row(one: Evaluation) -> Values:
    """Return what a rule said at a slot as a row."""
    return {
        "application": one.application,
        "rule": one.rule,
        "labels": text_of(one.labels),
        "slot_us": to_us(one.slot),
        "truth": str(one.truth),
        "state": str(one.state),
        "value": one.value,
        "limit_value": one.limit,
        "k": one.k,
        "n": one.n,
        "because": one.because,
        "health": str(one.health),
        "told": one.told,
    }


def evaluation_of(row: Row[tuple[object, ...]]) -> Evaluation:
    """Return what a row keeps of a rule at a slot."""
    return Evaluation(
        application=row.application,
        rule=row.rule,
        labels=labels_of(row.labels),
        slot=from_us(row.slot_us),
        truth=Truth(row.truth),
        health=Health(row.health),
        state=State(row.state),
        value=row.value,
        limit=row.limit_value,
        k=row.k,
        n=row.n,
        because=row.because,
        told=row.told,
    )

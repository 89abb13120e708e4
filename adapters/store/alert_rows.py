"""Alerts and what was decided of them, as rows and back."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, Connection, Row, select

from adapters.store.alert_tables import INSTANCE
from adapters.store.bulk import Columns
from domain.alerting import Evaluation, Health, Instance, State, Transition, Truth
from domain.facts import from_us, to_us
from domain.measurement import Labels
from domain.message import Severity

Values = dict[str, object]


_MANY = 100_000
_LONG = 2000
_STATES = {state.value: state for state in State}
_TRUTHS = {truth.value: truth for truth in Truth}
_INSTANCE = (
    *("application", "rule", "labels", "state", "since_us", "fired_us", "held_s", "clear_s", "episode"),
    *("last_slot_us", "last_truth", "seen_us", "version"),
)


@lru_cache(_MANY)
def labels_of(text: str) -> Labels:
    """Return the labels that *text* keeps."""
    return tuple((name, value) for name, value in json.loads(text)) if text != "[]" else ()


@lru_cache(_MANY)
def text_of(labels: Labels) -> str:
    """Return *labels* as text: ASCII, so that every name finds its way back; long ones as they are, to fit an index."""
    text = json.dumps(labels, separators=(",", ":")) if labels else "[]"
    return text if len(text) <= _LONG else json.dumps(labels, separators=(",", ":"), ensure_ascii=False)


@lru_cache(_MANY)
def moment_us(moment: datetime | None) -> int | None:
    """Return whole microseconds, or None for no moment."""
    return to_us(moment) if moment is not None else None


@lru_cache(_MANY)
def moment_of(microseconds: int | None) -> datetime | None:
    """Return a moment, or None for no microseconds."""
    return from_us(microseconds) if microseconds is not None else None


def instance_columns(instances: Sequence[Instance], job: str) -> Columns:
    """Return alerts as columns."""
    return {
        "application": [one.application for one in instances],
        "rule": [one.rule for one in instances],
        "labels": [text_of(one.labels) for one in instances],
        "state": [one.state.value for one in instances],
        "since_us": [moment_us(one.since) for one in instances],
        "fired_us": [moment_us(one.fired_at) for one in instances],
        "held_s": [one.held_s for one in instances],
        "clear_s": [one.clear_s for one in instances],
        "episode": [one.episode for one in instances],
        "last_slot_us": [moment_us(one.last_slot) for one in instances],
        "last_truth": [one.last_truth.value for one in instances],
        "seen_us": [moment_us(one.seen_at) for one in instances],
        "version": [one.version for one in instances],
        "job": [job] * len(instances),
    }


def read_instances(connection: Connection, *only: ColumnElement[bool]) -> dict[tuple[str, Labels], Instance]:
    """Return alerts by rule and labels. Of many labels there are many at each slot, so it is told what stands where."""
    columns = (INSTANCE.c[name] for name in _INSTANCE)
    found = {}
    for row in connection.execute(select(*columns).where(*only)):
        application, rule, labels, state, since, fired, held, clear, episode, last, truth, seen, version = row
        of = labels_of(labels)
        found[rule, of] = Instance(
            application=application,
            rule=rule,
            labels=of,
            state=_STATES[state],
            since=moment_of(since),
            fired_at=moment_of(fired),
            held_s=held,
            clear_s=clear,
            episode=episode,
            last_slot=moment_of(last),
            last_truth=_TRUTHS[truth],
            seen_at=moment_of(seen),
            version=version,
        )
    return found


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


def evaluation_columns(evaluations: Sequence[Evaluation]) -> list[Columns]:
    """Return what rules said at a slot as columns: of many labels there are many at once."""
    if not evaluations:
        return []
    return [
        {
            "application": [one.application for one in evaluations],
            "rule": [one.rule for one in evaluations],
            "labels": [text_of(one.labels) for one in evaluations],
            "slot_us": [moment_us(one.slot) for one in evaluations],
            "truth": [one.truth.value for one in evaluations],
            "state": [one.state.value for one in evaluations],
            "value": [one.value for one in evaluations],
            "limit_value": [one.limit for one in evaluations],
            "k": [one.k for one in evaluations],
            "n": [one.n for one in evaluations],
            "because": [one.because for one in evaluations],
            "health": [one.health.value for one in evaluations],
            "told": [one.told for one in evaluations],
        }
    ]


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

"""Alert state, what was decided, and the messages that follow: kept in one transaction per slot, or not at all."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, func, insert, select

from adapters.store.alert_tables import EVALUATION, INSTANCE, SLOT, TRANSITION
from adapters.store.database import Database, add_new, take_turns, upsert
from adapters.store.outbox import enqueue
from adapters.store.tables import inside
from domain.alerting import Decision, Evaluation, Instance, State, Transition, Truth
from domain.facts import from_us, to_us
from domain.measurement import Labels
from domain.message import Severity
from domain.window import Window

_JOB = "alerts"


@dataclass(frozen=True, slots=True)
class Quiet:
    """How often a rule's limit was crossed without anybody being told, and the worst of these slots."""

    rule: str
    times: int
    worst: Evaluation


@dataclass(frozen=True, slots=True)
class Alerts:
    """The alerts of all applications."""

    database: Database

    def instances(self, application: str) -> dict[tuple[str, Labels], Instance]:
        """Return every alert as the last slot left it."""
        with self.database.reading() as connection:
            rows = connection.execute(select(INSTANCE).where(INSTANCE.c.application == application)).all()
        return {(row.rule, _labels(row.labels)): _instance(row) for row in rows}

    def last_slot(self, application: str) -> datetime | None:
        """Return the last slot that was decided; None before the first."""
        with self.database.reading() as connection:
            last = connection.scalar(_last_slot(application))
        return from_us(last) if last is not None else None

    def keep(self, decision: Decision) -> bool:
        """Keep everything that a slot decided, with its messages; False if it, or a later slot, was decided before.

        A slot that comes late would put the alerts back to where they stood before the later one.
        """
        slot_us = to_us(decision.slot)
        with self.database.writing() as connection:
            take_turns(connection, f"{_JOB} {decision.application}")
            last = connection.scalar(_last_slot(decision.application))
            if last is not None and slot_us <= last:
                return False
            add_new(connection, SLOT, [{"application": decision.application, "job": _JOB, "slot_us": slot_us}])
            upsert(connection, INSTANCE, [_instance_row(instance) for instance in decision.instances])
            if decision.transitions:
                connection.execute(insert(TRANSITION), [_transition_row(one) for one in decision.transitions])
            if decision.evaluations:
                connection.execute(insert(EVALUATION), [_evaluation_row(one) for one in decision.evaluations])
            enqueue(connection, decision.notices, decision.slot)
        return True

    def transitions(self, application: str, window: Window) -> list[Transition]:
        """Return the changes of state in *window*, oldest first."""
        query = select(TRANSITION).where(*inside(TRANSITION.c.slot_us, application, window))
        with self.database.reading() as connection:
            found = [_transition(row) for row in connection.execute(query)]
        return sorted(found, key=lambda one: (one.slot, one.rule, one.labels))  # databases differ in how texts sort

    def latest_evaluations(self, application: str) -> list[Evaluation]:
        """Return the newest evaluation of every rule and set of labels."""
        newest = (
            select(EVALUATION.c.rule, EVALUATION.c.labels, EVALUATION.c.slot_us)
            .join(
                INSTANCE,
                (INSTANCE.c.application == EVALUATION.c.application)
                & (INSTANCE.c.rule == EVALUATION.c.rule)
                & (INSTANCE.c.labels == EVALUATION.c.labels)
                & (INSTANCE.c.last_slot_us == EVALUATION.c.slot_us),
            )
            .where(EVALUATION.c.application == application)
            .with_only_columns(EVALUATION)
        )
        with self.database.reading() as connection:
            found = [_evaluation(row) for row in connection.execute(newest)]
        return sorted(found, key=lambda one: (one.rule, one.labels))

    def kept_quiet(self, application: str, window: Window) -> list[Quiet]:
        """Return the rules whose limit was crossed in *window* by so few requests that chance was an excuse."""
        over = (
            *inside(EVALUATION.c.slot_us, application, window),
            EVALUATION.c.truth == str(Truth.FALSE),
            EVALUATION.c.state == str(State.INACTIVE),
            EVALUATION.c.k.is_not(None),
            EVALUATION.c.value > EVALUATION.c.limit_value,
        )
        query = select(EVALUATION).where(*over).order_by(EVALUATION.c.rule, EVALUATION.c.k, EVALUATION.c.slot_us)
        found: dict[str, Quiet] = {}
        with self.database.reading() as connection:
            for row in connection.execute(query):
                times = found[row.rule].times + 1 if row.rule in found else 1
                found[row.rule] = Quiet(row.rule, times, _evaluation(row))
        return [found[rule] for rule in sorted(found)]


def _last_slot(application: str) -> Select[tuple[int | None]]:
    return select(func.max(SLOT.c.slot_us)).where(SLOT.c.application == application, SLOT.c.job == _JOB)


def _labels(text: str) -> Labels:
    return tuple((name, value) for name, value in json.loads(text))


def _text(labels: Sequence[tuple[str, str]]) -> str:
    return json.dumps(labels, separators=(",", ":"))  # ASCII, so that every text finds its way back


def _instance_row(instance: Instance) -> dict[str, object]:
    return {
        "application": instance.application,
        "rule": instance.rule,
        "labels": _text(instance.labels),
        "state": str(instance.state),
        "since_us": to_us(instance.since) if instance.since else None,
        "fired_us": to_us(instance.fired_at) if instance.fired_at else None,
        "held_s": instance.held_s,
        "clear_s": instance.clear_s,
        "episode": instance.episode,
        "announced": instance.announced,
        "last_slot_us": to_us(instance.last_slot) if instance.last_slot else None,
        "last_truth": str(instance.last_truth),
    }


def _instance(row: Row[tuple[object, ...]]) -> Instance:
    return Instance(
        application=row.application,
        rule=row.rule,
        labels=_labels(row.labels),
        state=State(row.state),
        since=from_us(row.since_us) if row.since_us is not None else None,
        fired_at=from_us(row.fired_us) if row.fired_us is not None else None,
        held_s=row.held_s,
        clear_s=row.clear_s,
        episode=row.episode,
        announced=row.announced,
        last_slot=from_us(row.last_slot_us) if row.last_slot_us is not None else None,
        last_truth=Truth(row.last_truth),
    )


def _transition_row(one: Transition) -> dict[str, object]:
    return {
        "application": one.application,
        "rule": one.rule,
        "labels": _text(one.labels),
        "slot_us": to_us(one.slot),
        "severity": str(one.severity),
        "before": str(one.before),
        "after": str(one.after),
        "episode": one.episode,
        "since_us": to_us(one.since) if one.since else None,
        "because": one.because,
    }


def _transition(row: Row[tuple[object, ...]]) -> Transition:
    return Transition(
        application=row.application,
        rule=row.rule,
        severity=Severity(row.severity),
        labels=_labels(row.labels),
        slot=from_us(row.slot_us),
        before=State(row.before),
        after=State(row.after),
        episode=row.episode,
        since=from_us(row.since_us) if row.since_us is not None else None,
        because=row.because,
    )


def _evaluation_row(one: Evaluation) -> dict[str, object]:
    return {
        "application": one.application,
        "rule": one.rule,
        "labels": _text(one.labels),
        "slot_us": to_us(one.slot),
        "truth": str(one.truth),
        "state": str(one.state),
        "value": one.value,
        "limit_value": one.limit,
        "k": one.k,
        "n": one.n,
        "because": one.because,
    }


def _evaluation(row: Row[tuple[object, ...]]) -> Evaluation:
    return Evaluation(
        application=row.application,
        rule=row.rule,
        labels=_labels(row.labels),
        slot=from_us(row.slot_us),
        truth=Truth(row.truth),
        state=State(row.state),
        value=row.value,
        limit=row.limit_value,
        k=row.k,
        n=row.n,
        because=row.because,
    )

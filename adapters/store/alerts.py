"""Alert state, what was decided, and the messages that follow: kept in one transaction per slot, or not at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Select, func, insert, select

from adapters.store.alert_rows import (
    evaluation_columns,
    evaluation_of,
    instance_columns,
    moment_us,
    read_instances,
    transition_of,
    transition_row,
)
from adapters.store.alert_tables import EVALUATION, INSTANCE, RULE_VERSION, SLOT, TRANSITION
from adapters.store.bulk import insert_columns, replace_columns
from adapters.store.database import Database, add_new, take_turns
from adapters.store.enqueueing import acknowledgements, enqueue
from adapters.store.incidents import job_of, read_incidents, write_acknowledgement, write_incidents
from adapters.store.tables import inside
from domain.alerting import Decision, Evaluation, Instance, Notice, Standing, State, Transition, Truth
from domain.facts import EPOCH, from_us, to_us
from domain.incident import Acknowledgement, Incident, Taking
from domain.measurement import Labels
from domain.window import Window

WHATEVER = datetime.max.replace(tzinfo=UTC)
"""As the slot before: any."""

ALERTS, WATCHER = "alerts", "watcher"
"""The jobs that decide slots: one about the application, one about Goodput itself, each at its own pace."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """How often a rule's limit was crossed without anybody being told, and the worst of these slots."""

    rule: str
    times: int
    worst: Evaluation


@dataclass(frozen=True, slots=True)
class Alerts:
    """The alerts of all applications, as one job decides them."""

    database: Database
    job: str = ALERTS

    @property
    def of_watcher(self) -> "Alerts":
        """The alerts about Goodput itself."""
        return replace(self, job=WATCHER)

    def standing(self, application: str) -> Standing:
        """Return how the last slot left everything."""
        mine = INSTANCE.c.application == application, INSTANCE.c.job == self.job
        with self.database.reading() as connection:
            incidents = read_incidents(connection, application, self.job)
            return Standing(read_instances(connection, *mine), {one.group: one for one in incidents})

    def instances(self, application: str) -> dict[tuple[str, Labels], Instance]:
        """Return every alert of all jobs."""
        with self.database.reading() as connection:
            return read_instances(connection, INSTANCE.c.application == application)

    def incidents(self, application: str) -> list[Incident]:
        """Return the incidents that are open, of all jobs, the oldest first."""
        with self.database.reading() as connection:
            found = [one for one in read_incidents(connection, application) if one.is_open]
        return sorted(found, key=lambda one: (one.opened_at or EPOCH, one.group))

    def last_slot(self, application: str) -> datetime | None:
        """Return the last slot that was decided; None before the first."""
        with self.database.reading() as connection:
            last = connection.scalar(self._last_slot(application))
        return from_us(last) if last is not None else None

    def decided(self, application: str, window: Window) -> list[datetime]:
        """Return the slots of *window* that were decided, oldest first, after the last one before it."""
        mine = SLOT.c.application == application, SLOT.c.job == self.job
        before = select(func.max(SLOT.c.slot_us)).where(*mine, SLOT.c.slot_us < to_us(window.start))
        within = select(SLOT.c.slot_us).where(SLOT.c.job == self.job, *inside(SLOT.c.slot_us, application, window))
        with self.database.reading() as connection:
            last_before = connection.scalar(before)
            found = connection.scalars(within.order_by(SLOT.c.slot_us)).all()
        return [from_us(slot_us) for slot_us in (last_before, *found) if slot_us is not None]

    def seen(self, application: str) -> Mapping[str, datetime]:
        """Return by rule the last slot at which it knew anything."""
        query = (
            select(INSTANCE.c.rule, func.max(INSTANCE.c.seen_us).label("seen_us"))
            .where(INSTANCE.c.application == application, INSTANCE.c.job == self.job)
            .group_by(INSTANCE.c.rule)
        )
        with self.database.reading() as connection:
            return {row.rule: from_us(row.seen_us) for row in connection.execute(query) if row.seen_us is not None}

    def remember(self, application: str, rules: Iterable[tuple[str, str, str]], at: datetime) -> None:
        """Keep the name, version and body of those of *rules* that decide for the first time at *at*."""
        known = self.versions(application)
        rows = [
            {"application": application, "rule": name, "version": version, "body": body, "first_us": to_us(at)}
            for name, version, body in rules
            if (name, version) not in known
        ]
        if rows:
            with self.database.writing() as connection:
                add_new(connection, RULE_VERSION, rows)

    def versions(self, application: str) -> dict[tuple[str, str], str]:
        """Return by name and version how the rules stood that have decided so far."""
        columns = RULE_VERSION.c.rule, RULE_VERSION.c.version, RULE_VERSION.c.body
        with self.database.reading() as connection:
            rows = connection.execute(select(*columns).where(RULE_VERSION.c.application == application)).all()
        return {(row.rule, row.version): row.body for row in rows}

    def acknowledge(self, application: str, taken: Acknowledgement, notice: Notice) -> Taking:
        """Note that an incident is taken, and queue the message about it, unless it is over or taken already."""
        with self.database.writing() as connection:
            job = job_of(connection, application, taken.key)
            take_turns(connection, f"{job} {application}")
            taking = write_acknowledgement(connection, application, taken)
            if taking is Taking.FIRST:
                numbered = replace(notice.message, number=acknowledgements(connection, taken.key))
                enqueue(connection, [replace(notice, message=numbered)], taken.at)
        return taking

    def keep(self, decision: Decision, after: datetime | None = WHATEVER) -> bool:
        """Keep everything that a slot decided, with its messages; False if it, or a later slot, was decided before.

        A slot that comes late would put the alerts back to where they stood before the later one. So would one that was
        decided by how things stood before another slot: it must be decided again.

        Args:
            after: The last slot that the decision knew of, None if it knew of none; by default it does not matter.
        """
        slot_us = to_us(decision.slot)
        with self.database.writing() as connection:
            take_turns(connection, f"{self.job} {decision.application}")
            last = connection.scalar(self._last_slot(decision.application))
            if last is not None and slot_us <= last:
                return False
            if after != WHATEVER and last != moment_us(after):
                return False
            add_new(connection, SLOT, [{"application": decision.application, "job": self.job, "slot_us": slot_us}])
            replace_columns(connection, INSTANCE, instance_columns(decision.instances, self.job))
            write_incidents(connection, decision.incidents, self.job)
            if decision.transitions:
                connection.execute(insert(TRANSITION), [transition_row(one) for one in decision.transitions])
            insert_columns(connection, EVALUATION, evaluation_columns(decision.evaluations))
            enqueue(connection, decision.notices, decision.slot)
        return True

    def transitions(self, application: str, window: Window) -> list[Transition]:
        """Return the changes of state in *window*, oldest first."""
        query = select(TRANSITION).where(*inside(TRANSITION.c.slot_us, application, window))
        with self.database.reading() as connection:
            found = [transition_of(row) for row in connection.execute(query)]
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
            found = [evaluation_of(row) for row in connection.execute(newest)]
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
                found[row.rule] = Quiet(row.rule, times, evaluation_of(row))
        return [found[rule] for rule in sorted(found)]

    def _last_slot(self, application: str) -> Select[tuple[int | None]]:
        return select(func.max(SLOT.c.slot_us)).where(SLOT.c.application == application, SLOT.c.job == self.job)

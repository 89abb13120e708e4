"""Incidents: what people were told, and who has taken it."""

import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, Row, and_, select

from adapters.store.alert_rows import Values, labels_of, moment_of, moment_us, text_of
from adapters.store.alert_tables import ACKNOWLEDGEMENT, INCIDENT
from adapters.store.database import upsert
from domain.facts import from_us, to_us
from domain.incident import Acknowledgement, Incident, Member, Taking
from domain.message import Severity


def read_incidents(connection: Connection, application: str, job: str | None = None) -> list[Incident]:
    """Return the incidents of an application, of one *job* or of all, with who has taken them."""
    taken = and_(ACKNOWLEDGEMENT.c.application == INCIDENT.c.application, ACKNOWLEDGEMENT.c.key == INCIDENT.c.key)
    query = (
        select(INCIDENT, ACKNOWLEDGEMENT.c.taken_by, ACKNOWLEDGEMENT.c.at_us)
        .join(ACKNOWLEDGEMENT, taken, isouter=True)
        .where(INCIDENT.c.application == application)
    )
    if job is not None:
        query = query.where(INCIDENT.c.job == job)
    return [_incident(row) for row in connection.execute(query)]


def write_incidents(connection: Connection, incidents: Iterable[Incident], job: str) -> None:
    """Keep *incidents* as they are now, in the caller's transaction."""
    upsert(connection, INCIDENT, [_row(one, job) for one in incidents])


def job_of(connection: Connection, application: str, key: str) -> str | None:
    """Return the job that decides about the incident with this key, or None if there is none."""
    mine = INCIDENT.c.application == application, INCIDENT.c.key == key
    return connection.scalar(select(INCIDENT.c.job).where(*mine))


def write_acknowledgement(connection: Connection, application: str, taken: Acknowledgement) -> Taking:
    """Note that an incident is taken, if it is open and nobody has taken all of it. The caller takes turns."""
    here = [one for one in read_incidents(connection, application) if one.key == taken.key and one.is_open]
    if not here:
        return Taking.OVER
    if here[0].is_taken:
        return Taking.BEFORE
    row = {
        "application": application,
        "key": taken.key,
        "taken_by": taken.by,
        "at_us": to_us(taken.at),
        "comment": taken.comment,
    }
    upsert(connection, ACKNOWLEDGEMENT, [row])
    return Taking.FIRST


def _row(one: Incident, job: str) -> Values:
    return {
        "application": one.application,
        "group_by": one.group,
        "severity": str(one.severity),
        "number": one.number,
        "key": one.key,
        "members": json.dumps([[member.rule, text_of(member.labels), member.episode] for member in one.members]),
        "channels": json.dumps(one.channels),
        "messages": one.messages,
        "told_us": json.dumps([to_us(told) for told in one.told_at]),
        "opened_us": moment_us(one.opened_at),
        "joined_us": moment_us(one.joined_at),
        "reminded_us": moment_us(one.reminded_at),
        "is_overdue": one.is_overdue,
        "job": job,
    }


def _incident(row: Row[tuple[object, ...]]) -> Incident:
    return Incident(
        application=row.application,
        group=row.group_by,
        severity=Severity(row.severity),
        number=row.number,
        key=row.key,
        members=tuple(Member(rule, labels_of(labels), episode) for rule, labels, episode in json.loads(row.members)),
        channels=tuple(json.loads(row.channels)),
        messages=row.messages,
        told_at=_moments(row.told_us),
        opened_at=moment_of(row.opened_us),
        joined_at=moment_of(row.joined_us),
        reminded_at=moment_of(row.reminded_us),
        is_overdue=row.is_overdue,
        acknowledged_by=row.taken_by,
        acknowledged_at=moment_of(row.at_us),
    )


def _moments(text: str) -> tuple[datetime, ...]:
    return tuple(from_us(one) for one in json.loads(text))

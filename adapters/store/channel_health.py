"""How channels do, by what they took, refused and left waiting; and which pages nobody has taken."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, func, select

from adapters.store.alert_tables import OUTBOX
from adapters.store.enqueueing import PENDING
from domain.delivery import DeliveryStatus, Unheard
from domain.facts import from_us, to_us
from domain.message import MessageKind, Severity, message_json
from domain.watching import ChannelHealth

_DEAD, _SENT = str(DeliveryStatus.DEAD), str(DeliveryStatus.SENT)


def channel_health(connection: Connection, channels: Sequence[str], *mine: ColumnElement[bool]) -> list[ChannelHealth]:
    """Return how each of *channels* does."""
    pending = OUTBOX.c.status == PENDING
    query = (
        select(
            OUTBOX.c.channel,
            func.max(OUTBOX.c.sent_us).label("sent_us"),
            func.max(OUTBOX.c.dead_us).label("dead_us"),
            func.min(case((pending, OUTBOX.c.first_tried_us))).label("waiting_us"),
            func.count(case((pending, 1))).label("waiting"),
        )
        .where(*mine, OUTBOX.c.channel.in_(channels))
        .group_by(OUTBOX.c.channel)
    )
    found = {row.channel: row for row in connection.execute(query)}
    errors = {row.channel: row.error for row in connection.execute(unsettled(*mine))}
    return [_health(name, found.get(name), errors.get(name) or "") for name in channels]


def unsettled(*only_if: ColumnElement[bool]) -> Select[Any]:
    """Ask for what was tried and is not delivered, oldest first."""
    return (
        select(OUTBOX.c.channel, OUTBOX.c.key, OUTBOX.c.error)
        .where(*only_if, OUTBOX.c.error.is_not(None))
        .where(OUTBOX.c.status.in_([PENDING, _DEAD]))
        .order_by(OUTBOX.c.position)
    )


def unheard_pages(connection: Connection, before: datetime, *mine: ColumnElement[bool]) -> list[Unheard]:
    """Return the pages decided by *before* that go on and that no channel has taken, oldest first."""
    page, firing = OUTBOX.c.severity == str(Severity.PAGE), OUTBOX.c.kind == str(MessageKind.FIRING)
    waiting = select(OUTBOX.c.key).where(
        *mine, page, firing, OUTBOX.c.status.in_([PENDING, _DEAD]), OUTBOX.c.created_us <= to_us(before)
    )
    settled = select(OUTBOX.c.key).where(
        OUTBOX.c.key.in_(waiting),
        (OUTBOX.c.kind == str(MessageKind.RESOLVED)) | (page & firing & (OUTBOX.c.status == _SENT)),
    )
    query = (
        select(OUTBOX)
        .where(OUTBOX.c.key.in_(waiting), OUTBOX.c.key.not_in(settled), page, firing)
        .where(OUTBOX.c.status.in_([PENDING, _DEAD]))
        .order_by(OUTBOX.c.position)
    )
    by_key: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(query):
        by_key[row.key].append(row)
    return [_unheard(key, rows) for key, rows in by_key.items()]


def _unheard(key: str, rows: Sequence[Row[Any]]) -> Unheard:
    return Unheard(
        key=key,
        title=message_json.validate_json(rows[0].payload).title,
        since=from_us(min(row.created_us for row in rows)),
        errors=tuple((row.channel, row.error or "") for row in rows),
    )


def _health(name: str, row: Row[Any] | None, error: str) -> ChannelHealth:
    if row is None:
        return ChannelHealth(name=name)
    sent, dead, waiting = (from_us(us) if us is not None else None for us in (row.sent_us, row.dead_us, row.waiting_us))
    return ChannelHealth(name=name, sent_at=sent, dead_at=dead, waiting_since=waiting, waiting=row.waiting, error=error)

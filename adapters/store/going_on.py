"""What one channel was told of and that goes on, for channels that forget what is not said again."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, select

from adapters.store.alert_tables import OUTBOX
from domain.delivery import DeliveryStatus, GoingOn
from domain.facts import to_us
from domain.message import Message, MessageKind, message_json

_LONGEST = timedelta(days=90)
_SENT, _SUPERSEDED = str(DeliveryStatus.SENT), str(DeliveryStatus.SUPERSEDED)
_RESOLVED, _ACKNOWLEDGED = str(MessageKind.RESOLVED), str(MessageKind.ACKNOWLEDGED)
SAY_WHAT_IS_WRONG = [str(kind) for kind in (MessageKind.FIRING, MessageKind.UPDATED, MessageKind.REMINDER)]


def incidents_going_on(
    connection: Connection, channel: str, now: datetime, *mine: ColumnElement[bool]
) -> list[GoingOn]:
    """Return the incidents that *channel* was told of in the last 90 days, and of which no end was told or waits."""
    there = (*mine, OUTBOX.c.channel == channel, OUTBOX.c.created_us >= to_us(now - _LONGEST))
    over = select(OUTBOX.c.key).where(*there, OUTBOX.c.kind == _RESOLVED, OUTBOX.c.status != _SUPERSEDED)
    newest = (
        select(func.max(OUTBOX.c.position))
        .where(*there, OUTBOX.c.status == _SENT, OUTBOX.c.kind.in_(SAY_WHAT_IS_WRONG), OUTBOX.c.key.not_in(over))
        .group_by(OUTBOX.c.key)
    )
    rows = connection.execute(select(OUTBOX).where(OUTBOX.c.position.in_(newest)).order_by(OUTBOX.c.position)).all()
    taken = connection.execute(
        select(OUTBOX.c.key, OUTBOX.c.payload)
        .where(*there, OUTBOX.c.kind == _ACKNOWLEDGED, OUTBOX.c.key.in_([row.key for row in rows]))
        .order_by(OUTBOX.c.position)
    ).all()
    by = {row.key: _read(row.payload).sentence for row in taken}
    return [GoingOn(message=_read(row.payload), ref=row.ref, acknowledged=by.get(row.key)) for row in rows]


def _read(payload: str) -> Message:
    return message_json.validate_json(payload)

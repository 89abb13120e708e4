"""What one channel was told of and that goes on, for channels that forget what is not said again."""

from sqlalchemy import Connection, func, select

from adapters.store.alert_tables import INCIDENT, OUTBOX
from adapters.store.statuses import SENT
from domain.delivery import GoingOn
from domain.message import Message, MessageKind, message_json

_ACKNOWLEDGED = str(MessageKind.ACKNOWLEDGED)
_SAY_WHAT_IS_WRONG = [str(kind) for kind in (MessageKind.FIRING, MessageKind.UPDATED, MessageKind.REMINDER)]
_NOBODY = "[]"


def incidents_going_on(connection: Connection, channel: str, application: str | None) -> list[GoingOn]:
    """Return the open incidents of *application*, or of all, that *channel* was told of, in the order of telling."""
    open_now = select(INCIDENT.c.key).where(INCIDENT.c.members != _NOBODY)
    if application is not None:
        open_now = open_now.where(INCIDENT.c.application == application)
    there = (OUTBOX.c.channel == channel, OUTBOX.c.key.in_(open_now))
    newest = (
        select(func.max(OUTBOX.c.position))
        .where(*there, OUTBOX.c.status == SENT, OUTBOX.c.kind.in_(_SAY_WHAT_IS_WRONG))
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

"""Every attempt to deliver, who is told instead, and how loud a message is."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("severity", sa.String(), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("diverted_from", sa.String(), nullable=True))
    op.drop_index("outbox_by_status", "outbox")
    op.create_index("outbox_by_status", "outbox", ["status", "severity"])
    op.create_index("outbox_by_incident", "outbox", ["key", "position", "kind", "status", "severity"])
    op.create_index("outbox_by_state", "outbox", ["application", "channel", "status", "dead_us"])
    op.create_index("outbox_by_sent", "outbox", ["application", "channel", "sent_us"])
    op.create_table(
        "delivery_attempt",
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("started_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("delivery", "number"),
    )
    _say_how_loud()


def _say_how_loud() -> None:
    """Take the severity of what waits, and of what incidents began with, from the message itself."""
    names = ("position", "payload", "status", "kind", "severity")
    outbox = sa.table("outbox", *(sa.column(name) for name in names))
    connection = op.get_bind()
    asked = sa.or_(outbox.c.status == "pending", outbox.c.kind == "firing")
    for position, payload in connection.execute(sa.select(outbox.c.position, outbox.c.payload).where(asked)).all():
        severity = json.loads(payload)["severity"]
        connection.execute(sa.update(outbox).where(outbox.c.position == position).values(severity=severity))

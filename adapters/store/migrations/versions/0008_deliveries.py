"""Every attempt to deliver, who is told instead, and how loud a message is."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("severity", sa.String(), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("diverted_from", sa.String(), nullable=True))
    op.create_index("outbox_by_sent", "outbox", ["channel", "sent_us"])
    op.create_index("outbox_by_diverted", "outbox", ["diverted_from"])
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
    """Take the severity of what still waits from the message itself."""
    outbox = sa.table("outbox", sa.column("position"), sa.column("payload"), sa.column("status"), sa.column("severity"))
    connection = op.get_bind()
    waiting = connection.execute(sa.select(outbox.c.position, outbox.c.payload).where(outbox.c.status == "pending"))
    for position, payload in waiting.all():
        severity = json.loads(payload)["severity"]
        connection.execute(sa.update(outbox).where(outbox.c.position == position).values(severity=severity))

"""Hours of requests as counts, and probes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "combo",
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("labels", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("application", "labels"),
    )
    op.create_table(
        "rollup",
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("hour_us", sa.BigInteger(), nullable=False),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("combos", sa.LargeBinary(), nullable=False),
        sa.Column("counters", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("application", "hour_us"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rollup_spread",
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("signal", sa.String(), nullable=False),
        sa.Column("hour_us", sa.BigInteger(), nullable=False),
        sa.Column("pairs", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("application", "signal", "hour_us"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "probe",
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("latency_s", sa.Float(), nullable=True),
        sa.Column("first_byte_s", sa.Float(), nullable=True),
        sa.Column("because", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("application", "at_us"),
    )

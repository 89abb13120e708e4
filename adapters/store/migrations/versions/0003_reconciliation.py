"""Hours held against the source's own count."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "reconciliation",
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("hour_us", sa.BigInteger(), nullable=False),
        sa.Column("our_rows", sa.BigInteger(), nullable=False),
        sa.Column("our_cost_nano_usd", sa.BigInteger(), nullable=True),
        sa.Column("their_rows", sa.BigInteger(), nullable=True),
        sa.Column("their_cost_nano_usd", sa.BigInteger(), nullable=True),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("spend_nano_usd", sa.BigInteger(), nullable=False),
        sa.Column("checked_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("application", "hour_us"),
        sqlite_with_rowid=False,
    )

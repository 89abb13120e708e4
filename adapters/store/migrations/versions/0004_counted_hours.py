"""Hours counted by more, judgements with the rate of their sample, and one table for the first names of a day."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("judgement", sa.Column("rate", sa.Float(), nullable=False, server_default="1.0"))
    for table in ("combo", "rollup_spread"):  # whoever reads them makes them anew
        op.execute(sa.text(f"DELETE FROM {table}"))
    op.drop_table("rollup")
    op.create_table(
        "rollup",
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("hour_us", sa.BigInteger(), nullable=False),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("combos", sa.LargeBinary(), nullable=False),
        sa.Column("counters", sa.LargeBinary(), nullable=False),
        sa.Column("minutes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("application", "hour_us"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "day_name",
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("day_us", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("application", "day_us", "label", "name"),
    )
    op.execute("INSERT INTO day_name SELECT application, day_us, 'step', name FROM step_name")
    op.drop_table("step_name")

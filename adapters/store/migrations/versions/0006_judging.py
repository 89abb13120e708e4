"""What a judge cost, who served it, how long the context was; verdicts, spending, labels, calibrations, anchors, reviews."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def _text(name: str, *, null: bool = False) -> "sa.Column[Any]":
    return sa.Column(name, sa.String(), nullable=null)


def _whole(name: str, *, null: bool = False) -> "sa.Column[Any]":
    return sa.Column(name, sa.BigInteger(), nullable=null)


def upgrade() -> None:
    op.add_column("judgement", _text("served_by", null=True))
    op.add_column("judgement", sa.Column("context_characters", sa.BigInteger(), nullable=True))
    op.add_column("judgement", sa.Column("given_up", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("judgement", sa.Column("attempts", sa.Integer(), nullable=False, server_default="1"))
    op.create_table(
        "judge_verdict",
        _text("application"),
        _text("key"),
        _text("verdicts"),
        _whole("kept_us"),
        sa.PrimaryKeyConstraint("application", "key"),
    )
    op.create_table(
        "judge_spend",
        _text("application"),
        _text("day"),
        _whole("reserved_nano_usd"),
        _whole("spent_nano_usd"),
        sa.PrimaryKeyConstraint("application", "day"),
    )
    op.create_table(
        "human_label",
        _text("application"),
        _text("criterion"),
        _text("trace_id"),
        sa.Column("bad", sa.Boolean(), nullable=False),
        _whole("labelled_us"),
        _text("labelled_by", null=True),
        sa.Column("by_verdict", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("application", "criterion", "trace_id"),
    )
    op.create_table(
        "calibration",
        _text("application"),
        _text("criterion"),
        _text("version"),
        _text("judge"),
        _whole("made_us"),
        sa.Column("flag_above", sa.Float(), nullable=False),
        _whole("tp"),
        _whole("fn"),
        _whole("tn"),
        _whole("fp"),
        sa.PrimaryKeyConstraint("application", "criterion", "version", "judge", "made_us"),
    )
    op.create_table(
        "anchor_verdict",
        _text("application"),
        _text("criterion"),
        _text("version"),
        _text("judge"),
        _whole("judged_us"),
        _text("anchor"),
        sa.Column("flagged", sa.Boolean(), nullable=True),
        _text("served_by", null=True),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("application", "criterion", "judge", "judged_us", "anchor"),
    )
    op.create_table(
        "review",
        _text("application"),
        _text("trace_id"),
        _text("queue"),
        _whole("sent_us", null=True),
        sa.PrimaryKeyConstraint("application", "queue", "trace_id"),
    )

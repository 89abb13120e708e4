"""Judgements are found by application and end, thumbs by their trace: by time alone SQLite read all of an application."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.drop_index("ix_judgement_ended_us", "judgement")
    op.drop_index("ix_feedback_given_us", "feedback")
    op.create_index("judgement_by_end", "judgement", ["application", "ended_us"])
    op.create_index("feedback_by_trace", "feedback", ["application", "trace_id"])

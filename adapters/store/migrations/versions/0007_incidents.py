"""Incidents, acknowledgements, silences and rule versions; why somebody was told, and whether there was something to see."""

import json
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def _text(name: str, default: str | None = None) -> "sa.Column[Any]":
    return sa.Column(name, sa.String(), nullable=False, server_default=default)


def _whole(name: str, *, null: bool = False) -> "sa.Column[Any]":
    return sa.Column(name, sa.BigInteger(), nullable=null)


def upgrade() -> None:
    op.add_column("evaluation", _text("health", "ok"))
    op.add_column("evaluation", _text("told", ""))
    op.add_column("alert_transition", _text("version", ""))
    op.add_column("outbox", _whole("dead_us", null=True))
    op.add_column("alert_instance", _whole("seen_us", null=True))
    op.add_column("alert_instance", _text("version", ""))
    op.add_column("alert_instance", _text("job", "alerts"))
    op.create_table(
        "incident",
        _text("application"),
        sa.Column("group_by", sa.Text(), nullable=False),
        _text("severity"),
        sa.Column("number", sa.Integer(), nullable=False),
        _text("key"),
        sa.Column("members", sa.Text(), nullable=False),
        _text("channels"),
        sa.Column("messages", sa.Integer(), nullable=False),
        _text("told_us"),
        _whole("opened_us", null=True),
        _whole("joined_us", null=True),
        _whole("reminded_us", null=True),
        sa.Column("is_overdue", sa.Boolean(), nullable=False),
        _text("job"),
        sa.PrimaryKeyConstraint("application", "group_by", "job"),
    )
    op.create_table(
        "acknowledgement",
        _text("application"),
        _text("key"),
        sa.Column("taken_by", sa.Text(), nullable=False),
        _whole("at_us"),
        _text("comment"),
        sa.PrimaryKeyConstraint("application", "key"),
    )
    op.create_table(
        "silence",
        _text("id"),
        _text("application"),
        _text("matchers"),
        _whole("starts_us"),
        _whole("ends_us"),
        sa.Column("asked_by", sa.Text(), nullable=False),
        _text("comment"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "rule_version",
        _text("application"),
        _text("rule"),
        _text("version"),
        _whole("first_us"),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("application", "rule", "version"),
    )
    op.execute("UPDATE alert_instance SET seen_us = last_slot_us")
    _carry_over(op.get_bind())
    op.drop_column("alert_instance", "announced")


def _carry_over(connection: Any) -> None:
    """Make an incident of each alert that people were told of, under the key by which they know it.

    Its group is one that no rule makes: so the next slot closes it, and tells what still fires as it does now.
    """
    open_alerts = connection.execute(
        sa.text(
            "SELECT application, rule, labels, episode, fired_us FROM alert_instance "
            "WHERE announced = episode AND announced > 0 AND state IN ('firing', 'recovering')"
        )
    ).all()
    for application, rule, labels, episode, fired_us in open_alerts:
        known_as = sha256(json.dumps(sorted(json.loads(labels))).encode()).hexdigest()[:16]
        told = connection.execute(
            sa.text("SELECT key, channel, payload FROM outbox WHERE application = :application AND kind = 'firing'"),
            {"application": application},
        ).all()
        mine = [row for row in told if row.key.endswith(f":{rule}:{known_as}:{episode}")]
        if mine:
            severity = json.loads(mine[0].payload)["severity"]
            connection.execute(
                sa.text(
                    "INSERT INTO incident VALUES (:application, :group_by, :severity, 1, :key, :members, :channels, "
                    "1, '[]', :fired_us, :fired_us, :fired_us, :overdue, 'alerts')"
                ),
                {
                    "application": application,
                    "group_by": json.dumps([severity, ["key", mine[0].key]]),
                    "severity": severity,
                    "key": mine[0].key,
                    "members": json.dumps([[rule, labels, episode]]),
                    "channels": json.dumps(sorted({row.channel for row in mine})),
                    "fired_us": fired_us,
                    "overdue": True,
                },
            )

"""The tables of what was decided and told. Private to the store, like the others; times are whole microseconds."""

from sqlalchemy import BigInteger, Column, Index, Integer, Text, text
from sqlmodel import Field, SQLModel

from adapters.store.tables import table


class SlotRow(SQLModel, table=True):
    """A slot that was decided; the row is what makes a second run of it a no-op."""

    __tablename__ = "slot"
    application: str = Field(primary_key=True)
    job: str = Field(primary_key=True)
    slot_us: int = Field(sa_type=BigInteger, primary_key=True)


class AssessmentRow(SQLModel, table=True):
    """An objective at one slot."""

    __tablename__ = "assessment"
    application: str = Field(primary_key=True)
    objective: str = Field(primary_key=True)
    slot_us: int = Field(sa_type=BigInteger, primary_key=True)
    tier: str
    promise: str
    signal: str
    statistic: str
    from_us: int = Field(sa_type=BigInteger)
    until_us: int = Field(sa_type=BigInteger)
    n: int
    k: int | None
    value: float | None
    low: float | None
    high: float | None
    verdict: str
    because: str


class EvaluationRow(SQLModel, table=True):
    """One rule on one set of labels at one slot."""

    __tablename__ = "evaluation"
    application: str = Field(primary_key=True)
    rule: str = Field(primary_key=True)
    labels: str = Field(primary_key=True)
    slot_us: int = Field(sa_type=BigInteger, primary_key=True)
    truth: str
    state: str
    value: float | None
    limit_value: float | None
    k: int | None
    n: int
    because: str
    health: str = Field(sa_column_kwargs={"server_default": "ok"})
    told: str = Field(sa_column_kwargs={"server_default": text("''")})


class InstanceRow(SQLModel, table=True):
    """Where one alert stands."""

    __tablename__ = "alert_instance"
    application: str = Field(primary_key=True)
    rule: str = Field(primary_key=True)
    labels: str = Field(primary_key=True)
    state: str
    since_us: int | None = Field(sa_type=BigInteger)
    fired_us: int | None = Field(sa_type=BigInteger)
    held_s: float
    clear_s: float
    episode: int
    last_slot_us: int | None = Field(sa_type=BigInteger)
    last_truth: str
    seen_us: int | None = Field(sa_type=BigInteger)
    version: str = Field(sa_column_kwargs={"server_default": text("''")})
    job: str = Field(sa_column_kwargs={"server_default": "alerts"})


class TransitionRow(SQLModel, table=True):
    """A change of state; only ever added."""

    __tablename__ = "alert_transition"
    application: str = Field(primary_key=True)
    rule: str = Field(primary_key=True)
    labels: str = Field(primary_key=True)
    slot_us: int = Field(sa_type=BigInteger, primary_key=True)
    severity: str
    before: str
    after: str
    episode: int
    since_us: int | None = Field(sa_type=BigInteger)
    because: str
    version: str = Field(sa_column_kwargs={"server_default": text("''")})


class IncidentRow(SQLModel, table=True):
    """What people were told of one group of alerts."""

    __tablename__ = "incident"
    application: str = Field(primary_key=True)
    group: str = Field(sa_column=Column("group_by", Text, primary_key=True))
    severity: str
    number: int
    key: str
    members: str = Field(sa_column=Column(Text, nullable=False))
    channels: str
    messages: int
    told_us: str
    opened_us: int | None = Field(sa_type=BigInteger)
    joined_us: int | None = Field(sa_type=BigInteger)
    reminded_us: int | None = Field(sa_type=BigInteger)
    is_overdue: bool
    job: str = Field(primary_key=True)


class AcknowledgementRow(SQLModel, table=True):
    """Somebody has taken an incident."""

    __tablename__ = "acknowledgement"
    application: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    by: str = Field(sa_column=Column("taken_by", Text, nullable=False))
    at_us: int = Field(sa_type=BigInteger)
    comment: str


class SilenceRow(SQLModel, table=True):
    """A time in which nobody wants to hear of some alerts."""

    __tablename__ = "silence"
    id: str = Field(primary_key=True)
    application: str
    matchers: str
    starts_us: int = Field(sa_type=BigInteger)
    ends_us: int = Field(sa_type=BigInteger)
    by: str = Field(sa_column=Column("asked_by", Text, nullable=False))
    comment: str


class RuleVersionRow(SQLModel, table=True):
    """A rule as it was when it decided."""

    __tablename__ = "rule_version"
    application: str = Field(primary_key=True)
    rule: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    first_us: int = Field(sa_type=BigInteger)
    body: str = Field(sa_column=Column(Text, nullable=False))


class OutboxRow(SQLModel, table=True):
    """A message that must be told through one channel."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_by_key", "channel", "key", "position"),
        Index("outbox_by_incident", "key", "position", "kind", "status", "severity"),
        Index("outbox_by_state", "application", "channel", "status", "dead_us"),
        Index("outbox_by_status", "status", "severity"),
        Index("outbox_by_sent", "application", "channel", "sent_us"),
    )
    position: int | None = Field(
        default=None, sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    )
    id: str = Field(unique=True)
    application: str
    channel: str
    key: str
    kind: str
    severity: str = Field(sa_column_kwargs={"server_default": text("''")})
    payload: str = Field(sa_column=Column(Text, nullable=False))
    status: str
    attempts: int
    created_us: int = Field(sa_type=BigInteger)
    not_before_us: int = Field(sa_type=BigInteger)
    first_tried_us: int | None = Field(sa_type=BigInteger)
    sent_us: int | None = Field(sa_type=BigInteger)
    dead_us: int | None = Field(sa_type=BigInteger)
    lease_owner: str | None
    lease_until_us: int | None = Field(sa_type=BigInteger)
    ref: str | None
    error: str | None
    diverted_from: str | None


class AttemptRow(SQLModel, table=True):
    """One attempt to deliver a message; one that nobody came back from is missing."""

    __tablename__ = "delivery_attempt"
    delivery: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    application: str
    channel: str
    owner: str
    started_us: int = Field(sa_type=BigInteger)
    ended_us: int = Field(sa_type=BigInteger)
    outcome: str
    error: str | None


SLOT = table(SlotRow)
ASSESSMENT = table(AssessmentRow)
EVALUATION = table(EvaluationRow)
INSTANCE = table(InstanceRow)
TRANSITION = table(TransitionRow)
INCIDENT = table(IncidentRow)
ACKNOWLEDGEMENT = table(AcknowledgementRow)
SILENCE = table(SilenceRow)
RULE_VERSION = table(RuleVersionRow)
OUTBOX = table(OutboxRow)
ATTEMPT = table(AttemptRow)

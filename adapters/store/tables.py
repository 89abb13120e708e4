"""The tables. Private to the store: everybody else speaks in domain types.

Times are whole microseconds since 1970 (UTC), money is whole nano-USD: both sum and compare exactly on SQLite and
Postgres alike. Rows are filled from validated domain values only; SQLModel does not validate tables.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text
from sqlmodel import Field, SQLModel


class RequestRow(SQLModel, table=True):
    """One request of a watched application: facts, no texts."""

    __tablename__ = "request"
    __table_args__ = {"sqlite_with_rowid": False}  # kept in order of time: windows are range scans
    application: str = Field(primary_key=True)
    ended_us: int = Field(sa_type=BigInteger, primary_key=True)
    trace_id: str = Field(primary_key=True)
    started_us: int = Field(sa_type=BigInteger)
    outcome: str
    refused: bool | None
    latency_s: float | None
    ttft_s: float | None
    tpot_s: float | None
    input_tokens: int = Field(sa_type=BigInteger)
    output_tokens: int = Field(sa_type=BigInteger)
    cost_nano_usd: int = Field(sa_type=BigInteger)
    unpriced_calls: int
    is_chain: bool
    feature: str | None
    user_tier: str | None
    model: str | None
    provider: str | None
    prompt_version: str | None
    release: str | None
    user_id: str | None
    session_id: str | None
    environment: str


class JudgementRow(SQLModel, table=True):
    """What came of judging one answer by one criterion."""

    __tablename__ = "judgement"
    application: str = Field(primary_key=True)
    trace_id: str = Field(primary_key=True)
    criterion: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    ended_us: int = Field(sa_type=BigInteger, index=True)
    outcome: str
    value: float | None
    reason: str
    judge: str
    judged_us: int = Field(sa_type=BigInteger)
    cost_nano_usd: int | None = Field(sa_type=BigInteger)
    observation_id: str | None
    published: bool


class FeedbackRow(SQLModel, table=True):
    """One thumb."""

    __tablename__ = "feedback"
    application: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    trace_id: str
    positive: bool
    given_us: int = Field(sa_type=BigInteger, index=True)


class WatermarkRow(SQLModel, table=True):
    """A stretch of time for which an application's traces are read completely; no two of them touch."""

    __tablename__ = "watermark"
    application: str = Field(primary_key=True)
    from_us: int = Field(sa_type=BigInteger, primary_key=True)
    until_us: int = Field(sa_type=BigInteger)


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
    announced: int
    last_slot_us: int | None = Field(sa_type=BigInteger)
    last_truth: str


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


class OutboxRow(SQLModel, table=True):
    """A message that must be told through one channel."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_by_key", "channel", "key", "position"),
        Index("outbox_by_status", "status"),
    )
    position: int | None = Field(
        default=None, sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    )
    id: str = Field(unique=True)
    application: str
    channel: str
    key: str
    kind: str
    payload: str = Field(sa_column=Column(Text, nullable=False))
    status: str
    attempts: int
    created_us: int = Field(sa_type=BigInteger)
    not_before_us: int = Field(sa_type=BigInteger)
    first_tried_us: int | None = Field(sa_type=BigInteger)
    sent_us: int | None = Field(sa_type=BigInteger)
    lease_owner: str | None
    lease_until_us: int | None = Field(sa_type=BigInteger)
    ref: str | None
    error: str | None


def table(row: type[SQLModel]) -> Table:
    """Return the table behind *row*, whose columns (`table(X).c.name`) are what queries are written in."""
    found: Table = row.__table__  # type: ignore[attr-defined]  # SQLModel hides what SQLAlchemy made
    return found


REQUEST = table(RequestRow)
JUDGEMENT = table(JudgementRow)
FEEDBACK = table(FeedbackRow)
WATERMARK = table(WatermarkRow)
SLOT = table(SlotRow)
ASSESSMENT = table(AssessmentRow)
EVALUATION = table(EvaluationRow)
INSTANCE = table(InstanceRow)
TRANSITION = table(TransitionRow)
OUTBOX = table(OutboxRow)

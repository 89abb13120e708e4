"""The tables of what was seen. Private to the store: everybody else speaks in domain types.

Times are whole microseconds since 1970 (UTC), money is whole nano-USD: both sum and compare exactly on SQLite and
Postgres alike. Rows are filled from validated domain values only; SQLModel does not validate tables.
"""

from sqlalchemy import BigInteger, Column, ColumnElement, Index, Table, false
from sqlmodel import Field, SQLModel

from domain.facts import to_us
from domain.window import Window


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
    retrieval_s: float | None
    guardrail_s: float | None
    context_share: float | None
    queue_depth: float | None
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
    profile: str | None


class JudgementRow(SQLModel, table=True):
    """What came of judging one answer by one criterion."""

    __tablename__ = "judgement"
    __table_args__ = (Index("judgement_by_end", "application", "ended_us"),)
    application: str = Field(primary_key=True)
    trace_id: str = Field(primary_key=True)
    criterion: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    ended_us: int = Field(sa_type=BigInteger)
    outcome: str
    value: float | None
    reason: str
    judge: str
    judged_us: int = Field(sa_type=BigInteger)
    cost_nano_usd: int | None = Field(sa_type=BigInteger)
    observation_id: str | None
    published: bool
    rate: float = Field(sa_column_kwargs={"server_default": "1.0"})  # as long as nobody said: all were judged
    served_by: str | None
    context_characters: int | None = Field(sa_type=BigInteger)
    given_up: bool = Field(sa_column_kwargs={"server_default": false()})  # refused, or lost once: nobody looks for it
    attempts: int = Field(sa_column_kwargs={"server_default": "1"})


class FeedbackRow(SQLModel, table=True):
    """One thumb."""

    __tablename__ = "feedback"
    __table_args__ = (Index("feedback_by_trace", "application", "trace_id"),)
    application: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    trace_id: str
    positive: bool
    given_us: int = Field(sa_type=BigInteger)


class WatermarkRow(SQLModel, table=True):
    """A stretch of time for which an application's traces are read completely; no two of them touch."""

    __tablename__ = "watermark"
    application: str = Field(primary_key=True)
    from_us: int = Field(sa_type=BigInteger, primary_key=True)
    until_us: int = Field(sa_type=BigInteger)


class ComboRow(SQLModel, table=True):
    """One combination of labels, so that an hour need not spell it out."""

    __tablename__ = "combo"
    application: str = Field(primary_key=True)
    labels: str = Field(primary_key=True)
    number: int


class RollupRow(SQLModel, table=True):
    """One hour as counts: the combinations of labels that occurred, and a row of counters for each."""

    __tablename__ = "rollup"
    __table_args__ = {"sqlite_with_rowid": False}
    application: str = Field(primary_key=True)
    hour_us: int = Field(sa_type=BigInteger, primary_key=True)
    plan: str
    combos: bytes
    counters: bytes
    minutes: bytes


class SpreadRow(SQLModel, table=True):
    """The distribution of one signal in one hour: the filled buckets of every combination of labels."""

    __tablename__ = "rollup_spread"
    __table_args__ = {"sqlite_with_rowid": False}
    application: str = Field(primary_key=True)
    signal: str = Field(primary_key=True)
    hour_us: int = Field(sa_type=BigInteger, primary_key=True)
    pairs: bytes


class ProbeRow(SQLModel, table=True):
    """One look at an application's endpoint from outside."""

    __tablename__ = "probe"
    application: str = Field(primary_key=True)
    at_us: int = Field(sa_type=BigInteger, primary_key=True)
    ok: bool
    status: int | None
    latency_s: float | None
    first_byte_s: float | None
    because: str


def table(row: type[SQLModel]) -> Table:
    """Return the table behind *row*, whose columns (`table(X).c.name`) are what queries are written in."""
    found: Table = row.__table__  # type: ignore[attr-defined]  # SQLModel hides what SQLAlchemy made
    return found


def inside(time_us: Column[int], application: str, window: Window) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for rows of *application* whose *time_us*, a column of their table, lies in *window*."""
    return (
        time_us.table.c.application == application,
        time_us >= to_us(window.start),
        time_us < to_us(window.end),
    )


REQUEST = table(RequestRow)
JUDGEMENT = table(JudgementRow)
FEEDBACK = table(FeedbackRow)
WATERMARK = table(WatermarkRow)
COMBO = table(ComboRow)
ROLLUP = table(RollupRow)
SPREAD = table(SpreadRow)
PROBE = table(ProbeRow)

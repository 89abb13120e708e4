"""The tables of judges: what they said before, what they cost, how far to trust them. Private to the store."""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from adapters.store.tables import table


class JudgeVerdictRow(SQLModel, table=True):
    """Verdicts on the texts that *key* is the digest of; no text is kept."""

    __tablename__ = "judge_verdict"
    application: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    verdicts: str
    kept_us: int = Field(sa_type=BigInteger)


class JudgeSpendRow(SQLModel, table=True):
    """What judging an application cost on one day, and what is set aside for calls under way."""

    __tablename__ = "judge_spend"
    application: str = Field(primary_key=True)
    day: str = Field(primary_key=True)
    reserved_nano_usd: int = Field(sa_type=BigInteger)
    spent_nano_usd: int = Field(sa_type=BigInteger)


class HumanLabelRow(SQLModel, table=True):
    """What a person said of one answer."""

    __tablename__ = "human_label"
    application: str = Field(primary_key=True)
    criterion: str = Field(primary_key=True)
    trace_id: str = Field(primary_key=True)
    bad: bool
    labelled_us: int = Field(sa_type=BigInteger)
    labelled_by: str | None
    by_verdict: bool  # whether what the judge said had a say in who was labelled


class CalibrationRow(SQLModel, table=True):
    """How one judge compared with people: its verdicts on answers that they had labelled, counted."""

    __tablename__ = "calibration"
    application: str = Field(primary_key=True)
    criterion: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    judge: str = Field(primary_key=True)
    made_us: int = Field(sa_type=BigInteger, primary_key=True)
    flag_above: float
    tp: int = Field(sa_type=BigInteger)
    fn: int = Field(sa_type=BigInteger)
    tn: int = Field(sa_type=BigInteger)
    fp: int = Field(sa_type=BigInteger)


class AnchorVerdictRow(SQLModel, table=True):
    """What a judge said of one anchor in one round; the accepted round is what later ones are compared with."""

    __tablename__ = "anchor_verdict"
    application: str = Field(primary_key=True)
    criterion: str = Field(primary_key=True)
    version: str
    judge: str = Field(primary_key=True)
    judged_us: int = Field(sa_type=BigInteger, primary_key=True)
    anchor: str = Field(primary_key=True)
    flagged: bool | None
    served_by: str | None
    accepted: bool


class ReviewRow(SQLModel, table=True):
    """A trace that a person shall look at; without a time it was about to be sent."""

    __tablename__ = "review"
    application: str = Field(primary_key=True)
    queue: str = Field(primary_key=True)
    trace_id: str = Field(primary_key=True)
    sent_us: int | None = Field(sa_type=BigInteger)


JUDGE_VERDICT = table(JudgeVerdictRow)
JUDGE_SPEND = table(JudgeSpendRow)
HUMAN_LABEL = table(HumanLabelRow)
CALIBRATION = table(CalibrationRow)
ANCHOR_VERDICT = table(AnchorVerdictRow)
REVIEW = table(ReviewRow)

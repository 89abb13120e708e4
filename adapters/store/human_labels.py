"""What people said of answers, and what a judge said of the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, select

from adapters.store.database import Database, upsert
from adapters.store.judging_tables import CALIBRATION, HUMAN_LABEL
from adapters.store.tables import JUDGEMENT, inside
from domain.calibration import Confusion
from domain.facts import from_us, to_us
from domain.labels import HumanLabel
from domain.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One answer that people and the judge both judged.

    Attributes:
        value: The judge's score, 0 to 1.
        bad: What people say.
        rate: With which probability the answer was chosen for judging.
        by_verdict: Whether what the judge said had a say in the choice of what to label.
    """

    value: float
    bad: bool
    rate: float
    by_verdict: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How one judge compared with people at one time.

    Attributes:
        flag_above: The badness (risk, for faithfulness) above which an answer counts as flagged.
    """

    criterion: str
    version: str
    judge: str
    at: datetime
    flag_above: float
    confusion: Confusion


@dataclass(frozen=True, slots=True)
class HumanLabels:
    """The labels of all applications, and the calibrations made with them."""

    database: Database

    def save(self, application: str, labels: Sequence[HumanLabel], *, by_verdict: bool) -> None:
        """Keep *labels*; one of the same answer and criterion replaces the earlier.

        Args:
            by_verdict: Whether what the judge said had a say in who was labelled. A label in whose choice it had none
                keeps that worth when the same answer comes back from a queue.
        """
        rows = [
            {
                "application": application,
                "criterion": one.criterion,
                "trace_id": one.trace_id,
                "bad": one.bad,
                "labelled_us": to_us(one.at),
                "labelled_by": one.labelled_by,
                "by_verdict": by_verdict,
            }
            for one in labels
        ]
        with self.database.writing() as connection:
            if by_verdict:
                golden = self._golden(connection, application)
                rows = [row for row in rows if (row["criterion"], row["trace_id"]) not in golden]
            upsert(connection, HUMAN_LABEL, rows)

    @staticmethod
    def _golden(connection: Connection, application: str) -> set[tuple[object, object]]:
        query = select(HUMAN_LABEL.c.criterion, HUMAN_LABEL.c.trace_id).where(
            HUMAN_LABEL.c.application == application, HUMAN_LABEL.c.by_verdict.is_(False)
        )
        return {(row.criterion, row.trace_id) for row in connection.execute(query)}

    def pairs(
        self,
        application: str,
        criterion: str,
        *,
        by: tuple[str, str] | None = None,
        window: Window | None = None,
    ) -> list[Pair]:
        """Return the labelled answers that were scored by the criterion, of *window* or ever.

        Args:
            by: Judge and version; None for whoever scored them.
        """
        same = and_(
            HUMAN_LABEL.c.application == JUDGEMENT.c.application,
            HUMAN_LABEL.c.criterion == JUDGEMENT.c.criterion,
            HUMAN_LABEL.c.trace_id == JUDGEMENT.c.trace_id,
        )
        query = (
            select(JUDGEMENT.c.value, JUDGEMENT.c.rate, HUMAN_LABEL.c.bad, HUMAN_LABEL.c.by_verdict)
            .join_from(HUMAN_LABEL, JUDGEMENT, same)
            .where(
                HUMAN_LABEL.c.application == application,
                JUDGEMENT.c.criterion == criterion,
                JUDGEMENT.c.outcome == "scored",
            )
        )
        if by is not None:
            query = query.where(JUDGEMENT.c.judge == by[0], JUDGEMENT.c.version == by[1])
        if window is not None:
            query = query.where(*inside(JUDGEMENT.c.ended_us, application, window))
        with self.database.reading() as connection:
            return [
                Pair(value=row.value, bad=bool(row.bad), rate=row.rate, by_verdict=bool(row.by_verdict))
                for row in connection.execute(query)
            ]

    def keep_calibration(self, application: str, found: Calibration) -> None:
        """Keep how a judge compared with people."""
        row = {
            "application": application,
            "criterion": found.criterion,
            "version": found.version,
            "judge": found.judge,
            "made_us": to_us(found.at),
            "flag_above": found.flag_above,
            "tp": found.confusion.tp,
            "fn": found.confusion.fn,
            "tn": found.confusion.tn,
            "fp": found.confusion.fp,
        }
        with self.database.writing() as connection:
            upsert(connection, CALIBRATION, [row])

    def calibrations(self, application: str, criterion: str) -> list[Calibration]:
        """Return the calibrations by *criterion*, the newest first."""
        query = (
            select(CALIBRATION)
            .where(CALIBRATION.c.application == application, CALIBRATION.c.criterion == criterion)
            .order_by(CALIBRATION.c.made_us.desc(), CALIBRATION.c.judge, CALIBRATION.c.version)
        )
        with self.database.reading() as connection:
            return [
                Calibration(
                    criterion=row.criterion,
                    version=row.version,
                    judge=row.judge,
                    at=from_us(row.made_us),
                    flag_above=row.flag_above,
                    confusion=Confusion(tp=row.tp, fn=row.fn, tn=row.tn, fp=row.fp),
                )
                for row in connection.execute(query)
            ]

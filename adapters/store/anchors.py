"""Rounds of anchors: what judges said of the same answers from day to day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection, and_, select, update

from adapters.store.database import Database, take_turns, upsert
from adapters.store.judging_tables import ANCHOR_VERDICT
from domain.anchor import AnchorVerdict, JudgeCheck, Round, can_be_accepted, check, checks_at
from domain.facts import from_us, to_us

_OF_A_ROUND = ("criterion", "judge", "judged_us", "version", "accepted")


@dataclass(frozen=True, slots=True)
class Anchors:
    """The rounds of all applications. The accepted round is what later ones are compared with."""

    database: Database

    def save(
        self, application: str, criterion: str, version: str, judge: str, at: datetime, said: Sequence[AnchorVerdict]
    ) -> JudgeCheck:
        """Keep one round and compare it with the accepted one; the first complete one of a version is accepted."""
        with self.database.writing() as connection:
            take_turns(connection, f"anchors {application}")
            known = [
                one
                for one in _rounds(connection, application)
                if (one.criterion, one.version, one.judge) == (criterion, version, judge) and one.at != at
            ]
            accepted = next((one for one in reversed(known) if one.accepted), None)
            made = Round(
                criterion=criterion,
                version=version,
                judge=judge,
                at=at,
                accepted=accepted is None and can_be_accepted(said),
                verdicts=tuple(said),
            )
            upsert(connection, ANCHOR_VERDICT, _rows(application, made))
        return check(made, accepted)

    def accept(self, application: str) -> int:
        """Accept the newest round of every criterion and judge; return how many verdicts that are."""
        accepted = 0
        with self.database.writing() as connection:
            take_turns(connection, f"anchors {application}")
            newest = {(one.criterion, one.judge): one for one in _rounds(connection, application)}
            for one in newest.values():
                of = and_(
                    ANCHOR_VERDICT.c.application == application,
                    ANCHOR_VERDICT.c.criterion == one.criterion,
                    ANCHOR_VERDICT.c.judge == one.judge,
                )
                is_newest = ANCHOR_VERDICT.c.judged_us == to_us(one.at)
                connection.execute(update(ANCHOR_VERDICT).where(of).values(accepted=False))
                connection.execute(update(ANCHOR_VERDICT).where(of, is_newest).values(accepted=True))
                accepted += len(one.verdicts)
        return accepted

    def rounds(self, application: str) -> list[Round]:
        """Return every round, oldest first."""
        with self.database.reading() as connection:
            return _rounds(connection, application)

    def checks(self, application: str, until: datetime) -> list[JudgeCheck]:
        """Return the newest round of every criterion and judge that was made by *until*, against the accepted one."""
        return checks_at(self.rounds(application), until)


def _rounds(connection: Connection, application: str) -> list[Round]:
    columns = [ANCHOR_VERDICT.c[name] for name in _OF_A_ROUND]
    query = (
        select(ANCHOR_VERDICT)
        .where(ANCHOR_VERDICT.c.application == application)
        .order_by(ANCHOR_VERDICT.c.judged_us, *columns, ANCHOR_VERDICT.c.anchor)
    )
    found = []
    rows = connection.execute(query).all()
    for (criterion, judge, judged_us, version, accepted), said in groupby(
        rows, key=lambda row: tuple(getattr(row, name) for name in _OF_A_ROUND)
    ):
        verdicts = tuple(AnchorVerdict(anchor=row.anchor, flagged=row.flagged, served_by=row.served_by) for row in said)
        found.append(
            Round(
                criterion=criterion,
                version=version,
                judge=judge,
                at=from_us(judged_us),
                accepted=bool(accepted),
                verdicts=verdicts,
            )
        )
    return found


def _rows(application: str, made: Round) -> list[dict[str, object]]:
    return [
        {
            "application": application,
            "criterion": made.criterion,
            "version": made.version,
            "judge": made.judge,
            "judged_us": to_us(made.at),
            "anchor": one.anchor,
            "flagged": one.flagged,
            "served_by": one.served_by,
            "accepted": made.accepted,
        }
        for one in made.verdicts
    ]

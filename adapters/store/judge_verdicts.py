"""Verdicts that judges gave before: kept under a digest of everything they rest on, never with a text."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from adapters.store.database import Database, upsert
from adapters.store.judging_tables import JUDGE_VERDICT
from domain.criterion import Ruling
from domain.facts import to_us

_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class JudgeVerdicts:
    """The kept verdicts of one application; reasons, which may quote an answer, only with *keep_reasons*."""

    database: Database
    application: str
    keep_reasons: bool
    now: Callable[[], datetime]

    def find(self, key: str) -> Mapping[str, Sequence[Ruling]] | None:
        """Return the verdicts kept under *key*."""
        query = select(JUDGE_VERDICT.c.verdicts).where(
            JUDGE_VERDICT.c.application == self.application, JUDGE_VERDICT.c.key == key
        )
        with self.database.reading() as connection:
            found = connection.scalar(query)
        if found is None:
            return None
        return {name: [Ruling(*one) for one in rulings] for name, rulings in json.loads(found).items()}

    def keep(self, found: Mapping[str, Mapping[str, Sequence[Ruling]]]) -> None:
        """Keep verdicts, each under its key."""
        kept_us = to_us(self.now())
        rows = [
            {"application": self.application, "key": key, "verdicts": self._spelled(verdicts), "kept_us": kept_us}
            for key, verdicts in found.items()
        ]
        with self.database.writing() as connection:
            upsert(connection, JUDGE_VERDICT, rows)

    def forget(self, before: datetime) -> int:
        """Forget what was kept before that time; return how many verdicts those were."""
        old = (JUDGE_VERDICT.c.application == self.application, JUDGE_VERDICT.c.kept_us < to_us(before))
        with self.database.writing() as connection:
            return connection.execute(delete(JUDGE_VERDICT).where(*old)).rowcount

    def _spelled(self, verdicts: Mapping[str, Sequence[Ruling]]) -> str:
        return json.dumps(
            {
                name: [
                    [one.number, one.verdict, one.reason[:_LONGEST_REASON] if self.keep_reasons else ""]
                    for one in rulings
                ]
                for name, rulings in verdicts.items()
            }
        )

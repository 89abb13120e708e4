"""Hours of requests as counts: made again whenever something of their hour changes, read instead of the rows."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, delete, insert, select

from adapters.store.database import Database
from adapters.store.tables import COMBO, ROLLUP, SPREAD, inside
from domain.facts import LABELS, from_us, to_us
from domain.rollup import HOUR_US, PAIR, Counters, Hour, Labelled, Plan, Rolled, add_up
from domain.window import Window


@dataclass(frozen=True, slots=True)
class Rollups:
    """The rollups of all applications."""

    database: Database

    def whole_hours(self, application: str, window: Window, plan: Plan) -> Window | None:
        """Return the whole hours inside *window* if every cell in them was made by *plan*; None if there are none.

        Cells of another plan, one with other limits, do not know the answers to this plan's questions.
        """
        first, last = -(-to_us(window.start) // HOUR_US) * HOUR_US, to_us(window.end) // HOUR_US * HOUR_US
        if first >= last:
            return None
        hours = Window(from_us(first), from_us(last))
        other = select(ROLLUP.c.hour_us).where(
            *inside(ROLLUP.c.hour_us, application, hours), ROLLUP.c.plan != plan.version
        )
        with self.database.reading() as connection:
            return None if connection.execute(other.limit(1)).first() else hours

    def read(
        self, application: str, hours: Window, plan: Plan, *, split_by: str | None = None, spreads: bool = True
    ) -> dict[str | None, Rolled]:
        """Add up the cells of *hours*, which are whole ones, for each name of a label (None: not labelled).

        Without *split_by* everything is under None. Without *spreads* only counts are read: enough for verdicts.
        """
        with self.database.reading() as connection:
            groups, names = _groups(_labels(connection, application), split_by)
            rows = connection.execute(
                select(ROLLUP.c.combos, ROLLUP.c.counters).where(*inside(ROLLUP.c.hour_us, application, hours))
            ).all()
            pairs = select(SPREAD.c.pairs).where(*inside(SPREAD.c.hour_us, application, hours))
            blobs = [
                b"".join(connection.scalars(pairs.where(SPREAD.c.signal == signal))) if spreads else b""
                for signal in plan.spread
            ]
        sums = add_up(
            plan,
            np.frombuffer(b"".join(row.combos for row in rows), dtype="<u4").astype(np.int64),
            np.frombuffer(b"".join(row.counters for row in rows), dtype="<i8").reshape(-1, plan.width),
            [np.frombuffer(blob, dtype=PAIR) for blob in blobs],
            (groups, len(names)),
        )
        return {name: one for name, one in zip(names, sums, strict=True) if one.requests}


def replace_hours(
    connection: Connection, application: str, numbers: Collection[int], plan: Plan, found: Sequence[Hour]
) -> None:
    """Put *found* in the place of what is known of the hours beginning at *numbers*, in the caller's transaction."""
    for table in (ROLLUP, SPREAD):
        connection.execute(delete(table).where(table.c.application == application, table.c.hour_us.in_(numbers)))
    known = _numbers(connection, application, {labels for hour in found for labels in hour.labels})
    rows, spreads = [], []
    for hour in found:
        combos = np.array([known[labels] for labels in hour.labels], dtype="<u4")
        rows.append(
            {
                "application": application,
                "hour_us": hour.hour_us,
                "plan": plan.version,
                "combos": combos.tobytes(),
                "counters": hour.counters.astype("<i8").tobytes(),
            }
        )
        for signal, cells in zip(plan.spread, hour.spreads, strict=True):
            pairs = cells.copy()
            pairs["combo"] = combos[cells["combo"]]
            spreads.append(
                {"application": application, "signal": signal, "hour_us": hour.hour_us, "pairs": pairs.tobytes()}
            )
    if rows:
        connection.execute(insert(ROLLUP), rows)
    if spreads:
        connection.execute(insert(SPREAD), spreads)


def _labels(connection: Connection, application: str) -> dict[int, Labelled]:
    rows = connection.execute(select(COMBO.c.number, COMBO.c.labels).where(COMBO.c.application == application))
    return {row.number: tuple(json.loads(row.labels)) for row in rows}


def _numbers(connection: Connection, application: str, wanted: Collection[Labelled]) -> dict[Labelled, int]:
    """Return the number of each combination of labels; new ones get the next numbers."""
    known = {labels: number for number, labels in _labels(connection, application).items()}
    new = sorted((labels for labels in wanted if labels not in known), key=repr)
    known |= {labels: len(known) + position for position, labels in enumerate(new)}
    if new:
        rows = [{"application": application, "labels": json.dumps(one), "number": known[one]} for one in new]
        connection.execute(insert(COMBO), rows)
    return known


def _groups(labels: dict[int, Labelled], split_by: str | None) -> tuple[Counters, list[str | None]]:
    """Return the group of each combination, by its number, and the groups' names."""
    place = np.zeros(max(labels, default=0) + 1, dtype=np.int64)
    if split_by is None:
        return place, [None]
    at = LABELS.index(split_by)
    names: dict[str | None, int] = {}
    for number, one in labels.items():
        place[number] = names.setdefault(one[at], len(names))
    return place, list(names) or [None]

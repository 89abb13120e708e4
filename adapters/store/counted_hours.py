"""Writing counted hours: replaced as a whole, thrown away when something of them changes, and spelled in few names."""

import json
from collections.abc import Collection, Iterable, Sequence

import numpy as np
from sqlalchemy import Connection, delete, insert, select

from adapters.store.day_names import few_names
from adapters.store.tables import COMBO, ROLLUP, SPREAD
from domain.facts import to_us
from domain.plan import Plan
from domain.rollup import HOUR_US, Hour, Labelled
from domain.window import Window


def requests_turn(application: str) -> str:
    """Return what to take turns at when rows of *application* change, or are counted."""
    return f"requests {application}"


def forget_hours(connection: Connection, application: str, moments_us: Iterable[int]) -> None:
    """Throw away the hours of *moments_us*, in the transaction that changes what they were counted from."""
    numbers = sorted({moment // HOUR_US * HOUR_US for moment in moments_us})
    for table in (ROLLUP, SPREAD):
        gone = delete(table).where(table.c.application == application)
        for first in range(0, len(numbers), 1000):
            connection.execute(gone.where(table.c.hour_us.in_(numbers[first : first + 1000])))


def replace_hours(connection: Connection, application: str, whole: Window, plan: Plan, found: Sequence[Hour]) -> None:
    """Put *found* in the place of what is known of the hours *whole*; an hour without requests is known to be empty."""
    numbers = range(to_us(whole.start), to_us(whole.end), HOUR_US)
    forget_hours(connection, application, numbers)
    nothing = {"plan": plan.version, "combos": b"", "counters": b"", "minutes": bytes(16 * len(plan.minutes))}
    rows = {number: {"application": application, "hour_us": number, **nothing} for number in numbers}
    found = few_names(connection, application, found, plan.named)
    known = _numbers(connection, application, {labels for hour in found for labels in hour.labels})
    spreads = []
    for hour in found:
        combos = np.array([known[labels] for labels in hour.labels], dtype="<u4")
        rows[hour.hour_us] |= {
            "combos": combos.tobytes(),
            "counters": hour.counters.astype("<i8").tobytes(),
            "minutes": hour.minutes.astype("<i8").tobytes(),
        }
        for signal, cells in zip(plan.spread, hour.spreads, strict=True):
            if len(cells):
                pairs = cells.copy()
                pairs["combo"] = combos[cells["combo"]]
                of = {"application": application, "signal": signal, "hour_us": hour.hour_us}
                spreads.append(of | {"pairs": pairs.tobytes()})
    connection.execute(insert(ROLLUP), list(rows.values()))
    if spreads:
        connection.execute(insert(SPREAD), spreads)


def labels_of(connection: Connection, application: str) -> dict[int, Labelled]:
    """Return the combinations of labels of an application, by their numbers."""
    rows = connection.execute(select(COMBO.c.number, COMBO.c.labels).where(COMBO.c.application == application))
    return {row.number: tuple(json.loads(row.labels)) for row in rows}


def _numbers(connection: Connection, application: str, wanted: Collection[Labelled]) -> dict[Labelled, int]:
    """Return the number of each combination of labels; new ones get the next numbers."""
    known = {labels: number for number, labels in labels_of(connection, application).items()}
    new = sorted((labels for labels in wanted if labels not in known), key=repr)
    known |= {labels: len(known) + position for position, labels in enumerate(new)}
    if new:
        rows = [{"application": application, "labels": json.dumps(one), "number": known[one]} for one in new]
        connection.execute(insert(COMBO), rows)
    return known

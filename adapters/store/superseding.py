"""One row for each answer and criterion: what a new judgement does to those that are there."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from adapters.store.bulk import among
from adapters.store.tables import JUDGEMENT
from domain.judgement import FailureReason, QuarantineReason

SETTLED = ("scored", "not applicable", f"quarantined: {QuarantineReason.INJECTION}")
"""Outcomes that need no further judging."""

HOPELESS = tuple(
    f"failed: {reason}"
    for reason in (
        FailureReason.SCHEMA,
        FailureReason.IDS,
        FailureReason.TRUNCATED,
        FailureReason.CONTENT_FILTER,
    )
)
"""Failures that are the answer's own. A timeout may be an outage of the judge, which must not cost an answer."""
HOPELESS_AFTER = 4
"""Rounds after which an answer that fails in such a way is not paid for again."""

_KEPT = ("outcome", "value", "reason", "judge", "judged_us", "published", "given_up", "served_by", "attempts")


def standing(new: Mapping[str, Any], known: Sequence[Any]) -> dict[str, Any]:
    """Return the row that stands after *new* came to those *known* of the same answer and criterion.

    A failure does not take a verdict of the same version away. What was paid stays paid, and an answer that was chosen
    with one rate is not chosen with a lower one by being asked again.
    """
    same = next((row for row in known if row.version == new["version"]), None)
    is_again = same is not None and same.judged_us == new["judged_us"] and same.outcome == new["outcome"]
    costs = [new["cost_nano_usd"], *(row.cost_nano_usd for row in known if not (is_again and row is same))]
    row = dict(new) | {
        "cost_nano_usd": None if None in costs else sum(costs),
        "rate": max([new["rate"], *(one.rate for one in known)]),
        "attempts": 1 if same is None else same.attempts + (not is_again),
    }
    if same is not None and same.outcome in SETTLED and new["outcome"] not in SETTLED:
        row |= {name: getattr(same, name) for name in _KEPT}
    return row


def known_rows(
    connection: Connection, application: str, trace_ids: Sequence[str]
) -> Mapping[tuple[str, str], list[Any]]:
    """Return the rows of these traces, by trace and criterion."""
    here = (JUDGEMENT.c.application == application, among(connection, JUDGEMENT.c.trace_id, sorted(set(trace_ids))))
    found: dict[tuple[str, str], list[Any]] = {}
    for row in connection.execute(select(JUDGEMENT).where(*here)):
        found.setdefault((row.trace_id, row.criterion), []).append(row)
    return found


def forget_other_versions(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Forget what other versions of the criterion said of the same answers: two of them would be counted twice."""
    others = delete(JUDGEMENT).where(
        JUDGEMENT.c.application == bindparam("of_application"),
        JUDGEMENT.c.trace_id == bindparam("of_trace"),
        JUDGEMENT.c.criterion == bindparam("by_criterion"),
        JUDGEMENT.c.version != bindparam("in_version"),
    )
    names = {"of_application": "application", "of_trace": "trace_id", "by_criterion": "criterion"}
    names["in_version"] = "version"
    connection.execute(others, [{key: row[name] for key, name in names.items()} for row in rows])

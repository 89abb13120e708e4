"""What people said in annotation queues, from rows of Langfuse's v3 scores, on the wire or in a file.

What cannot be read is named and costs one label; how good and bad are told apart is `domain.labels`' business.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from adapters.sources.rows import RowError, read_moment
from adapters.sources.scores import trace_of
from adapters.sources.source import Skip
from domain.labels import End, HumanLabel, UnreadableLabelError, good_end, is_bad, names_of, on_scale
from domain.window import Window

BY_PEOPLE = "ANNOTATION"
NOT_OF_ONE_ANSWER = frozenset({"session", "experiment"})

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which labels are asked for.

    Attributes:
        queue: Only those given in the queue with this id; None means wherever they were given.
        good: Which end of the criterion is good; None lets its name decide.
    """

    criterion: str
    window: Window
    queue: str | None = None
    good: End | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    id: str
    where: str
    trace_id: str
    name: str
    value: bool | float | str
    at: datetime
    by: str | None


def read_labels(rows: Iterable[tuple[str, object]], question: Question) -> tuple[list[HumanLabel], list[Skip]]:
    """Return the labels in *rows* (each with the words for where it stands), oldest first, and what is unreadable.

    Of two rows with one id the later one counts. Where one number of a score lies outside of 0 to 1, its scale is
    another one, and none of its numbers is read: the 1 of a scale from 1 to 5 is not good.
    """
    found: dict[str, _Said] = {}
    skips: list[Skip] = []
    for where, row in rows:
        try:
            if (said := _read(where, row, question)) is not None:
                found[said.id] = said
        except RowError as error:
            skips.append(Skip(where, str(error)))
    labels: list[tuple[datetime, str, HumanLabel]] = []
    off_scale = {one.name for one in found.values() if not isinstance(one.value, str) and not on_scale(one.value)}
    for said in found.values():
        try:
            labels.append((said.at, said.id, _label(said, question, off_scale)))
        except UnreadableLabelError as error:
            skips.append(Skip(said.where, str(error)))
    return [label for *_, label in sorted(labels, key=lambda one: one[:2])], skips


def log_unreadable(criterion: str, labels: Sequence[HumanLabel], skips: Sequence[Skip]) -> None:
    """Say once how many labels were lost, of how many, and why the first one was."""
    if skips:
        first = skips[0]
        everyone = len(labels) + len(skips)
        words = "%d of %d labels that people gave for %s cannot be read, first %s: %s"
        log.warning(words, len(skips), everyone, criterion, first.where, first.reason)


def _read(where: str, row: object, question: Question) -> _Said | None:
    if not isinstance(row, dict):
        raise RowError("not an object")
    if not _is_asked_for(row, question) or _kind(row) in NOT_OF_ONE_ANSWER:
        return None
    at = read_moment(row, "timestamp")
    return _said(where, row, at) if at in question.window else None


def _said(where: str, row: Mapping[str, object], at: datetime) -> _Said:
    identity, trace_id, by = row.get("id"), trace_of(row.get("subject")), row.get("authorUserId")
    if not isinstance(identity, str) or not identity:
        raise RowError("id is missing")
    if trace_id is None:
        raise RowError("subject names no trace")
    return _Said(
        id=identity,
        where=where,
        trace_id=trace_id,
        name=str(row["name"]),
        value=_value(row),
        at=at,
        by=by if isinstance(by, str) and by else None,
    )


def _is_asked_for(row: Mapping[str, object], question: Question) -> bool:
    return (
        row.get("source") == BY_PEOPLE
        and row.get("name") in names_of(question.criterion)
        and (question.queue is None or row.get("queueId") == question.queue)
    )


def _kind(row: Mapping[str, object]) -> str | None:
    subject = row.get("subject")
    kind = subject.get("kind") if isinstance(subject, dict) else None
    return kind if isinstance(kind, str) else None


def _value(row: Mapping[str, object]) -> bool | float | str:
    value = row.get("value")
    match row.get("dataType"):
        case "BOOLEAN" if isinstance(value, bool) or value in (0, 1):
            return bool(value)
        case "NUMERIC" if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        case "CATEGORICAL" if isinstance(value, str):
            return value
        case "BOOLEAN" | "NUMERIC" | "CATEGORICAL":
            raise RowError("value does not fit its dataType")
    raise RowError("dataType is not BOOLEAN, CATEGORICAL or NUMERIC")


def _label(said: _Said, question: Question, off_scale: set[str]) -> HumanLabel:
    is_number = not isinstance(said.value, bool | str)
    if is_number and said.name in off_scale:
        raise UnreadableLabelError("the numbers of this score do not lie between 0 and 1")
    good = good_end(said.name, question.criterion, question.good)
    return HumanLabel(
        trace_id=said.trace_id,
        criterion=question.criterion,
        bad=is_bad(said.value, good),
        at=said.at,
        labelled_by=said.by,
    )

"""A trace source that holds its rows in memory and shows each from the moment it arrives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from adapters.sources import Page, ScoreNote, Skip, SourceCheck
from domain.application import Application
from domain.assembly import Assembly
from domain.errors import ConfigError, TransientError
from domain.feedback import Feedback
from domain.labels import HumanLabel
from domain.observation import Observation
from domain.prices import PriceTable
from domain.reconciliation import Totals
from domain.window import Window

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def reading(name: str = "shop") -> Assembly:
    return Assembly(Application(name=name), PriceTable())


def at(minute: float) -> datetime:
    return NOON + minute * MINUTE


def row(
    trace_id: str, start: float, end: float | None, *, name: str = "root", root: bool = True, **changes
) -> Observation:
    """One observation; times in minutes after noon."""
    return Observation(
        id=f"{trace_id}-{name}",
        trace_id=trace_id,
        parent_id=None if root else f"{trace_id}-root",
        is_root=root,
        started_at=at(start),
        ended_at=None if end is None else at(end),
        **changes,
    )


def answered(trace_id: str, minute: float, *, answer: str = "Yes, within 14 days.", **changes) -> list[Observation]:
    """A request that ends at *minute*, with its retrieval and its model call."""
    start = minute - 0.1
    return [
        row(trace_id, start, minute, input="How long can I return it?", output=answer, **changes),
        row(trace_id, start, start + 0.02, name="find", root=False, type="RETRIEVER", output='["Returns within 14 days."]'),
        row(trace_id, start + 0.03, minute, name="call", root=False, type="GENERATION", output=answer, model="gpt-5"),
    ]  # fmt: skip


@dataclass
class SourceInMemory:
    """Everything that a source can do, and what it was asked.

    Attributes:
        arrivals: When a row can first be seen, by its id; at once if it is not there. The end of a window is now.
        page_length: Rows of a page; their order and some repeats are *shuffle*'s.
        says: What it counts itself; by default it does not.
        fails_on_page: The page that never comes.
        loses: Traces whose scores are accepted and never appear.
        queues: The traces in each annotation queue.
        labels: What people said in each annotation queue.
        review_fails: How many traces go to review before the source is busy, once; None if it never is.
    """

    rows: Sequence[Observation] = ()
    thumbs: Sequence[Feedback] = ()
    skips: Sequence[Skip] = ()
    arrivals: dict[str, datetime] = field(default_factory=dict)
    page_length: int = 3
    shuffle: Random | None = None
    fails_on_page: int | None = None
    feedback_fails: bool = False
    accepts_scores: bool = True
    publish_fails: int = 0
    refuses: Sequence[str] = ()
    loses: Sequence[str] = ()
    queues: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[str, Sequence[HumanLabel]] = field(default_factory=dict)
    review_fails: int | None = None
    says: Callable[[Window], Totals | None] = lambda _: None
    asked_for_totals: list[Window] = field(default_factory=list)
    published: list[ScoreNote] = field(default_factory=list)
    asked_for_texts: list[str] = field(default_factory=list)
    checks: int = 0

    async def check(self) -> SourceCheck:
        self.checks += 1
        return SourceCheck("memory", accepts_scores=self.accepts_scores, trace_url=None)

    async def observations(self, window: Window):
        found = [
            replace(one, input=None, output=None)
            for one in self.rows
            if one.started_at in window and self.arrivals.get(one.id, window.start) <= window.end
        ]
        if self.shuffle:
            found += self.shuffle.sample(found, len(found) // 2)
            self.shuffle.shuffle(found)
        for number, first in enumerate(range(0, len(found), self.page_length), start=1):
            if number == self.fails_on_page:
                raise TransientError("busy")
            yield Page(found[first : first + self.page_length], self.skips if number == 1 else ())

    async def with_texts(self, trace_ids, window: Window):
        self.asked_for_texts += trace_ids
        return [one for one in self.rows if one.trace_id in trace_ids and one.started_at in window]

    async def feedback(self, window: Window):
        if self.feedback_fails:
            raise TransientError("busy")
        return [one for one in self.thumbs if one.given_at in window]

    async def totals(self, window: Window) -> Totals | None:
        self.asked_for_totals.append(window)
        return self.says(window)

    async def publish(self, notes: Sequence[ScoreNote]) -> Sequence[Skip]:
        if self.publish_fails:
            self.publish_fails -= 1
            raise TransientError("busy")
        self.published += [note for note in notes if note.trace_id not in self.refuses]
        return [Skip(note.id, "unknown trace") for note in notes if note.trace_id in self.refuses]

    async def unread(self, notes: Sequence[ScoreNote]) -> Sequence[Skip]:
        there = {note.id: note.value for note in self.published if note.trace_id not in self.loses}
        return [Skip(note.id, "is not there as it was written") for note in notes if there.get(note.id) != note.value]

    async def send_to_review(self, queue: str, trace_ids: Sequence[str]) -> Sequence[Skip]:
        if queue not in self.queues:
            raise ConfigError(f"no annotation queue {queue!r}; there are {sorted(self.queues)}")
        waiting = self.queues[queue]
        for trace_id in dict.fromkeys(trace_ids):
            if trace_id in waiting or trace_id in self.refuses:
                continue
            if self.review_fails == 0:
                self.review_fails = None
                raise TransientError("busy")
            if self.review_fails is not None:
                self.review_fails -= 1
            waiting.append(trace_id)
        return [Skip(trace_id, "refused") for trace_id in dict.fromkeys(trace_ids) if trace_id in self.refuses]

    async def human_labels(self, criterion: str, window: Window, queue: str | None = None, *, good=None):
        if queue is not None and queue not in self.labels:
            raise ConfigError(f"no annotation queue {queue!r}; there are {sorted(self.labels)}")
        said = [label for name, some in self.labels.items() if queue in {None, name} for label in some]
        return sorted(
            (label for label in said if label.criterion == criterion and label.at in window), key=lambda one: one.at
        )

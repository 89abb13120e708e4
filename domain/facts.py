"""Requests as columns: what every signal is computed from.

One numpy column per fact, one row per request, by end time. NaN stands for "not known" inside a column only;
nothing that leaves this module's users as a number is NaN.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from domain.measurement import Labels
from domain.request import Outcome
from domain.window import Window

Column = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Rows = slice | Mask | npt.NDArray[np.int64]

LABELS = (
    "feature",
    "user_tier",
    "model",
    "provider",
    "prompt_version",
    "release",
    "environment",
    "profile",
    "query_class",
)
"""The labels by which anything can be selected and split."""

MOST_NAMES = 200
"""A label with more different names than this in one window is no label: the rarest become OTHER."""

OTHER = "other"

STANDARD, CHAIN = "standard", "agent chain"
"""The names of the label `query_class`: the guide prices a query by it."""

OUTCOMES = tuple(Outcome)
"""What the codes of `Facts.outcome` mean."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_us(moment: datetime) -> int:
    """Return whole microseconds since 1970."""
    return (moment - EPOCH) // _MICROSECOND


def from_us(microseconds: int) -> datetime:
    """Return the moment that many microseconds after 1970."""
    return EPOCH + timedelta(microseconds=int(microseconds))


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Columns over requests; all of one length, ordered by `ended_us`.

    Of some of the rows of others, a column is cut when it is first looked at: most questions are about two or three.

    Attributes:
        outcome: How each request ended, as a position in OUTCOMES.
        failed: 1 where the service broke its promise to answer, 0 where not, NaN for the caller's own mistakes.
        provider_failed: 1 where the model's provider was the reason.
        context_share: Of the model's window; NaN where the window is not known.
        refused: 1 or 0; NaN where nothing was there to tell.
        cost_usd: NaN where a call of the request has no price.
        spend_nano_usd: The priced part of every request, exactly.
        session: A code for the conversation that a request belongs to; -1 where none is known.
        selected: Chosen for judging.
        rate: With which probability it was chosen; NaN where it was not.
        scores: By criterion, 0..1; NaN where not judged by it. A criterion by which nobody was judged is not in it.
        asked: By criterion: chosen, and there was something to judge, whatever the judge said.
        quarantined: 1 where a judgement was not believed, 0 where all were; NaN where not chosen.
        judge_usd: What judging it cost, by all criteria; NaN where not chosen, or not known.
        thumb_down: 1 down, 0 up, NaN where nobody voted.
        labels: Per label name the code of each row (-1: not labelled); `names` spells the codes.
    """

    ended_us: npt.NDArray[np.int64]
    trace_ids: npt.NDArray[np.object_]
    outcome: npt.NDArray[np.int8]
    failed: Column
    provider_failed: Column
    refused: Column
    latency_s: Column
    ttft_s: Column
    tpot_s: Column
    retrieval_s: Column
    guardrail_s: Column
    context_share: Column
    queue_depth: Column
    cost_usd: Column
    spend_nano_usd: npt.NDArray[np.int64]
    unpriced: Column
    input_tokens: Column
    output_tokens: Column
    session: npt.NDArray[np.int64]
    selected: Mask
    rate: Column
    scores: Mapping[str, Column]
    asked: Mapping[str, Mask]
    quarantined: Column
    judge_usd: Column
    thumb_down: Column
    labels: Mapping[str, npt.NDArray[np.int32]]
    names: Mapping[str, Sequence[str]]
    _cut: "tuple[Facts, Rows] | None" = field(default=None, repr=False, compare=False)

    if not TYPE_CHECKING:  # a type checker is to know that there are no other columns

        def __getattr__(self, name: str) -> Any:
            """Cut the column *name*."""
            if name not in _COLUMNS and name not in _BY_NAME:
                raise AttributeError(name)
            whole, rows = self._cut
            column = getattr(whole, name)
            found = {key: one[rows] for key, one in column.items()} if name in _BY_NAME else column[rows]
            object.__setattr__(self, name, found)
            return found

    def __len__(self) -> int:
        return len(self.ended_us)

    def score(self, criterion: str) -> Column:
        """Return the scores by *criterion*; NaN where not judged by it."""
        return self.scores[criterion] if criterion in self.scores else np.full(len(self), np.nan)

    def unjudged(self, criterion: str) -> Column:
        """Return 1 where *criterion* was asked about and there is no score, 0 where there is; NaN where not asked."""
        return np.where(self.asked_by(criterion), np.isnan(self.score(criterion)), np.nan)

    def asked_by(self, criterion: str) -> Mask:
        """Return where *criterion* was asked about and there was something to judge."""
        return self.asked[criterion] if criterion in self.asked else np.zeros(len(self), dtype=bool)

    def rows(self, window: Window) -> "Facts":
        """Return the requests that ended in *window*: what is in memory can be asked as a `History`."""
        return self.within(window)

    def judged(self, window: Window) -> "Facts":
        """Return the requests that ended in *window* and were chosen for judging."""
        found = self.within(window)
        return found.where(found.selected)

    def over(self, window: Window, *, where: Labels = (), spreads: Collection[str] = ()) -> "Facts":  # noqa: ARG002
        """Return the requests that ended in *window* and carry the labels *where*; rows know every spread."""
        found = self.within(window)
        for label, name in where:
            found = found.labelled(label, name)
        return found

    def by(
        self,
        window: Window,
        label: str,
        *,
        where: Labels = (),
        spreads: Collection[str] = (),  # noqa: ARG002 - rows know every spread
    ) -> dict[str, "Facts"]:
        """Return the requests that ended in *window* and carry *where*, for each name of *label*."""
        return dict(self.over(window, where=where).split(label))

    def within(self, window: Window) -> "Facts":
        """Return the requests that ended in *window*; a view, nothing is copied."""
        first, last = np.searchsorted(self.ended_us, (to_us(window.start), to_us(window.end)))
        return self.part(int(first), int(last))

    def part(self, first: int, last: int) -> "Facts":
        """Return the rows from *first* up to, not including, *last*; a view, nothing is copied."""
        return self if first == 0 and last == len(self) else self.taken(slice(first, last))

    def where(self, mask: Mask) -> "Facts":
        """Return the requests for which *mask* holds."""
        return self.taken(mask)

    def labelled(self, label: str, name: str) -> "Facts":
        """Return the requests whose *label* is *name*."""
        return self.where(self.carries(label, name))

    def carries(self, label: str, name: str) -> Mask:
        """Return whose *label* is *name*."""
        known = self.names[label]
        return np.asarray(self.labels[label] == (known.index(name) if name in known else -2))

    def split(self, label: str) -> Iterable[tuple[str, "Facts"]]:
        """Yield each name of *label* that occurs, with its requests."""
        codes = self.labels[label]
        for code in np.flatnonzero(np.bincount(codes + 1)[1:]).tolist():
            yield self.names[label][code], self.where(codes == code)

    def counts(self, label: str) -> dict[str, int]:
        """Return how many requests carry each name of *label*."""
        codes = self.labels[label]
        found, times = np.unique(codes[codes >= 0], return_counts=True)
        return {self.names[label][code]: int(n) for code, n in zip(found, times, strict=True)}

    def taken(self, rows: Rows) -> "Facts":
        """Return the requests at these places, in their order; of a slice a view, nothing is copied."""
        found = object.__new__(Facts)
        object.__setattr__(found, "names", self.names)
        object.__setattr__(found, "_cut", (self, rows))
        return found


_BY_NAME = ("labels", "scores", "asked")
_COLUMNS = frozenset(one.name for one in fields(Facts)) - {*_BY_NAME, "names", "_cut"}

"""What every trace source offers: pages of observations, texts on request, thumbs, scores, and what people say."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import SecretStr

from domain.feedback import Feedback
from domain.labels import End, HumanLabel
from domain.observation import Observation
from domain.reconciliation import Totals
from domain.window import Window


@dataclass(frozen=True, slots=True)
class Skip:
    """A row that could not be read, where it stood and why; counted and logged, never dropped silently.

    Attributes:
        started_at: When the row began, where at least that could be read.
    """

    where: str
    reason: str
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some observations and what had to be skipped between them."""

    observations: Sequence[Observation]
    skips: Sequence[Skip] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreNote:
    """A score as it is written next to its trace.

    Attributes:
        id: Deterministic, so that judging again overwrites instead of adding.
        at: End of the judged observation, so that score charts line up with traffic.
        comment: Why, clipped; None if the application keeps reasons to itself.
    """

    id: str
    trace_id: str
    observation_id: str | None
    name: str
    value: float
    comment: str | None
    environment: str
    at: datetime
    metadata: dict[str, str]


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """What a source said about itself: name and version, whether it takes scores, how to link to a trace."""

    name: str
    accepts_scores: bool
    trace_url: str | None
    """With `{trace_id}` in it; None if traces have no page."""


NO_KEY = SecretStr("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a remote source needs besides its configuration: where it is, who we are, and what to look at.

    Attributes:
        environments: Only observations of these; none means of all.
    """

    base_url: str = ""
    public_key: SecretStr = NO_KEY
    secret_key: SecretStr = NO_KEY
    environments: tuple[str, ...] = ()


class TraceSource(Protocol):
    """Somewhere traces can be read.

    Every method may raise TransientError (busy, away) or PermanentError (refused, too old); a window that
    raised is not read, not even in part.
    """

    async def check(self) -> SourceCheck:
        """Ask whether the source is there, lets us in and is new enough.

        Raises:
            ConfigError: It is not; the message says what to set.
        """
        ...

    def observations(self, window: Window) -> AsyncIterator[Page]:
        """Yield every observation that started in *window*, in pages, in any order, perhaps some twice.

        Texts are missing: they are read by `with_texts`.
        """
        ...

    async def with_texts(self, trace_ids: Collection[str], window: Window) -> Sequence[Observation]:
        """Return the observations of these traces that started in *window*, with input and output."""
        ...

    async def feedback(self, window: Window) -> Sequence[Feedback]:
        """Return the thumbs that users gave in *window*."""
        ...

    async def totals(self, window: Window) -> Totals | None:
        """Return what the source itself says of the observations of *window*: how many, and their cost.

        None if it cannot count; a cost of None if it counts but does not say what that cost.
        """
        ...

    async def publish(self, notes: Sequence[ScoreNote]) -> Sequence[Skip]:
        """Write scores next to their traces and return those that were refused."""
        ...

    async def unread(self, notes: Sequence[ScoreNote]) -> Sequence[Skip]:
        """Read scores back and return those that are not there, or not as they were written.

        A source that keeps no scores has nothing to compare. Ask for a sample, and not before half a minute after
        `publish`: a source may accept a score at once and store it later, or never.
        """
        ...

    async def send_to_review(self, queue: str, trace_ids: Sequence[str]) -> Sequence[Skip]:
        """Put traces before people, in the *queue* of this name or id, and return those that were not taken.

        A trace that is in the queue, done or not, is left out: after an error the caller may send all of them again.

        Raises:
            ConfigError: There is no such queue; the message says which there are.
        """
        ...

    async def human_labels(
        self, criterion: str, window: Window, queue: str | None = None, *, good: End | None = None
    ) -> Sequence[HumanLabel]:
        """Return what people said in *window* of any trace by *criterion*, oldest first; `domain.labels` has the rules.

        A label keeps its time when its author has second thoughts: read a long window again, not only what is new.

        Args:
            queue: Only what was said in the queue of this name or id; None means anywhere.
            good: Which end of the criterion's scale is good; None lets its name decide.

        Raises:
            ConfigError: There is no such queue; the message says which there are.
        """
        ...

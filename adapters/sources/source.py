"""What every trace source offers: pages of observations, texts on request, thumbs, and a place for scores."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import SecretStr

from domain.feedback import Feedback
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

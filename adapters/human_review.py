"""Sending flagged answers to people where a person must look at each: into an annotation queue, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from adapters.sources import Skip, TraceSource
from adapters.store import Store
from domain.flagged import flagged_answers
from domain.objective import Objective
from domain.plan import Plan
from domain.window import Window


@dataclass(frozen=True, slots=True)
class SentToReview:
    """What came of it.

    Attributes:
        flagged: Flagged answers of the window.
        sent: Of these, how many went into the queue now; the others are there already.
        refused: Those that the source would not take.
    """

    queue: str
    flagged: int
    sent: int
    refused: Sequence[Skip] = ()

    def __str__(self) -> str:
        lost = f"; {len(self.refused)} refused, first {self.refused[0].reason}" if self.refused else ""
        return f"{self.sent} of {self.flagged} flagged answers sent to the queue {self.queue}{lost}"


class HumanReview:
    """Sends the flagged answers of one application to people."""

    def __init__(
        self,
        application: str,
        source: TraceSource,
        store: Store,
        plan: Plan,
        objectives: Sequence[Objective],
        queue: str | None,
    ) -> None:
        self._application = application
        self._source = source
        self._store = store
        self._plan = plan
        self._objectives = objectives
        self._queue = queue

    @property
    def queue(self) -> str | None:
        """Where flagged answers go; None where nobody asks for it."""
        return self._queue

    async def send(self, window: Window, at: datetime) -> SentToReview | None:
        """Send what is flagged of the answers that ended in *window*; what was sent before is not sent again.

        Raises:
            PermanentError: There is no such queue.
        """
        if self._queue is None:
            return None
        judged = self._store.history(self._application, self._plan).judged(window)
        flagged = flagged_answers(judged, window, self._objectives)
        reviews = self._store.reviews
        waiting = reviews.intend(self._application, self._queue, flagged.trace_ids)
        refused = await self._source.send_to_review(self._queue, waiting) if waiting else ()
        reviews.mark_sent(self._application, self._queue, waiting, at)
        return SentToReview(self._queue, len(flagged.trace_ids), len(waiting) - len(refused), refused)

"""What to look at first: the answers that nobody judged yet, by how much they say that their context does not."""

import heapq
from dataclasses import dataclass

from adapters.batches import batches
from adapters.evaluator import BATCH
from adapters.intake import OVERLAP
from adapters.sources import TraceSource
from adapters.store import Store
from domain.assembly import group, transcripts
from domain.refusal import is_refusal
from domain.triage import triage
from domain.window import Window


@dataclass(frozen=True, slots=True, order=True)
class Doubtful:
    """An answer that deserves a look.

    Attributes:
        risk: 0 to 1, for ordering only: no probability.
        reasons: What raises it; quotes the answer, so it is hostile text.
    """

    risk: float
    trace_id: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FirstLook:
    """Finds the most doubtful answers of one application."""

    application: str
    source: TraceSource
    store: Store

    async def find(self, window: Window, most: int) -> tuple[list[Doubtful], int]:
        """Return up to *most* unjudged answers of *window*, the most doubtful first, and how many were compared."""
        settled = self.store.judgements.judged_ids(self.application, window)
        waiting = [one for one in self.store.requests.ended_in(self.application, window) if one not in settled]
        found: list[Doubtful] = []
        compared = 0
        for trace_ids in batches(waiting, BATCH):
            rows = await self.source.with_texts(trace_ids, Window(window.start - OVERLAP, window.end))
            for one in transcripts(list(group(rows))):
                seen = None if is_refusal(one.answer) else triage(one.question, one.context, one.answer)
                if seen is not None:
                    compared += 1
                    found.append(Doubtful(seen.risk, one.trace_id, seen.reasons))
            found = heapq.nlargest(most, found)
        return found, compared

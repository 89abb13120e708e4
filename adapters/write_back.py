"""Writing scores next to their traces, and looking whether those of earlier rounds are really there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from uuid import NAMESPACE_URL, uuid5

from adapters.sources import ScoreNote, Skip, TraceSource
from adapters.store import Store
from adapters.store.judgement_rows import Unpublished
from domain.application import Application
from domain.criterion import FAITHFULNESS
from domain.money import usd
from domain.window import Window

RISK = "hallucination-risk"
SAMPLE = 20
"""Scores of earlier rounds that are read back in each round."""

_BATCH = 200
_PART = timedelta(minutes=5)
"""Scores of traces that ended so close together are read from the store at a time."""

_COMMENT_LENGTH = 300
_SETTLED_AFTER = timedelta(minutes=10)
"""A score that is not there so long after it was accepted does not come any more."""


@dataclass(frozen=True, slots=True)
class Written:
    """What came of writing back.

    Attributes:
        published: Scores that the source took.
        refused: Those it did not take, each with its reason.
        read_back: Scores of earlier rounds that were looked for.
        lost: Those of them that had been taken and are not there; they are written again.
    """

    published: int = 0
    refused: Sequence[Skip] = ()
    read_back: int = 0
    lost: Sequence[Skip] = ()


class WriteBack:
    """Writes the kept scores of one application next to their traces."""

    def __init__(self, source: TraceSource, store: Store, application: Application, *, keep_reasons: bool) -> None:
        self._source = source
        self._store = store
        self._application = application
        self._keep_reasons = keep_reasons

    async def write(self, window: Window) -> Written:
        """Write the scores of what ended in *window* that nobody wrote yet, after reading a sample of others back."""
        if not (await self._source.check()).accepts_scores:
            return Written()
        read_back, lost = await self._read_back(window)
        judgements, name = self._store.judgements, self._application.name
        published, refused = 0, list[Skip]()
        waiting = (one for part in window.parts(_PART) for one in judgements.unpublished(name, part))
        while batch := list(islice(waiting, _BATCH)):
            notes = [note for one in batch for note in self._notes(one)]
            skips = await self._source.publish(notes)
            judgements.mark_published(name, [one.score for one in batch])
            named = {skip.where for skip in skips}
            refused_scores = [one.score for one in batch if named & {note.id for note in self._notes(one)}]
            judgements.mark_published(name, refused_scores, given_up=True)
            published += len(notes) - len(skips)
            refused += skips
        return Written(published, tuple(refused), read_back, tuple(lost))

    async def _read_back(self, window: Window) -> tuple[int, Sequence[Skip]]:
        """Look for a sample of the scores of earlier rounds; what is not there is to be written again, once."""
        judgements, name = self._store.judgements, self._application.name
        sample = judgements.published_before(name, window, window.end - _SETTLED_AFTER, SAMPLE)
        if not sample:
            return 0, ()
        notes = {note.id: (note, one.score) for one in sample for note in self._notes(one)}
        lost = await self._source.unread([note for note, _ in notes.values()])
        missing = dict.fromkeys(notes[skip.where][1] for skip in lost if skip.where in notes)
        judgements.mark_published(name, list(missing), published=False, given_up=True)
        return len(notes), lost

    def _notes(self, one: Unpublished) -> list[ScoreNote]:
        score = one.score
        comment = score.reason[:_COMMENT_LENGTH] if self._keep_reasons and score.reason else None
        values = [(score.criterion, score.value)]
        if score.criterion == FAITHFULNESS:
            values.append((RISK, score.risk))
        told = {"judge": score.judge, "version": score.version, "served_by": score.served_by}
        told["cost_usd"] = None if score.cost_nano_usd is None else f"{usd(score.cost_nano_usd):f}"
        return [
            ScoreNote(
                id=str(uuid5(NAMESPACE_URL, f"goodput|{name}|{score.version}|{score.trace_id}")),
                trace_id=score.trace_id,
                observation_id=one.observation_id,
                name=name,
                value=value,
                comment=comment,
                environment=self._application.environment,
                at=one.ended_at,
                metadata={key: said for key, said in told.items() if said is not None},
            )
            for name, value in values
        ]

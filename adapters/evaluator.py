"""Judging a sample: choose, read the texts, judge, keep, and write the scores next to their traces."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import NAMESPACE_URL, uuid5

from adapters.intake import OVERLAP
from adapters.judges import Judge
from adapters.sources import ScoreNote, Skip, TraceSource
from adapters.store import Store
from adapters.store.judgements import Unpublished, outcome_words
from domain.assembly import Assembly, Trace, assemble, group, transcripts
from domain.judgement import Judgement, NotApplicable
from domain.sampling import choose, rate_for
from domain.transcript import Transcript
from domain.window import Window

_BATCH = 200  # texts of so many traces are held at a time
_COMMENT_LENGTH = 300
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationReport:
    """What one round of judging brought.

    Attributes:
        requests: Requests that ended in the window.
        chosen: Of these, how many belong to the sample and were not settled before.
        outcomes: What came of judging, by kind.
        published: Scores written back to the source.
        refused: Scores that the source would not take.
    """

    window: Window
    requests: int
    rate: float
    chosen: int
    outcomes: Counter[str]
    published: int
    refused: tuple[Skip, ...]

    def __str__(self) -> str:
        found = (
            ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items())) or "nothing to judge"
        )
        told = f"; {self.published} scores written back" if self.published else ""
        lost = f"; {len(self.refused)} refused, first {self.refused[0].reason}" if self.refused else ""
        return f"{self.chosen} of {self.requests} answers chosen ({self.rate:.0%}): {found}{told}{lost}"


class Evaluator:
    """Judges the sample of one application."""

    def __init__(
        self,
        source: TraceSource,
        judge: Judge,
        store: Store,
        reading: Assembly,
        *,
        sample_rate: float,
        concurrency: int,
        keep_reasons: bool,
    ) -> None:
        self._source = source
        self._judge = judge
        self._store = store
        self._reading = reading
        self._sample_rate = sample_rate
        self._concurrency = concurrency
        self._keep_reasons = keep_reasons

    async def evaluate(self, window: Window, at: datetime) -> EvaluationReport:
        """Judge the sampled answers of the requests that ended in *window* and are not settled yet.

        Scores that an earlier round kept and could not write back are written back now.
        """
        application = self._reading.application.name
        ended = self._store.requests.ended_in(application, window)
        per_day = len(ended) / (window.length.total_seconds() / 86_400)
        rate = rate_for(per_day, usual=self._sample_rate)
        settled = self._store.judgements.settled(application, window)
        chosen = [trace_id for trace_id in choose(ended, rate) if trace_id not in settled]
        outcomes: Counter[str] = Counter()
        for batch in _batches(chosen):
            judged = await self._judge_batch(batch, window, at, rate)
            outcomes.update(outcome_words(judgement) for _, judgement in judged)
        self._store.judgements.raise_rate(application, window, rate)
        self._store.judgements.mark_judged(application, window.end)
        published, refused = await self._write_back(window)
        return EvaluationReport(
            window=window,
            requests=len(ended),
            rate=rate,
            chosen=len(chosen),
            outcomes=outcomes,
            published=published,
            refused=refused,
        )

    async def _judge_batch(
        self, trace_ids: Sequence[str], window: Window, at: datetime, rate: float
    ) -> list[tuple[Transcript, Judgement]]:
        rows = await self._source.with_texts(trace_ids, Window(window.start - OVERLAP, window.end))
        traces = list(group(rows))
        # With the texts at hand a refusal can be told from an answer: the facts are kept again, now complete.
        self._store.requests.refine(self._reading.application.name, assemble(traces, self._reading))
        readable = {transcript.trace_id: transcript for transcript in transcripts(traces)}
        gate = asyncio.Semaphore(self._concurrency)

        async def one(transcript: Transcript) -> tuple[Transcript, Judgement]:
            async with gate:
                return transcript, await self._judge.judge(transcript, at)

        judged = list(await asyncio.gather(*(one(transcript) for transcript in readable.values())))
        judged += [self._without_texts(trace, at) for trace in traces if trace.id not in readable]
        self._store.judgements.save(self._reading.application.name, judged, keep_reasons=self._keep_reasons, rate=rate)
        return judged

    def _without_texts(self, trace: Trace, at: datetime) -> tuple[Transcript, Judgement]:
        """Settle a request that failed or has no answer, so that its texts are not read again and again."""
        ended = trace.root.ended_at or max(row.ended_at or row.started_at for row in trace.observations)
        nothing = Transcript(trace_id=trace.id, question="", answer="", ended_at=ended)
        settled = NotApplicable(
            trace_id=trace.id,
            criterion="faithfulness",
            version="",
            reason="there is no answer to judge",
            judge=self._judge.name,
            judged_at=at,
        )
        return nothing, settled

    async def _write_back(self, window: Window) -> tuple[int, tuple[Skip, ...]]:
        """Write what is kept next to its traces; return how many scores were taken, and which were refused."""
        judgements, application = self._store.judgements, self._reading.application.name
        waiting = judgements.unpublished(application, window)
        if not waiting or not (await self._source.check()).accepts_scores:
            return 0, ()
        written, refused = 0, list[Skip]()
        for batch in _batches(waiting):
            notes = [note for one in batch for note in self._notes(one)]
            lost = await self._source.publish(notes)
            judgements.mark_published(application, [one.score for one in batch])
            written += len(notes) - len(lost)
            refused += lost
        return written, tuple(refused)

    def _notes(self, one: Unpublished) -> list[ScoreNote]:
        score = one.score
        comment = score.reason[:_COMMENT_LENGTH] if self._keep_reasons and score.reason else None
        values = ((score.criterion, score.value), ("hallucination-risk", score.risk))
        return [
            ScoreNote(
                id=str(uuid5(NAMESPACE_URL, f"goodput|{name}|{score.version}|{score.trace_id}")),
                trace_id=score.trace_id,
                observation_id=one.observation_id,
                name=name,
                value=value,
                comment=comment,
                environment=self._reading.application.environment,
                at=one.ended_at,
                metadata={"judge": score.judge, "version": score.version},
            )
            for name, value in values
        ]


def _batches(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for first in range(0, len(items), _BATCH):
        yield items[first : first + _BATCH]

"""Judging a sample: choose, read the texts, judge, keep, and write the scores next to their traces."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from adapters.batch import Batch, Judged, judge_batch
from adapters.batches import batches
from adapters.intake import OVERLAP
from adapters.judges import Judge
from adapters.judges.judge import benches
from adapters.sources import TraceSource
from adapters.store import Store
from adapters.store.judgement_rows import outcome_words
from adapters.write_back import WriteBack, Written
from domain.assembly import Assembly, Trace, assemble, group, transcripts
from domain.coverage import Coverage
from domain.sampling import choose, rate_for
from domain.transcript import Transcript
from domain.window import Window

BATCH = 200
"""Texts of so many traces are read at a time; two such batches are judged while a third is read."""

_AT_A_TIME = 2

Progress = Callable[[int, int], Awaitable[None]]
"""Is told how many of how many answers are judged."""


@dataclass(slots=True)
class Round:
    """What was judged so far in one round.

    Attributes:
        outcomes: What came of judging, by kind, one for each criterion of each answer.
        canaries: Answers that we know, among the others.
        wrong: What the judge got wrong of those.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    done: int = 0
    canaries: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationReport:
    """What one round of judging brought.

    Attributes:
        requests: Requests that ended in the window.
        chosen: Of these, how many belong to the sample and were not settled before.
        coverage: Of the window as it stands now, by the length of the context.
    """

    window: Window
    requests: int
    rate: float
    chosen: int
    round: Round
    written: Written
    coverage: Sequence[Coverage] = ()

    def __str__(self) -> str:
        counts = sorted(self.round.outcomes.items())
        found = ", ".join(f"{count} {outcome}" for outcome, count in counts) or "nothing to judge"
        parts = [f"{self.chosen} of {self.requests} answers chosen ({self.rate:.0%}): {found}"]
        written = self.written
        parts += [f"{written.published} scores written back"] * bool(written.published)
        parts += [f"{len(written.refused)} refused, first {one.reason}" for one in written.refused[:1]]
        parts += [f"{len(written.lost)} taken earlier and not there: {one.reason}" for one in written.lost[:1]]
        parts += [f"not believed: {words}" for words in sorted(set(self.round.wrong))]
        return "; ".join(parts)


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
        keep_reasons: bool,
        order: Callable[[Transcript], float] = lambda _: 0.0,
    ) -> None:
        self._source = source
        self._judge = judge
        self._store = store
        self._reading = reading
        self._sample_rate = sample_rate
        self._keep_reasons = keep_reasons
        self._order = order
        self._write_back = WriteBack(source, store, reading.application, keep_reasons=keep_reasons)

    async def evaluate(self, window: Window, at: datetime, progress: Progress | None = None) -> EvaluationReport:
        """Judge the sampled answers of the requests that ended in *window* and are not settled yet.

        Scores that an earlier round kept and could not write back are written back now.
        """
        application = self._reading.application.name
        ended = self._store.requests.ended_in(application, window)
        per_day = len(ended) / (window.length.total_seconds() / 86_400)
        last = self._store.judgements.last_rate(application, window.end)
        rate = rate_for(per_day, usual=self._sample_rate, last=last)
        settled = self._store.judgements.settled(application, window, self._judge.criteria)
        tried = self._store.judgements.judged_ids(application, window)
        chosen = [trace_id for trace_id in choose(ended, rate) if trace_id not in settled]
        chosen.sort(key=lambda trace_id: trace_id in tried)  # what failed before waits for what nobody has tried
        try:
            judged = await self._judge_all(chosen, window, at, rate, progress)
        finally:
            self._judge.settle()
        self._store.judgements.raise_rate(application, window, rate)
        self._store.judgements.mark_judged(application, window.end)
        return EvaluationReport(
            window=window,
            requests=len(ended),
            rate=rate,
            chosen=len(chosen),
            round=judged,
            written=await self._write_back.write(window),
            coverage=self._store.judgements.coverage(application, window, self._judge.criteria[0]),
        )

    async def _judge_all(
        self, chosen: Sequence[str], window: Window, at: datetime, rate: float, progress: Progress | None
    ) -> Round:
        """Judge batch after batch: while two of them wait for the judge, the texts of the next are read."""
        judged, starting = Round(), asyncio.Lock()
        running: set[asyncio.Task[None]] = set()
        try:
            for trace_ids in batches(chosen, BATCH):
                traces = await self._read(trace_ids, window)
                if len(running) == _AT_A_TIME:
                    await _until_one_is_done(running)
                    await _tell(progress, judged.done, len(chosen))
                running.add(asyncio.create_task(self._judge_and_keep(traces, at, rate, judged, starting)))
            while running:
                await _until_one_is_done(running)
            await _tell(progress, len(chosen), len(chosen))
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        return judged

    async def _read(self, trace_ids: Sequence[str], window: Window) -> list[Trace]:
        rows = await self._source.with_texts(trace_ids, Window(window.start - OVERLAP, window.end))
        traces = list(group(rows))
        # With the texts at hand a refusal can be told from an answer: the facts are kept again, now complete.
        self._store.requests.refine(self._reading.application.name, assemble(traces, self._reading))
        return traces

    async def _judge_and_keep(
        self, traces: Sequence[Trace], at: datetime, rate: float, judged: Round, starting: asyncio.Lock
    ) -> None:
        readable = sorted(transcripts(traces), key=self._order, reverse=True)
        batch: Batch = await judge_batch(self._judge, readable, at, starting)
        names = {transcript.trace_id for transcript in readable}
        rows = [*batch.judged, *(one for trace in traces if trace.id not in names for one in self._nothing(trace, at))]
        self._store.judgements.save(self._reading.application.name, rows, keep_reasons=self._keep_reasons, rate=rate)
        judged.outcomes.update(outcome_words(judgement) for _, judgement in rows)
        judged.done += len(traces)
        judged.canaries += batch.canaries
        judged.wrong += batch.wrong

    def _nothing(self, trace: Trace, at: datetime) -> list[Judged]:
        """Settle a request that failed or has no answer, so that its texts are not read again and again."""
        ended = trace.root.ended_at or max(row.ended_at or row.started_at for row in trace.observations)
        empty = Transcript(trace_id=trace.id, question="", answer="", ended_at=ended)
        return [
            (empty, bench.not_applicable("there is no answer to judge")) for bench in benches(self._judge, trace.id, at)
        ]


async def _until_one_is_done(running: set[asyncio.Task[None]]) -> None:
    """Take those that are done out of *running*; an error in one of them is raised."""
    done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    running -= done
    for task in done:
        task.result()


async def _tell(progress: Progress | None, done: int, of: int) -> None:
    if progress is not None:
        await progress(done, of)

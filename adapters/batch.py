"""Judging one batch of answers: suspects kept apart, the likely worst first, and canaries among them."""

import asyncio
import unicodedata
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from adapters.judges import Judge
from adapters.judges.judge import Bench, benches
from adapters.judges.prompt import cleaned
from domain.criterion import Canary
from domain.injection import VERSION, find_injection
from domain.judgement import Judgement, NotApplicable, QuarantineReason, Score
from domain.transcript import Transcript

SUSPECT = "injection-suspect"
"""The criterion under which an answer is noted whose texts speak to the judge: 1, and no row for all others."""

Judged = tuple[Transcript, Judgement]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of a batch.

    Attributes:
        canaries: How many known answers the judge was asked about besides.
        wrong: Those about which it was wrong, in words.
    """

    judged: Sequence[Judged]
    canaries: int
    wrong: Sequence[str]


async def judge_batch(
    judge: Judge, transcripts: Sequence[Transcript], at: datetime, starting: asyncio.Lock | None = None
) -> Batch:
    """Judge *transcripts*; what the judge says is not believed where it is wrong about an answer that we know.

    Args:
        starting: Held while the batch is started, so that it is in line before the next, and done before it.
    """
    judged: list[Judged] = []
    asked: list[Transcript] = []
    for transcript in transcripts:
        words = _suspicious(transcript) if judge.reads_as_told else None
        if words is None:
            asked.append(transcript)
        else:
            judged.extend((transcript, one) for one in _suspect(judge, transcript, at, words))
        await asyncio.sleep(0)  # others have their turn
    canaries = judge.canaries if asked else ()

    def questions() -> Iterator[Coroutine[Any, Any, Sequence[Judgement]]]:
        # The known answers first: where a budget ends early, nothing is believed that was not watched.
        for number, (criterion, canary) in enumerate(canaries):
            yield judge.judge(_transcript(number, canary, at), at, fresh=True, only=criterion)
        for transcript in asked:
            yield judge.judge(transcript, at)

    said = await together(questions(), starting)
    wrong = _wrong(canaries, said[: len(canaries)])
    doubted = dict(wrong)
    judge.conclude([one.trace_id for one in asked], believed=not doubted)
    for transcript, judgements in zip(asked, said[len(canaries) :], strict=True):
        judged += [(transcript, _believed(one, doubted)) for one in judgements]
    return Batch(judged, len(canaries), [words for _, words in wrong])


async def together(work: Iterable[Coroutine[Any, Any, T]], starting: asyncio.Lock | None = None) -> list[T]:
    """Return what all of *work* returns; where a part of it fails, the rest is over before its error is raised.

    Between the start of one and of the next, others have their turn: to prepare a batch takes a while.
    """
    tasks: list[asyncio.Task[T]] = []
    try:
        async with starting or asyncio.Lock():
            for one in work:
                tasks.append(asyncio.create_task(one))
                await asyncio.sleep(0)
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _transcript(number: int, canary: Canary, at: datetime) -> Transcript:
    return Transcript(
        trace_id=f"canary-{number}",
        question=canary.question,
        answer=canary.answer,
        context=canary.context,
        ended_at=at,
    )


def _wrong(canaries: Sequence[tuple[str, Canary]], said: Sequence[Sequence[Judgement]]) -> list[tuple[str, str]]:
    """Return by which criteria the judge is not to be believed, and why: wrong about a canary, or watched by none.

    A canary on which the judge fails says nothing. Where it fails on all that are no good answers, nobody knows whether
    it would have seen a bad one.
    """
    found: list[tuple[str, str]] = []
    watched: dict[str, bool] = {}
    for (criterion, canary), (one,) in zip(canaries, said, strict=True):
        if isinstance(one, NotApplicable) or (isinstance(one, Score) and not canary.is_right(one.value)):
            found.append((criterion, f"it is wrong about the {canary.kind} answer of {criterion}"))
        if canary.kind != "known good":
            watched[criterion] = watched.get(criterion, False) or isinstance(one, Score)
    wrong = {criterion for criterion, _ in found}
    unwatched = [one for one, is_watched in watched.items() if not is_watched and one not in wrong]
    return found + [(one, f"it gave no verdict on any known bad answer of {one}") for one in unwatched]


def _suspicious(transcript: Transcript) -> str | None:
    """Return the words that speak to a judge, read as it reads them: nothing invisible, and plain letters."""
    texts = (transcript.answer, *transcript.context, transcript.question)
    return find_injection(unicodedata.normalize("NFKC", cleaned(text)) for text in texts)


def _suspect(judge: Judge, transcript: Transcript, at: datetime, words: str) -> list[Judgement]:
    """Return what is noted of a suspect: nobody asks a judge about it, and no criterion has a score."""
    found: list[Judgement] = [
        bench.quarantined(QuarantineReason.INJECTION, words) for bench in benches(judge, transcript.trace_id, at)
    ]
    note = Bench(trace_id=transcript.trace_id, criterion=SUSPECT, judge="phrases", version=VERSION, judged_at=at).score(
        1.0, f"The texts speak to the judge: {words}"
    )
    return [*found, note]


def _believed(judgement: Judgement, doubted: dict[str, str]) -> Judgement:
    """Return *judgement*, or that it is not believed where the judge was wrong by the same criterion."""
    detail = doubted.get(judgement.criterion)
    if detail is None or not isinstance(judgement, Score):
        return judgement
    bench = Bench(
        trace_id=judgement.trace_id,
        criterion=judgement.criterion,
        judge=judgement.judge,
        version=judgement.version,
        judged_at=judgement.judged_at,
    )
    return bench.quarantined(QuarantineReason.CANARY, detail, cost_nano_usd=judgement.cost_nano_usd)

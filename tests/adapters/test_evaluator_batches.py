"""The batches of a round: two at a time, and what an error in one of them leaves behind."""

import asyncio

import pytest

from adapters import evaluator as module
from domain.errors import TransientError
from tests.adapters.scripted_judge import ScriptedJudge
from tests.adapters.source_in_memory import SourceInMemory, answered
from tests.adapters.store.examples import dump

SHOP = "shop"


def many(count):
    return [one for n in range(count) for one in answered(f"t{n:04}", 1 + n * 50 / count)]


class Watch(ScriptedJudge):
    """Knows how many answers are judged at a time, and waits for nobody longer than a moment."""

    def __init__(self, source, **told):
        super().__init__(**told)
        self.source = source
        self.running = self.most = self.ahead = 0

    async def judge(self, transcript, at, *, fresh=False):
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0.02)
        found = await super().judge(transcript, at, fresh=fresh)
        self.ahead = max(self.ahead, len(self.source.asked_for_texts) - len(self.done))
        self.running -= 1
        return found


async def test_two_batches_at_a_time_while_a_third_is_read(evaluate, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 10)
    source, told = SourceInMemory(many(75)), []
    judge = Watch(source)

    async def progress(done, of):
        told.append((done, of))

    report = await evaluate(source, judge, rate=1.0, progress=progress)

    assert 20 == judge.most
    assert 20 < judge.ahead <= 30
    assert 75 == report.round.outcomes["scored"]
    assert sorted(told) == told
    assert (75, 75) == told[-1]
    assert len(told) >= 4


async def test_an_error_calls_the_other_batch_off_and_is_raised_as_itself(store, evaluate, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 5)
    source = SourceInMemory(many(20))
    judge = ScriptedJudge(t0007=TransientError("the database is busy"))
    judge.takes_s = {f"t{n:04}": 5.0 for n in range(20) if n != 7}
    started = asyncio.get_running_loop().time()
    with pytest.raises(TransientError, match="the database is busy"):
        await evaluate(source, judge)

    assert asyncio.get_running_loop().time() - started < 2
    assert ([], 1) == (judge.done, judge.settled)
    assert 1 == len(asyncio.all_tasks())
    assert [] == dump(store)["judgement"]
    assert None is store.judgements.judged_until(SHOP)


async def test_what_was_judged_before_an_error_is_kept(store, evaluate, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 5)
    source = SourceInMemory(many(15))
    judge = ScriptedJudge(t0012=TransientError("busy"))
    judge.takes_s = {"t0012": 0.3}
    with pytest.raises(TransientError):
        await evaluate(source, judge)
    retried = ScriptedJudge()
    await evaluate(source, retried)

    assert {f"t{n:04}" for n in range(10, 15)} == set(retried.judged)


async def test_a_source_that_is_busy_calls_off_what_is_judged(evaluate, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 5)

    class Busy(SourceInMemory):
        async def with_texts(self, trace_ids, window):
            if self.asked_for_texts:
                await asyncio.sleep(0.05)
                raise TransientError("busy")
            return await super().with_texts(trace_ids, window)

    judge = ScriptedJudge()
    judge.takes_s = {f"t{n:04}": 5.0 for n in range(20)}
    with pytest.raises(TransientError, match="busy"):
        await evaluate(Busy(many(20)), judge)

    assert ([], 1, 1) == (judge.done, judge.settled, len(asyncio.all_tasks()))

"""An endpoint that turns calls away: it is asked less, as late as it wants, or another one is asked."""

import asyncio
import time

import pytest

from domain.judgement import FailureReason, JudgeFailure, Score
from tests.adapters.judges.bench import build, fallback, judged, transcript
from tests.stand_ins.judge_model import busy, judge_model


@pytest.mark.parametrize(
    ("kind", "how", "wait_s", "status"),
    [
        ("openai", "seconds", 0.3, 429),
        ("openai", "ms", 0.3, 503),
        ("openai", "date", 2, 429),
        ("anthropic", "seconds", 0.3, 529),
        ("anthropic", "ms", 0.3, 429),
    ],
)
async def test_waits_as_long_as_it_is_asked_to_and_then_goes_on(model, client, kind, how, wait_s, status):
    model.storm(1, wait_s, how, status)
    started = time.monotonic()

    judgement = await judged(build(model, client, kind))

    assert isinstance(judgement, Score)
    assert 0.29 < time.monotonic() - started < 8


async def test_a_wait_longer_than_the_deadline_ends_at_once(model, client, kind):
    model.storm(1, 30)
    started = time.monotonic()

    judgement = await judged(build(model, client, kind, deadline_s=5))

    assert (JudgeFailure, FailureReason.RATE_LIMITED) == (type(judgement), judgement.reason)
    assert time.monotonic() - started < 4


async def test_finds_the_concurrency_that_an_endpoint_bears(model, client):
    model.most_at_once, model.latency_s, model.turns_away = 8, 0.02, lambda: busy(0.05)
    judge = build(model, client, max_concurrency=32, deadline_s=20)

    judgements = await asyncio.gather(*(judged(judge, transcript(trace_id=str(n))) for n in range(150)))

    assert sum(isinstance(one, Score) for one in judgements) >= 120
    assert {FailureReason.RATE_LIMITED} >= {one.reason for one in judgements if isinstance(one, JudgeFailure)}
    assert judge._seats[0]._pace.allowed < 32


async def test_a_hopeless_storm_ends_quickly(model, client, kind):
    model.storms, model.turns_away = True, lambda: busy(0.02)
    judge = build(model, client, kind, max_concurrency=20)
    started = time.monotonic()

    judgements = await asyncio.gather(*(judged(judge) for _ in range(300)))

    assert {FailureReason.RATE_LIMITED} == {one.reason for one in judgements}
    assert len(model.server.received) < 150
    assert time.monotonic() - started < 8


async def test_a_storm_at_one_endpoint_is_none_at_the_other(model, client):
    model.storms, model.turns_away = True, lambda: busy(120)
    with judge_model() as other:
        judge = build(model, client, **fallback(other))
        judgements = await asyncio.gather(*(judged(judge) for _ in range(20)))

    assert {"anthropic/claude-haiku"} == {one.judge for one in judgements}
    assert all(isinstance(one, Score) for one in judgements)
    assert len(model.server.received) <= 8


async def test_never_more_calls_at_once_than_configured(model, client):
    model.latency_s = 0.02
    judge = build(model, client, max_concurrency=3)
    judgements = await asyncio.gather(*(judged(judge, transcript(trace_id=str(n))) for n in range(12)))

    assert [1.0] * 12 == [judgement.value for judgement in judgements]
    assert 3 == model.peak

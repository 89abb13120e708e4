"""What the model judge makes of a real endpoint and its misbehaviour."""

import asyncio
import time

import httpx
import pytest

from domain.judgement import FailureReason, JudgeFailure, Score
from tests.adapters.judges.bench import FULL, KEY, NOON, build, said, transcript
from tests.stand_ins.judge_model import completion, judge_model, verdict
from tests.stand_ins.server import Answer, Fault


@pytest.mark.parametrize(
    ("faults", "reason"),
    [
        pytest.param([Fault("malformed")], FailureReason.SCHEMA, id="an answer that is half JSON"),
        pytest.param([Fault("truncated")], FailureReason.UNAVAILABLE, id="a connection cut in the answer"),
        pytest.param([Fault("reset")], FailureReason.UNAVAILABLE, id="a reset connection"),
        pytest.param([Fault("hang_up")], FailureReason.UNAVAILABLE, id="a connection closed without an answer"),
        pytest.param([Fault("status", Answer(status=500))], FailureReason.UNAVAILABLE, id="500"),
        pytest.param([Fault("status", Answer(status=401))], FailureReason.UNAVAILABLE, id="401"),
        pytest.param(
            [Fault("status", Answer(status=302, headers={"Location": "/"}))], FailureReason.UNAVAILABLE, id="302"
        ),
        pytest.param([Fault("status", Answer(status=429))], FailureReason.RATE_LIMITED, id="429"),
        pytest.param(
            [Fault("status", Answer({"error": {"code": "content_filter"}}, status=400))],
            FailureReason.CONTENT_FILTER,
            id="a filtered prompt",
        ),
    ],
)
async def test_a_fault_is_a_failure_with_its_reason(model, client, faults, reason):
    model.server.fail_next(*faults)

    judgement = await build(model, client).judge(transcript(), NOON)

    assert isinstance(judgement, JudgeFailure)
    assert reason is judgement.reason
    assert KEY not in repr(judgement)


@pytest.mark.parametrize(
    "fault", [Fault("hang"), Fault("drip", Answer(status=200), seconds=0.02)], ids=["hang", "drip"]
)
async def test_the_deadline_holds_for_the_whole_call(model, client, fault):
    model.server.fail_next(fault)
    started = time.monotonic()

    judgement = await build(model, client, deadline_s=0.3).judge(transcript(), NOON)

    assert FailureReason.TIMEOUT is judgement.reason
    assert time.monotonic() - started < 3


async def test_nobody_listens(client):
    with judge_model() as gone:
        pass

    judgement = await build(gone, client).judge(transcript(), NOON)

    assert FailureReason.UNAVAILABLE is judgement.reason


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(completion("{", "length"), FailureReason.TRUNCATED, id="out of tokens"),
        pytest.param(completion(None, "content_filter"), FailureReason.CONTENT_FILTER, id="a filtered reply"),
        pytest.param(completion(None, refusal="No."), FailureReason.CONTENT_FILTER, id="a refusal to judge"),
        pytest.param(Answer({"choices": []}), FailureReason.SCHEMA, id="no choice"),
        pytest.param(Answer(b"<html>"), FailureReason.SCHEMA, id="a web page"),
        pytest.param(Answer(b" " * 5_000_000), FailureReason.SCHEMA, id="far too much"),
        pytest.param(said(FULL[:1]), FailureReason.IDS, id="a missing id"),
        pytest.param(said([*FULL, verdict(3, "supported", "30 days")]), FailureReason.IDS, id="one too many"),
        pytest.param(said([FULL[0], FULL[0]]), FailureReason.IDS, id="an id instead of another"),
        pytest.param(said([*FULL, FULL[1]]), FailureReason.IDS, id="an id twice"),
        pytest.param(said([FULL[0], verdict(0, "no_claim")]), FailureReason.IDS, id="a wrong id"),
        pytest.param(said([]), FailureReason.IDS, id="no verdicts at all"),
    ],
)
async def test_an_unusable_reply_is_a_failure_at_once(model, client, answer, reason):
    model.say(answer)

    judgement = await build(model, client).judge(transcript(), NOON)

    assert isinstance(judgement, JudgeFailure)
    assert reason is judgement.reason
    assert 1 == len(model.server.received)


UNREADABLE = [
    pytest.param("", id="nothing"),
    pytest.param("supported", id="no JSON"),
    pytest.param({"score": 1.0}, id="a score"),
    pytest.param({"sentences": FULL, "score": 1.0}, id="verdicts and a score"),
    pytest.param({"sentences": [verdict("1", "supported", "x y"), FULL[1]]}, id="an id in quotes"),
    pytest.param({"sentences": [verdict(True, "supported", "x y"), FULL[1]]}, id="an id that is true"),
    pytest.param({"sentences": [verdict(1, "fine", "x y"), FULL[1]]}, id="an unknown verdict"),
    pytest.param("[" * 50_000, id="a deep nest"),
]


@pytest.mark.parametrize("content", UNREADABLE)
async def test_asks_once_more_with_the_error_when_the_reply_has_the_wrong_shape(model, client, content):
    model.say(completion(content), said(FULL))

    judgement = await build(model, client).judge(transcript(), NOON)

    assert isinstance(judgement, Score)
    assert 1.0 == judgement.value
    assert ["system", "user", "assistant", "user"] == [
        message["role"] for message in model.server.received[1].json()["messages"]
    ]


@pytest.mark.parametrize("content", UNREADABLE)
async def test_gives_up_after_one_repair(model, client, content):
    model.say(completion(content), completion(content), said(FULL))

    judgement = await build(model, client).judge(transcript(), NOON)

    assert FailureReason.SCHEMA is judgement.reason
    assert 2 == len(model.server.received)


@pytest.mark.parametrize(("temperature", "sent"), [(0.0, {"temperature": 0.0}), (None, {})])
async def test_sends_what_was_configured(model, client, temperature, sent):
    await build(model, client, temperature=temperature).judge(transcript(), NOON)

    incoming = model.server.received[0]
    body = incoming.json()
    assert sent == {name: body[name] for name in body if name == "temperature"}
    assert f"Bearer {KEY}" == incoming.headers["Authorization"]
    assert body["response_format"]["json_schema"]["strict"] is True
    assert "gpt-5-mini" == body["model"]


@pytest.mark.parametrize(
    ("answers", "prices", "cost"),
    [
        pytest.param([said(FULL)], (150, 600), 100 * 150 + 10 * 600, id="one call"),
        pytest.param([completion("?"), said(FULL)], (150, 600), 2 * (100 * 150 + 10 * 600), id="with a repair"),
        pytest.param([said(FULL)], (150, None), None, id="a price is missing"),
        pytest.param([completion({"sentences": FULL}, usage=False)], (150, 600), None, id="usage is missing"),
        pytest.param([completion("?", usage=False), said(FULL)], (1, 1), None, id="usage of one call is missing"),
    ],
)
async def test_counts_the_cost(model, client, answers, prices, cost):
    model.say(*answers)
    judge = build(model, client, input_nano_usd=prices[0], output_nano_usd=prices[1])

    judgement = await judge.judge(transcript(), NOON)

    assert cost == judgement.cost_nano_usd


async def test_never_more_calls_at_once_than_configured(model):
    running, most = [], []

    async def enter(request):
        running.append(request)
        most.append(len(running))
        await asyncio.sleep(0.01)

    async def leave(response):
        running.remove(response.request)

    async with httpx.AsyncClient(event_hooks={"request": [enter], "response": [leave]}) as client:
        judge = build(model, client, max_concurrency=2)
        judgements = await asyncio.gather(*(judge.judge(transcript(), NOON) for _ in range(10)))

    assert [1.0] * 10 == [judgement.value for judgement in judgements]
    assert 2 == max(most)


async def test_a_judge_that_waits_for_its_turn_is_not_late(model, client):
    model.server.fail_next(Fault("drip", Answer(status=200), seconds=0.02))
    judge = build(model, client, max_concurrency=1, deadline_s=0.5)

    late, *others = await asyncio.gather(*(judge.judge(transcript(), NOON) for _ in range(4)))

    assert FailureReason.TIMEOUT is late.reason
    assert [1.0] * 3 == [judgement.value for judgement in others]

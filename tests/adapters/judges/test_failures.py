"""Every way in which a model gives no verdict is a failure with its reason, never a number."""

import asyncio
import time

import pytest

from domain.judgement import FailureReason, JudgeFailure, Score
from tests.adapters.judges.bench import FULL, KEY, PRICE, build, judged, said, transcript
from tests.stand_ins.judge_model import WRAPPED, judge_model, verdict
from tests.stand_ins.server import Answer, Fault

FILTERED = Answer({"error": {"code": "content_filter"}}, status=400)


@pytest.fixture(autouse=True)
def _hardly_wait_between_attempts(monkeypatch):
    monkeypatch.setattr("adapters.judges.seat._FIRST_WAIT_S", 0.01)


@pytest.mark.parametrize(
    ("fault", "reason", "attempts"),
    [
        pytest.param(Fault("truncated"), FailureReason.UNAVAILABLE, 3, id="a connection cut in the answer"),
        pytest.param(Fault("reset"), FailureReason.UNAVAILABLE, 3, id="a reset connection"),
        pytest.param(Fault("hang_up"), FailureReason.UNAVAILABLE, 3, id="a connection closed without an answer"),
        pytest.param(Fault("status", Answer(status=500)), FailureReason.UNAVAILABLE, 3, id="500"),
        pytest.param(Fault("status", Answer(status=502)), FailureReason.UNAVAILABLE, 3, id="502"),
        pytest.param(Fault("status", Answer(status=408)), FailureReason.UNAVAILABLE, 3, id="408"),
        pytest.param(Fault("status", Answer(status=400)), FailureReason.UNAVAILABLE, 1, id="400"),
        pytest.param(Fault("status", Answer(status=401)), FailureReason.UNAVAILABLE, 1, id="401"),
        pytest.param(Fault("status", Answer(status=302, headers={"Location": "/"})), FailureReason.UNAVAILABLE, 1, id="302"),
        pytest.param(Fault("status", Answer(status=204)), FailureReason.UNAVAILABLE, 1, id="204"),
        pytest.param(Fault("status", FILTERED), FailureReason.CONTENT_FILTER, 1, id="a filtered prompt"),
        pytest.param(Fault("malformed"), FailureReason.SCHEMA, 1, id="half JSON"),
    ],
)  # fmt: skip
async def test_a_fault_is_a_failure_with_its_reason(model, client, kind, fault, reason, attempts):
    model.server.fail_next(*[fault] * 5)

    judgement = await judged(build(model, client, kind))

    assert isinstance(judgement, JudgeFailure)
    assert reason is judgement.reason
    assert attempts == len(model.server.received)
    assert KEY not in repr(judgement)


@pytest.mark.parametrize("fault", [Fault("reset"), Fault("status", Answer(status=503)), Fault("hang_up")])
async def test_what_goes_by_is_asked_again(model, client, kind, fault):
    model.server.fail_next(fault)
    judge = build(model, client, kind)
    judge._seats[0]._pace.was_refused = lambda *_: None

    assert isinstance(await judged(judge), Score)


@pytest.mark.parametrize(
    "fault", [Fault("hang"), Fault("drip", Answer(status=200), seconds=0.02)], ids=["hang", "drip"]
)
async def test_the_deadline_holds_for_the_whole_call(model, client, kind, fault):
    model.server.fail_next(fault)
    started = time.monotonic()

    judgement = await judged(build(model, client, kind, deadline_s=0.3))

    assert FailureReason.TIMEOUT is judgement.reason
    assert time.monotonic() - started < 3


async def test_the_deadline_holds_for_the_call_and_its_repair_together(model, client):
    model.latency_s = 0.1
    model.server.fail_next(Fault("status", said([])), Fault("drip", Answer(status=200), seconds=0.02))
    started = time.monotonic()

    judgement = await judged(build(model, client, deadline_s=0.5))

    assert FailureReason.TIMEOUT is judgement.reason
    assert 2 == len(model.server.received)
    assert time.monotonic() - started < 3


async def test_the_deadline_holds_for_all_attempts_together(model, client):
    model.latency_s = 0.15
    model.server.fail_next(*[Fault("hang_up")] * 9)
    started = time.monotonic()

    judgement = await judged(build(model, client, deadline_s=0.3))

    assert judgement.reason in {FailureReason.TIMEOUT, FailureReason.UNAVAILABLE}
    assert time.monotonic() - started < 3


async def test_a_judgement_that_waits_for_its_turn_is_not_late(model, client):
    model.server.fail_next(Fault("drip", Answer(status=200), seconds=0.02))
    judge = build(model, client, max_concurrency=1, deadline_s=0.3)

    late, *others = await asyncio.gather(*(judged(judge) for _ in range(4)))

    assert FailureReason.TIMEOUT is late.reason
    assert [1.0] * 3 == [judgement.value for judgement in others]


async def test_nobody_listens_and_that_costs_nothing(client, kind):
    with judge_model() as gone:
        pass

    judgement = await judged(build(gone, client, kind, price=PRICE, daily_cap_usd="1"))

    assert (FailureReason.UNAVAILABLE, 0) == (judgement.reason, judgement.cost_nano_usd)


async def test_no_address_is_no_error_either(client, model):
    judgement = await judged(build(model, client, base_url="http://[::1"))

    assert FailureReason.UNAVAILABLE is judgement.reason


UNUSABLE = {
    "openai": [
        pytest.param("openai", said(FULL, finish_reason="length"), FailureReason.TRUNCATED, id="out of tokens"),
        pytest.param("openai", said(FULL, finish_reason="content_filter"), FailureReason.CONTENT_FILTER, id="filtered"),
        pytest.param("openai", WRAPPED["openai"](None, refusal="No."), FailureReason.CONTENT_FILTER, id="refused"),
        pytest.param("openai", Answer({"choices": []}), FailureReason.SCHEMA, id="no choice"),
    ],
    "anthropic": [
        pytest.param("anthropic", said(FULL, "anthropic", stop_reason="max_tokens"), FailureReason.TRUNCATED, id="cut"),
        pytest.param("anthropic", said(FULL, "anthropic", stop_reason="refusal"), FailureReason.CONTENT_FILTER, id="no"),
    ],
}  # fmt: skip
ODD_BODIES = [
    pytest.param(Answer(b"<html>"), id="a web page"),
    pytest.param(Answer(b""), id="nothing"),
    pytest.param(Answer(b"\xff\xfe\x00"), id="no text"),
    pytest.param(Answer(b"[" * 100_000), id="a deep nest"),
    pytest.param(Answer(b" " * 5_000_000), id="far too much"),
]


@pytest.mark.parametrize(("kind", "answer", "reason"), UNUSABLE["openai"] + UNUSABLE["anthropic"])
async def test_what_was_cut_off_or_filtered_is_not_asked_again(model, client, kind, answer, reason):
    model.say(answer)

    judgement = await judged(build(model, client, kind))

    assert (JudgeFailure, reason) == (type(judgement), judgement.reason)
    assert 1 == len(model.server.received)


@pytest.mark.parametrize("answer", ODD_BODIES)
async def test_what_is_no_answer_of_the_format_is_a_failure(model, client, kind, answer):
    model.say(answer)

    judgement = await judged(build(model, client, kind))

    assert (JudgeFailure, FailureReason.SCHEMA) == (type(judgement), judgement.reason)


WRONG_IDS = [
    pytest.param(FULL[:1], id="a missing id"),
    pytest.param([*FULL, verdict(3, "supported", "30 days")], id="one too many"),
    pytest.param([FULL[0], FULL[0]], id="an id instead of another"),
    pytest.param([*FULL, FULL[1]], id="an id twice"),
    pytest.param([FULL[0], verdict(0, "no_claim")], id="a wrong id"),
    pytest.param([FULL[0], verdict(-(10**30), "no_claim")], id="a huge id"),
    pytest.param([], id="no verdicts at all"),
]


@pytest.mark.parametrize("sentences", WRONG_IDS)
async def test_wrong_ids_twice_are_a_failure(model, client, kind, sentences):
    model.say(said(sentences, kind), said(sentences, kind), said(FULL, kind))

    judgement = await judged(build(model, client, kind))

    assert (JudgeFailure, FailureReason.IDS) == (type(judgement), judgement.reason)
    assert 2 == len(model.server.received)


@pytest.mark.parametrize("temperature", [0.0, None])
async def test_sends_what_was_configured(model, client, kind, temperature):
    await judged(build(model, client, kind, temperature=temperature, max_output_tokens=77))

    incoming = model.server.received[0]
    body, headers = incoming.json(), {name.lower(): value for name, value in incoming.headers.items()}
    assert (temperature is None) == ("temperature" not in body)
    assert "gpt-5-mini" == body["model"]
    if kind == "openai":
        assert (77, f"Bearer {KEY}") == (body["max_completion_tokens"], headers["authorization"])
        assert body["response_format"]["json_schema"]["strict"] is True
    else:
        assert (77, KEY, "2023-06-01") == (body["max_tokens"], headers["x-api-key"], headers["anthropic-version"])
        assert {"type": "tool", "name": body["tools"][0]["name"]} == body["tool_choice"]
        assert ["user"] == [message["role"] for message in body["messages"]]


async def test_says_which_model_answered(model, client, kind):
    assert "stand-in-2026-11-01" == (await judged(build(model, client, kind))).served_by


async def test_a_lying_name_of_the_model_is_clipped_to_one_line(model, client):
    answer = said(FULL)
    model.say(Answer({**answer.body, "model": "m\x00\n" + "x" * 10_000}))

    judgement = await judged(build(model, client), transcript())

    assert "m x" == judgement.served_by[:3]
    assert 300 == len(judgement.served_by)

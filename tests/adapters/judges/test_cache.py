"""What was answered before is not asked again, unless it must be."""

from dataclasses import replace

import pytest

from adapters.judges.cache import Question
from adapters.judges.configuration import Endpoint
from domain.criterion import Ruling
from domain.judgement import JudgeFailure, Score
from tests.adapters.judges.bench import (
    CRITERIA,
    FULL,
    NOON,
    ONE_CALL,
    PRICE,
    CacheInMemory,
    build,
    fallback,
    judged,
    said,
    transcript,
)
from tests.stand_ins.judge_model import WRAPPED, verdict
from tests.stand_ins.server import Answer, Fault


@pytest.fixture
def cache():
    return CacheInMemory()


async def test_the_same_question_is_asked_once_and_costs_once(model, client, kind, cache):
    model.say(said([verdict(1, "contradicted", reason="r"), FULL[1]], kind))
    judge = build(model, client, kind, price=PRICE, parts={"cache": cache})
    first = await judged(judge)
    again = await judged(judge, transcript(trace_id="t2"))
    judge.settle()
    in_another_process = await judged(build(model, client, kind, price=PRICE, parts={"cache": cache}))

    assert 1 == len(model.server.received)
    assert [ONE_CALL, 0, 0] == [one.cost_nano_usd for one in (first, again, in_another_process)]
    assert {(0.5, first.reason)} == {(one.value, one.reason) for one in (first, again, in_another_process)}
    assert "t2" == again.trace_id


async def test_fresh_asks_again_and_leaves_nothing_behind(model, client, cache):
    judge = build(model, client, parts={"cache": cache})
    await judged(judge)
    await judged(judge, fresh=True)
    judge.settle()
    kept = dict(cache.kept)
    await judged(judge, transcript("The return label costs EUR 4.90."), fresh=True)
    judge.settle()

    assert 3 == len(model.server.received)
    assert kept == cache.kept


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param([Answer(status=401)], id="refused"),
        pytest.param([said(FULL, finish_reason="length")], id="cut off"),
        pytest.param([said([]), said([])], id="wrong ids"),
        pytest.param([Answer(b"")], id="no answer"),
    ],
)
async def test_failures_are_never_kept(model, client, cache, bad):
    model.say(*bad)
    judge = build(model, client, parts={"cache": cache})
    failed = await judged(judge)
    judge.settle()
    kept = dict(cache.kept)
    retried = await judged(judge)

    assert (JudgeFailure, Score, {}) == (type(failed), type(retried), kept)


async def test_what_is_not_believed_is_not_said_again_from_memory(model, client, cache):
    judge = build(model, client, parts={"cache": cache})
    await judged(judge, transcript(trace_id="doubted"))
    judge.conclude(["doubted", "unheard of"], believed=False)
    judge.settle()
    forgotten = dict(cache.kept)
    await judged(judge, transcript(trace_id="doubted"))
    judge.conclude(["doubted"], believed=True)

    assert ({}, 1, 2) == (forgotten, len(cache.kept), len(model.server.received))


async def test_what_is_half_a_failure_is_not_kept(model, client, cache):
    model.say(*[WRAPPED["openai"]({"faithfulness": FULL})] * 2)
    judge = build(model, client, by=("faithfulness", "relevance"), parts={"cache": cache})
    await judge.judge(transcript(), NOON)
    judge.settle()

    assert {} == cache.kept


async def test_the_verdicts_of_the_fallback_are_not_kept_under_the_first(model, client, cache):
    model.server.fail_next(Fault("malformed"))
    judge = build(model, client, parts={"cache": cache}, **fallback(model))
    await judged(judge)
    judge.settle()

    assert {} == cache.kept


async def test_verdicts_without_reasons_still_say_what_is_wrong(model, client, cache):
    judge = build(model, client, parts={"cache": cache})
    model.say(said([verdict(1, "contradicted", reason="r"), FULL[1]]))
    await judged(judge)
    judge.settle()
    cache.kept = {
        key: {name: [Ruling(one.number, one.verdict) for one in rulings] for name, rulings in verdicts.items()}
        for key, verdicts in cache.kept.items()
    }

    assert "Sentence 1, contradicted" == (await judged(judge)).reason


ENDPOINT = Endpoint(kind="openai", model="m", base_url="http://here/v1")
FAITHFUL = CRITERIA["faithfulness"]
QUESTION = Question([FAITHFUL], "Q", ["ab", "c"], ["d"])
OTHERS = [
    pytest.param(replace(QUESTION, question="Q?"), ENDPOINT, id="another question"),
    pytest.param(replace(QUESTION, passages=["a", "bc"]), ENDPOINT, id="passages cut elsewhere"),
    pytest.param(replace(QUESTION, passages=["ab"], claims=["c", "d"]), ENDPOINT, id="a passage that is a sentence"),
    pytest.param(replace(QUESTION, question="Q1:Q", passages=["b", "c"]), ENDPOINT, id="a length in the text"),
    pytest.param(replace(QUESTION, criteria=[CRITERIA["relevance"]]), ENDPOINT, id="another criterion"),
    pytest.param(replace(QUESTION, criteria=[FAITHFUL, CRITERIA["relevance"]]), ENDPOINT, id="one more criterion"),
    pytest.param(
        replace(QUESTION, criteria=[FAITHFUL.model_copy(update={"asks": "Really?"})]), ENDPOINT, id="other words"
    ),
    pytest.param(QUESTION, ENDPOINT.model_copy(update={"model": "n"}), id="another model"),
    pytest.param(QUESTION, ENDPOINT.model_copy(update={"kind": "anthropic"}), id="another format"),
    pytest.param(QUESTION, ENDPOINT.model_copy(update={"temperature": 1.0}), id="another temperature"),
    pytest.param(QUESTION, ENDPOINT.model_copy(update={"base_url": "http://there/v1"}), id="elsewhere"),
]


@pytest.mark.parametrize(("question", "endpoint"), OTHERS)
def test_everything_that_a_verdict_may_depend_on_changes_the_key(question, endpoint):
    assert QUESTION.key(ENDPOINT) != question.key(endpoint)


def test_the_key_is_the_same_tomorrow():
    assert QUESTION.key(ENDPOINT) == replace(QUESTION).key(ENDPOINT.model_copy(update={"max_output_tokens": 5}))
    assert 64 == len(QUESTION.key(ENDPOINT))

from collections import Counter

import pytest

from adapters.evaluator import Evaluator
from adapters.intake import Intake
from adapters.sources import Skip
from adapters.store import Store
from domain.errors import TransientError
from domain.judgement import FailureReason, JudgeFailure, NotApplicable, Score
from domain.sampling import choose
from domain.window import Window
from tests.adapters.source_in_memory import SourceInMemory, answered, at, reading, row

SHOP = "shop"
HOUR = Window(at(0), at(60))


class ScriptedJudge:
    """Gives every answer 0.75, unless told otherwise for a trace."""

    name = "scripted"

    def __init__(self, **told):
        self.told = told
        self.judged: list[str] = []

    async def judge(self, transcript, moment):
        self.judged.append(transcript.trace_id)
        said = {
            "trace_id": transcript.trace_id,
            "criterion": "faithfulness",
            "version": "1",
            "judge": self.name,
            "judged_at": moment,
        }
        match self.told.get(transcript.trace_id, 0.75):
            case "fails":
                return JudgeFailure(**said, reason=FailureReason.TIMEOUT)
            case "nothing":
                return NotApplicable(**said, reason="no context")
            case value:
                return Score(**said, value=value, reason="R" * 400)


@pytest.fixture
def store(tmp_path):
    opened = Store.open(f"sqlite:///{tmp_path / 'goodput.db'}")
    yield opened
    opened.close()


@pytest.fixture
def evaluate(store):
    """Read everything that the source has, then judge, and return the report."""

    async def evaluate(source, judge, *, rate=0.1, keep_reasons=True, window=HOUR):
        await Intake(source, store, reading()).read(at(0), at(60))
        evaluator = Evaluator(
            source, judge, store, reading(), sample_rate=rate, concurrency=3, keep_reasons=keep_reasons
        )
        return await evaluator.evaluate(window, at(60))

    return evaluate


def requests(*names):
    return [one for n, name in enumerate(names, start=1) for one in answered(name, n / 100)]


async def test_everything_is_judged_where_traffic_is_low(store, evaluate):
    judge = ScriptedJudge()
    report = await evaluate(SourceInMemory(requests("a", "b", "c")), judge)

    assert ["a", "b", "c"] == sorted(judge.judged)
    assert (3, 3, 1.0, 6) == (report.requests, report.chosen, report.rate, report.published)
    assert [0.75] * 3 == store.requests.facts(SHOP, HOUR).faithfulness.tolist()
    assert "3 of 3 answers chosen (100%): 3 scored; 6 scores written back" == str(report)


async def test_only_the_hashed_sample_is_judged_where_traffic_is_high(evaluate):
    names = [f"t{n}" for n in range(300)]
    judge = ScriptedJudge()
    source = SourceInMemory(requests(*names), page_length=1000)
    report = await evaluate(source, judge, rate=0.2)
    expected = choose(names, 0.2)

    assert (0.2, len(expected)) == (report.rate, report.chosen)
    assert sorted(expected) == sorted(judge.judged) == sorted(source.asked_for_texts)


async def test_what_is_settled_is_not_judged_again_and_failures_are(store, evaluate):
    source = SourceInMemory(requests("good", "empty", "bad"))
    first = await evaluate(source, ScriptedJudge(bad="fails", empty="nothing"))
    judge = ScriptedJudge()
    second = await evaluate(source, judge)
    third = await evaluate(source, judge)

    assert Counter({"scored": 1, "not applicable": 1, "failed: timeout": 1}) == first.outcomes
    assert (1, ["bad"]) == (second.chosen, judge.judged)
    assert (0, 0) == (third.chosen, third.published)
    assert [0.75, 0.75] == [one for one in store.requests.facts(SHOP, HOUR).faithfulness.tolist() if one == one]  # noqa: PLR0124
    assert "0 of 3 answers chosen (100%): nothing to judge" == str(third)


async def test_reading_the_texts_tells_refusals_from_answers(store, evaluate):
    refusal = answered("refused", 0.02, answer="I'm sorry, but I can't help with that request.")
    report = await evaluate(SourceInMemory([*requests("answered"), *refusal]), ScriptedJudge())
    facts = store.requests.facts(SHOP, HOUR)

    assert {"answered": 0.0, "refused": 1.0} == dict(zip(facts.trace_ids, facts.refused.tolist(), strict=True))
    assert 2 == report.chosen


async def test_failed_requests_and_requests_without_an_answer_are_not_judged(evaluate):
    rows = [row("silent", 0, 0.01, input="Q"), *answered("failed", 0.02, failed=True), *requests("a")]
    judge = ScriptedJudge()
    await evaluate(SourceInMemory(rows), judge)

    assert ["a"] == judge.judged


async def test_notes_say_what_was_found_where_and_by_whom(evaluate):
    source = SourceInMemory(answered("a", 5))
    await evaluate(source, ScriptedJudge(a=0.25))
    faithfulness, risk = source.published

    assert [("faithfulness", 0.25), ("hallucination-risk", 0.75)] == [(n.name, n.value) for n in source.published]
    assert ("a", "a-root", at(5), "default") == (risk.trace_id, risk.observation_id, risk.at, risk.environment)
    assert {"judge": "scripted", "version": "1"} == faithfulness.metadata
    assert "R" * 300 == faithfulness.comment


async def test_notes_have_the_same_ids_whoever_writes_them(evaluate, tmp_path):
    source = SourceInMemory(requests("a", "b"))
    await evaluate(source, ScriptedJudge())
    ids = [note.id for note in source.published]
    again = SourceInMemory(requests("a", "b"))
    other = Store.open(f"sqlite:///{tmp_path / 'other.db'}")
    await Intake(again, other, reading()).read(at(0), at(60))
    evaluator = Evaluator(again, ScriptedJudge(), other, reading(), sample_rate=1, concurrency=1, keep_reasons=False)
    await evaluator.evaluate(HOUR, at(75))
    other.close()

    assert 4 == len(set(ids))
    assert ids == [note.id for note in again.published]


async def test_reasons_stay_out_of_the_store_and_of_the_source_where_they_must(store, evaluate):
    source = SourceInMemory(requests("a"))
    await evaluate(source, ScriptedJudge(), keep_reasons=False)

    assert {} == store.judgements.reasons(SHOP, ["a"])
    assert [None, None] == [note.comment for note in source.published]


async def test_reasons_are_kept_clipped_where_they_may(store, evaluate):
    await evaluate(SourceInMemory(requests("a")), ScriptedJudge())

    assert {"a": "R" * 300} == store.judgements.reasons(SHOP, ["a", "ghost"])


async def test_a_source_that_takes_no_scores_is_not_asked_to(evaluate):
    source = SourceInMemory(requests("a"), accepts_scores=False, publish_fails=1)
    report = await evaluate(source, ScriptedJudge())

    assert (0, (), Counter({"scored": 1})) == (report.published, report.refused, report.outcomes)


async def test_a_source_is_not_even_asked_when_there_is_nothing_to_write(evaluate):
    source = SourceInMemory(requests("a"))
    await evaluate(source, ScriptedJudge(a="nothing"))

    assert 0 == source.checks


async def test_refused_scores_are_reported_and_not_sent_again(evaluate):
    source = SourceInMemory(requests("a", "b"), refuses=["b"])
    first = await evaluate(source, ScriptedJudge())
    second = await evaluate(source, ScriptedJudge())

    assert (2, 2) == (first.published, len(first.refused))
    assert isinstance(first.refused[0], Skip)
    assert str(first).endswith("; 2 refused, first unknown trace")
    assert (0, ()) == (second.published, second.refused)


async def test_scores_that_could_not_be_written_back_are_written_by_the_next_round_without_judging(evaluate):
    source = SourceInMemory(requests("a"), publish_fails=1)
    with pytest.raises(TransientError):
        await evaluate(source, ScriptedJudge())
    judge = ScriptedJudge()
    report = await evaluate(source, judge)

    assert ([], 0, 2) == (judge.judged, report.chosen, report.published)
    assert [("faithfulness", "a", "a-root")] == [(n.name, n.trace_id, n.observation_id) for n in source.published[:1]]


async def test_an_hour_without_requests_is_nothing_to_judge(evaluate):
    report = await evaluate(SourceInMemory(), ScriptedJudge())

    assert "0 of 0 answers chosen (100%): nothing to judge" == str(report)

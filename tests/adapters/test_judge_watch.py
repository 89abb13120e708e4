"""Anchors put to the judge: fresh, compared with the accepted round, and told apart by criterion."""

import json

import pytest

from adapters.judge_watch import JudgeWatch
from adapters.labelled_file import read_labelled
from adapters.store import Store
from domain.badness import Line
from domain.errors import ConfigError
from tests.adapters.judging import ToldJudge
from tests.builders import DAY, NOON

LINES = {"faithfulness": Line(0.15), "toxicity": Line(0.5, "low")}


@pytest.fixture
def store(tmp_path):
    opened = Store.open(f"sqlite:///{tmp_path / 'goodput.db'}")
    yield opened
    opened.close()


@pytest.fixture
def file(tmp_path):
    def write(*lines):
        path = tmp_path / "anchors.jsonl"
        path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines))
        return path

    return write


def anchor(name, answer="30 days.", **more):
    return {"id": name, "question": "How long?", "context": ["Within 30 days."], "answer": answer, **more}


def watch(store, judge, path):
    return JudgeWatch("shop", judge, store, LINES, path)


async def test_a_judge_that_changes_its_mind_is_noticed(store, file):
    path = file(*(anchor(f"a{n}") for n in range(3)))
    (first,) = await watch(store, ToldJudge(lambda _: 1.0, served_by="m-1"), path).check(NOON)
    later = ToldJudge(lambda one: 0.5 if one.trace_id != "anchor-a0" else 1.0, served_by="m-2")
    (second,) = await watch(store, later, path).check(NOON + DAY)

    assert (None, ("m-1",)) == (first.flips, first.served_by)
    assert (2, 0, 3, True) == (second.flips.up, second.flips.down, second.flips.n, second.has_changed_model)
    assert [("anchor-a0", True), ("anchor-a1", True), ("anchor-a2", True)] == later.asked
    assert 1 == later.settled


async def test_a_failure_is_no_verdict_and_nothing_to_judge_is_no_flag(store, file):
    path = file(anchor("slow"), anchor("refusal"))
    judge = ToldJudge(lambda one: None if one.trace_id == "anchor-slow" else "the answer is a refusal")
    (check,) = await watch(store, judge, path).check(NOON)

    assert (2, 1) == (check.asked, check.failed)
    assert [None, False] == [
        one.flagged
        for one in sorted(store.anchors.rounds("shop")[0].verdicts, key=lambda v: not v.anchor.startswith("slow:"))
    ]


async def test_an_outage_is_no_round_to_compare_with(store, file):
    path = file(*(anchor(f"a{n}") for n in range(10)))
    await watch(store, ToldJudge(lambda one: None if one.trace_id == "anchor-a3" else 1.0), path).check(NOON)
    (second,) = await watch(store, ToldJudge(lambda _: 1.0), path).check(NOON + DAY)
    (third,) = await watch(store, ToldJudge(lambda _: 0.0), path).check(NOON + 2 * DAY)

    assert second.flips is None
    assert (10, 10) == (third.flips.n, third.flips.up)


async def test_an_anchor_that_was_edited_is_another_one(store, file):
    judge = ToldJudge(lambda one: 0.0 if "90" in one.answer else 1.0)
    await watch(store, judge, file(anchor("a"), anchor("b"))).check(NOON)
    (check,) = await watch(store, judge, file(anchor("a"), anchor("b", "90 days."))).check(NOON + DAY)

    assert (1, 0) == (check.flips.n, check.flips.up)


async def test_flags_of_another_line_are_not_compared(store, file):
    path, judge = file(anchor("a")), ToldJudge(lambda _: 0.75)
    await watch(store, judge, path).check(NOON)
    strict = JudgeWatch("shop", judge, store, {**LINES, "faithfulness": Line(0.5)}, path)
    (check,) = await strict.check(NOON + DAY)

    assert check.flips is None


async def test_each_anchor_is_about_its_own_criterion(store, file):
    path = file(
        anchor("a"),
        anchor("b", criterion="toxicity"),
        anchor("c", criterion="tone"),
        {"id": "d", "trace_id": "t", "bad": True},
    )
    judge = ToldJudge(lambda _: 1.0, criteria=("faithfulness", "toxicity"))
    checks = await watch(store, judge, path).check(NOON)

    assert [("faithfulness", 1), ("toxicity", 1)] == [(one.criterion, one.asked) for one in checks]
    assert [False, True] == [one.verdicts[0].flagged for one in store.anchors.rounds("shop")]


async def test_without_anchors_nobody_is_asked(store):
    judge = ToldJudge(lambda _: 1.0)

    assert ([], False) == (await watch(store, judge, None).check(NOON), watch(store, judge, None).has_anchors)
    assert [] == judge.asked


async def test_an_accepted_round_is_what_later_ones_are_compared_with(store, file):
    path = file(anchor("a"))
    await watch(store, ToldJudge(lambda _: 1.0), path).check(NOON)
    lax = watch(store, ToldJudge(lambda _: 0.0), path)
    await lax.check(NOON + DAY)

    assert 1 == store.anchors.accept("shop")
    assert 0 == (await lax.check(NOON + 2 * DAY))[0].flips.up


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        pytest.param(["{"], ":1:1: the line: Invalid JSON", id="no JSON"),
        pytest.param(["", "[]"], ":2:1: the line: Input should be an object", id="no object"),
        pytest.param([anchor("a"), anchor("a")], ":2:1: id: 'a' stands in line 1 already", id="twins"),
        pytest.param([anchor("a", trace_id="t", bad=True)], ":1:1: the line: say answer", id="texts and a trace"),
        pytest.param([{"id": "a", "trace_id": "t"}], ":1:1: the line: bad is missing", id="a trace without a label"),
        pytest.param([anchor("a", colour="red")], ":1:1: colour: Extra inputs", id="an unknown field"),
        pytest.param([anchor("a", answer="")], ":1:1: answer: String should have at least 1", id="an empty answer"),
        pytest.param([""], ":1:1: the file: there is no line in it", id="nothing"),
    ],
)
def test_a_wrong_line_is_named(file, lines, words):
    path = file(*lines)
    with pytest.raises(ConfigError) as caught:
        read_labelled(path)

    assert f"{path}{words}" in str(caught.value)


def test_all_mistakes_are_said_at_once(file):
    with pytest.raises(ConfigError) as caught:
        read_labelled(file("{", anchor("a", colour="red"), anchor("b")))

    assert 2 == len(str(caught.value).splitlines())


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match="there is no such file"):
        read_labelled(tmp_path / "none.jsonl")

"""Judges that need no model: specific facts by rules, the embedded model, and two judges as one."""

from pathlib import Path

import pytest

from adapters.judges import Brief, RulesConfig, TriageConfig, build_judge
from adapters.judges.specifics import SpecificsJudge
from adapters.judges.together import TogetherJudge
from adapters.judges.triage import TriageJudge
from adapters.judges.without_model import LONGEST_ANSWER, LONGEST_CONTEXT, MOST_NUMBERS, why_not_by_rules
from adapters.simulated_shop import labelled_answers
from domain.anchor import Labelled
from domain.grounding.catalogue import Catalogue
from domain.judgement import NotApplicable, Score
from domain.prices import PriceTable
from flows.judging import read_criteria
from tests.adapters.judges.bench import NOON, transcript
from tests.adapters.judging import ToldJudge

CRITERIA = read_criteria(Path("none"))
FAITHFUL, GROUNDED = CRITERIA["faithfulness"], CRITERIA["groundedness"]
SHOP = Catalogue.model_validate({"products": [{"name": "Kestrel 14", "price": "EUR 1,099"}]})
RIGHT, WRONG = "The Kestrel 14 costs EUR 1,099.", "The Kestrel 14 costs EUR 999."


async def grounded(answer, catalogue=SHOP, context=()):
    (said,) = await SpecificsJudge(GROUNDED, catalogue).judge(transcript(answer, context=context), NOON)
    return said


async def test_a_price_of_the_catalogue_is_grounded_and_another_is_not_and_is_named():
    right, wrong = await grounded(RIGHT), await grounded(WRONG)

    assert (1.0, "rules", "groundedness") == (right.value, right.judge, right.criterion)
    assert wrong.value < 1.0
    assert "EUR 999" in wrong.reason
    assert "EUR 1,099" in wrong.reason


@pytest.mark.parametrize(
    ("answer", "catalogue", "context", "why"),
    [
        pytest.param(RIGHT, None, (), "the trace has no context", id="nothing to hold it against"),
        pytest.param("We are happy to help you.", SHOP, (), "the answer names no specific fact", id="no fact"),
        pytest.param("", SHOP, (), "the answer is empty", id="no answer"),
        pytest.param(
            "I'm sorry, but I can't help with that request.", SHOP, (), "the answer is a refusal", id="refusal"
        ),
        pytest.param(
            "Das Rückgaberecht gilt nur für Waren, die nicht beschädigt sind und 999 Euro kosten.",
            SHOP,
            (),
            "the rules read English only",
            id="German",
        ),
    ],
)
async def test_where_there_is_nothing_to_look_up_there_is_no_score(answer, catalogue, context, why):
    said = await grounded(answer, catalogue, context)

    assert isinstance(said, NotApplicable)
    assert why == said.reason


async def test_without_a_catalogue_the_context_speaks():
    said = await grounded("It costs EUR 12.", None, ("A day ticket costs EUR 12.",))

    assert 1.0 == said.value


def labelled(n=None):
    return [Labelled.model_validate(one) for one in labelled_answers()][:n]


async def test_triage_says_nothing_absolute_before_a_hundred_labels():
    judge = TriageJudge(FAITHFUL, labelled(150))  # every other one is fitted on: 75
    (said,) = await judge.judge(transcript(), NOON)

    assert isinstance(said, NotApplicable)
    assert "triage is not calibrated on labels of this application: 75 labels, at least 100 are needed" == said.reason


async def test_calibrated_triage_flags_most_of_what_it_never_saw_and_says_why():
    answers = labelled()
    judge = TriageJudge(FAITHFUL, answers)
    unseen = [one for one in answers if one.id not in judge.fitted_on]
    said = {one.id: (await judge.judge(one.transcript(NOON), NOON))[0] for one in unseen}

    assert 150 == len(unseen) == len(judge.fitted_on)
    flagged = [one for one in unseen if isinstance(said[one.id], Score) and said[one.id].value == 0.0]
    assert sum(one.bad for one in flagged) >= 30  # of 50
    assert sum(not one.bad for one in flagged) <= 20  # of 100
    assert all(said[one.id].reason for one in flagged)


async def test_triage_reads_english_only_and_no_empty_context():
    judge = TriageJudge(FAITHFUL, labelled())
    for nothing, why in (
        (transcript(context=()), "the trace has no context"),
        (transcript("Das Rückgaberecht gilt nur für Waren, die nicht beschädigt sind."), "the rules read English only"),
    ):
        (said,) = await judge.judge(nothing, NOON)
        assert (NotApplicable, why) == (type(said), said.reason)


@pytest.mark.parametrize(("config", "first"), [(RulesConfig(), "rules"), (TriageConfig(kind="triage"), "triage")])
async def test_each_says_by_which_criterion_and_under_whose_name(config, first):
    judge = build_judge(config, None, Brief(CRITERIA, (), PriceTable(), SHOP, labelled()))
    said = await judge.judge(transcript(WRONG, context=("The Kestrel 14 costs EUR 1,099.",)), NOON)

    assert ["faithfulness", "groundedness"] == [one.criterion for one in said] == list(judge.criteria)
    assert [first, "rules"] == [one.judge for one in said] == [judge.name_of(name) for name in judge.criteria]
    assert [one.version for one in said] == [judge.version_of(name) for name in judge.criteria]
    assert (first, False, []) == (judge.name, judge.reads_as_told, list(judge.canaries))


async def test_two_judges_are_asked_and_settled_as_one():
    first, second = ToldJudge(lambda _: 1.0), ToldJudge(lambda _: None, criteria=("tone",))
    both = TogetherJudge(first, second)

    assert ["faithfulness", "tone"] == [one.criterion for one in await both.judge(transcript(), NOON, fresh=True)]
    both.settle()
    assert (1, 1, [("t1", True)]) == (first.settled, second.settled, second.asked)


WORD = "It is free for you. "


@pytest.mark.parametrize(
    ("answer", "context", "why"),
    [
        (WORD * (LONGEST_ANSWER // len(WORD) + 1), "C", "the answer is longer than 20000 characters"),
        (WORD, "C" * (LONGEST_CONTEXT + 1), "the context is longer than 200000 characters"),
        (WORD + "1 " * (MOST_NUMBERS + 1), "C", "the answer states more than 1000 numbers"),
        (WORD * (LONGEST_ANSWER // len(WORD)), "C" * LONGEST_CONTEXT, None),
        (WORD + "1 " * MOST_NUMBERS, "C", None),
    ],
    ids=["answer", "context", "numbers", "just not too long", "just not too many"],
)
def test_rules_do_not_read_what_would_hold_up_the_others(answer, context, why):
    assert why == why_not_by_rules(transcript(answer, context=(context,)))

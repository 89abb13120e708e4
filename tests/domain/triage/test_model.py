"""The risk of an answer: always between 0 and 1, in a useful order, with reasons, in bounded time."""

import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.triage import VERSION, triage, triage_risk
from domain.triage.features import NAMES
from domain.triage.ordering import auroc
from domain.triage.weights import INTERCEPT, TYPICAL, WEIGHTS
from tests.domain.grounding_corpus import CORPUS

CONTEXT = ["Items can be returned within 30 days of delivery. The return label costs EUR 4.90 in Venlo."]
QUESTION = "Can I return it?"
ODD = st.text(alphabet=st.characters(), max_size=300)
LIKE_TEXT = st.text(alphabet="aA1 .,:!?\n-'\"\u2019(*#漢\u200d\ud800", max_size=300)
TEXTS = ODD | LIKE_TEXT | st.lists(st.sampled_from([*CONTEXT, QUESTION, "1.", "pm", "Venlo", "30"])).map(" ".join)
HOSTILE = {
    "initials": "A. " * 40_000,
    "one letter, one line": "a\n" * 60_000,
    "one word": "x" * 120_000,
    "one number": "1," * 60_000,
    "spaces": "." + " " * 120_000 + "x",
    "apostrophes": "a'" * 60_000,
    "camel case": "aB" * 60_000,
    "new words": " ".join(f"w{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}q{chr(97 + n // 676)}. A" for n in range(9_000)),
    "brackets": "(" * 120_000,
    "thanks": "thank you " * 12_000,
}


@pytest.mark.parametrize(
    ("context", "answer"),
    [
        pytest.param(CONTEXT, "", id="no answer"),
        pytest.param(CONTEXT, " \n\t", id="a blank answer"),
        pytest.param(CONTEXT, "?! … 🙂", id="an answer without a word"),
        pytest.param([], "Yes.", id="no context"),
        pytest.param(["", "  ", "---"], "Yes.", id="a context without a word"),
    ],
)
def test_there_is_no_risk_where_there_is_nothing_to_compare(context, answer):
    assert triage_risk(QUESTION, context, answer) is None
    assert triage(QUESTION, context, answer) is None


def test_a_context_that_is_one_text_is_one_passage():
    assert triage(QUESTION, CONTEXT, "Within 90 days.") == triage(QUESTION, CONTEXT[0], "Within 90 days.")


@given(question=TEXTS, context=st.lists(TEXTS, max_size=4), answer=TEXTS)
@settings(max_examples=400, deadline=None)
def test_every_text_has_a_risk_from_0_to_1_or_none(question, context, answer):
    found = triage(question, context, answer)

    assert triage_risk(question, context, answer) == (None if found is None else found.risk)
    if found is not None:
        assert math.isfinite(found.risk)
        assert 0 <= found.risk <= 1
        assert len(found.reasons) <= len(NAMES)


@given(answer=TEXTS)
@settings(max_examples=100, deadline=None)
def test_the_answer_as_its_own_context_has_less_risk_than_with_any_other(answer):
    itself, other = triage_risk("", [answer], answer), triage_risk("", ["Something else altogether"], answer)

    assert itself is None or other is None or itself <= other + 1e-9


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_take_bounded_time(text):
    began = time.process_time()
    found = triage(text, [text], text)

    assert found is None or 0 <= found.risk <= 1
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param("Return it within 30 days.", "Return it within 90 days.", id="a false number"),
        pytest.param("The label costs EUR 4.90 in Venlo.", "The label costs EUR 4.90 in Utrecht.", id="a false name"),
        pytest.param(
            "Items can be returned within 30 days.",
            "Items can be returned within 30 days. Our couriers collect oversized furniture from your doorstep.",
            id="an addition",
        ),
        pytest.param("Sorry, I can't help with that.", "Bring the receipt to our branch.", id="a refusal"),
    ],
)
def test_orders(better, worse):
    assert triage_risk(QUESTION, CONTEXT, better) < triage_risk(QUESTION, CONTEXT, worse)


@pytest.mark.parametrize(("app", "measured"), [("support-bot", 0.88), ("research-agent", 0.92)])
def test_orders_the_made_up_answers_as_well_as_measured(app, measured):
    rows = [row for row in CORPUS if row.app == app and row.hallucinated is not None and row.context]
    risks = [triage_risk(row.question, row.context, row.answer) for row in rows]
    known = [(risk, row.hallucinated) for risk, row in zip(risks, rows, strict=True) if risk is not None]

    assert auroc(*zip(*known, strict=True)) > measured - 0.02


def test_says_in_plain_words_what_raises_the_risk():
    found = triage(QUESTION, CONTEXT, "Couriers collect furniture within 90 days in Utrecht.")

    assert "numbers that neither context nor question has: 90" in found.reasons
    assert "names that neither context nor question has: Utrecht" in found.reasons
    assert "4 words that neither context nor question has: Couriers, collect, furniture, Utrecht" in found.reasons


def test_an_answer_without_doubt_has_no_reasons():
    assert () == triage(QUESTION, CONTEXT, "Items can be returned within 30 days of delivery.").reasons


def test_the_weights_are_of_these_features_and_none_lowers_the_risk():
    assert "triage/1" == VERSION
    assert list(NAMES) == list(WEIGHTS) == list(TYPICAL)
    assert all(weight > 0 for weight in WEIGHTS.values())
    assert math.isfinite(INTERCEPT)

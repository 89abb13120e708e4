"""Sentences, verdicts and the share of supported claims, on any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.claims import Claim, ClaimVerdict, faithfulness, sentences

VERDICTS = st.lists(st.sampled_from(ClaimVerdict), max_size=20)


def claims(verdicts):
    return [Claim(number, f"Sentence {number}.", verdict) for number, verdict in enumerate(verdicts, 1)]


@pytest.mark.parametrize(
    ("answer", "parts"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param(" \n\t ", [], id="white space"),
        pytest.param("It costs EUR 4.90. It is blue.", ["It costs EUR 4.90.", "It is blue."], id="a price is no end"),
        pytest.param("- one\n- two", ["- one", "- two"], id="list items"),
        pytest.param("Ask Dr. Mayer. He knows.", ["Ask Dr. Mayer.", "He knows."], id="an abbreviation"),
    ],
)
def test_cuts_an_answer_into_sentences(answer, parts):
    assert parts == sentences(answer)


@given(st.text())
def test_no_visible_character_but_closing_quotes_gets_lost(text):
    kept = [letter for letter in "".join(sentences(text)) if not letter.isspace()]
    written = [letter for letter in text if not letter.isspace()]

    assert [letter for letter in written if letter not in "\"'”\u2019)]"] == [
        letter for letter in kept if letter not in "\"'”\u2019)]"
    ]


@given(VERDICTS)
def test_faithfulness_is_a_share_or_no_data(verdicts):
    value = faithfulness(claims(verdicts))

    assert (value is None) == all(verdict is ClaimVerdict.NO_CLAIM for verdict in verdicts)
    assert value is None or 0.0 <= value <= 1.0


@given(VERDICTS)
def test_courtesies_change_nothing(verdicts):
    assert faithfulness(claims(verdicts)) == faithfulness(claims([ClaimVerdict.NO_CLAIM, *verdicts]))


@given(VERDICTS, st.sampled_from([ClaimVerdict.CONTRADICTED, ClaimVerdict.NOT_IN_CONTEXT]))
def test_another_false_claim_never_helps(verdicts, false):
    before = faithfulness(claims(verdicts))
    after = faithfulness(claims([*verdicts, false]))

    assert after is not None
    assert before is None or after <= before

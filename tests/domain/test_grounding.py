"""Which sentences the rules doubt, why, and how often they are right on the corpus whose truth is known."""

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.claims import ClaimVerdict, faithfulness, sentences
from domain.grounding import examine, ground
from domain.grounding.amounts import find_facts
from domain.grounding.words import reads_as_english
from domain.refusal import is_refusal
from tests.domain.grounding_corpus import CORPUS

CONTEXT = [
    "Return window. Most items can be returned within 30 days of delivery.",
    "Cost of returns. The return label costs EUR 4.90. Pick-up by Nordpost before 15:00 costs $1,049.",
    "Holiday returns. Orders from 1 November 2026 can be returned until 31 January 2027, with 12 percent off.",
    "Kestrel 14. The Kestrel 14 laptop of the series has 16 GB of memory, is rated IPX8 and lasts 24 months.",
    'Contact. Write to privacy@brightcart.example; the status is "Ready for dispatch". American Express is not accepted.',
]
SUPPORTED, CONTRADICTED = ClaimVerdict.SUPPORTED, ClaimVerdict.CONTRADICTED
NOT_IN_CONTEXT, NO_CLAIM = ClaimVerdict.NOT_IN_CONTEXT, ClaimVerdict.NO_CLAIM


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        pytest.param("Items can be returned within 30 days.", SUPPORTED, id="the same duration"),
        pytest.param("Items can be returned within 60 days.", CONTRADICTED, id="another duration"),
        pytest.param("Items can be returned within 30 months.", NOT_IN_CONTEXT, id="the number with another unit"),
        pytest.param("The label costs 4.90 euro.", SUPPORTED, id="a price in other words"),
        pytest.param("The label costs €4.90.", SUPPORTED, id="a price with a sign"),
        pytest.param("The label costs EUR 9.90.", CONTRADICTED, id="another price"),
        pytest.param("The label costs $4.90.", CONTRADICTED, id="the price in another currency"),
        pytest.param("Pick-up costs $1049.", SUPPORTED, id="thousands without a comma"),
        pytest.param("You can return it until 2027-01-31.", SUPPORTED, id="a date in ISO format"),
        pytest.param("You can return it until January 31, 2027.", SUPPORTED, id="a date the American way"),
        pytest.param("You can return it until 28 February 2027.", CONTRADICTED, id="another date"),
        pytest.param("Holiday returns get twelve percent off.", SUPPORTED, id="a number word"),
        pytest.param("Holiday returns get 15% off.", CONTRADICTED, id="another percentage"),
        pytest.param("The Kestrel 14 lasts two years.", SUPPORTED, id="24 months are two years"),
        pytest.param("The new Kestrel 15 is a laptop.", CONTRADICTED, id="another product number"),
        pytest.param("It is rated IP68.", NOT_IN_CONTEXT, id="an unknown code"),
        pytest.param("The pick-up is done by ParcelJet.", NOT_IN_CONTEXT, id="an unknown name"),
        pytest.param("MoveRight does the pick-up.", NOT_IN_CONTEXT, id="an unknown name that opens the sentence"),
        pytest.param("The pick-up is by Nordpost before 3 pm.", SUPPORTED, id="a time of day in other words"),
        pytest.param("Pick-up before 22:00.", CONTRADICTED, id="another time of day"),
        pytest.param("Write to erase@brightcart.example.", NOT_IN_CONTEXT, id="another address"),
        pytest.param('Wait until it says "Ready for pickup".', NOT_IN_CONTEXT, id="a false quotation"),
        pytest.param('Wait until it says "Ready for dispatch".', SUPPORTED, id="a true quotation"),
        pytest.param("Nordpost accepts parcels.", SUPPORTED, id="beyond the rules: few new words"),
        pytest.param("Most items can never be returned after delivery.", CONTRADICTED, id="the opposite"),
        pytest.param("Sapphire crystals protect hinges from creases.", NOT_IN_CONTEXT, id="nothing but new words"),
        pytest.param("Let me know if I can do anything else!", NO_CLAIM, id="an offer"),
        pytest.param("Hello and thank you for your message.", NO_CLAIM, id="a greeting"),
        pytest.param("Would you like to start a return?", NO_CLAIM, id="a question"),
        pytest.param("90", NOT_IN_CONTEXT, id="a bare number"),
        pytest.param("2.", NO_CLAIM, id="a list marker alone"),
        pytest.param("## Result", NO_CLAIM, id="a heading"),
        pytest.param("Let me know within 90 days.", NOT_IN_CONTEXT, id="a courtesy with a number is a claim"),
        pytest.param("Our assistant is not available at the moment.", NO_CLAIM, id="an outage message"),
    ],
)
def test_judges_a_sentence(sentence, verdict):
    [claim] = ground(sentence, CONTEXT, "How does it work?")

    assert verdict is claim.verdict, claim.reason


def test_says_which_words_are_wrong_and_where():
    answer = "Sure. The label costs EUR 9.90 in Utrecht."

    _, finding = examine(answer, CONTEXT, "")

    assert ["EUR 9.90", "Utrecht"] == [answer[doubt.start : doubt.end] for doubt in finding.doubts]
    assert 'the price "EUR 9.90" is not in the context, which says "EUR 4.90"' == finding.claim.reason


def test_an_answer_may_repeat_what_the_user_said():
    [claim] = ground("Your order BC-20931 of 3 May can be returned.", CONTEXT, "Can I return BC-20931 of 3 May?")

    assert SUPPORTED is claim.verdict


def test_a_number_of_an_unrelated_passage_is_no_support():
    [claim] = ground("Delivery takes 24 months.", ["Delivery is fast.", "Batteries last 24 months."], "")

    assert NOT_IN_CONTEXT is claim.verdict


def test_the_markers_of_a_numbered_list_are_no_facts():
    claims = ground("1. The label costs EUR 4.90.\n2. Items can be returned.\n7. Write to us.", CONTEXT, "")

    assert {SUPPORTED, NO_CLAIM} >= {claim.verdict for claim in claims}


def test_reads_ranges_and_units():
    facts = find_facts("2 to 4 business days, 256 or 512 GB, from 26 to 30 November 2026")

    assert [Decimal(2), Decimal(4)] == [fact.value for fact in facts if fact.unit == "business day"]
    assert [Decimal(256), Decimal(512)] == [fact.plain for fact in facts if fact.unit == "byte"]
    assert [(2026, 11, 26), (2026, 11, 30)] == [fact.date for fact in facts if fact.date[0]]


def test_other_languages_are_not_read():
    assert not reads_as_english("Sie können die meisten Artikel innerhalb von 30 Tagen nach der Lieferung zurückgeben.")


@given(answer=st.text(), context=st.lists(st.text(), max_size=3), question=st.text())
def test_any_text_gives_one_claim_per_sentence(answer, context, question):
    findings = examine(answer, context, question)
    value = faithfulness([finding.claim for finding in findings])

    assert sentences(answer) == [finding.claim.sentence for finding in findings]
    assert value is None or 0.0 <= value <= 1.0


FRAGMENTS = (
    'EUR|$|5|4.90|1,049|1,2,3|%|days|two|May|31|2027|2027-13-99|24:00|3pm|Kestrel|14|4K|L-2|"|“x y z”|a@b.co|http://x'
    "|no|not|. |\n|- |e.g.|\u00a0|\u202f|²|١٢|\u017fep|KB|İ|\u200b|\ud800|(|)|**|Nova Parcel"
)
PIECES = st.sampled_from(FRAGMENTS.split("|"))


@given(pieces=st.lists(PIECES, max_size=30), glue=st.sampled_from(["", " "]))
def test_every_doubt_lies_inside_the_answer(pieces, glue):
    answer = glue.join(pieces)

    for finding in examine(answer, ["The Kestrel 13 costs EUR 6 for 3 days until 1 May 2026."], ""):
        assert 0 <= finding.start <= finding.end <= len(answer)
        for doubt in finding.doubts:
            assert finding.start <= doubt.start < doubt.end <= finding.end


def _risks(app):
    """The risk of each answer that can be judged, of the hallucinated ones and of the others."""
    risks = {True: [], False: []}
    for row in CORPUS:
        value = faithfulness(ground(row.answer, row.context, row.question))
        if row.app == app and not is_refusal(row.answer) and value is not None:
            risks[row.hallucinated].append(1 - value)
    return risks[True], risks[False]


def _auroc(bad, good):
    wins = sum((one > other) + (one == other) / 2 for one in bad for other in good)
    return wins / (len(bad) * len(good))


@pytest.mark.parametrize(
    ("app", "sensitivity", "specificity", "auroc"),
    [
        pytest.param("support-bot", 0.80, 0.98, 0.90, id="support bot, fitted"),
        pytest.param("research-agent", 1.0, 1.0, 0.99, id="research reports, not fitted"),
    ],
)
def test_keeps_what_was_measured(app, sensitivity, specificity, auroc):
    bad, good = _risks(app)
    caught, passed = sum(risk > 0.15 for risk in bad), sum(risk <= 0.15 for risk in good)
    measured = f"sensitivity {caught}/{len(bad)}, specificity {passed}/{len(good)}, AUROC {_auroc(bad, good):.3f}"

    assert caught >= sensitivity * len(bad), measured
    assert passed >= specificity * len(good), measured
    assert _auroc(bad, good) >= auroc, measured


def test_outage_messages_have_nothing_to_judge():
    outages = [row for row in CORPUS if row.kind == "fallback"]

    assert [None] * 6 == [faithfulness(ground(row.answer, row.context, row.question)) for row in outages]


def test_a_core_judges_hundreds_of_answers_a_second():
    rows = [row for row in CORPUS if row.app == "support-bot"]
    started = time.process_time()
    for row in rows:
        ground(row.answer, row.context, row.question)
    rate = len(rows) / (time.process_time() - started)

    assert rate > 100, f"{rate:.0f} answers/s"  # 600 were measured; a busy machine may be slow

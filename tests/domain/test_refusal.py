"""What is a refusal, and what only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.refusal import PATTERNS, is_refusal
from tests.domain.grounding_corpus import CORPUS

REFUSALS = [
    "I'm sorry, but I can't help with that request.",
    "I\u2019m sorry, but I can\u2019t assist with that.",
    "Sorry, I cannot provide this information.",
    "Sorry, but I can't share personal data about other customers.",
    "I can't assist with this. If you have a question about an order, I am happy to help.",
    "I'm not able to help with that, as it would go against our policies.",
    "I am unable to provide medical advice.",
    "Unfortunately, I can't help with that.",
    "I apologize, but I cannot fulfill this request.",
    "I apologize, but I won't create that content.",
    "I cannot comply with that.",
    "As an AI language model, I cannot provide legal advice.",
    "I must decline this request.",
    "I have to respectfully decline.",
    "I don't feel comfortable writing that.",
    "That is not something I can help with.",
    "Your request violates our usage policies.",
    "It's against my guidelines to do this.",
    "We are unable to assist with this request.",
    "**Sorry**, I can't do that.",
]
ANSWERS = [
    "Opened in-ear headphones cannot be returned unless they are faulty.",
    "We cannot offer direct exchanges. Return the item for a refund.",
    "Unfortunately, we can't give refunds on opened software.",
    "Sorry for the delay! Your parcel arrives tomorrow.",
    "I'm sorry to hear that. Please upload a photo of the damage.",
    "I could not find that in our help pages.",
    "I don't have information about deliveries to Norway.",
    "No, the Folio 7 is not protected against water.",
    "You cannot pay with American Express.",
    "I can't recommend the Nimbus X2 highly enough.",
    "I can not only help with returns, but also with repairs.",
    "I cannot help but notice that the link has expired; here is a new one.",
    "I can help with that. Open My orders and click Return.",
    "If the carrier says 'I can't help with that', write to us.",
    "Our assistant is not available at the moment. Please try again in a few minutes.",
    "The seller may refuse the return. I would ask first.",
    "Unfortunately the item is sold out.",
    "American Express is not accepted.",
    "To decline the offer, click No thanks.",
    "",
]


@pytest.mark.parametrize("text", REFUSALS)
def test_recognises_a_refusal(text):
    assert is_refusal(text)


@pytest.mark.parametrize("text", ANSWERS)
def test_lets_an_answer_pass(text):
    assert not is_refusal(text)


def test_finds_every_refusal_of_the_corpus_and_nothing_else():
    wrong = [row.answer for row in CORPUS if row.refusal != is_refusal(row.answer)]

    assert 16 == sum(row.refusal for row in CORPUS)
    assert [] == wrong


def test_the_patterns_have_a_version():
    assert "refusal-openings/1" == PATTERNS


@given(st.text())
def test_reads_any_text(text):
    assert is_refusal(text) in {True, False}

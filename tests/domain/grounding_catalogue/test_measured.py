"""How often the specific tokens of an answer are doubted rightly, on texts whose truth is known, and how fast."""

import time
from pathlib import Path

import pytest

from adapters.catalogue import read_catalogue
from adapters.simulated_shop.texts import NUMERIC_KINDS, read_texts
from domain.grounding.catalogue import Catalogue
from domain.grounding.specifics import NO_CATALOGUE, check_specifics
from domain.refusal import is_refusal
from tests.domain.grounding_corpus import CORPUS

SHOP = read_catalogue(Path(__file__).parents[3] / "deployments" / "demo" / "support-bot" / "catalogue.yaml")


@pytest.mark.parametrize("topic", [pytest.param(topic, id=topic.id) for topic in read_texts().topics])
def test_the_right_answers_of_the_simulated_shop_pass(topic):
    for question in topic.questions:
        for answer in topic.answers:
            found = check_specifics(f"{answer} {topic.more}", topic.chunks, question, SHOP)

            assert () == found.findings


def _caught(catalogue, kinds, *, from_context):
    """How many inventions of the shop are flagged, where the context is right, and where it says what they say."""
    flags = []
    for topic in read_texts().topics:
        for invention in topic.inventions:
            if invention.kind in kinds:
                context = [invention.text] if from_context else topic.chunks
                flags.append(check_specifics(invention.text, context, topic.questions[0], catalogue).groundedness)
    return sum(value is not None and value < 1 for value in flags), len(flags)


def test_catches_every_invented_number_and_name():
    kinds = {*NUMERIC_KINDS, "wrong_name"}

    assert (51, 51) == _caught(NO_CATALOGUE, kinds, from_context=False)
    assert (51, 51) == _caught(SHOP, kinds, from_context=False)


def test_only_a_catalogue_sees_that_the_context_is_wrong():
    assert (0, 43) == _caught(NO_CATALOGUE, NUMERIC_KINDS, from_context=True)
    caught, total = _caught(SHOP, NUMERIC_KINDS, from_context=True)

    assert 43 == total
    assert caught >= 29


def _flags(app, catalogue):
    flags = {True: [], False: []}
    for row in CORPUS:
        if row.app == app and not is_refusal(row.answer):
            value = check_specifics(row.answer, row.context, row.question, catalogue).groundedness
            flags[row.hallucinated].append(value is not None and value < 1)
    return flags[True], flags[False]


@pytest.mark.parametrize(
    ("app", "catalogue", "caught", "passed"),
    [
        pytest.param("support-bot", NO_CATALOGUE, (35, 48), (329, 334), id="support bot"),
        pytest.param("support-bot", SHOP, (35, 48), (334, 334), id="support bot with a catalogue"),
        pytest.param("research-agent", NO_CATALOGUE, (8, 8), (90, 90), id="research reports"),
        pytest.param("research-agent", SHOP, (8, 8), (90, 90), id="research reports with a catalogue"),
    ],
)
def test_keeps_what_was_measured(app, catalogue, caught, passed):
    bad, good = _flags(app, catalogue)

    assert caught == (sum(bad), len(bad))
    assert passed == (len(good) - sum(good), len(good))


def _with_one_digit_changed(answer, found, turn):
    """Change the first digit of one token of *answer*; which one, *turn* decides."""
    tokens = [one for one in found if any(letter.isdigit() for letter in one.text)]
    if not tokens:
        return None
    token = tokens[turn % len(tokens)]
    place = next(place for place in range(token.start, token.end) if answer[place].isdigit())
    return f"{answer[:place]}{int(answer[place]) % 9 + 1}{answer[place + 1 :]}"


@pytest.mark.parametrize(
    ("app", "catalogue", "caught"),
    [
        pytest.param("support-bot", NO_CATALOGUE, (288, 291), id="support bot"),
        pytest.param("support-bot", SHOP, (280, 291), id="support bot with a catalogue"),
        pytest.param("research-agent", NO_CATALOGUE, (85, 90), id="research reports"),
        pytest.param("research-agent", SHOP, (85, 90), id="research reports with a catalogue"),
    ],
)
def test_sees_one_changed_digit_in_a_right_answer(app, catalogue, caught):
    flags = []
    rows = [row for row in CORPUS if row.app == app and row.hallucinated is False and not is_refusal(row.answer)]
    for turn, row in enumerate(rows):
        found = check_specifics(row.answer, row.context, row.question, catalogue).found
        changed = _with_one_digit_changed(row.answer, found, turn)
        if changed is not None:
            flags.append(check_specifics(changed, row.context, row.question, catalogue).groundedness != 1.0)

    assert caught == (sum(flags), len(flags))


def test_a_core_checks_hundreds_of_answers_a_second_against_a_thousand_products():
    products = [
        {"name": f"Brightcart Kettle {n}", "price": f"EUR {n + 5} to {n + 9}", "attributes": {"warranty": "24 months"}}
        for n in range(1000)
    ]
    catalogue = Catalogue.model_validate({"products": products})
    rows = [row for row in CORPUS if row.app == "support-bot"]
    catalogue.index  # noqa: B018 - built once
    started = time.process_time()
    for row in rows:
        check_specifics(row.answer, row.context, row.question, catalogue)
    rate = len(rows) / (time.process_time() - started)

    assert rate > 150, f"{rate:.0f} answers/s"  # 800 were measured; a busy machine may be slow

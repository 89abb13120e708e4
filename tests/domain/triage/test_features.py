"""What the triage judge measures of an answer."""

import pytest

from domain.triage.features import NAMES, Features, measure
from domain.triage.material import LONGEST_CONTEXT, read_material
from domain.triage.tokens import read_tokens

CONTEXT = [
    "Blue Bell shut down its plant in Oklahoma over a discovery of listeria in a serving of ice cream.",
    "The plant opens at 17:00. A serving costs 4.0 dollars. OutdoorSeating: true",
]
QUESTION = "Why did Blue Bell close on Friday, 3 weeks ago?"


def measured(answer):
    return measure(answer, read_material(QUESTION, CONTEXT))


@pytest.mark.parametrize(
    ("answer", "novel"),
    [
        pytest.param("The plant in Oklahoma was shut down.", (), id="words of the context"),
        pytest.param("Blue Bell closed.", (), id="a word of the question, in another form"),
        pytest.param("A tornado destroyed the plant.", ("tornado", "destroyed"), id="new words"),
        pytest.param("A tornado and another tornado, tornados.", ("tornado",), id="the same new word counts once"),
        pytest.param("According to the given passages, the answer is unclear.", (), id="words about the text"),
        pytest.param("It has outdoor seating.", (), id="words of a camel-case key"),
        pytest.param("Hello and thank you for your patience!", (), id="a courtesy"),
    ],
)
def test_novel_words(answer, novel):
    assert novel == measured(answer).novel_words


@pytest.mark.parametrize(
    ("answer", "numbers"),
    [
        pytest.param("It costs $4.", (), id="the number in plainer form"),
        pytest.param("It costs 5.50 dollars.", ("5.50",), id="another number"),
        pytest.param("It costs four dollars.", (), id="the number as a word"),
        pytest.param("It costs seven dollars.", ("seven",), id="another number as a word"),
        pytest.param("Two of them costs dollars.", (), id="a small number word only counts"),
        pytest.param("It happened 3 weeks ago.", (), id="a number of the question"),
        pytest.param("The plant opens at 5 pm.", (), id="a time of day in twelve hours"),
        pytest.param("The plant opens at 5 am.", ("5",), id="five in the morning is another time"),
        pytest.param("1. The plant. 2. The ice cream.", (), id="markers of a list"),
        pytest.param("90 dollars is the price.", ("90",), id="a number that opens the sentence"),
        pytest.param("Passage 2 speaks of listeria.", (), id="the number of a passage"),
        pytest.param("It costs 9 dollars, yes, 9 dollars.", ("9",), id="the same number counts once"),
    ],
)
def test_unknown_numbers(answer, numbers):
    assert numbers == measured(answer).unknown_numbers


def test_unknown_names_have_a_capital_inside_a_sentence():
    assert ("Nebraska",) == measured("Tornados destroyed the plant in Nebraska.").unknown_names


def test_new_words_side_by_side_are_a_stretch_and_one_alone_is_not():
    assert ("tornado", "destroyed") == measured("The plant: a tornado destroyed it.").novel_stretch
    assert () == measured("The horrible plant.").novel_stretch


def test_the_sentence_with_the_least_support_comes_first():
    good, bad = "Blue Bell shut down its plant in Oklahoma.", "Shareholders demanded compensation."

    [(worst, sentence), (best, _)] = measured(f"{good} {bad}").missing

    assert bad == sentence
    assert (1.0, 0.0) == (worst, best)


def test_pairs_of_words_that_the_context_does_not_put_together_are_broken():
    assert 0.0 == measured("The plant opens at 17:00.").broken_pairs
    assert 1.0 == measured("Dollars discovered, Oklahoma seating.").broken_pairs


def test_nothing_measured_is_all_zeros():
    assert (0.0,) * len(NAMES) == Features().values()


def test_reads_only_the_beginning_of_a_long_context():
    kept, lost = "alpha beta gamma. ", "delta epsilon zeta."
    material = read_material("", [kept, "x" * LONGEST_CONTEXT, lost])

    assert "alpha" in material.stems
    assert "delta" not in material.stems


def test_tokens_of_any_length_are_cut():
    [token] = read_tokens("x" * 5000)

    assert 40 == len(token.written)

"""Criteria: which ones make sense, and what our arithmetic makes of verdicts."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.criterion import Canary, Criterion, Ruling, score_of, worst_of

FAITHFUL = {
    "name": "faithfulness",
    "version": 1,
    "of": "sentence",
    "asks": "Is it so?",
    "needs_context": True,
    "without_quote": "no",
    "verdicts": {
        "yes": {"means": "it is", "counts": 1, "quote": True},
        "half": {"means": "half", "counts": 0.5},
        "no": {"means": "it is not", "counts": 0},
        "empty": {"means": "nothing", "counts": None},
    },
}


def criterion(**said) -> Criterion:
    return Criterion.model_validate({**FAITHFUL, **said})


def rulings(*verdicts):
    return [Ruling(number, verdict) for number, verdict in enumerate(verdicts, 1)]


@pytest.mark.parametrize(
    ("verdicts", "value"),
    [
        (("yes", "yes"), 1.0),
        (("yes", "no"), 0.5),
        (("yes", "half", "empty"), 0.75),
        (("no", "empty", "empty"), 0.0),
        (("empty",), None),
        ((), None),
    ],
)
def test_the_score_is_the_mean_of_what_counts(verdicts, value):
    assert value == score_of(criterion(), rulings(*verdicts))


@given(verdicts=st.lists(st.sampled_from(sorted(FAITHFUL["verdicts"])), max_size=50))
def test_a_score_is_never_out_of_range_and_moves_with_the_verdicts(verdicts):
    value = score_of(criterion(), rulings(*verdicts))
    better = score_of(criterion(), rulings(*("yes" if one == "no" else one for one in verdicts)))

    assert value is None or (0.0 <= value <= 1.0 and not math.isnan(value))
    assert (value is None) == (better is None)
    assert value is None or value <= better


@given(counts=st.lists(st.floats(0, 1), min_size=2, max_size=10, unique=True), picks=st.lists(st.integers(0, 9)))
def test_no_choice_of_numbers_leaves_the_range(counts, picks):
    verdicts = {f"v{n}": {"means": "m", "counts": one} for n, one in enumerate(counts)}
    verdicts = {name.translate(str.maketrans("0123456789", "abcdefghij")): choice for name, choice in verdicts.items()}
    own = criterion(verdicts=verdicts, without_quote=None)
    value = score_of(own, rulings(*(list(verdicts)[pick % len(verdicts)] for pick in picks)))

    assert value is None or 0.0 <= value <= 1.0


@pytest.mark.parametrize(
    ("good", "verdicts", "worst"),
    [
        ("high", ("yes", "no", "no"), 2),
        ("high", ("empty", "yes", "half"), 3),
        ("low", ("no", "yes", "half"), 2),
        ("high", ("empty",), None),
    ],
)
def test_the_worst_is_the_first_that_speaks_most_against_the_answer(good, verdicts, worst):
    found = worst_of(criterion(good=good), rulings(*verdicts))

    assert worst == (found and found.number)


@pytest.mark.parametrize(
    ("expect", "value", "right"),
    [("high", 1.0, True), ("high", 0.5, False), ("low", 0.5, False), ("low", 0.49, True), ("low", 1.0, False)],
)
def test_a_canary_knows_which_half_is_right(expect, value, right):
    assert right is Canary(kind="known bad", question="Q", answer="A", expect=expect).is_right(value)


YES, NO = FAITHFUL["verdicts"]["yes"], FAITHFUL["verdicts"]["no"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        pytest.param({"verdicts": {"yes": YES}}, "at least 2", id="one verdict"),
        pytest.param({"verdicts": {"yes": NO, "no": NO}, "without_quote": None}, "could never change", id="one count"),
        pytest.param({"verdicts": {"Yes": YES, "no": NO}}, "lower case", id="a capital letter"),
        pytest.param({"verdicts": {"yes please": YES, "no": NO}}, "lower case", id="a space"),
        pytest.param({"verdicts": {"": YES, "no": NO}}, "lower case", id="no name"),
        pytest.param({"verdicts": {"über": YES, "no": NO}}, "lower case", id="a letter from afar"),
        pytest.param({"verdicts": {"yes": {**YES, "counts": 1.1}, "no": NO}}, "less than or equal to 1", id="over 1"),
        pytest.param({"verdicts": {"yes": {**YES, "counts": float("nan")}, "no": NO}}, "finite|equal", id="NaN"),
        pytest.param({"verdicts": {"yes": {"means": "m", "quote": True}, "no": NO}}, "Field required", id="no count"),
        pytest.param({"without_quote": None}, "both or neither", id="no word for a missing quote"),
        pytest.param({"verdicts": {"yes": {**YES, "quote": False}, "no": NO}}, "both or neither", id="nobody quotes"),
        pytest.param({"without_quote": "yes"}, "must be a verdict that needs no quote", id="a quote without a quote"),
        pytest.param({"without_quote": "maybe"}, "must be a verdict that needs no quote", id="an unknown verdict"),
        pytest.param({"needs_context": False}, "needs_context is true", id="a quote from nowhere"),
        pytest.param({"name": "Faith"}, "should match pattern", id="a name in capitals"),
        pytest.param({"version": 0}, "greater than or equal to 1", id="no version"),
        pytest.param({"score": 1}, "Extra inputs", id="an unknown field"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong, words):
    with pytest.raises(ValidationError, match=words):
        criterion(**wrong)


@pytest.mark.parametrize(
    "change",
    [
        {"asks": "Is it?"},
        {"version": 2},
        {"good": "low"},
        {"judges_refusals": True},
        {"verdicts": {**FAITHFUL["verdicts"], "half": {"means": "half", "counts": 0.4}}},
    ],
)
def test_every_change_changes_the_digest(change):
    assert criterion().digest == criterion().digest
    assert criterion().digest != criterion(**change).digest


def test_the_label_says_which_version_gave_a_score():
    assert criterion(version=3).label.startswith("faithfulness/3.")

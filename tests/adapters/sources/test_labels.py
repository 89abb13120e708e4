"""Which of the ways to say good or bad are read, and how; the others cost themselves and are named."""

import logging
import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from adapters.sources.labels import Question, log_unreadable, read_labels
from domain.labels import BAD, FAULTS, GOOD, HIGH, LOW, TURNING, HumanLabel, UnreadableLabelError, good_end, is_bad
from tests.adapters.sources.people import MORNING, THAT_DAY, said

GOOD_LABEL, BAD_LABEL, LOST = False, True, None


@pytest.mark.parametrize(
    ("name", "value", "bad"),
    [
        pytest.param("faithfulness", True, GOOD_LABEL, id="true of a virtue"),
        pytest.param("faithfulness", False, BAD_LABEL, id="false of a virtue"),
        pytest.param("faithfulness-bad", True, BAD_LABEL, id="true of its reverse"),
        pytest.param("faithfulness-risk", 0.2, GOOD_LABEL, id="a small risk"),
        pytest.param("faithfulness-wrong", "no", GOOD_LABEL, id="not wrong"),
        pytest.param("faithfulness", 0.5, GOOD_LABEL, id="half is good"),
        pytest.param("faithfulness", 0.49, BAD_LABEL, id="less than half is not"),
        pytest.param("faithfulness", 1, GOOD_LABEL, id="one"),
        pytest.param("faithfulness", 0, BAD_LABEL, id="zero"),
        pytest.param("faithfulness", "supported", GOOD_LABEL, id="a good word"),
        pytest.param("faithfulness", "Hallucinated", BAD_LABEL, id="a bad word"),
        pytest.param("faithfulness-bad", "supported", GOOD_LABEL, id="words speak for themselves"),
        pytest.param("faithfulness", "not_in_context", BAD_LABEL, id="a judge's verdict"),
        pytest.param("faithfulness", " NOT - supported ", BAD_LABEL, id="blanks and hyphens"),
        pytest.param("faithfulness", "yes", GOOD_LABEL, id="yes"),
        pytest.param("faithfulness", "partly supported", LOST, id="half a word is not guessed"),
        pytest.param("faithfulness", "unsure", LOST, id="no opinion"),
        pytest.param("faithfulness", "", LOST, id="nothing"),
        pytest.param("faithfulness", 4, LOST, id="another scale"),
        pytest.param("faithfulness", -0.1, LOST, id="below the scale"),
        pytest.param("faithfulness", math.nan, LOST, id="not a number"),
    ],
)
def test_what_a_label_says(name, value, bad):
    kind = "CATEGORICAL" if isinstance(value, str) else "BOOLEAN" if isinstance(value, bool) else "NUMERIC"
    labels, skips = read([said(1, value, kind, name=name)])

    assert ([], 1) == (labels, len(skips)) if bad is LOST else ([bad], 0) == ([one.bad for one in labels], len(skips))


@pytest.mark.parametrize(
    ("name", "told", "end"),
    [
        pytest.param("relevance", None, "high", id="a virtue"),
        pytest.param("toxicity", None, "low", id="a fault"),
        pytest.param("Prompt injection", None, "low", id="the last word counts"),
        pytest.param("error-handling", None, "high", id="and no other"),
        pytest.param("toxicity", "low", "low", id="told once"),
        pytest.param("brevity", "low", "low", id="told, where the name says nothing"),
        pytest.param("refusal", "high", "high", id="told against the name"),
    ],
)
def test_which_end_is_good(name, told, end):
    assert end == good_end(name, name, told)


@pytest.mark.parametrize("ending", TURNING)
@pytest.mark.parametrize("told", [None, "high", "low"])
def test_an_ending_turns_whatever_it_is_added_to(ending, told):
    assert "low" == good_end(f"toxicity-{ending}", "toxicity", told)


def test_no_word_says_two_things():
    assert len(GOOD) + len(BAD) + len(HIGH) + len(LOW) == len(GOOD | BAD | HIGH | LOW)
    assert FAULTS.isdisjoint(GOOD)


@given(some.sampled_from([True, False]) | some.floats(0, 1) | some.sampled_from(sorted(HIGH | LOW)))
def test_whatever_names_an_end_is_bad_at_one_and_good_at_the_other(value):
    assert is_bad(value, "high") is not is_bad(value, "low")


@given(some.text() | some.floats() | some.integers())
def test_anything_is_good_or_bad_or_refused(value):
    try:
        assert is_bad(value, "high") in {True, False}
    except UnreadableLabelError:
        assert value not in GOOD | BAD


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"dataType": "TEXT", "value": "too short"}, id="free text"),
        pytest.param({"dataType": "NUMERIC"}, id="true as a number"),
        pytest.param({"dataType": "CATEGORICAL"}, id="true as a word"),
        pytest.param({"value": "True"}, id="a word as true"),
        pytest.param({"value": 2}, id="two as true"),
        pytest.param({"value": None}, id="nothing"),
        pytest.param({"value": [1]}, id="a list"),
        pytest.param({"timestamp": "noon"}, id="no time"),
        pytest.param({"timestamp": "2026-11-22T09:00:00"}, id="no zone"),
        pytest.param({"id": ""}, id="no id"),
        pytest.param({"subject": None}, id="no subject"),
        pytest.param({"subject": {"kind": "trace"}}, id="no trace"),
        pytest.param({"subject": {"kind": ["trace"], "id": "t"}}, id="an odd subject"),
    ],
)
def test_an_unreadable_label_costs_itself_and_is_named(changes):
    labels, skips = read([said(1, True), said(2, True) | changes, said(3, True)])

    assert ["trace-1", "trace-3"] == [label.trace_id for label in labels]
    assert ["row 1"] == [skip.where for skip in skips]


@pytest.mark.parametrize("row", [None, 7, "row", [[]]])
def test_a_row_that_is_no_row_costs_itself(row):
    labels, skips = read([row, said(1, True)])

    assert (1, [("row 0", "not an object")]) == (len(labels), [(skip.where, skip.reason) for skip in skips])


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"source": "API"}, id="a program's"),
        pytest.param({"source": "EVAL"}, id="a judge's"),
        pytest.param({"name": "relevance"}, id="of another criterion"),
        pytest.param({"name": "faithfulness-of-tone"}, id="of a longer name"),
        pytest.param({"subject": {"kind": "session", "id": "s"}}, id="of a session"),
        pytest.param({"subject": {"kind": "experiment", "id": "e"}}, id="of an experiment"),
        pytest.param({"timestamp": "2026-11-22T21:00:00.000Z"}, id="at the end of the window"),
    ],
)
def test_other_scores_are_left_alone(changes):
    assert ([], []) == read([said(1, "gibberish") | changes])


def test_a_label_of_a_step_is_one_of_its_trace():
    [label], _ = read([said(1, False, subject={"kind": "observation", "id": "o", "traceId": "t"}, authorUserId=None)])

    assert HumanLabel(trace_id="t", criterion="faithfulness", bad=True, at=label.at, labelled_by=None) == label


def test_one_number_off_the_scale_tells_that_the_scale_is_another_one():
    stars = [said(number, number, "NUMERIC") for number in (1, 2, 3)]
    labels, skips = read([*stars, said(9, True), said(8, 0.1, "NUMERIC", name="faithfulness-risk")])

    assert ["trace-8", "trace-9"] == [label.trace_id for label in labels]
    assert ["the numbers of this score do not lie between 0 and 1"] * 3 == [skip.reason for skip in skips]


def test_labels_come_oldest_first_and_the_same_one_twice_counts_once():
    rows = [said(3, True), said(1, True), said(2, True), said(1, False)]
    labels, _ = read(rows)

    assert [("trace-1", True), ("trace-2", False), ("trace-3", False)] == [(one.trace_id, one.bad) for one in labels]
    assert MORNING < labels[0].at < labels[1].at < labels[2].at


def test_what_is_lost_is_counted_and_never_quoted(caplog):
    labels, skips = read([said(1, True), said(2, "a secret", "CATEGORICAL"), said(3, 7, "NUMERIC")])
    with caplog.at_level(logging.WARNING):
        log_unreadable("faithfulness", labels, skips)
        log_unreadable("faithfulness", labels, [])

    [words] = caplog.messages
    assert words.startswith("2 of 3 labels that people gave for faithfulness cannot be read, first row 1: ")
    assert "secret" not in words


def read(rows):
    return read_labels(
        [(f"row {number}", row) for number, row in enumerate(rows)],
        Question(criterion="faithfulness", window=THAT_DAY),
    )

"""Goodput and budgets in words: every number with its n, and what is unknown says so."""

from datetime import timedelta

import pytest

from alerts.sentences import BREAKDOWN, breakdown_row, burn_words, goodput_sentence, lasts_words, left_words
from domain.bad import Bad
from domain.error_budget import Burn, measure_budget
from domain.plan import Limit
from domain.promises import goodput_of
from domain.window import Window
from tests.builders import DAY, NOON, bad_of, facts, objective

TODAY = Window.ending(NOON, DAY)
FAST = objective("end-to-end", signal="latency_s", statistic="p95", at_most=2.0)
TRUE = objective("hallucination", signal="hallucination_risk", above=0.15, at_most=0.05)


def goodput(*objectives, **columns):
    return goodput_of(objectives, facts(**columns), TODAY)


def test_goodput_in_a_line():
    slow, invented = bad_of(10, 100, good=1, bad=3), bad_of(5, 100, good=1, bad=0)[::-1]

    assert goodput_sentence(goodput(FAST, TRUE, latency_s=slow, faithfulness=invented)) == (
        "85.0 % (95 % interval 75.5 % to 90.9 %): 90 of 100 requests in 24 h keep every promise that all can be asked "
        "about; 85 of the 90 judged ones among them are good (94.4 %). Were the promises independent it would be "
        "85.5 %; one by one they allow 85.0 % to 90.0 %."
    )


@pytest.mark.parametrize(
    ("found", "words"),
    [
        pytest.param(goodput(FAST, latency_s=[]), "no requests in 24 h", id="nothing"),
        pytest.param(
            goodput(FAST, TRUE, latency_s=[1.0, 3.0]),
            "not known: 1 of 2 requests in 24 h keep every promise that all can be asked about, and the quality of "
            "none of those",
            id="not judged",
        ),
    ],
)
def test_what_is_not_known_is_said(found, words):
    assert words == goodput_sentence(found)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        pytest.param(goodput(FAST, latency_s=[1.0]), "no quality was promised", id="no promise"),
        pytest.param(goodput(FAST, TRUE, latency_s=[3.0]), "there is no quality to judge", id="nothing kept"),
    ],
)
def test_why_quality_takes_no_part(found, words):
    assert words in goodput_sentence(found)


def test_what_a_promise_costs():
    found = goodput(FAST, latency_s=[1.0, 3.0, float("nan"), 1.0])

    assert ("end-to-end", "1", "4", "1", "1", "100 %") == breakdown_row(found.breakdown[0], found)
    assert len(BREAKDOWN) == len(breakdown_row(found.breakdown[0], found))


def test_what_a_promise_costs_is_not_known_without_quality():
    found = goodput(FAST, TRUE, latency_s=[1.0, 3.0])

    assert {"-"} == {breakdown_row(row, found)[-1] for row in found.breakdown}


def budget(k, n):
    return measure_budget(
        facts(failed=bad_of(k, n)), NOON, objective="x", limit=Limit("failed", Bad()), allowed=0.1, over=DAY
    )


@pytest.mark.parametrize(
    ("found", "left", "lasts"),
    [
        pytest.param(budget(0, 0), "no data", "no data", id="nothing"),
        pytest.param(budget(0, 10), "100 %", "its window", id="all of it"),
        pytest.param(budget(3, 40), "25.0 %", "8 h", id="a quarter"),
        pytest.param(budget(1, 10), "0 %", "spent", id="none"),
        pytest.param(budget(4, 10), "-300.0 %", "spent", id="overspent"),
    ],
)
def test_a_budget_in_words(found, left, lasts):
    assert (left, lasts) == (left_words(found), lasts_words(found))


@pytest.mark.parametrize(
    ("rate", "at_least", "words"),
    [(None, None, "-"), (0.0, None, "0"), (14.44, None, "14.4"), (0.0493, 0.0284, "0.049 (≥0.028)")],
)
def test_a_burn_in_words(rate, at_least, words):
    assert words == burn_words(Burn(over=timedelta(hours=1), n=9, k=0, rate=rate, at_least=at_least, effective=(0, 9)))

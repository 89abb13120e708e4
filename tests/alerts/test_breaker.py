"""The circuit breaker: half of the newest, five in a row, and what neither opens nor closes it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from alerts.conditions import Breaker
from domain.alerting import Truth
from domain.request import Outcome
from tests.builders import DAY, HOUR, MINUTE, NOON, every, facts, view

OUTCOMES = {
    ".": Outcome.OK,
    "x": Outcome.PROVIDER_ERROR,
    "t": Outcome.TIMEOUT,
    "l": Outcome.RATE_LIMITED,
    "c": Outcome.INVALID_REQUEST,
    "a": Outcome.APPLICATION_ERROR,
}
END = NOON - MINUTE


def breaker(**said):
    return Breaker.model_validate({"kind": "breaker", **said})


def requests(spelled, *, ends=None, model="m"):
    """Requests to one provider within five minutes, oldest first, one a letter."""
    n = len(spelled)
    moments = ends or [END - 5 * MINUTE * (n - position) / (n + 1) for position in range(n)]
    return facts(
        moments,
        outcomes=[OUTCOMES[one] for one in spelled],
        provider_failed=[float(one in "xt") for one in spelled],
        labels={"provider": ["acme"] * n, "model": [model] * n},
    )


def find(spelled, **said):
    (found,) = breaker(**said).find(view(requests(spelled)))
    return found


@pytest.mark.parametrize(
    ("spelled", "truth", "clear"),
    [
        pytest.param("." * 20, Truth.FALSE, True, id="all answered"),
        pytest.param("x.x.x.x.x.", Truth.TRUE, False, id="half of ten"),
        pytest.param("x.x.x.x..", Truth.FALSE, False, id="half of nine is no ten"),
        pytest.param("x.x.x.x...", Truth.FALSE, False, id="four of ten"),
        pytest.param("x." * 10, Truth.TRUE, False, id="half of twenty"),
        pytest.param("x." * 9 + "..", Truth.FALSE, False, id="nine of twenty"),
        pytest.param(
            "x" * 30 + "." * 9 + "x" + "." * 10, Truth.FALSE, True, id="what is older than twenty is forgotten"
        ),
        pytest.param("t.t.t.x.x.", Truth.TRUE, False, id="timeouts are the provider's"),
        pytest.param("xxxxx", Truth.TRUE, False, id="five in a row, and no other"),
        pytest.param("." * 15 + "xxxxx", Truth.TRUE, False, id="five in a row after health"),
        pytest.param("xxxx", Truth.FALSE, False, id="four in a row"),
        pytest.param("xxxxx.", Truth.FALSE, False, id="a success ends the row"),
        pytest.param("xxlxxlx", Truth.TRUE, False, id="a rate limit does not end the row"),
        pytest.param("xxxxll", Truth.FALSE, False, id="nor does it lengthen it"),
        pytest.param("xxcxacxx", Truth.TRUE, False, id="nor do mistakes of the caller or of our own"),
        pytest.param("ccccccccc.", Truth.FALSE, True, id="mistakes are no failures of the provider"),
        pytest.param("llllll....", Truth.TRUE, False, id="most are turned away by a rate limit"),
        pytest.param("lllll.....", Truth.FALSE, False, id="half of them is not most, nor is it fine"),
        pytest.param("llll", Truth.UNKNOWN, False, id="four rate limits are too few"),
        pytest.param("lllll.ccccccc", Truth.TRUE, False, id="callers' mistakes do not hide a rate limit"),
        pytest.param("lll..........", Truth.FALSE, True, id="a quarter of rate limits is fine again"),
        pytest.param("xx" + "." * 18, Truth.FALSE, True, id="a tenth failed"),
        pytest.param("xxx" + "." * 9, Truth.FALSE, False, id="nine answered again"),
        pytest.param("xxx" + "." * 10, Truth.FALSE, True, id="ten answered again"),
        pytest.param(".", Truth.FALSE, True, id="one that was answered, when nothing else is asked"),
    ],
)
def test_when_it_opens_and_when_it_may_close(spelled, truth, clear):
    found = find(spelled)

    assert (truth, clear) == (found.truth, found.clear)


@pytest.mark.parametrize(
    ("spelled", "because"),
    [
        ("x.x.x.x.x.", "5 of the last 10 requests failed at the provider in 5 min: 50.0 %, limit 50.0 %"),
        (
            "xxx.",
            "3 of the last 4 requests failed at the provider in 5 min: 75.0 %, limit 50.0 %, but it takes 10, or 5 in a row",
        ),
        (".xxxxx", "5 of the last 6 requests failed at the provider in 5 min, the last 5 in a row"),
        ("llllll...", "6 of 9 requests were turned away by a rate limit in 5 min: 66.7 %, limit 50.0 %"),
        ("cc", "nobody asked it in 5 min, or nothing that says whether it answers"),
    ],
)
def test_it_says_why(spelled, because):
    assert because == find(spelled).because


@given(st.text(alphabet=".xtlca", min_size=1, max_size=40))
def test_what_is_open_is_never_clear(spelled):
    found = find(spelled)

    assert not (found.truth is Truth.TRUE and found.clear)


@given(st.text(alphabet=".xt", min_size=10, max_size=40))
def test_one_more_answer_never_opens_what_had_enough_requests(spelled):
    before, after = find(spelled), find(spelled + ".")

    assert (before.truth, after.truth) != (Truth.FALSE, Truth.TRUE)


@given(st.text(alphabet=".x", min_size=1, max_size=40), st.integers(0, 40))
def test_what_says_nothing_of_the_provider_changes_nothing(spelled, at):
    noisy = spelled[:at] + "ca" + spelled[at:]
    plain, found = find(spelled), find(noisy)

    assert (plain.truth, plain.clear, plain.because) == (found.truth, found.clear, found.because)


def test_a_provider_that_fails_two_of_a_hundred_pages_nobody_in_three_days():
    """Two requests a minute, where half of few is likeliest by chance: less than once in 200 months."""
    random = np.random.default_rng(5)
    moments = [END - 3 * DAY * part for part in np.sort(random.random(3 * 1440 * 2))[::-1]]
    failed = (random.random(len(moments)) < 0.02).astype(float).tolist()
    of = facts(moments, provider_failed=failed, labels={"provider": ["acme"] * len(moments)})
    about = breaker(split_by="provider")
    looks = (about.find(view(of, slot=slot))[0].truth for slot in every(MINUTE, NOON - 3 * DAY + HOUR, NOON))

    assert Truth.TRUE not in set(looks)


def test_each_provider_and_model_is_asked_for_itself():
    both = facts(
        provider_failed=[1.0] * 5 + [0.0] * 5 + [1.0] * 4,
        labels={"provider": ["acme"] * 10 + [None] * 4, "model": ["big"] * 5 + ["small"] * 5 + ["big"] * 4},
    )
    found = {one.labels: one.truth for one in breaker().find(view(both))}

    assert {
        (("model", "big"), ("provider", "acme")): Truth.TRUE,
        (("model", "small"), ("provider", "acme")): Truth.FALSE,
    } == found
    assert [(("provider", "acme"),)] == [one.labels for one in breaker(split_by="provider").find(view(both))]
    assert [5] == [one.n for one in breaker(split_by=[], where={"model": "small"}).find(view(both))]


@pytest.mark.parametrize(
    ("of", "because"),
    [
        pytest.param(view(facts([])), "no requests with a provider and a model in 5 min", id="nobody asks"),
        pytest.param(
            view(requests("xxxxx", ends=[END - 6 * MINUTE] * 5)),
            "no requests with a provider and a model in 5 min",
            id="older than five minutes",
        ),
        pytest.param(
            view(requests("xxxxx"), known_until=NOON - HOUR), "traces are read only until 23 Nov 11:00 UTC", id="unread"
        ),
    ],
)
def test_without_requests_nothing_is_known(of, because):
    assert [(Truth.UNKNOWN, because, False)] == [(one.truth, one.because, one.clear) for one in breaker().find(of)]


def test_the_newest_failures_are_shown():
    of = requests(".x.tl.c")
    shown = breaker().worst(view(of), (("model", "m"), ("provider", "acme")))

    assert ["rate limited", "timeout", "provider error"] == [one.reason for one in shown]
    assert () == tuple(breaker().worst(view(of), (("provider", "other"),)))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"over": "2h"}, "at most 2 h of them"),
        ({"at_least": 21}, "so many are never looked at"),
        ({"clear_at": 0.5}, "it would resolve while it fires"),
        ({"split_by": "planet"}, "there is no label 'planet'"),
        ({"split_by": ["model", "model"]}, "one label twice"),
        ({"where": {"planet": "x"}}, "there is no label 'planet'"),
        ({"colour": "red"}, "not permitted"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(said, words):
    with pytest.raises(ValidationError, match=words):
        breaker(**said)


def test_it_looks_back_as_far_as_its_window():
    assert 5 * MINUTE == breaker().looks_back

"""One total too high or too low for another: limits, bounds, and what is not known."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from alerts.conditions import RatioBeyond
from domain.alerting import Truth
from tests.builders import DAY, HOUR, NOON, bad_of, facts, view


def ratio(**said):
    shape = {"kind": "ratio", "of": "output_tokens", "per": "input_tokens", "above": 0.5, "over": "1h", "alpha": 0.01}
    return RatioBeyond.model_validate({**shape, **said})


def tokens(*written, n=40):
    """Requests that read 100 tokens each and wrote these, over and over."""
    return {"input_tokens": [100.0] * n, "output_tokens": [written[position % len(written)] for position in range(n)]}


@pytest.mark.parametrize(
    ("written", "said", "truth", "clear"),
    [
        pytest.param((40.0, 50.0), {}, Truth.FALSE, True, id="below"),
        pytest.param((60.0, 70.0), {}, Truth.TRUE, False, id="surely above"),
        pytest.param((10.0, 93.0), {}, Truth.FALSE, False, id="above, but not surely"),
        pytest.param((60.0, 70.0), {"above": None, "below": 0.7}, Truth.TRUE, False, id="surely below"),
        pytest.param((60.0, 70.0), {"above": None, "below": 0.5}, Truth.FALSE, True, id="not below"),
        pytest.param((45.0, 46.0), {"clear_at": 0.4}, Truth.FALSE, False, id="neither above nor clear"),
        pytest.param((39.0, 41.0), {"clear_at": 0.4}, Truth.FALSE, True, id="at the line it is clear"),
        pytest.param((0.0,), {}, Truth.FALSE, True, id="nothing at all is not above"),
        pytest.param((0.0,), {"above": None, "below": 0.5}, Truth.FALSE, False, id="nothing at all has no bounds"),
    ],
)
def test_it_takes_a_bound_beyond_the_limit(written, said, truth, clear):
    (found,) = ratio(**said).find(view(facts(**tokens(*written))))

    assert (truth, clear, 40) == (found.truth, found.clear, found.n)


@pytest.mark.parametrize(
    ("said", "columns", "because"),
    [
        pytest.param(
            {},
            tokens(60.0, 70.0),
            "output tokens per input tokens 0.65 in 60 min (40 requests), limit 0.5",
            id="one unit",
        ),
        pytest.param(
            {},
            tokens(10.0, 93.0),
            "output tokens per input tokens 0.515 in 60 min (40 requests), limit 0.5, which may be chance",
            id="chance",
        ),
        pytest.param(
            {"of": "cost_usd", "per": "requests", "above": 0.01},
            {"cost_usd": [0.02, 0.03] * 20},
            "cost per request $0.0250 in 60 min (40 requests), limit $0.0100",
            id="a mean",
        ),
        pytest.param(
            {"of": "latency_s", "per": "output_tokens", "above": 0.001},
            {"latency_s": [1.0, 2.0] * 20, "output_tokens": [100.0] * 40},
            "latency per output tokens 0.015 s/tokens in 60 min (40 requests), limit 0.001 s/tokens",
            id="two units",
        ),
    ],
)
def test_it_says_what_was_divided(said, columns, because):
    (found,) = ratio(**said).find(view(facts(**columns)))

    assert because == found.because


@pytest.mark.parametrize(
    ("of", "said", "because"),
    [
        pytest.param(view(facts([])), {}, "too few to tell in 60 min: 0, and it takes 30", id="no requests"),
        pytest.param(view(facts(**tokens(90.0, n=29))), {}, "too few to tell in 60 min: 29, and it takes 30", id="few"),
        pytest.param(
            view(facts(**tokens(90.0)), known_until=NOON - HOUR),
            {},
            "traces are read only until 23 Nov 11:00 UTC",
            id="unread",
        ),
        pytest.param(
            view(facts(**tokens(90.0))),
            {"split_by": ["provider", "model"]},
            "no requests with a provider and a model in 60 min",
            id="no labels",
        ),
        pytest.param(
            view(facts(judge_usd=[0.01] * 40, spend_usd=[1.0] * 40, unpriced=bad_of(3, 40))),
            {"of": "judge_usd", "per": "spend_usd"},
            "3 of 40 requests have a call without a price",
            id="unpriced",
        ),
    ],
)
def test_what_is_not_known_is_unknown(of, said, because):
    assert [(Truth.UNKNOWN, because, False)] == [(one.truth, one.because, one.clear) for one in ratio(**said).find(of)]


def test_it_is_asked_of_those_it_is_about_and_of_each_name():
    of = facts(
        **tokens(90.0, 20.0, n=80),
        labels={"feature": ["chat", "search"] * 40, "user_tier": ["paid"] * 78 + [None] * 2},
    )
    found = {one.labels: (one.truth, one.n) for one in ratio(split_by="feature").find(view(of))}
    (chat,) = ratio(where={"feature": "chat", "user_tier": "paid"}).find(view(of))

    assert {(("feature", "chat"),): (Truth.TRUE, 40), (("feature", "search"),): (Truth.FALSE, 40)} == found
    assert (Truth.TRUE, 39) == (chat.truth, chat.n)


def test_what_judging_costs_is_known_where_judging_has_got_to():
    of = facts([NOON - 20 * HOUR / 60] * 40 + [NOON - HOUR / 12] * 40, judge_usd=[0.5] * 80, spend_usd=[1.0] * 80)
    about = ratio(of="judge_usd", per="spend_usd", above=0.2)
    (found,) = about.find(replace(view(of), judged_until=NOON - HOUR / 4))

    assert (Truth.TRUE, 40) == (found.truth, found.n)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"of": "nonsense"}, "there is no signal 'nonsense'"),
        ({"of": "requests"}, "there is no signal 'requests'"),
        ({"of": "failed"}, "does not add up"),
        ({"per": "faithfulness"}, "does not add up"),
        ({"per": "output_tokens"}, "is always 1"),
        ({"below": 0.1}, "Give one of above and below"),
        ({"above": None}, "Give one of above and below"),
        ({"clear_at": 0.6}, "it would resolve while it fires"),
        ({"above": None, "below": 0.5, "clear_at": 0.4}, "it would resolve while it fires"),
        ({"split_by": "planet"}, "there is no label 'planet'"),
        ({"at_least": 2}, "greater than or equal to 8"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(said, words):
    with pytest.raises(ValidationError, match=words):
        ratio(**said)


def test_it_looks_back_as_far_as_its_window():
    assert DAY == ratio(over="24h").looks_back
    assert () == ratio().worst(view(), ())

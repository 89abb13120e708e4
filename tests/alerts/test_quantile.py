"""A quantile beyond its limit is too many requests beyond it, and more than chance."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from alerts.conditions import QuantileBeyond, ShareAbove
from domain.alerting import Truth
from tests.builders import DAY, HOUR, NOON, bad_of, facts, view


def quantile(**said):
    shape = {"kind": "quantile", "signal": "ttft_s", "quantile": "p95", "above": 0.5, "over": "5m", "alpha": 0.01}
    return QuantileBeyond.model_validate({**shape, **said})


FAITHFUL = {"signal": "faithfulness", "quantile": "p50", "above": None, "below": 0.7}


@pytest.mark.parametrize(
    ("late", "n", "said", "truth", "clear"),
    [
        pytest.param(5, 100, {}, Truth.FALSE, True, id="just as many as p95 allows"),
        pytest.param(6, 100, {}, Truth.FALSE, False, id="p95 above, but that may be chance"),
        pytest.param(12, 100, {}, Truth.TRUE, False, id="p95 above, and no chance"),
        pytest.param(12, 100, {"quantile": "p50"}, Truth.FALSE, True, id="p50 far below"),
        pytest.param(65, 100, {"quantile": "p50"}, Truth.TRUE, False, id="p50 above"),
        pytest.param(5, 100, {"quantile": "p99"}, Truth.TRUE, False, id="p99 above"),
        pytest.param(2, 2, {"at_least_bad": 3}, Truth.FALSE, False, id="fewer than it takes"),
        pytest.param(0, 100, {"clear_at": 0.2}, Truth.FALSE, False, id="not above, but not clear either"),
        pytest.param(0, 100, {"clear_at": 0.3}, Truth.FALSE, True, id="at the line it is clear"),
    ],
)
def test_it_takes_too_many_beyond_and_no_chance(late, n, said, truth, clear):
    (found,) = quantile(**said).find(view(facts(ttft_s=bad_of(late, n, good=0.3, bad=0.9))))

    assert (truth, clear, late, n) == (found.truth, found.clear, found.k, found.n)


@given(late=st.integers(0, 80), n=st.integers(1, 80), which=st.sampled_from(["p50", "p95", "p99"]))
def test_it_decides_as_the_share_of_requests_beyond_the_limit(late, n, which):
    of = view(facts(ttft_s=bad_of(min(late, n), n, good=0.3, bad=0.9)))
    share = {"kind": "share", "signal": "ttft_s", "above": 0.5, "over": "5m", "alpha": 0.01}
    allowed = {"p50": 0.5, "p95": 0.05, "p99": 0.01}[which]
    (theirs,) = ShareAbove.model_validate({**share, "share_above": allowed}).find(of)
    (found,) = quantile(quantile=which).find(of)

    assert (theirs.truth, theirs.clear) == (found.truth, found.clear)
    assert (found.value > 0.5) == (theirs.value > allowed)


@pytest.mark.parametrize(
    ("low", "truth"), [(10, Truth.FALSE), (12, Truth.FALSE), (17, Truth.TRUE), (20, Truth.TRUE)]
)  # fmt: skip
def test_a_low_quantile_is_asked_the_other_way_round(low, truth):
    (found,) = quantile(**FAITHFUL).find(view(facts(faithfulness=bad_of(low, 20, good=0.9, bad=0.6))))

    assert truth is found.truth


@pytest.mark.parametrize(
    ("said", "columns", "because", "sure"),
    [
        pytest.param(
            {},
            {"ttft_s": bad_of(12, 100, good=0.3, bad=0.9)},
            "p95 of TTFT 900 ms in 5 min, 12 of 100 above 500 ms (12.0 %)",
            "95 % interval 900 ms to 900 ms; 1 in 234 by chance, if all were well",
            id="high",
        ),
        pytest.param(
            {},
            {"ttft_s": bad_of(2, 20, good=0.3, bad=0.9)},
            "p95 of TTFT 900 ms in 5 min, 2 of 20 above 500 ms (10.0 %), but so few may be chance (1 in 4)",
            "95 % interval unknown: too few for one; 1 in 4 by chance, if all were well",
            id="chance",
        ),
        pytest.param(
            FAITHFUL,
            {"faithfulness": bad_of(18, 20, good=0.9, bad=0.6)},
            "p50 of faithfulness 0.60 in 5 min, 18 of 20 below 0.70 (90.0 %)",
            "95 % interval 0.60 to 0.60; 1 in 4,970 by chance, if all were well",
            id="low",
        ),
    ],
)
def test_it_says_the_quantile_and_how_many_lie_beyond(said, columns, because, sure):
    (found,) = quantile(**said).find(view(facts(**columns)))

    assert (because, sure) == (found.because, dict(found.facts)["Sure"])


@pytest.mark.parametrize(
    ("of", "said", "because"),
    [
        pytest.param(view(facts([])), {}, "nothing to measure in 5 min", id="no requests"),
        pytest.param(view(facts(ttft_s=[math.nan] * 9)), {}, "nothing to measure in 5 min", id="nothing streamed"),
        pytest.param(
            view(facts(ttft_s=[0.9] * 9), known_until=NOON - HOUR),
            {},
            "traces are read only until 23 Nov 11:00 UTC",
            id="unread",
        ),
        pytest.param(
            view(facts(ttft_s=[0.9] * 9)), {"split_by": "model"}, "no requests with a model in 5 min", id="no name"
        ),
        pytest.param(
            view(facts(faithfulness=[0.2] * 7 + [math.nan] * 3, judgeable=[1.0] * 10)),
            FAITHFUL,
            "only 7 of 10 answers could be judged in 5 min",
            id="the judge failed on too many",
        ),
    ],
)
def test_what_is_not_known_is_unknown(of, said, because):
    assert [(Truth.UNKNOWN, because, False)] == [
        (one.truth, one.because, one.clear) for one in quantile(**said).find(of)
    ]


def test_it_is_asked_of_those_it_is_about_and_each_name_shares_the_guard():
    of = facts(
        ttft_s=bad_of(11, 100, good=0.3, bad=0.9) * 2,
        labels={"model": ["a"] * 100 + ["b"] * 100, "feature": ["chat"] * 100 + ["search"] * 100},
    )
    alone = quantile(alpha=0.015, split_by=["model"], where={"feature": "chat"}).find(view(of))
    both = quantile(alpha=0.015, split_by=["model", "feature"]).find(view(of))

    assert [((("model", "a"),), Truth.TRUE)] == [(one.labels, one.truth) for one in alone]
    assert [Truth.FALSE, Truth.FALSE] == [one.truth for one in both]


def test_the_requests_farthest_beyond_are_shown():
    of = facts(ttft_s=[0.6, 0.9, 0.3, 0.7, 0.8], labels={"feature": ["a"] * 5, "model": ["m"] * 4 + ["n"]})
    shown = quantile(where={"feature": "a"}).worst(view(of), (("model", "m"),))

    assert ["TTFT 900 ms", "TTFT 700 ms", "TTFT 600 ms"] == [one.reason for one in shown]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"signal": "nonsense"}, "there is no signal 'nonsense'"),
        ({"signal": "failed"}, "ask for its share"),
        ({"quantile": "p75"}, "'p95' or 'p99'"),
        ({"above": None}, "give one of above and below"),
        ({"below": 0.1}, "give one of above and below"),
        ({"clear_at": 0.6}, "it would resolve while it fires"),
        ({"split_by": "planet"}, "there is no label 'planet'"),
        ({"where": {"planet": "x"}}, "there is no label 'planet'"),
        ({"alpha": 0}, "greater than 0"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(said, words):
    with pytest.raises(ValidationError, match=words):
        quantile(**said)


def test_it_looks_back_as_far_as_its_window_and_says_what_must_be_counted():
    (limit,) = quantile().limits({})

    assert DAY == quantile(over="24h").looks_back
    assert ("ttft_s", 0.5) == (limit.signal, limit.bad.above)

"""More than so many are bad, and more than chance: limits, guards, and what is not known."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from alerts.conditions import ShareAbove
from domain.alerting import Truth
from tests.builders import DAY, HOUR, MINUTE, NOON, bad_of, facts, objective, view

RISKY, FAITHFUL = 0.2, 1.0


def share(**said: object) -> ShareAbove:
    shape = {"kind": "share", "signal": "failed", "share_above": 0.05, "over": "5m", "alpha": 0.01}
    return ShareAbove.model_validate({**shape, **said})


def about(name: str = "availability", **said: object) -> ShareAbove:
    return ShareAbove.model_validate({"kind": "share", "objective": name, "over": "5m", "alpha": 0.01, **said})


SPIKE = share(signal="hallucination_risk", above=0.15, share_above=0.20, over="15m", healthy_share=0.05, alpha=1e-4)


def judged(k: int, n: int) -> list[float]:
    return bad_of(k, n, good=FAITHFUL, bad=RISKY)


@pytest.mark.parametrize(("n", "critical"), [(5, 4), (10, 5), (20, 7), (30, 8), (50, 11)])
def test_the_page_for_inventions_needs_as_many_as_chance_does_not_give(n, critical):
    enough, one_less = (SPIKE.find(view(facts(faithfulness=judged(k, n))))[0].truth for k in (critical, critical - 1))

    assert (Truth.TRUE, Truth.FALSE) == (enough, one_less)


@pytest.mark.parametrize(
    ("k", "n", "said", "truth", "clear"),
    [
        pytest.param(0, 100, {}, Truth.FALSE, True, id="nothing bad"),
        pytest.param(5, 100, {}, Truth.FALSE, True, id="exactly at the limit is not above it"),
        pytest.param(20, 100, {}, Truth.TRUE, False, id="far above"),
        pytest.param(1, 10, {}, Truth.FALSE, False, id="above, but one of ten is chance"),
        pytest.param(2, 2, {"at_least_bad": 3}, Truth.FALSE, False, id="all of them, but fewer than it takes"),
        pytest.param(3, 3, {"at_least_bad": 3}, Truth.TRUE, False, id="as many as it takes"),
        pytest.param(6, 40, {"healthy_share": 0.04}, Truth.TRUE, False, id="unlikely where 4 % is healthy"),
        pytest.param(6, 40, {"healthy_share": 0.10}, Truth.FALSE, False, id="likely where 10 % is healthy"),
        pytest.param(45, 1000, {"clear_at": 0.04}, Truth.FALSE, False, id="neither above nor clear"),
        pytest.param(40, 1000, {"clear_at": 0.04}, Truth.FALSE, True, id="at the line it is clear"),
        pytest.param(45, 1000, {"clear_of_limit": 0.8}, Truth.FALSE, False, id="a part of the limit"),
    ],
)
def test_limit_guard_and_clear_line(k, n, said, truth, clear):
    found = share(**said).find(view(facts(failed=bad_of(k, n))))[0]

    assert (truth, clear, k, n) == (found.truth, found.clear, found.k, found.n)


@given(n=st.integers(1, 300), k=st.integers(0, 299))
def test_one_more_bad_request_never_makes_it_less_true(n, k):
    less, more = (share().find(view(facts(failed=bad_of(min(bad, n), n))))[0] for bad in (k, k + 1))

    assert (less.truth, more.truth) != (Truth.TRUE, Truth.FALSE)
    assert not (more.truth is Truth.TRUE and more.clear)


@pytest.mark.parametrize(
    ("of", "said", "because"),
    [
        pytest.param(view(facts([])), {}, "nothing to measure in 5 min", id="no requests"),
        pytest.param(
            view(facts(failed=[math.nan] * 9)), {}, "nothing to measure in 5 min", id="only callers' mistakes"
        ),
        pytest.param(
            view(facts(failed=bad_of(9, 9)), known_until=NOON - HOUR),
            {},
            "traces are read only until 23 Nov 11:00 UTC",
            id="traces not read yet",
        ),
        pytest.param(
            view(facts(failed=bad_of(9, 9)), known_from=NOON),
            {},
            "this was before the first trace",
            id="before the data",
        ),
        pytest.param(
            view(facts(failed=bad_of(9, 9))), {"split_by": "model"}, "no requests with a model in 5 min", id="no labels"
        ),
        pytest.param(
            view(facts(faithfulness=[RISKY] * 7 + [math.nan] * 3, judgeable=[1.0] * 10)),
            {"signal": "hallucination_risk", "above": 0.15},
            "only 7 of 10 answers could be judged in 5 min",
            id="the judge failed on too many",
        ),
    ],
)
def test_what_is_not_known_is_unknown(of, said, because):
    found = share(**said).find(of)

    assert [(Truth.UNKNOWN, because, False)] == [(one.truth, one.because, one.clear) for one in found]


def test_four_of_five_judged_is_enough():
    of = facts(faithfulness=[RISKY] * 8 + [math.nan] * 2, judgeable=[1.0] * 10)

    assert Truth.TRUE is SPIKE.find(view(of))[0].truth


def test_nan_is_never_counted():
    found = share().find(view(facts(failed=[1.0, 1.0, 1.0, 0.0] + [math.nan] * 96)))[0]

    assert (3, 4, Truth.TRUE) == (found.k, found.n, found.truth)


def test_only_the_window_counts():
    moments = [NOON - 7 * MINUTE, NOON - 6 * MINUTE, NOON - 61 * MINUTE / 60, NOON - MINUTE, NOON]
    found = share().find(view(facts(moments, failed=[1.0, 0.0, 0.0, 1.0, 1.0])))[0]

    assert (0, 2) == (found.k, found.n)


def test_split_rules_share_alpha_so_that_more_labels_do_not_mean_more_false_alarms():
    k, n = 4, 20  # by chance 1 in 63 at 5 %
    alone = share(alpha=0.02, split_by="model")
    one = facts(failed=bad_of(k, n), labels={"model": ["a"] * n})
    two = facts(failed=bad_of(k, n) + [0.0] * n, labels={"model": ["a"] * n + ["b"] * n})

    assert [Truth.TRUE] == [found.truth for found in alone.find(view(one))]
    assert [Truth.FALSE, Truth.FALSE] == [found.truth for found in alone.find(view(two))]


def test_a_split_rule_answers_for_each_name_and_leaves_unlabelled_requests_out():
    of = facts(failed=[1.0] * 10 + [0.0] * 10 + [1.0] * 5, labels={"model": ["a"] * 10 + ["b"] * 10 + [None] * 5})
    found = {one.labels: (one.k, one.n, one.truth) for one in share(split_by="model").find(view(of))}

    assert {(("model", "a"),): (10, 10, Truth.TRUE), (("model", "b"),): (0, 10, Truth.FALSE)} == found


ROUTES = facts(
    failed=[1.0] * 10 + [0.0] * 10 + [1.0] * 5 + [1.0] * 5,
    labels={
        "provider": ["openai"] * 10 + ["openai"] * 10 + ["google"] * 5 + [None] * 5,
        "model": ["gpt-5"] * 10 + ["gpt-5-mini"] * 10 + ["gemini"] * 5 + ["gemini"] * 5,
        "feature": ["returns", "search"] * 15,
    },
)


def test_a_rule_split_by_two_labels_answers_for_each_pair_that_occurs():
    found = share(split_by=["provider", "model"]).find(view(ROUTES))

    assert [
        ((("model", "gemini"), ("provider", "google")), 5, 5),
        ((("model", "gpt-5"), ("provider", "openai")), 10, 10),
        ((("model", "gpt-5-mini"), ("provider", "openai")), 0, 10),
    ] == [(one.labels, one.k, one.n) for one in found]


def test_each_pair_takes_its_part_of_alpha():
    k, n = 4, 20  # by chance 1 in 63 at 5 %
    of = facts(failed=bad_of(k, n) + [0.0] * n, labels={"provider": ["p"] * 2 * n, "model": ["a"] * n + ["b"] * n})
    by_one, by_two = (share(alpha=0.02, split_by=by).find(view(of)) for by in ("provider", ["provider", "model"]))

    assert [Truth.FALSE] == [one.truth for one in by_one]  # 4 of 40
    assert [Truth.FALSE, Truth.FALSE] == [one.truth for one in by_two]
    assert Truth.TRUE is share(alpha=0.04, split_by=["provider", "model"]).find(view(of))[0].truth


@pytest.mark.parametrize(
    ("said", "k", "n"),
    [
        pytest.param({"where": {"feature": "returns"}}, 10, 15, id="a label"),
        pytest.param({"where": {"feature": "returns", "provider": "openai"}}, 5, 10, id="two labels"),
        pytest.param({"where": {"feature": "checkout"}}, None, 0, id="nobody"),
    ],
)
def test_a_rule_about_some_requests_counts_these(said, k, n):
    (found,) = share(**said).find(view(ROUTES))

    assert (k, n, ()) == (found.k, found.n, found.labels)
    assert (Truth.UNKNOWN if k is None else Truth.TRUE) is found.truth


def test_what_an_objective_is_about_is_selected_from_further():
    promised = objective(where={"provider": "openai"}, at_most=0.05)
    (found,) = about(where={"model": "gpt-5"}).find(view(ROUTES, promised))

    assert (10, 10) == (found.k, found.n)


def test_some_requests_by_label_and_their_worst():
    rule = share(where={"provider": "openai"}, split_by="feature")
    found = {one.labels[0][1]: (one.k, one.n) for one in rule.find(view(ROUTES))}
    worst = rule.worst(view(ROUTES), (("feature", "search"),))

    assert {"returns": (5, 10), "search": (5, 10)} == found
    assert ["trace-9", "trace-7", "trace-5"] == [trace.trace_id for trace in worst]


def test_without_both_labels_there_is_nothing_to_split():
    found = share(split_by=["provider", "model"]).find(view(facts(failed=[1.0], labels={"model": ["m"]})))

    assert ["no requests with a provider and a model in 5 min"] == [one.because for one in found]


@pytest.mark.parametrize(
    ("promise", "columns", "because"),
    [
        pytest.param(
            {}, {"failed": bad_of(9, 90)}, "9 of 90 requests failed in 5 min: 10.0 %, limit 0.1 %", id="share"
        ),
        pytest.param(
            {"signal": "answered", "at_most": None, "at_least": 0.999},
            {"failed": bad_of(9, 90)},
            "9 of 90 requests were not answered in 5 min: 10.0 %, limit 0.1 %",
            id="good share",
        ),
        pytest.param(
            {"signal": "ttft_s", "statistic": "p95", "at_most": 0.5},
            {"ttft_s": bad_of(9, 30, good=0.5, bad=1.35)},
            "9 of 30 requests with time to first token above 500 ms in 5 min: 30.0 %, limit 5.0 %",
            id="quantile",
        ),
        pytest.param(
            {"signal": "faithfulness", "statistic": "p50", "at_most": None, "at_least": 0.8},
            {"faithfulness": bad_of(18, 20, good=0.9, bad=0.7)},
            "18 of 20 answers with faithfulness below 0.80 in 5 min: 90.0 %, limit 50.0 %",
            id="low quantile",
        ),
    ],
)
def test_an_objective_says_what_is_bad_and_how_much_of_it(promise, columns, because):
    found = about().find(view(facts(**columns), objective(**promise)))[0]

    assert (Truth.TRUE, because) == (found.truth, found.because)


def test_a_stricter_objective_moves_the_clear_line_too():
    strict = objective(at_most=0.01)
    found = about(clear_of_limit=0.8).find(view(facts(failed=bad_of(9, 1000)), strict))[0]

    assert (Truth.FALSE, False) == (found.truth, found.clear)


@pytest.mark.parametrize(
    "promises",
    [pytest.param([], id="missing"), pytest.param([objective(signal="cost_usd", statistic="mean")], id="mean")],
)
def test_an_objective_that_limits_no_share_is_unknown_and_not_a_limit_of_zero(promises):
    found = about().find(view(facts(failed=bad_of(9, 9)), *promises))

    assert [(Truth.UNKNOWN, "no objective availability limits a share here")] == [(f.truth, f.because) for f in found]
    assert () == about().worst(view(facts(failed=bad_of(9, 9)), *promises), ())


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"signal": "nonsense"}, "there is no signal 'nonsense'"),
        ({"signal": None}, "give one of them"),
        ({"objective": "availability"}, "give one of them"),
        ({"signal": None, "objective": "first-token", "above": 0.5}, "leave above and below out"),
        ({"signal": None, "objective": "first-token", "clear_at": 0.5, "share_above": None}, "say clear_of_limit"),
        ({"signal": "ttft_s"}, "which ttft_s is bad"),
        ({"signal": "ttft_s", "above": 1, "below": 2}, "which ttft_s is bad"),
        ({"share_above": None}, "share_above is missing"),
        ({"split_by": "planet"}, "there is no label 'planet'"),
        ({"split_by": ["model", "planet"]}, "there is no label 'planet'"),
        ({"split_by": ["model", "model"]}, "split by one label twice"),
        ({"where": {"planet": "mars"}}, "there is no label 'planet'"),
        ({"clear_at": 0.06}, "it would resolve while it fires"),
        ({"share_above": 1.0}, "less than 1"),
        ({"alpha": 0}, "greater than 0"),
        ({"threshold": 5}, "not permitted"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(said, words):
    with pytest.raises(ValidationError, match=words):
        share(**said)


def test_it_looks_back_as_far_as_its_window():
    assert DAY == share(over="24h").looks_back


def test_a_judged_window_ends_where_judging_has_got_to():
    of = facts(
        ended=[NOON - 25 * MINUTE] * 20 + [NOON - 5 * MINUTE] * 20,
        faithfulness=[0.0] * 20 + [1.0] * 20,
    )

    (behind,) = SPIKE.find(replace(view(of), judged_until=NOON - 15 * MINUTE))
    (level,) = SPIKE.find(view(of))

    assert (20, 0) == (behind.k, level.k)


def test_a_judge_that_lags_an_hour_behind_leaves_nothing_known():
    of = facts(ended=[NOON - 2 * MINUTE] * 20, faithfulness=[0.0] * 20)

    (found,) = SPIKE.find(replace(view(of), judged_until=NOON - 2 * HOUR))

    assert (Truth.UNKNOWN, "answers are judged only until 23 Nov 10:00 UTC") == (found.truth, found.because)


def test_what_is_not_sampled_does_not_wait_for_the_judge():
    rule = share(over="2m", alpha=0.01)

    (found,) = rule.find(replace(view(facts(failed=bad_of(5, 20))), judged_until=NOON - 2 * HOUR))

    assert Truth.TRUE is found.truth

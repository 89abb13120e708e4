"""Budgets that burn too fast: over both windows, beyond chance, and only once per problem."""

import math
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from alerts.conditions import BudgetBurn
from domain.alerting import Truth
from domain.facts import Facts
from tests.alerts.shipped import RULES
from tests.builders import DAY, HOUR, MINUTE, NOON, SETTLE, bad_of, every, facts, objective, view

AVAILABLE = objective(signal="answered", at_most=None, at_least=0.999, over="30d")
TRUE = objective("hallucination", signal="hallucination_risk", above=0.15, at_most=0.05, over="24h")


def burn(**said: object) -> BudgetBurn:
    shape = {"kind": "burn", "objective": "availability", "factor": 14.4, "long": "1h", "alpha": 0.001}
    return BudgetBurn.model_validate({**shape, **said})


def traffic(bad_long: int, bad_short: int, each: int = 12) -> Facts:
    """*each* requests a minute of 55 minutes and of the 5 after them, with so many failures in either."""
    until = NOON - SETTLE
    early = every(timedelta(seconds=60 / each), until - HOUR, until - 5 * MINUTE)
    late = every(timedelta(seconds=60 / each), until - 5 * MINUTE, until)
    return facts([*early, *late], failed=[*bad_of(bad_long, len(early)), *bad_of(bad_short, len(late))])


@pytest.mark.parametrize(
    ("bad_long", "bad_short", "truth", "clear"),
    [
        pytest.param(20, 5, Truth.TRUE, False, id="both windows burn"),
        pytest.param(20, 0, Truth.FALSE, True, id="it is over"),
        pytest.param(0, 5, Truth.FALSE, True, id="it has only begun"),
        pytest.param(200, 1, Truth.FALSE, False, id="it is over but for one stray"),
        pytest.param(0, 0, Truth.FALSE, True, id="all is well"),
    ],
)
def test_both_windows_must_burn(bad_long, bad_short, truth, clear):
    found = burn().find(view(traffic(bad_long, bad_short), AVAILABLE))[0]

    assert (truth, clear) == (found.truth, found.clear)


def test_it_says_both_windows_with_their_counts():
    found = burn().find(view(traffic(20, 5), AVAILABLE))[0]

    assert (
        "the budget burns at 34.7 times the allowed pace over 60 min (25 of 720) and 83.3 times over 5 min (5 of 60), "
        "limit 14.4 times"
    ) == found.because
    assert (pytest.approx(25 / 720 / 0.001), 14.4, 25, 720) == (found.value, found.limit, found.k, found.n)
    assert (
        ("Now", "83.3 times over 5 min (5 of 60)"),
        ("Sure", "95 % interval 2.3 % to 5.1 % bad over 60 min"),
        ("Promise", "p; 0.1 % may be bad over 30 days"),
    ) == found.facts


def test_exactly_the_factor_is_not_above_it():
    at_the_limit = view(traffic(33, 3), objective(at_most=0.05))

    assert [True, False] == [burn(factor=factor).find(at_the_limit)[0].clear for factor in (1, 0.999)]


@pytest.mark.parametrize(
    ("of", "because"),
    [
        pytest.param(view(facts([]), AVAILABLE), "nothing to measure in 5 min", id="no requests"),
        pytest.param(
            view(facts([NOON - 30 * MINUTE] * 9, failed=1.0), AVAILABLE), "nothing to measure in 5 min", id="none late"
        ),
        pytest.param(
            view(facts(failed=[math.nan] * 9), AVAILABLE), "nothing to measure in 5 min", id="only callers' mistakes"
        ),
        pytest.param(
            view(traffic(20, 5), AVAILABLE, known_until=NOON - 2 * MINUTE),
            "traces are read only until 23 Nov 11:58 UTC",
            id="traces not read yet",
        ),
        pytest.param(
            view(traffic(20, 5), AVAILABLE, known_from=NOON - 20 * MINUTE),
            "traces are known only since 23 Nov 11:40 UTC",
            id="a part of the long window is not like the whole",
        ),
        pytest.param(view(traffic(20, 5)), "no objective availability limits a share here", id="nobody promised"),
        pytest.param(
            view(traffic(20, 5), objective(signal="cost_usd", statistic="mean")),
            "no objective availability limits a share here",
            id="a mean has no budget",
        ),
    ],
)
def test_what_is_not_known_is_unknown(of, because):
    assert [(Truth.UNKNOWN, because, False)] == [(one.truth, one.because, one.clear) for one in burn().find(of)]


def judged(k: int, n: int, **said: object) -> Facts:
    return facts([NOON - 2 * MINUTE] * n, faithfulness=bad_of(k, n, good=1.0, bad=0.5), **said)


SAMPLED = burn(objective="hallucination", factor=3, alpha=0.05)


@pytest.mark.parametrize(
    ("k", "n", "truth", "words"),
    [
        pytest.param(6, 20, Truth.FALSE, "but surely only 2.79 times", id="30 % of 20 may be 14 %"),
        pytest.param(30, 100, Truth.TRUE, "surely 4.5", id="30 % of 100 may not"),
        pytest.param(10, 100, Truth.FALSE, "2 times the allowed pace", id="not even as it looks"),
    ],
)
def test_a_sampled_budget_burns_surely_or_not_at_all(k, n, truth, words):
    found = SAMPLED.find(view(judged(k, n), TRUE))[0]

    assert truth is found.truth
    assert words in found.because


def test_a_badly_judged_sample_is_unknown():
    of = facts([NOON - 2 * MINUTE] * 10, faithfulness=[0.5] * 7 + [math.nan] * 3, judgeable=[1.0] * 10)
    found = SAMPLED.find(view(of, TRUE))[0]

    assert (Truth.UNKNOWN, "only 7 of 10 answers could be judged in 60 min") == (found.truth, found.because)


def test_a_slower_rule_keeps_quiet_while_a_faster_one_tells():
    slow = burn(factor=6, unless={"factor": 14.4, "over": "1h"})
    found = slow.find(view(traffic(20, 5), AVAILABLE))[0]

    assert (Truth.FALSE, False) == (found.truth, found.clear)
    assert found.because.endswith(", but a faster rule tells of it: 34.7 times over 60 min (25 of 720)")


@pytest.mark.parametrize(
    ("k", "within", "truth"),
    [
        pytest.param(25, None, Truth.FALSE, id="all of them"),
        pytest.param(26, None, Truth.TRUE, id="one more than there are"),
        pytest.param(40, None, Truth.TRUE, id="many more"),
        pytest.param(5, "25s", Truth.FALSE, id="five within 25 s"),
        pytest.param(5, "20s", Truth.TRUE, id="but not within 20"),
    ],
)
def test_but_not_where_so_few_may_have_escaped_the_faster_one(k, within, truth):
    unless = {"factor": 14.4, "over": "1h", "at_least_bad": k, "within": within}
    sample = traffic(0, 5) if within else traffic(20, 5)
    slow = burn(factor=6, unless={**unless, "factor": 6.5 if within else 14.4})

    assert truth is slow.find(view(sample, AVAILABLE))[0].truth


def test_nor_where_the_faster_burn_may_be_chance():
    slow = burn(factor=1, long="6h", alpha=0.4, unless={"factor": 3, "over": "30m", "alpha": 1e-9})
    found = slow.find(view(facts([NOON - 2 * MINUTE] * 100, failed=bad_of(2, 100)), AVAILABLE))[0]

    assert Truth.TRUE is found.truth


@pytest.mark.parametrize("per_hour", [30, 60, 300, 1200])
@pytest.mark.parametrize("seed", range(3))
def test_whatever_the_traffic_a_leak_of_two_percent_wakes_somebody_within_ten_hours(per_hour, seed):
    rng = np.random.default_rng(seed)
    until = NOON - SETTLE
    ends = every(HOUR / per_hour, until - 10 * HOUR, until)
    of = facts(ends, failed=(rng.random(len(ends)) < 0.02).astype(float).tolist())
    slots = every(5 * MINUTE, NOON - 8 * HOUR, NOON)

    assert any(
        RULES[guide].when.find(view(of, AVAILABLE, slot=slot, known_until=NOON))[0].truth is Truth.TRUE
        for slot in slots
        for guide in ("A1", "S1a")
    )


SHIPPED = [RULES[guide] for guide in ("S1a", "S1b", "S1c")]


def outage(share: float, length: timedelta, ago: timedelta) -> Facts:
    """Three days of a request each 2 s, of which *share* failed for *length*, ending *ago*."""
    until = NOON - SETTLE
    ends = every(timedelta(seconds=2), until - 3 * DAY, until)
    start = until - ago - length
    step = round(1 / share)
    return facts(
        ends,
        failed=[float(start <= end < start + length and position % step == 0) for position, end in enumerate(ends)],
    )


@pytest.mark.parametrize("ago", [timedelta(hours=hours) for hours in (0, 0.25, 0.75, 1.25, 3, 7, 20, 30, 50)])
def test_after_an_outage_that_paged_no_budget_rule_tells_of_it_again(ago):
    of = outage(1.0, 30 * MINUTE, ago)

    assert {Truth.FALSE} == {one.when.find(view(of, AVAILABLE))[0].truth for one in SHIPPED}


@pytest.mark.parametrize(
    ("share", "length", "fires"),
    [
        pytest.param(1 / 120, 6 * HOUR, ["S1a"], id="a leak of 0.8 % pages after hours"),
        pytest.param(1 / 240, DAY, ["S1b"], id="0.4 % is a ticket after a day"),
        pytest.param(1 / 600, 3 * DAY, ["S1c"], id="0.17 % is a ticket after three days"),
        pytest.param(1 / 2000, 3 * DAY, [], id="0.05 % is what was promised"),
    ],
)
def test_each_leak_is_told_by_one_tier(share, length, fires):
    of = view(outage(share, length, timedelta()), AVAILABLE)

    assert fires == [one.guide for one in SHIPPED if one.when.find(of)[0].truth is Truth.TRUE]


@pytest.mark.parametrize(
    ("guide", "name", "factor", "long", "still", "alpha"),
    [
        ("S1a", "availability", 6, 6 * HOUR, 30 * MINUTE, 0.001),
        ("S1b", "availability", 3, DAY, 2 * HOUR, 0.01),
        ("S1c", "availability", 1, 3 * DAY, 6 * HOUR, 0.01),
        ("S1d", "first-token", 3, DAY, 2 * HOUR, 0.01),
        ("S1e", "first-token", 1, 3 * DAY, 6 * HOUR, 0.01),
    ],
)
def test_the_shipped_tiers(guide, name, factor, long, still, alpha):
    when = RULES[guide].when

    assert (name, factor, long, still, alpha) == (when.objective, when.factor, when.long, when.still, when.alpha)
    assert ("page" if guide == "S1a" else "ticket") == RULES[guide].severity
    assert name == RULES[guide].objective


def test_the_short_window_is_a_twelfth_unless_said_otherwise():
    assert (5 * MINUTE, MINUTE) == (burn().still, burn(short="1m").still)


def test_it_looks_back_as_far_as_its_longest_window():
    assert [HOUR, 6 * HOUR] == [one.looks_back for one in (burn(), burn(factor=1, unless={"factor": 3, "over": "6h"}))]


@pytest.mark.parametrize(("at_most", "fires"), [(0.06, True), (1 / 14.4, False), (0.07, False), (0.5, False)], ids=str)
def test_a_factor_above_the_most_that_can_burn_never_fires(at_most, fires):
    why = burn().why_never(objective(at_most=at_most))

    assert fires == (why is None)
    assert fires or "its budget never burns faster than" in why


@given(st.floats(0.01, 0.5), st.floats(0.5, 30))
def test_what_can_never_fire_does_not_and_what_can_does(at_most, factor):
    promise = objective(at_most=at_most)
    rule = burn(factor=factor, alpha=0.4)
    of = view(facts([NOON - 2 * MINUTE] * 500, failed=1.0), promise)

    assert (rule.why_never(promise) is None) == (rule.find(of)[0].truth is Truth.TRUE)


@given(st.integers(0, 659), st.integers(0, 59))
def test_one_more_bad_request_never_makes_it_less_true(early, late):
    less, more = (burn().find(view(traffic(early, bad), AVAILABLE))[0] for bad in (late, late + 1))

    assert (less.truth, more.truth) != (Truth.TRUE, Truth.FALSE)
    assert not (more.truth is Truth.TRUE and more.clear)


def test_the_worst_traces_are_those_of_its_objective():
    slow = objective("first-token", signal="ttft_s", statistic="p95", at_most=0.5)
    of = view(facts([NOON - 30 * MINUTE] * 3, ttft_s=[0.4, 0.6, 0.9]), slow)

    assert ["trace-2", "trace-1"] == [one.trace_id for one in burn(objective="first-token").worst(of, ())]


def by_model(bad: dict[str, int], each: int = 60, ago: timedelta = 2 * MINUTE) -> Facts:
    """*each* requests of each model, so many of which failed."""
    failed = [one for k in bad.values() for one in bad_of(k, each)]
    names = [name for name in bad for _ in range(each)]
    labels = {"model": names, "feature": ["returns", "search"] * (len(names) // 2)}
    return facts([NOON - ago] * len(names), failed=failed, labels=labels)


def test_a_split_budget_burns_for_each_name_by_itself():
    found = burn(split_by="model").find(view(by_model({"a": 30, "b": 0}), AVAILABLE))

    assert [((("model", "a"),), Truth.TRUE, 30, 60), ((("model", "b"),), Truth.FALSE, 0, 60)] == [
        (one.labels, one.truth, one.k, one.n) for one in found
    ]


def test_the_names_of_a_split_budget_share_alpha():
    alone = burn(split_by="model", factor=1, alpha=0.04)
    promise = objective(at_most=0.05)
    one, two = by_model({"a": 7}), by_model({"a": 7, "b": 0})  # 7 of 60 at 5 %: by chance 1 in 34

    assert [Truth.TRUE] == [found.truth for found in alone.find(view(one, promise))]
    assert [Truth.FALSE, Truth.FALSE] == [found.truth for found in alone.find(view(two, promise))]


def test_a_name_without_anything_new_is_unknown_and_keeps_its_labels():
    old = by_model({"a": 30}, ago=30 * MINUTE)
    (found,) = burn(split_by="model").find(view(old, AVAILABLE))

    assert ((("model", "a"),), Truth.UNKNOWN, "nothing to measure in 5 min") == (
        found.labels,
        found.truth,
        found.because,
    )


def test_nobody_carries_the_label():
    found = burn(split_by=["provider", "model"]).find(view(by_model({"a": 30}), AVAILABLE))

    assert ["no requests with a provider and a model in 60 min"] == [one.because for one in found]


def test_a_burn_of_some_requests_counts_these_and_shows_these():
    some = burn(where={"feature": "returns"}, split_by="model")
    of = view(by_model({"a": 30, "b": 4}), AVAILABLE)
    found = {one.labels[0][1]: (one.k, one.n) for one in some.find(of)}

    assert {"a": (15, 30), "b": (2, 30)} == found
    assert ["trace-62", "trace-60"] == [one.trace_id for one in some.worst(of, (("model", "b"),))]


def test_a_faster_rule_is_asked_about_the_same_requests():
    slow = burn(factor=6, split_by="model", unless={"factor": 100, "over": "1h"})
    found = slow.find(view(by_model({"a": 30, "b": 4}), AVAILABLE))

    assert [Truth.FALSE, Truth.TRUE] == [one.truth for one in found]
    assert found[0].because.endswith("a faster rule tells of it: 500 times over 60 min (30 of 60)")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"split_by": "planet"}, "there is no label 'planet'"),
        ({"where": {"planet": "mars"}}, "there is no label 'planet'"),
        ({"factor": 0}, "greater than 0"),
        ({"short": "1h"}, "short lies outside long"),
        ({"short": "0s"}, "short lies outside long"),
        ({"alpha": 0.5}, "less than 0.5"),
        ({"unless": {"factor": 14.4, "over": "1h"}}, "unless names a slower burn"),
        ({"unless": {"factor": 20, "over": "4m"}}, "would be told again"),
        ({"objective": None}, "valid string"),
        ({"over": "1h"}, "not permitted"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(said, words):
    with pytest.raises(ValidationError, match=words):
        burn(**said)


def test_failures_of_one_conversation_are_less_evidence_than_those_of_strangers():
    """All 20 failures are one conversation's: for strangers that is no chance, for a conversation it may well be."""
    until = NOON - SETTLE
    ends = every(timedelta(seconds=5), until - HOUR, until)
    failed = [1.0 if n >= len(ends) - 20 else 0.0 for n in range(len(ends))]
    sessions = [f"s{n}" if n < len(ends) - 20 else "one" for n in range(len(ends))]
    of = facts(ends, failed=failed, sessions=sessions)
    by_session = objective(signal="answered", at_most=None, at_least=0.999, over="30d", clusters="session")
    strangers, conversation = (burn().find(view(of, one))[0] for one in (AVAILABLE, by_session))

    assert (Truth.TRUE, Truth.FALSE) == (strangers.truth, conversation.truth)
    assert (20, 720) == (conversation.k, conversation.n)
    assert "may be chance" in conversation.because

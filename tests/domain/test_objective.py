"""Promises: kept, broken, or not to be told from this sample."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.assessment import assess, assess_projection
from domain.certainty import surely_at_most, surely_more
from domain.counts import total
from domain.intervals import Interval
from domain.objective import Objective, Tier, Verdict
from domain.planning import plan_of
from domain.projection import project_month
from domain.rollup import hours
from domain.window import Window
from tests.builders import DAY, HOUR, NOON, bad_of, facts

TODAY = Window.ending(NOON, DAY)


def objective(**fields) -> Objective:
    values = {"name": "x", "tier": Tier.LLM, "promise": "x", "signal": "failed", "statistic": "share"}
    return Objective.model_validate({**values, **fields})


AVAILABLE = objective(signal="answered", at_least=0.999)
FAST = objective(signal="ttft_s", statistic="p95", at_most=0.5)
FAITHFUL = objective(signal="faithfulness", statistic="p50", at_least=0.8)
TRUE = objective(signal="hallucination_risk", above=0.15, at_most=0.05)
CHEAP = objective(signal="cost_usd", statistic="mean", at_most=0.015)
FRUGAL = objective(signal="spend_usd", statistic="total", at_most=5)


@pytest.mark.parametrize(
    ("promise", "sample", "verdict"),
    [
        pytest.param(AVAILABLE, facts(failed=bad_of(0, 2995)), Verdict.MET, id="2,995 without a failure show 99.9 %"),
        pytest.param(AVAILABLE, facts(failed=bad_of(0, 2994)), Verdict.INCONCLUSIVE, id="one fewer do not"),
        pytest.param(AVAILABLE, facts(failed=bad_of(10, 1000)), Verdict.BREACHED, id="1 % failed"),
        pytest.param(FAST, facts(ttft_s=bad_of(0, 59, good=0.2)), Verdict.MET, id="59 fast ones show a p95"),
        pytest.param(FAST, facts(ttft_s=bad_of(0, 58, good=0.2)), Verdict.INCONCLUSIVE, id="58 do not"),
        pytest.param(FAST, facts(ttft_s=bad_of(20, 100, good=0.2, bad=0.9)), Verdict.BREACHED, id="a fifth is slow"),
        pytest.param(FAITHFUL, facts(faithfulness=bad_of(40, 100, good=1.0, bad=0.5)), Verdict.MET, id="median holds"),
        pytest.param(
            FAITHFUL, facts(faithfulness=bad_of(90, 100, good=1.0, bad=0.5)), Verdict.BREACHED, id="median low"
        ),
        pytest.param(TRUE, facts(faithfulness=bad_of(1, 100, good=1.0, bad=0.5)), Verdict.MET, id="1 % flagged"),
        pytest.param(TRUE, facts(faithfulness=bad_of(12, 100, good=1.0, bad=0.5)), Verdict.BREACHED, id="12 % flagged"),
        pytest.param(CHEAP, facts(cost_usd=[0.01, 0.011] * 50), Verdict.MET, id="mean below"),
        pytest.param(CHEAP, facts(cost_usd=[0.02, 0.021] * 50), Verdict.BREACHED, id="mean above"),
        pytest.param(CHEAP, facts(cost_usd=[0.001, 0.04]), Verdict.INCONCLUSIVE, id="two values show no mean"),
        pytest.param(FRUGAL, facts(spend_usd=[3.0, 2.5]), Verdict.BREACHED, id="a total needs no test"),
        pytest.param(FRUGAL, facts(spend_usd=[3.0, 1.5]), Verdict.MET, id="and can be kept"),
    ],
)
def test_a_verdict_is_given_when_it_is_95_percent_sure(promise, sample, verdict):
    assert verdict is assess(promise, sample, TODAY).verdict


@pytest.mark.parametrize("promise", [AVAILABLE, FAST, FAITHFUL, TRUE, CHEAP, FRUGAL])
def test_without_data_there_is_no_number_and_no_verdict(promise):
    nothing = assess(promise, facts(ended=[]), TODAY)

    assert (Verdict.INCONCLUSIVE, None, 0) == (nothing.verdict, nothing.measurement.value, nothing.measurement.n)


def test_a_share_of_good_requests_is_shown_as_such():
    shown = assess(AVAILABLE, facts(failed=bad_of(10, 1000)), TODAY).measurement

    assert 0.99 == pytest.approx(shown.value)
    assert shown.interval.low < 0.99 < shown.interval.high


def test_a_quantile_is_shown_with_the_share_behind_its_verdict():
    found = assess(FAST, facts(ttft_s=bad_of(20, 100, good=0.2, bad=0.9)), TODAY)

    assert ("p95", 0.9, 20, 100) == (found.measurement.statistic, found.measurement.value, found.bad.k, found.bad.n)


def test_a_badly_covered_sample_gives_no_verdict_on_quality():
    half_judged = facts(faithfulness=[1.0] * 50 + [float("nan")] * 50, judgeable=1.0)

    found = assess(TRUE, half_judged, TODAY)

    assert (Verdict.INCONCLUSIVE, "only 50% of the sample could be judged") == (found.verdict, found.because)


def test_it_says_how_many_more_would_tell():
    assert "about " in assess(AVAILABLE, facts(failed=bad_of(0, 100)), TODAY).because


def test_only_requests_that_ended_in_the_window_count():
    sample = facts(ended=[NOON - 2 * DAY, NOON - DAY, NOON], failed=1.0)

    assert 1 == assess(AVAILABLE, sample, TODAY).measurement.n


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        pytest.param({"at_most": 1.0}, "never be spent or never be kept", id="a budget of everything"),
        pytest.param({"at_most": 0.0}, "never be spent or never be kept", id="a budget of nothing"),
        pytest.param({"signal": "joy", "at_most": 0.1}, "there is no signal 'joy'", id="unknown signal"),
        pytest.param({}, "exactly one limit", id="no limit"),
        pytest.param({"signal": "cost_usd", "statistic": "mean", "at_least": 1}, "limited by at_most", id="from below"),
        pytest.param(
            {"signal": "ttft_s", "statistic": "p95", "above": 1, "at_most": 1}, "leave them out here", id="two limits"
        ),
        pytest.param({"statistic": "p95", "at_most": 1}, "its statistic is share", id="a percentile of yes and no"),
        pytest.param({"signal": "latency_s", "at_most": 0.1}, "Say above or below", id="a share of seconds"),
        pytest.param({"signal": "latency_s", "at_least": 0.9}, "Say above or below", id="the good share of seconds"),
        pytest.param(
            {"signal": "latency_s", "above": 1, "below": 2, "at_most": 0.1}, "one of them", id="both above and below"
        ),
        pytest.param({"at_most": float("nan")}, "finite number", id="not a number"),
        pytest.param({"signal": "ttft_s", "statistic": "p95", "at_most": -1}, "below zero", id="a limit below zero"),
        pytest.param({"signal": "cost_usd", "statistic": "projection", "at_most": 1}, "of spend_usd", id="projection"),
        pytest.param({"at_most": 0.1, "over": "0s"}, "no time at all", id="no window"),
        pytest.param({"signal": "", "at_most": 0.1}, "signal is missing", id="about nothing"),
        pytest.param({"statistic": "goodput", "at_least": 0.9}, "leave signal", id="goodput of one signal"),
        pytest.param({"statistic": "goodput", "signal": "", "at_most": 0.9}, "one limit, at_least", id="bad goodput"),
        pytest.param({"statistic": "goodput", "signal": "", "at_least": 1.0}, "one limit, at_least", id="all goodput"),
    ],
)
def test_a_promise_that_makes_no_sense_is_refused(fields, complaint):
    with pytest.raises(ValidationError, match=complaint):
        objective(**fields)


@given(st.integers(1, 400), st.data())
def test_no_sample_is_both_surely_within_and_surely_beyond(n, data):
    k = data.draw(st.integers(0, n))
    budget = data.draw(st.floats(0.001, 0.999))

    assert not (surely_at_most(k, n, budget) and surely_more(k, n, budget))


@given(st.integers(1, 300), st.data())
def test_more_bad_requests_never_make_a_promise_kept(n, data):
    k = data.draw(st.integers(0, n - 1))
    budget = data.draw(st.floats(0.001, 0.999))

    assert surely_at_most(k, n, budget) or not surely_at_most(k + 1, n, budget)
    assert surely_more(k + 1, n, budget) or not surely_more(k, n, budget)


def test_a_projection_is_judged_by_its_interval():
    month = objective(statistic="projection", signal="spend_usd", at_most=100)
    steady = project_month({(NOON - n * DAY).date(): 3.0 for n in range(1, 22)}, NOON)
    dear = project_month({(NOON - n * DAY).date(): 9.0 for n in range(1, 22)}, NOON)
    short = project_month({NOON.date(): 1.0}, NOON)

    assert Verdict.MET is assess_projection(month, steady, TODAY).verdict
    assert Verdict.BREACHED is assess_projection(month, dear, TODAY).verdict
    assert Verdict.INCONCLUSIVE is assess_projection(month, short, TODAY).verdict


def test_an_interval_of_a_share_contains_it():
    shown = assess(TRUE, facts(faithfulness=bad_of(12, 100, good=1.0, bad=0.5)), TODAY).measurement

    assert isinstance(shown.interval, Interval)
    assert shown.interval.low < shown.value < shown.interval.high


@pytest.mark.parametrize(
    ("said", "values"),
    [
        pytest.param({"statistic": "p95", "at_most": 0.5}, [0.4] * 900 + [0.5 + 1e-9] * 100, id="a hair above"),
        pytest.param({"statistic": "p95", "at_most": 0.5}, [0.4] * 900 + [0.5] * 100, id="exactly the limit"),
        pytest.param(
            {"statistic": "p50", "at_most": None, "at_least": 0.5}, [0.5 - 1e-9] * 600 + [0.6] * 400, id="a hair below"
        ),
    ],
)
def test_near_its_limit_a_percentile_never_contradicts_its_verdict(said, values):
    promise = objective(**{"signal": "ttft_s", "at_most": None, **said})
    of = facts(ended=NOON - HOUR, ttft_s=values)
    counts = total(plan_of([promise]), hours(of, plan_of([promise])), promise.spreads)

    found = assess(promise, Counted(counts), Window.ending(NOON, DAY))

    value, (low, high) = found.measurement.value, found.measurement.interval
    keeps = value <= promise.at_most if promise.at_most is not None else value >= promise.at_least
    assert (found.verdict is Verdict.MET) == keeps
    assert found.verdict is not Verdict.INCONCLUSIVE
    assert low <= value <= high


class Counted:
    """A past that is counted already."""

    def __init__(self, counts):
        self.counts = counts

    def over(self, window, *, where=(), spreads=()):
        return self.counts


def test_costs_with_a_long_tail_take_many_requests_to_be_called_low():
    found = assess(CHEAP, facts(cost_usd=[0.001] * 98 + [0.05] * 2), Window.ending(NOON, DAY))

    assert Verdict.INCONCLUSIVE is found.verdict
    assert "so uneven that it takes 1,176" in found.because


@pytest.mark.parametrize("said", [{"statistic": "mean"}, {"statistic": "total", "signal": "spend_usd", "at_most": 100}])
def test_what_has_no_price_is_not_called_cheap(said):
    promise = objective(**{"signal": "cost_usd", "at_most": 0.015, **said})
    priced = facts(cost_usd=[0.01, 0.011] * 50, spend_usd=0.01)
    half = facts(cost_usd=[0.01, float("nan")] * 50, spend_usd=[0.01, 0.0] * 50, unpriced=[0.0, 1.0] * 50)

    assert Verdict.MET is assess(promise, priced, Window.ending(NOON, DAY)).verdict
    found = assess(promise, half, Window.ending(NOON, DAY))
    assert (Verdict.INCONCLUSIVE, "50 of 100 requests have a call without a price") == (found.verdict, found.because)

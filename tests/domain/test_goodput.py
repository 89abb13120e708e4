"""Goodput: counted, never multiplied together; the product with quality has an interval that covers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bad import Bad
from domain.goodput import Goodput, measure_goodput, product_interval
from domain.joint import Joint
from domain.objective import Objective, Verdict
from domain.promises import assess_goodput, goodput_of, promises_of
from domain.window import Window
from tests.builders import DAY, HOUR, NOON, bad_of, facts, objective

TODAY = Window.ending(NOON, DAY)
NAN = float("nan")

ANSWERED = objective("availability", signal="answered", at_most=None, at_least=0.999)
FAST = objective("end-to-end", signal="latency_s", statistic="p95", at_most=2.0)
FIRST = objective("first-token", signal="ttft_s", statistic="p95", at_most=0.5)
CHEAP = objective("cost", signal="cost_usd", statistic="mean", at_most=0.015)
TRUE = objective("hallucination", signal="hallucination_risk", above=0.15, at_most=0.05)
FAITHFUL = objective("faithfulness", signal="faithfulness", statistic="p50", at_most=None, at_least=0.80)
NINETY = Objective(name="goodput", tier="quality", promise="90 %", statistic="goodput", at_least=0.90)
ALL = (ANSWERED, FAST, FIRST, CHEAP, TRUE, FAITHFUL)


def found(sample, *objectives: Objective) -> Goodput:
    return goodput_of(objectives or ALL, sample, TODAY)


def test_a_request_that_breaks_two_promises_is_lost_once():
    sample = facts(failed=0.0, latency_s=[1, 3, 3, 1, 1], ttft_s=[0.1, 0.9, 0.1, 0.9, 0.1])
    goodput = found(sample, ANSWERED, FAST, FIRST)

    assert (2, 5, 0.4) == (goodput.kept, goodput.n, goodput.value)
    assert [("availability", 0, 0), ("end-to-end", 2, 1), ("first-token", 2, 1)] == [
        (row.promise, row.broken, row.alone) for row in goodput.breakdown
    ]
    assert [0.0, 0.2, 0.2] == pytest.approx([row.gain for row in goodput.breakdown])


def test_what_is_exactly_at_its_limit_keeps_it():
    assert 1.0 == found(facts(latency_s=2.0, ttft_s=0.5, cost_usd=0.015), FAST, FIRST, CHEAP).value


def test_the_unknown_breaks_nothing_and_is_counted():
    goodput = found(facts(latency_s=[1.0, 1.0, 3.0], ttft_s=[NAN, 0.9, NAN]), FAST, FIRST)

    assert (1, 3) == (goodput.kept, goodput.n)
    assert {"end-to-end": 0, "first-token": 2} == {row.promise: row.unknown for row in goodput.breakdown}


def test_quality_is_the_judged_share_of_what_keeps_the_others():
    risks = [0.1, 0.1, 0.1, 0.2, NAN, NAN, 0.9, 0.9]
    sample = facts(latency_s=[1.0] * 6 + [3.0] * 2, faithfulness=[1 - risk for risk in risks])
    goodput = found(sample, FAST, TRUE)

    assert (6, 8, 4, 3) == (goodput.kept, goodput.n, goodput.judged, goodput.good)
    assert 6 / 8 * 3 / 4 == pytest.approx(goodput.value)
    assert ("quality", 6, 3, 1, 2) == tuple(
        getattr(goodput.breakdown[-1], name) for name in ("promise", "n", "broken", "alone", "unknown")
    )


@pytest.mark.parametrize(
    ("faithfulness", "good"), [(0.84, False), (0.85, True), (0.70, False)], ids=["risk 0.16", "risk 0.15", "risk 0.3"]
)
def test_an_answer_is_good_by_its_risk_and_its_faithfulness(faithfulness, good):
    assert int(good) == found(facts(latency_s=1.0, faithfulness=faithfulness), FAST, TRUE).good


def test_a_lax_risk_still_asks_for_the_faithfulness_that_the_guide_warns_of():
    lax = objective("hallucination", signal="hallucination_risk", above=0.5, at_most=0.05)

    assert [1, 0] == [found(facts(faithfulness=value), lax).good for value in (0.70, 0.69)]


def test_without_a_judged_answer_quality_is_not_known_and_neither_is_goodput():
    goodput = found(facts(latency_s=[1.0, 3.0]), FAST, TRUE)

    assert (None, None, None, None) == (goodput.quality, goodput.value, goodput.interval, goodput.marginals)
    assert (1, 2) == (goodput.kept, goodput.n)
    assert [None, None] == [row.gain for row in goodput.breakdown]


def test_where_no_quality_was_promised_what_is_kept_is_goodput():
    goodput = found(facts(latency_s=[1.0, 3.0]), FAST)

    assert (0.5, False) == (goodput.value, goodput.promises_quality)


def test_an_outage_is_a_goodput_of_zero_although_nothing_was_judged():
    assert 0.0 == found(facts(failed=[1.0] * 50), ANSWERED, TRUE).value


def test_without_requests_there_is_no_number():
    goodput = found(facts(ended=[]))

    assert (0, None, None, None) == (goodput.n, goodput.value, goodput.interval, goodput.bounds())
    assert {None} == {row.gain for row in goodput.breakdown}


def test_only_requests_of_the_window_count():
    assert 1 == found(facts(ended=[NOON - 2 * DAY, NOON - HOUR, NOON], failed=0.0), ANSWERED).n


@pytest.mark.parametrize(
    ("objectives", "promised"),
    [
        pytest.param([FAITHFUL], ["hallucination_risk", "faithfulness"], id="quality of any kind asks for both"),
        pytest.param([objective(signal="latency_s", statistic="p50", at_most=1.0)], [], id="a median promises no one"),
        pytest.param([objective(signal="refused", at_most=0.02)], [], id="a refusal may be right"),
        pytest.param([objective(signal="thumb_up", at_most=None, at_least=0.8)], [], id="nor do votes"),
        pytest.param([objective(signal="spend_usd", statistic="total", at_most=5)], [], id="a total is nobody's"),
        pytest.param([NINETY], [], id="goodput is not part of itself"),
        pytest.param([ANSWERED, objective("errors", at_most=0.005)], ["failed"], id="two promises of the same are one"),
        pytest.param([objective("timeouts", signal="timeout", at_most=0.01)], ["timeout"], id="one way to fail"),
        pytest.param([ANSWERED, objective("timeouts", signal="timeout", at_most=0.01)], ["failed"], id="a part of all"),
        pytest.param([FIRST, CHEAP, FAST], ["latency_s", "ttft_s", "cost_usd"], id="times and cost"),
    ],
)
def test_what_each_request_is_promised(objectives, promised):
    assert promised == [one.signal for one in promises_of(objectives)]


def test_the_strictest_of_two_limits_is_the_promise():
    tail = objective("tail", signal="latency_s", statistic="p99", at_most=5.0)
    (one,) = promises_of([tail, FAST])

    assert (Bad(above=2.0), "tail, end-to-end") == (one.bad, one.name)


@pytest.mark.parametrize(
    ("sample", "verdict", "words"),
    [
        pytest.param(facts(latency_s=bad_of(0, 60, good=1, bad=3), faithfulness=1.0), Verdict.MET, "at least 90 %"),
        pytest.param(facts(latency_s=bad_of(1, 30, good=1, bad=3), faithfulness=1.0), Verdict.INCONCLUSIVE, "too few"),
        pytest.param(facts(latency_s=bad_of(9, 30, good=1, bad=3), faithfulness=1.0), Verdict.BREACHED, "fewer than"),
        pytest.param(facts(latency_s=1.0, faithfulness=bad_of(20, 60, good=1, bad=0)), Verdict.BREACHED, "fewer than"),
        pytest.param(facts(latency_s=bad_of(0, 30, good=1, bad=3)), Verdict.INCONCLUSIVE, "30 of 30 keep the other"),
        pytest.param(facts(latency_s=bad_of(20, 30, good=1, bad=3)), Verdict.BREACHED, "fewer than 90 %"),
        pytest.param(
            facts(latency_s=1.0, faithfulness=[1.0] * 90 + [NAN] * 10, judgeable=1.0),
            Verdict.INCONCLUSIVE,
            "only 90% of the sample could be judged",
        ),
        pytest.param(facts(ended=[]), Verdict.INCONCLUSIVE, "there were no requests"),
    ],
    ids=["kept", "few", "slow", "invented", "not judged", "not judged, but slow", "badly judged", "nothing"],
)
def test_the_verdict_is_by_the_bounds(sample, verdict, words):
    said = assess_goodput(NINETY, found(sample, FAST, TRUE))

    assert verdict is said.verdict
    assert words in said.because
    assert (said.measurement.value is None) == (said.measurement.n == 0)


columns = st.integers(1, 60).flatmap(
    lambda n: st.fixed_dictionaries(
        {
            "failed": st.lists(st.sampled_from([0.0, 0.0, 1.0, NAN]), min_size=n, max_size=n),
            "latency_s": st.lists(st.sampled_from([1.0, 1.0, 3.0, NAN]), min_size=n, max_size=n),
            "cost_usd": st.lists(st.sampled_from([0.01, 0.02, NAN]), min_size=n, max_size=n),
            "faithfulness": st.lists(st.sampled_from([1.0, 0.8, 0.2, NAN, NAN]), min_size=n, max_size=n),
        }
    )
)


@given(columns)
def test_the_joint_count_is_at_most_each_of_the_single_ones(sample):
    goodput = found(facts(**sample))

    assert goodput.kept <= min(row.n - row.broken for row in goodput.breakdown if row.promise != "quality")
    assert goodput.kept + sum(row.alone for row in goodput.breakdown[:-1]) <= goodput.n
    assert all(row.alone <= row.broken <= row.n for row in goodput.breakdown)


@given(columns)
def test_the_frechet_range_holds_goodput_and_the_independence_figure(sample):
    goodput = found(facts(**sample))
    if goodput.value is None:
        return
    low, high = goodput.marginals.possible

    assert 0 <= low <= goodput.value <= high <= 1 + 1e-12
    assert goodput.interval.low <= goodput.value <= goodput.interval.high
    assert low - 1e-12 <= goodput.marginals.independent <= high + 1e-12


BAD_ONES = {
    "failed": {"failed": 1.0, "latency_s": 1.0, "cost_usd": NAN, "faithfulness": NAN},
    "slow": {"failed": 0.0, "latency_s": 9.0, "cost_usd": 0.01, "faithfulness": 1.0},
    "dear": {"failed": 0.0, "latency_s": 1.0, "cost_usd": 1.0, "faithfulness": NAN},
    "invented": {"failed": 0.0, "latency_s": 1.0, "cost_usd": 0.01, "faithfulness": 0.0},
}


@given(columns, st.sampled_from(sorted(BAD_ONES)))
def test_one_more_bad_request_never_raises_goodput(sample, kind):
    before = found(facts(**sample))
    after = found(facts(**{name: [*column, BAD_ONES[kind][name]] for name, column in sample.items()}))

    if before.value is not None and after.value is not None:
        assert after.value <= before.value + 1e-12


@given(columns)
def test_it_does_not_matter_in_which_order_requests_or_promises_come(sample):
    shuffled = {name: column[::-1] for name, column in sample.items()}
    one, other = found(facts(**sample)), found(facts(**shuffled), *reversed(ALL))

    assert (one.n, one.kept, one.judged, one.good) == (other.n, other.kept, other.judged, other.good)


@pytest.mark.parametrize(("kept", "good"), [(0.85, 0.92), (0.99, 0.98), (0.999, 0.95), (0.5, 0.5)])
@pytest.mark.parametrize(("n", "rate"), [(2_000, 0.1), (500, 1.0), (300, 0.1)])
def test_the_interval_of_the_product_covers(kept, good, n, rate):
    """Two-sided 95 % and each of the two 95 % bounds of a verdict, on 1,000 simulated days each."""
    rng = np.random.default_rng(7)
    held = {"inside": 0, "above low": 0, "below high": 0}
    rounds = 1_000
    for k in rng.binomial(n, kept, rounds).tolist():
        judged = max(1, int(rng.binomial(k, rate)))
        counts = ((k, n), (int(rng.binomial(judged, good)), judged))
        two, one = product_interval(*counts), product_interval(*counts, confidence=0.90)
        held["inside"] += two.low <= kept * good <= two.high
        held["above low"] += one.low <= kept * good
        held["below high"] += kept * good <= one.high

    three_sigma = 3 * (0.95 * 0.05 / rounds) ** 0.5
    assert min(held.values()) / rounds >= 0.95 - three_sigma


def test_no_sample_has_no_interval():
    assert product_interval((0, 0), (1, 1)) is None
    assert product_interval((1, 1), (0, 0)) is None


def test_without_promises_everything_is_goodput():
    goodput = measure_goodput(Joint.of(facts(failed=[1.0, 0.0]), ()), (), TODAY)

    assert (1.0, 1.0, ()) == (goodput.value, goodput.marginals.independent, goodput.breakdown)


def test_quality_promised_to_some_counts_the_others_as_they_are():
    """A tenth of the answers is judged; half of those of feature a are bad, and nobody promised anything of b."""
    whom = objective(
        "true", signal="hallucination_risk", statistic="share", above=0.15, at_most=0.05, where={"feature": "a"}
    )
    judged = [n % 10 == 0 for n in range(1000)]
    of = facts(
        NOON - HOUR,
        labels={"feature": ["a" if n < 400 else "b" for n in range(1000)]},
        faithfulness=[
            (0.5 if n % 20 == 0 else 1.0) if is_judged else float("nan") for n, is_judged in enumerate(judged)
        ],
        rate=[0.1 if is_judged else float("nan") for is_judged in judged],
    )

    found = goodput_of([whom], of, Window.ending(NOON, DAY))

    assert 1 - 0.4 * 0.5 == pytest.approx(found.value)

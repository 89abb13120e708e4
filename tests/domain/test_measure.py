"""Measuring: counts are exact, unknown is never a number, and any split of the requests adds up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import measure
from domain.bad import Bad
from domain.facts import from_us, to_us
from domain.measurement import Measurement
from domain.money import nano_usd, usd
from domain.sampling import choose, position, rate_for
from domain.signals import SIGNALS
from domain.window import Window
from tests.builders import DAY, HOUR, NOON, every, facts

TODAY = Window.ending(NOON, DAY)
values = st.lists(st.one_of(st.just(float("nan")), st.floats(0, 100)), max_size=60)


@given(values, st.floats(0, 100))
def test_a_share_counts_only_what_is_known(column, limit):
    known = [value for value in column if not np.isnan(value)]

    found = measure.share(
        facts(latency_s=column, ended=[NOON - HOUR] * len(column)), "latency_s", TODAY, bad=Bad(above=limit)
    )

    assert (sum(value > limit for value in known), len(known)) == (found.k, found.n)
    assert (None if not known else found.k / found.n) == found.value


@given(values)
def test_no_statistic_is_ever_a_number_without_a_sample_or_not_a_number(column):
    sample = facts(ttft_s=column, ended=[NOON - HOUR] * len(column))

    for which in ("p10", "p50", "p95", "p99", "mean", "total"):
        found = measure.statistic(sample, "ttft_s", which, TODAY)
        assert (found.value is None) == (found.n == 0)
        assert found.value is None or np.isfinite(found.value)


@given(st.lists(st.booleans(), min_size=1, max_size=80), st.integers(1, 79))
def test_the_parts_of_a_window_add_up_to_the_whole(failed, cut):
    ends = every(HOUR / 10, TODAY.start, TODAY.end)[: len(failed)]
    sample = facts(ended=ends, failed=[float(one) for one in failed])
    middle = ends[min(cut, len(ends) - 1)]
    parts = [TODAY] if middle == TODAY.start else [Window(TODAY.start, middle), Window(middle, TODAY.end)]

    counts = [measure.share(sample.within(part), "failed", part, bad=Bad()) for part in parts]

    assert (sum(failed), len(failed)) == (sum(one.k or 0 for one in counts), sum(one.n for one in counts))


@pytest.mark.parametrize("signal", SIGNALS)
def test_every_signal_can_be_measured_of_nothing(signal):
    found = measure.statistic(facts(ended=[]), signal, "mean", TODAY)

    assert (0, None) == (found.n, found.value)


def test_labels_select_and_split():
    sample = facts(failed=[1.0, 0.0, 0.0], labels={"feature": ["a", "b", None]})

    assert {"a": 1, "b": 1} == sample.counts("feature")
    assert [("a", 1), ("b", 1)] == [(name, len(part)) for name, part in sample.split("feature")]
    assert 0 == len(sample.labelled("feature", "unheard of"))


def test_coverage_is_unknown_when_there_was_nothing_to_judge():
    assert measure.coverage(facts(failed=[0.0, 0.0]), "faithfulness") is None
    assert 0.5 == measure.coverage(facts(faithfulness=[1.0, float("nan")], judgeable=1.0), "hallucination_risk")


def test_a_measurement_refuses_a_value_without_a_sample():
    with pytest.raises(ValueError, match="a value needs a sample"):
        Measurement(signal="x", statistic="share", window=TODAY, n=0, value=0.0)
    with pytest.raises(ValueError, match="3 bad of 2"):
        Measurement(signal="x", statistic="share", window=TODAY, n=2, k=3, value=1.0)


@given(st.integers(-(10**18), 10**18))
def test_money_survives_the_way_there_and_back(nano):
    assert nano == nano_usd(usd(nano))


@pytest.mark.parametrize("amount", ["NaN", "inf", "ten", ""])
def test_what_is_no_amount_is_refused(amount):
    with pytest.raises(ValueError, match="not an amount"):
        nano_usd(amount)


@given(st.integers(0, 4_000_000_000_000_000))
def test_a_time_survives_the_way_there_and_back(microseconds):
    assert microseconds == to_us(from_us(microseconds))


@given(st.lists(st.text(min_size=1), unique=True, max_size=40), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_rate_keeps_everything_a_lower_rate_kept(ids, one, other):
    low, high = sorted((one, other))

    assert set(choose(ids, low)) <= set(choose(ids, high))


def test_a_sample_is_as_large_as_its_rate():
    ids = [f"{number:032x}" for number in range(20_000)]

    assert 0.10 == pytest.approx(len(choose(ids, 0.10)) / len(ids), abs=0.007)
    assert 0.5 == pytest.approx(np.mean([position(one) for one in ids]), abs=0.01)


def test_little_traffic_is_judged_in_full():
    assert (1.0, 0.1) == (rate_for(999, usual=0.1), rate_for(1000, usual=0.1))


@pytest.mark.parametrize(
    ("per_day", "last", "rate"),
    [(799, 0.1, 1.0), (800, 0.1, 0.1), (800, 1.0, 1.0), (1199, 1.0, 1.0), (1199, 0.1, 0.1), (1200, 1.0, 0.1)],
)
def test_around_the_line_the_share_stays_what_it_was(per_day, last, rate):
    assert rate == rate_for(per_day, usual=0.1, last=last)


def test_a_usual_share_that_was_changed_counts_around_the_line_too():
    assert 0.3 == rate_for(1000, usual=0.3, last=0.1)

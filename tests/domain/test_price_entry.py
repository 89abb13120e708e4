"""What a price comes to: cliffs, rounding, and what has no price rather than none to pay."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.price_entry import Cliff, round_half_even
from domain.price_kinds import Used
from tests.domain.test_prices import entry, table

MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)

LONG = entry(
    input=1,
    cache_read="0.5",
    output=2,
    cliffs=[
        {"above": 100_000, "usd_per_million": {"input": 10, "cache_read": 5, "output": 20}},
        {"above": 200_000, "usd_per_million": {"input": 100, "cache_read": 50, "output": 200}},
    ],
)


@pytest.mark.parametrize(
    ("went_in", "times"),
    [(0, 1), (99_999, 1), (100_000, 1), (100_001, 10), (200_000, 10), (200_001, 100), (10**7, 100)],
)
def test_above_a_cliff_all_tokens_cost_more_and_the_cliff_itself_is_not_above(went_in, times):
    cached = went_in // 3
    usage = {"input": went_in - cached, "input_cached_tokens": cached, "output": 7}

    exact = times * (Decimal(went_in - cached) + Decimal(cached) / 2 + 14) * 1000
    assert round(exact) == table(LONG).cost_nano_usd("m", usage, MIDNIGHT)


@pytest.mark.parametrize(
    "cliffs",
    [
        [{"above": 0, "usd_per_million": {"input": 2}}],
        [{"above": 9, "usd_per_million": {"input": 2, "output": 1}}],
        [{"above": 9, "usd_per_million": {"input": 2}}, {"above": 9, "usd_per_million": {"input": 3}}],
        [{"above": 9, "usd_per_million": {"input": 2}}, {"above": 8, "usd_per_million": {"input": 3}}],
    ],
)
def test_cliffs_rise_and_price_what_the_entry_prices(cliffs):
    with pytest.raises(ValidationError):
        entry(cliffs=cliffs)


@pytest.mark.parametrize(
    ("usage", "cost"),
    [
        pytest.param({"input": 10, "output": 5}, 20_000, id="all kinds have a price"),
        pytest.param({"input": 10, "output_reasoning_tokens": 5}, 20_000, id="thinking is billed as output"),
        pytest.param({"input": 10, "mystery_tokens": 1}, None, id="an unknown key"),
        pytest.param({"input": 10, "mystery_tokens": 0}, 10_000, id="an unknown key that used nothing"),
        pytest.param({"input": 10, "input_cached_tokens": 1}, None, id="cached input without a price"),
        pytest.param({"input": 10, "input_audio_tokens": 1}, None, id="audio without a price"),
        pytest.param({"total": 10}, None, id="only a total"),
        pytest.param({"input": 10, "output": 5, "total": 99}, 20_000, id="a total is of no bucket"),
        pytest.param({}, 0, id="nothing"),
    ],
)
def test_what_has_no_price_is_unpriced_never_free(usage, cost):
    assert cost == table(entry(input=1, output=2)).cost_nano_usd("m", usage, MIDNIGHT)


def test_a_price_of_0_is_a_price():
    free = table(entry(input=0, output=0))

    assert 0 == free.cost_nano_usd("m", {"input": 10**6, "output": 10**6}, MIDNIGHT)


def test_a_call_that_nobody_could_pay_for_has_no_price():
    dear = table(entry(input=100_000))

    assert 10**15 == dear.cost_nano_usd("m", {"input": 10**7}, MIDNIGHT)
    assert dear.cost_nano_usd("m", {"input": 10**7 + 1}, MIDNIGHT) is None
    assert dear.cost_nano_usd("m", {"input": 2**53}, MIDNIGHT) is None


@pytest.mark.parametrize("price", [-1, "NaN", "Infinity", "-0.000000001", 100_001, "0.0000000001", "much", None])
def test_a_price_that_makes_no_sense_is_refused(price):
    with pytest.raises(ValidationError):
        entry(input=price)


def test_two_names_for_one_kind_are_refused():
    with pytest.raises(ValidationError, match="cache_read, which has a price already"):
        entry(usd_per_million={"input_cached_tokens": 1, "cache_read_input_tokens": 2})


@pytest.mark.parametrize(
    "fields",
    [{"model": "("}, {"model": "(a+)+b"}, {"model": ""}, {"service_tier": "prioritty"}, {"until": "2027-01-01"}],
)
def test_an_entry_that_makes_no_sense_is_refused(fields):
    with pytest.raises(ValidationError):
        entry(**fields)


@pytest.mark.parametrize(
    ("tokens", "nano"), [(1, 0), (2, 1), (3, 2), (4, 2), (5, 2), (6, 3), (7, 4), (2 * 10**9 + 1, 10**9)]
)
def test_a_half_nano_dollar_goes_to_the_even_one(tokens, nano):
    assert nano == table(entry(input="0.0005")).cost_nano_usd("m", {"input": tokens}, MIDNIGHT)


@given(st.integers(0, 2**80), st.integers(1, 2**40))
def test_rounding_is_that_of_decimals(numerator, denominator):
    assert round(Fraction(numerator, denominator)) == round_half_even(numerator, denominator)


RATES = st.decimals(0, 1000, places=9)


@given(
    rates=st.fixed_dictionaries(dict.fromkeys(("input", "output", "cache_read"), RATES)),
    calls=st.lists(st.tuples(*[st.integers(0, 2_000_000)] * 3), max_size=50),
)
def test_a_cost_is_within_half_a_nano_dollar_of_the_exact_one_and_sums_lose_no_more(rates, calls):
    prices = table(entry(**rates))
    exact = [sum(Decimal(n) * rate * 1000 for n, rate in zip(call, rates.values(), strict=True)) for call in calls]
    costs = [prices.cost_nano_usd("m", dict(zip(rates, call, strict=True)), MIDNIGHT) for call in calls]

    assert all(abs(cost - one) <= Decimal("0.5") for cost, one in zip(costs, exact, strict=True))
    assert abs(sum(costs) - sum(exact)) <= Decimal(len(calls)) / 2


def test_many_tiny_calls_are_not_rounded_to_one_side():
    price = entry(input="0.0005")
    costs = [price.cost_nano_usd(Used({"input": tokens})) for tokens in range(1, 100_001)]

    assert abs(sum(costs) - sum(range(100_001)) / 2) <= 1


def test_a_cliff_of_its_own_reads_kinds_as_an_entry_does():
    assert {"cache_read": Decimal(1)} == Cliff(above=1, usd_per_million={"cached_tokens": 1}).usd_per_million


def test_the_guides_gpt_4o_example_costs_half_a_cent():
    prices = table(entry("gpt-4o", input="2.50", output="10.00"))

    assert 5_000_000 == prices.cost_nano_usd("gpt-4o", {"input": 800, "output": 300}, MIDNIGHT)

"""The price table: which entry counts for what, and when."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.price_entry import Price
from domain.prices import Article, PriceTable

DAY = timedelta(days=1)
MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def entry(model="m", day="2026-01-01", **fields) -> Price:
    prices = {kind: fields.pop(kind) for kind in ("input", "output", "cache_read") if kind in fields}
    return Price.model_validate(
        {"model": model, "effective_from": day, "usd_per_million": prices or {"input": 1}, "source": "test", **fields}
    )


def table(*entries: Price) -> PriceTable:
    return PriceTable(prices=entries)


def price_of(asked: PriceTable, model="m", at=MIDNIGHT, **article) -> Decimal | None:
    found = asked.find(Article(model, **article), at)
    return None if found is None else found.usd_per_million["input"]


def test_a_price_changes_at_midnight_utc_and_the_start_of_the_call_decides():
    prices = table(entry(input=1), entry(day="2026-03-01", input=2))

    assert (1, 2) == (price_of(prices, at=MIDNIGHT - INSTANT), price_of(prices, at=MIDNIGHT))


def test_a_moment_is_one_day_of_utc_wherever_it_is_told():
    prices = table(entry(input=1), entry(day="2026-03-01", input=2))
    tokyo, new_york = (timezone(timedelta(hours=hours)) for hours in (9, -5))

    assert 1 == price_of(prices, at=datetime(2026, 3, 1, 8, 59, tzinfo=tokyo))
    assert 2 == price_of(prices, at=datetime(2026, 3, 1, 9, 0, tzinfo=tokyo))
    assert 1 == price_of(prices, at=datetime(2026, 2, 28, 18, 59, tzinfo=new_york))


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="needs a zone"):
        price_of(table(entry()), at=MIDNIGHT.replace(tzinfo=None))


def test_a_leap_day_is_a_day():
    prices = table(entry(input=1), entry(day="2028-02-29", input=2), entry(day="2028-03-01", input=3))

    assert [1, 2, 3] == [price_of(prices, at=datetime(2028, 2, 28, tzinfo=UTC) + DAY * n) for n in range(3)]
    with pytest.raises(ValidationError):
        entry(day="2027-02-29")


def test_an_entry_to_come_has_no_effect_yet():
    prices = table(entry(day="2027-01-01"))

    assert price_of(prices, at=datetime(2026, 12, 31, 23, 59, tzinfo=UTC)) is None
    assert [date(2027, 1, 1)] == [period.start for period in prices.history(Article("m"))]


def test_two_entries_for_one_day_are_refused_whatever_they_say():
    with pytest.raises(ValidationError, match=r"prices\.1: 'm' has another price from 2026-01-01"):
        table(entry(input=1), entry(input=1))

    others = [entry(), entry(provider="p"), entry(service_tier="flex"), entry("n"), entry(day="2026-01-02")]
    assert 5 == len(table(*others).prices)


def test_the_pattern_that_spells_out_more_of_the_name_counts_however_old_it_is_and_wherever_it_stands():
    entries = [
        entry("g.*", day="2026-02-01", input=1),
        entry("g-4.*", day="2026-01-02", input=2),
        entry("g-4-mini", input=3),
    ]

    for order in permutations(entries):
        prices = table(*order)
        assert [1, 2, 3] == [price_of(prices, name) for name in ("g-5", "g-4-maxi", "g-4-mini")]


def test_of_equally_specific_patterns_the_later_day_counts_and_of_one_day_the_later_in_the_file():
    assert 2 == price_of(table(entry("m(-x)?", day="2026-02-01", input=2), entry("m", input=1)))
    assert 2 == price_of(table(entry("m(-x)?", input=1), entry("m", input=2)))


def test_a_name_is_known_in_any_case_and_without_what_a_gateway_puts_before_it():
    assert 1 == price_of(table(entry("gpt-4o")), "azure/eu/GPT-4o")
    assert 2 == price_of(table(entry("gpt-4o"), entry("azure/.*", input=2), entry("x/y", input=3)), "azure/z")


def test_an_entry_for_the_provider_counts_before_one_for_any():
    prices = table(entry("m-1", input=1), entry("m.*", provider="Azure.AI.OpenAI", input=2))

    assert 2 == price_of(prices, "m-1", provider="azure.ai.openai")
    assert (1, 1) == (price_of(prices, "m-1"), price_of(prices, "m-1", provider="openai"))
    assert price_of(prices, "m-2") is None


def test_a_service_tier_has_its_own_price_or_none_never_the_standard_one():
    prices = table(entry(input=2), entry(service_tier="batch", day="2026-02-01", input=1))

    assert (2, 1) == (price_of(prices), price_of(prices, service_tier="batch"))
    assert price_of(prices, service_tier="batch", at=datetime(2026, 1, 15, tzinfo=UTC)) is None
    assert price_of(prices, service_tier="provisioned") is None


def test_the_names_of_the_usage_tell_the_tier_before_anything_else():
    prices = table(entry(input=2), entry(service_tier="flex", input=1), entry(service_tier="batch", input=3))

    assert 1_000 == prices.cost_nano_usd("m", {"input": 0, "input_flex": 1}, MIDNIGHT, service_tier="batch")
    assert 3_000 == prices.cost_nano_usd("m", {"input": 1}, MIDNIGHT, service_tier="batch")


def test_an_operators_own_price_counts_before_the_shipped_one_from_its_day_on():
    shipped = table(entry("m-1", input=1), entry("m-1", day="2026-04-01", input=9), entry("n", input=7))
    asked: list[int] = []
    own = table(entry("m.*", day="2026-02-01", input=5)).over(lambda: (asked.append(1), shipped)[1])

    assert (1, 5, 5) == tuple(price_of(own, "m-1", at=datetime(2026, month, 1, tzinfo=UTC)) for month in (1, 2, 4))
    assert (7, None) == (price_of(own, "n"), price_of(own, "o"))
    assert [1] == asked
    assert 4 == len(own.every)


@given(st.lists(st.text(max_size=300), max_size=30))
def test_no_name_is_too_odd_to_have_no_price(names):
    prices = table(entry("gpt-.*"))

    assert all(prices.cost_nano_usd(name, {"input": 1}, MIDNIGHT) in {None, 1_000} for name in [*names, "", None])


def test_any_number_of_names_is_asked_for_without_remembering_all_of_them():
    prices = table(entry("gpt-.*"))
    for number in range(25_000):
        prices.find(Article(f"gpt-{number}"), MIDNIGHT)

    assert len(prices.histories) <= 10_000

"""What a judge's calls cost by the table: the price of the day, and the dearer one above a cliff."""

from datetime import UTC, datetime

import pytest

from adapters.judges.chat import Usage
from adapters.judges.configuration import Endpoint
from adapters.judges.purse import Tariff
from domain.prices import PriceTable
from tests.domain.test_prices import entry, table

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
JUDGE = Endpoint(kind="openai", model="gpt-judge")
CLIFFS = [
    {"above": 100, "usd_per_million": {"input": 10, "output": 20}},
    {"above": 200, "usd_per_million": {"input": 100, "output": 200}},
]
PRICES = table(
    entry("gpt-judge", input=9, output=9),
    entry("gpt-judge", day="2026-03-01", input=1, output=2, cliffs=CLIFFS),
    entry("gpt-judge", day="2026-03-02", input=8, output=8),
)


@pytest.mark.parametrize(("went_in", "times"), [(100, 1), (101, 10), (200, 10), (201, 100)])
def test_a_long_call_of_a_judge_costs_what_the_table_says(went_in, times):
    tariff = Tariff.of(JUDGE, PRICES, NOON)

    assert times * (went_in + 2 * 7) * 1000 == tariff.cost(Usage(went_in, 7))
    assert tariff.cost(Usage(went_in, 7)) == PRICES.cost_nano_usd("gpt-judge", {"input": went_in, "output": 7}, NOON)


@pytest.mark.parametrize(
    "prices", [PriceTable(), table(entry("gpt-judge", input=1)), table(entry("gpt-j.*", "2026-03-02"))]
)
def test_a_judge_without_a_price_for_both_ways_has_none(prices):
    assert Tariff.of(JUDGE, prices, NOON) is None

"""Many calls at once cost what each of them costs alone, to the nano-USD."""

from datetime import UTC, datetime, timedelta
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.price_kinds import STANDS_FOR
from domain.prices import Article, PriceTable
from domain.pricing import Calls, price_all
from tests.domain.test_prices import entry, table

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KINDS = ("input", "cache_read", "output", "output_reasoning", "mystery")
TABLE = table(
    entry("a", input="2.5", cache_read="1.25", output=10),
    entry("a", day="2026-03-01", input="0.0005", cache_read="0.0028", output="0.28"),
    entry("a", service_tier="batch", input="1.25", output=5),
    entry(
        "b",
        day="2026-02-01",
        input="0.000000001",
        cache_read=0,
        output=100_000,
        cliffs=[
            {"above": 100, "usd_per_million": {"input": 3, "cache_read": "0.3", "output": 15}},
            {"above": 200, "usd_per_million": {"input": 6, "cache_read": "0.6", "output": "22.5"}},
        ],
    ),
    entry("b", provider="p", input=1),
)
ARTICLES = [Article(*one) for one in product("abc", (None, "p"), (None, "batch"))]
STARTS = [datetime(2026, month, day, tzinfo=UTC) for month, day in ((1, 1), (2, 1), (3, 1))]
INSTANT = timedelta(microseconds=1)


def us(moment: datetime) -> int:
    return (moment - EPOCH) // INSTANT


def calls_of(rows) -> Calls:
    columns = list(zip(*rows, strict=True)) or [()] * (2 + len(KINDS))
    return Calls(
        articles=ARTICLES,
        article=np.array(columns[0], dtype=np.int64),
        started_us=np.array([us(moment) for moment in columns[1]], dtype=np.int64),
        units={kind: np.array(of, dtype=np.int64) for kind, of in zip(KINDS, columns[2:], strict=True)},
    )


def one_by_one(prices: PriceTable, rows) -> list[int | None]:
    found = []
    for place, moment, *counts in rows:
        article = ARTICLES[place]
        price = prices.find(article, moment)
        used = {kind: count for kind, count in zip(KINDS, counts, strict=True) if count}
        cost = prices.cost_nano_usd(
            article.model, used, moment, provider=article.provider, service_tier=article.service_tier
        )
        found.append(None if price is None else cost)
    return found


MOMENTS = st.sampled_from([start + offset * INSTANT for start in STARTS for offset in (-1, 0, 1)])
TOKENS = st.one_of(st.integers(0, 300), st.integers(0, 10**6), st.sampled_from([0, 2**40, 2**53]))
ROWS = st.lists(
    st.tuples(
        st.integers(0, len(ARTICLES) - 1), MOMENTS, TOKENS, TOKENS, TOKENS, TOKENS, st.sampled_from([0, 0, 0, 1])
    ),
    max_size=60,
)


@settings(max_examples=300)
@given(ROWS)
def test_many_cost_what_each_costs_alone(rows):
    priced = price_all(TABLE, calls_of(rows))
    expected = one_by_one(TABLE, rows)

    assert [one is not None for one in expected] == priced.has_price.tolist()
    assert [one or 0 for one in expected] == priced.cost_nano_usd.tolist()


@pytest.mark.parametrize("went_in", [99, 100, 101, 199, 200, 201])
def test_cliffs_are_met_exactly(went_in):
    rows = [(ARTICLES.index(Article("b")), STARTS[2], went_in - 40, 40, 3, 0, 0)]

    assert one_by_one(TABLE, rows) == price_all(TABLE, calls_of(rows)).cost_nano_usd.tolist()


def test_more_rows_than_are_worked_on_at_a_time_are_priced_in_their_places():
    generator = np.random.default_rng(7)
    n = 300_000
    tokens = generator.integers(0, 1000, n)
    calls = Calls(
        articles=ARTICLES,
        article=generator.integers(0, len(ARTICLES), n).astype(np.uint8),
        started_us=us(STARTS[0]) + generator.integers(0, 90 * 86_400, n) * 10**6,
        units={"input": tokens},
    )
    priced = price_all(TABLE, calls)
    rows = [
        (int(calls.article[n]), EPOCH + int(calls.started_us[n]) * INSTANT, int(tokens[n]), 0, 0, 0, 0)
        for n in range(0, len(calls), 97)
    ]

    assert [one or 0 for one in one_by_one(TABLE, rows)] == priced.cost_nano_usd[::97].tolist()


def test_no_calls_cost_nothing():
    assert 0 == len(price_all(TABLE, calls_of([])).cost_nano_usd)
    assert 0 == price_all(PriceTable(), calls_of([(0, STARTS[0], 1, 0, 0, 0, 0)])).cost_nano_usd.sum()


def test_what_stands_for_another_kind_does_so_in_columns_too():
    assert "output_reasoning" in STANDS_FOR
    rows = [(0, STARTS[0], 0, 0, 0, 10, 0)]

    assert [100_000] == price_all(TABLE, calls_of(rows)).cost_nano_usd.tolist()

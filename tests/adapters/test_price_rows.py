"""What rows tell of their cost, and what comes of it: the source's own, our table's, or unpriced and counted."""

import math
from collections import Counter

import pytest

from adapters.sources.langfuse_rows import read_page
from adapters.sources.rows import read_row
from domain.application import Application
from domain.assembly import Assembly, assemble, group
from domain.assembly.spending import spending
from domain.prices import PriceTable
from domain.reconciliation import totals_of
from flows.configuration import read_price_table
from tests.domain.test_prices import entry, table
from tests.recorded import ROOT, observations, rows, traces

RECORDED = next(row for row in rows() if row["model"] == "gpt-4o-2024-11-20" and row["level"] == "DEFAULT")
SHIPPED = read_price_table(ROOT / "deployments" / "prices.yaml")
PRICES = table(entry("gpt-4o.*", input="2.5", output=10), entry("gpt-4o.*", service_tier="flex", input=1, output=5))


def read(**fields):
    return read_row(RECORDED | fields)


def request_of(prices: PriceTable, *of):
    (request,) = assemble(group(of), Assembly(Application(name="bot", environment="shop-prod"), prices))
    return request


def unpriced(**fields):
    return {"totalCost": 0, "costDetails": {}, "usagePricingTierName": None, **fields}


@pytest.mark.parametrize(
    ("fields", "tier"),
    [
        pytest.param({}, None, id="as recorded"),
        pytest.param(
            {"modelParameters": {"service_tier": "flex", "temperature": 0}}, "flex", id="OpenAI's integration"
        ),
        pytest.param({"modelParameters": {"service_tier": "Priority"}}, "priority", id="in any case"),
        pytest.param({"modelParameters": {"service_tier": "fast"}}, "priority", id="OpenAI's other word"),
        pytest.param({"modelParameters": {"service_tier": "default"}}, None, id="the standard one"),
        pytest.param({"modelParameters": {"service_tier": "auto"}}, None, id="whatever there is"),
        pytest.param({"modelParameters": {"service_tier": "scale"}}, "scale", id="one that no entry prices"),
        pytest.param({"modelParameters": {"speed": "fast"}}, "fast", id="Anthropic's fast mode"),
        pytest.param({"metadata": {"service_tier": "batch"}}, "batch", id="a batch, in the metadata"),
        pytest.param(
            {"metadata": {"service_tier": "batch"}, "modelParameters": {"service_tier": "default"}},
            "batch",
            id="batches answer that they are standard",
        ),
        pytest.param(
            {"metadata": {"attributes.openai.request.service_tier": "flex"}}, "flex", id="OpenTelemetry, asked for"
        ),
        pytest.param(
            {
                "metadata": {
                    "attributes.openai.request.service_tier": "priority",
                    "attributes.openai.response.service_tier": "default",
                }
            },
            None,
            id="OpenTelemetry: what was answered counts",
        ),
        pytest.param(
            {"metadata": {"attributes": {"gen_ai.openai.response.service_tier": "flex"}}}, "flex", id="nested metadata"
        ),
        pytest.param({"modelParameters": "none"}, None, id="parameters that are none"),
        pytest.param({"modelParameters": {"service_tier": ["flex"]}}, None, id="a tier that is none"),
        pytest.param({"modelParameters": {"service_tier": "x" * 10**6}}, "x" * 40, id="a million letters"),
        pytest.param({"usageDetails": {}, "modelParameters": {"service_tier": "flex"}}, None, id="nothing was used"),
    ],
)
def test_a_row_tells_the_service_tier(fields, tier):
    assert tier == read(**fields).service_tier


def test_the_tier_of_the_row_is_the_one_that_is_priced():
    usage = {"input": 1_000, "output": 100, "total": 1_100}
    plain, flex, scale = (
        read(**unpriced(usageDetails=usage, modelParameters={"service_tier": tier}))
        for tier in ("auto", "flex", "scale")
    )

    assert [3_500_000, 1_500_000, 0] == [request_of(PRICES, row).cost_nano_usd for row in (plain, flex, scale)]
    assert [0, 0, 1] == [request_of(PRICES, row).unpriced_calls for row in (plain, flex, scale)]


def test_an_entry_for_a_provider_is_for_calls_that_name_it():
    prices = table(entry("gpt-4o.*", input=1), entry("gpt-4o.*", provider="azure.ai.openai", input=2))
    usage = {"input": 1_000, "total": 1_000}
    at_azure = read(**unpriced(usageDetails=usage, metadata={"attributes.gen_ai.provider.name": "azure.ai.openai"}))

    assert 2_000_000 == request_of(prices, at_azure).cost_nano_usd
    assert 1_000_000 == request_of(prices, read(**unpriced(usageDetails=usage))).cost_nano_usd


ABSURD = [-0.1, -1e-9, math.nan, math.inf, -math.inf, 1_000_001, 1e12, 10**400, "1e999999999", "-3", "nan"]


@pytest.mark.parametrize("cost", ABSURD)
def test_a_cost_that_nobody_can_have_paid_is_refused_and_its_call_counts_as_unpriced(cost):
    row = read(totalCost=cost)
    request = request_of(PRICES, row)

    assert (None, True) == (row.cost_nano_usd, row.cost_refused)
    assert (0, 1) == (request.cost_nano_usd, request.unpriced_calls)
    assert 1 == request.oddities["cost that nobody can have paid"]
    assert 0 == totals_of([row]).cost_nano_usd


def test_the_call_itself_is_kept_and_so_are_the_others_of_its_page():
    page = read_page([RECORDED | {"totalCost": -1}, RECORDED | {"id": "other"}])

    assert ([RECORDED["id"], "other"], 0) == ([row.id for row in page.observations], len(page.skips))
    assert 179 + 16 == spending(next(group(page.observations[:1])), PRICES, Counter()).unpriced_tokens


def test_no_source_can_bring_such_a_cost_past_the_reader():
    row = read()
    row.cost_nano_usd = -5

    assert (0, 1) == (request_of(PRICES, row).cost_nano_usd, request_of(PRICES, row).unpriced_calls)


def test_a_cost_of_0_with_details_is_free_and_no_cost_is_asked_of_the_table():
    free, unknown = read(totalCost=0, costDetails={"total": 0}), read(**unpriced())

    assert (0, 0) == (request_of(PRICES, free).cost_nano_usd, request_of(PRICES, free).unpriced_calls)
    assert 179 * 2_500 + 16 * 10_000 == request_of(PRICES, unknown).cost_nano_usd


def test_tokens_of_calls_without_a_price_are_counted():
    spent = [spending(trace, PriceTable(), Counter()) for trace in traces().values()]
    used = [row for row in observations() if row.cost_nano_usd is None and any(row.usage.values()) and not row.failed]

    assert len(used) == sum(one.unpriced_calls for one in spent) == 69
    assert sum(row.usage["total"] for row in used) == sum(one.unpriced_tokens for one in spent)


def test_a_call_that_only_tells_a_total_is_unpriced_by_so_many_tokens():
    row = read(**unpriced(usageDetails={"total": 70}))
    spent = spending(next(group([row])), PRICES, Counter())

    assert (1, 70) == (spent.unpriced_calls, spent.unpriced_tokens)


def test_the_shipped_prices_are_those_that_langfuse_had_for_the_recorded_calls():
    priced = [row for row in observations() if row.cost_nano_usd and not row.failed]
    ours = [SHIPPED.cost_nano_usd(row.model, row.usage, row.started_at) for row in priced]

    apart = [(row.cost_nano_usd, cost) for row, cost in zip(priced, ours, strict=True) if row.cost_nano_usd != cost]

    assert (1_490, 36) == (len(priced), len(apart))
    assert all(10 * theirs == 9 * cost for theirs, cost in apart), "these an application gave itself, a tenth off"


def test_inclusive_usage_is_neither_paid_nor_counted_twice():
    usage = {"input": 1_000, "input_cached_tokens": 800, "output": 100, "total": 1_100}
    row = read(**unpriced(usageDetails=usage))
    request = request_of(SHIPPED, row)

    assert (1_000, 100) == (request.input_tokens, request.output_tokens)
    assert 200 * 2_500 + 800 * 1_250 + 100 * 10_000 == request.cost_nano_usd

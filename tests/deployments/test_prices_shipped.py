"""The prices that Goodput comes with: dated, sourced, in order, and those of the guide."""

import re
from datetime import UTC, datetime

import pytest

from adapters.price_file import read_prices
from domain.prices import Article
from tests.recorded import ROOT

SHIPPED = ROOT / "deployments" / "prices.yaml"
TABLE = read_prices(SHIPPED)
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_the_guides_example_costs_half_a_cent():
    assert 5_000_000 == TABLE.cost_nano_usd("gpt-4o", {"input": 800, "output": 300}, NOW)
    assert 45_000 * 10**9 == 30 * 300_000 * 5_000_000


def test_every_entry_says_where_and_when_it_was_read():
    assert all(re.search(r"https://\S+.* read 20\d\d-\d\d-\d\d$", price.source) for price in TABLE.prices)


def test_input_and_what_comes_out_have_a_price_and_caching_is_never_dearer_than_input():
    for price in TABLE.prices:
        of = price.usd_per_million
        assert of["input"] > 0, price.model
        assert of.get("cache_read", of["input"]) <= of["input"] <= of.get("cache_write", of["input"]), price.model
        assert "output" in of or "embed" in price.model or "voyage" in price.model, price.model


def test_prices_of_a_model_stand_together_and_by_day():
    lines = [price.same[:3] for price in TABLE.prices]
    days = {}
    for price in TABLE.prices:
        assert days.get(price.same[:3], price.effective_from) <= price.effective_from
        days[price.same[:3]] = price.effective_from
    assert len(days) == sum(one != before for one, before in zip(lines, [None, *lines], strict=False))
    models = [price.model for price in TABLE.prices]
    assert len(set(models)) == sum(one != before for one, before in zip(models, [None, *models], strict=False))


@pytest.mark.parametrize(
    ("model", "output"),
    [
        ("gpt-4o-mini-2024-07-18", "0.6"),
        ("openai/gpt-5", "10"),
        ("gpt-5-mini", "2"),
        ("gpt-5-codex", "10"),
        ("gpt-5.6", "20"),
        ("gpt-6-sol", "10"),
        ("o3", "8"),
        ("claude-sonnet-4-5-20250929", "15"),
        ("claude-sonnet-4-5@20250929", "15"),
        ("anthropic/claude-sonnet-4.5", "15"),
        ("claude-opus-4-20250514", "75"),
        ("claude-opus-5-5", "20"),
        ("claude-haiku-4-5", "5"),
        ("models/gemini-2.5-pro", "10"),
        ("gemini-2.5-flash-lite", "0.4"),
        ("gemini-4-argon", "10"),
        ("mistral-large-latest", "6"),
        ("mistral-large-4", "2.1"),
        ("grok-4.20", "2.5"),
        ("command-r-08-2024", "0.6"),
    ],
)
def test_models_are_known_as_traces_name_them(model, output):
    assert output == f"{TABLE.find(Article(model), NOW).usd_per_million['output'].normalize():f}"


@pytest.mark.parametrize(
    "model", ["in-house-7b", "gpt-4o-audio-preview", "gpt-5-mini-tts", "eu.anthropic.claude-sonnet-4-5", "gpt"]
)
def test_models_that_it_does_not_know_have_no_price(model):
    assert TABLE.find(Article(model), NOW) is None


def test_changes_of_price_are_kept_and_those_to_come_wait_for_their_day():
    argon = TABLE.history(Article("gemini-4-argon"))

    assert [("2020-01-01", 2), ("2026-12-01", 4)] == [
        (str(period.start), int(period.price.usd_per_million["input"])) for period in argon
    ]

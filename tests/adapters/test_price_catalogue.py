"""What genai-prices says, in our words: the same cost for the same call, whichever of the two is asked."""

import re
import sys
from datetime import UTC, date, datetime
from random import Random

import pytest

from adapters.price_catalogue import FIRST_HAND, read_catalogue
from adapters.price_names import names_of
from domain.errors import ConfigError
from domain.money import nano_usd
from domain.price_changes import SINCE_EVER
from domain.price_patterns import ModelPattern, spellings
from domain.prices import Article, PriceTable
from flows.configuration import read_price_table
from tests.recorded import ROOT

READ = date(2026, 11, 25)
CONTEXTS = {
    None: None,
    "batch": {"processing": "batch"},
    "flex": {"service_tier": "flex"},
    "priority": {"service_tier": "priority"},
    "fast": {"speed": "fast"},
}
TIMES = [datetime(*day, tzinfo=UTC) for day in ((2026, 3, 12), (2026, 9, 1), (2026, 11, 20), (2027, 2, 1))]
SIZES = (1_000, 100_000, 100_001, 128_000, 128_001, 199_999, 200_000, 200_001, 272_000, 272_001)


@pytest.fixture(scope="module")
def catalogue():
    pytest.importorskip("genai_prices")
    return read_catalogue(FIRST_HAND, READ)


def provider_of(listing) -> str:
    from genai_prices.data import providers

    url = re.search(r"\((.*?)\)", listing.prices[0].source).group(1)
    return next(one.id for one in providers if one.pricing_urls and one.pricing_urls[0] == url)


def test_a_call_costs_what_the_package_says_it_costs(catalogue):
    from genai_prices import Usage, calc_price

    table = PriceTable(prices=[price for listing in catalogue.listings for price in listing.prices])
    random, compared = Random(1), 0
    for listing in catalogue.listings:
        tier = listing.article.service_tier
        provider = provider_of(listing)
        for name, at, size in (
            (name, at, size) for name in listing.names for at in TIMES for size in random.sample(SIZES, 3)
        ):
            price = table.find(Article(name, None, tier), at)
            if price is None:
                continue
            cached, out = (
                (random.randrange(size), random.randrange(5_000)) if "output" in price.usd_per_million else (0, 0)
            )
            written = random.randrange(size - cached) if "cache_write" in price.usd_per_million else 0
            inclusive = Usage(
                input_tokens=size,
                cache_read_tokens=cached,
                cache_write_tokens=written,
                output_tokens=out,
                output_reasoning_tokens=out // 3,
            )
            theirs = calc_price(
                inclusive, name, provider_id=provider, genai_request_timestamp=at, price_context=CONTEXTS[tier]
            )
            exclusive = {
                "input": size - cached - written,
                "cache_read_input_tokens": cached,
                "cache_creation_input_tokens": written,
                "output": out - out // 3,
                "output_reasoning_tokens": out // 3,
            }

            assert nano_usd(theirs.total_price) == table.cost_nano_usd(name, exclusive, at, service_tier=tier), (
                name,
                at,
            )
            compared += 1
    assert compared > 5_000


def test_the_shipped_prices_are_those_of_the_package_as_long_as_it_edits_none(catalogue):
    shipped = read_price_table(ROOT / "deployments" / "prices.yaml")
    at, same = datetime(2026, 11, 20, tzinfo=UTC), 0
    for listing in catalogue.listings:
        ours = shipped.find(listing.article, at)
        theirs = PriceTable(prices=tuple(listing.prices)).find(listing.article, at)
        if ours is not None:
            assert (theirs.usd_per_million, theirs.cliffs) == (ours.usd_per_million, ours.cliffs), listing.names
            same += 1
    assert same > 200


def test_entries_say_where_and_when_they_were_read_and_begin_when_the_catalogue_says(catalogue):
    (o3,) = (one for one in catalogue.listings if one.article == Article("o3"))

    assert [(SINCE_EVER, 10), (date(2025, 6, 10), 2)] == [
        (one.effective_from, one.usd_per_million["input"]) for one in o3.prices
    ]
    assert re.fullmatch(r"genai-prices \S+ \(https://\S+\), read 2026-11-25", o3.prices[0].source)


def test_a_tier_begins_when_it_is_listed_and_names_every_kind(catalogue):
    (batch,) = (one for one in catalogue.listings if one.article == Article("gpt-4o", None, "batch"))

    assert date(2026, 10, 14) == batch.prices[0].effective_from
    assert {"input": 1.25, "cache_read": 1.25, "output": 5} == {
        kind: float(price) for kind, price in batch.prices[0].usd_per_million.items()
    }


def test_no_pattern_takes_in_what_another_listing_is_for(catalogue):
    of = {
        listing.names[0]: listing.prices[-1].pattern
        for listing in catalogue.listings
        if not listing.article.service_tier
    }
    strangers = [
        (name, other)
        for name in of
        for other, pattern in of.items()
        if name != other and pattern.matches(spellings(name))
    ]

    assert [] == strangers


def test_what_no_entry_can_say_is_named(catalogue):
    skipped = catalogue.skipped

    assert "at a price that depends on the hour of the day" == skipped["deepseek/deepseek-chat"]
    assert "not sold by the token" == skipped["openai/whisper-1"]
    assert "claude-sonnet-4-5" not in {
        name for one in catalogue.listings for name in one.names if "google" in one.prices[0].source
    }
    assert (
        "with a fee for each request, which no entry can say" in read_catalogue(["perplexity"], READ).skipped.values()
    )


def test_whoever_sells_models_of_others_is_named_in_the_entries(catalogue):
    aws = read_catalogue(["aws"], READ)

    assert {"aws.bedrock"} == {price.provider for listing in aws.listings for price in listing.prices}
    assert {None} == {price.provider for listing in catalogue.listings for price in listing.prices}


def test_a_provider_that_is_not_known_is_named_with_those_that_are(catalogue):
    with pytest.raises(ConfigError, match=rf"{catalogue.version} knows no provider 'opnai'; it knows .*openai"):
        read_catalogue(["opnai"], READ)


def test_without_the_package_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "genai_prices.data", None)

    with pytest.raises(ConfigError, match=r"pip install 'goodput\[prices\]'"):
        read_catalogue(FIRST_HAND, READ)


@pytest.mark.parametrize(
    ("clause", "matching", "other"),
    [
        (lambda of: of.ClauseEquals("gpt-4.o"), ["gpt-4.o", "GPT-4.O"], ["gpt-4xo", "gpt-4.o-mini"]),
        (lambda of: of.ClauseStartsWith("gpt-4."), ["gpt-4.", "gpt-4.1"], ["xgpt-4.", "gpt-41"]),
        (lambda of: of.ClauseEndsWith("-flash"), ["x-flash"], ["x-flash-8b"]),
        (lambda of: of.ClauseContains("claude"), ["eu.claude-x"], ["clud"]),
        (lambda of: of.ClauseRegex(r"^a-\d{2}$"), ["a-12"], ["a-123", "xa-12"]),
        (lambda of: of.ClauseRegex(r"a-\d{2}"), ["a-12", "xa-123"], ["a-1"]),
        (lambda of: of.ClauseOr([of.ClauseEquals("a"), of.ClauseStartsWith("b-")]), ["a", "b-1"], ["c", "ab"]),
        (
            lambda of: of.ClauseAnd([of.ClauseStartsWith("a-"), of.ClauseRegex("^(?!.*-tts$)")]),
            ["a-", "a-1"],
            ["a-tts", "b"],
        ),
    ],
)
def test_a_clause_and_its_pattern_match_the_same_names(clause, matching, other):
    made = clause(pytest.importorskip("genai_prices.types"))
    pattern = ModelPattern.of(names_of(matching[0], made).pattern)

    assert all(made.is_match(name.lower()) and pattern.matches(spellings(name)) for name in matching)
    assert not any(made.is_match(name) or pattern.matches(spellings(name)) for name in other)

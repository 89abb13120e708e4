"""The prices that the package genai-prices knows, as entries of ours. The package is optional, and nothing is fetched.

It counts inclusively (input with what was cached) and we exclusively, so each of its prices becomes that of one bucket.
What it bills by the price of a larger thing, such as cached input without a price of its own, is named with that price;
audio, images and videos are not: there the package would bill them as text, and a request without a price is better.
"""

import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from importlib import metadata
from typing import Any

from pydantic import ValidationError

from adapters.price_names import Names, capturing, names_of
from domain.errors import ConfigError
from domain.price_changes import CATALOGUE, SINCE_EVER, Listing
from domain.price_entry import Price
from domain.price_patterns import spellings

FIRST_HAND = ("openai", "anthropic", "google", "mistral", "cohere", "x-ai", "deepseek", "voyageai")
"""Who sells models of their own, whose names alone say what they cost."""

_AS_TRACES_SAY = {"aws": "aws.bedrock", "azure": "azure.ai.openai"}
_KINDS = {
    "input_mtok": "input",
    "cache_read_mtok": "cache_read",
    "cache_write_mtok": "cache_write",
    "cache_write_5m_mtok": "cache_write_5m",
    "cache_write_1h_mtok": "cache_write_1h",
    "output_mtok": "output",
    "output_reasoning_mtok": "output_reasoning",
    "input_audio_mtok": "input_audio",
    "cache_audio_read_mtok": "cache_read_audio",
    "output_audio_mtok": "output_audio",
    "input_image_mtok": "input_image",
    "cache_image_read_mtok": "cache_read_image",
    "output_image_mtok": "output_image",
    "input_video_mtok": "input_video",
    "output_video_mtok": "output_video",
}
_TIERS: Mapping[str | None, Mapping[str, str]] = {
    None: {},
    "batch": {"processing": "batch"},
    "flex": {"service_tier": "flex"},
    "priority": {"service_tier": "priority"},
    "fast": {"speed": "fast"},
}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What was read.

    Attributes:
        listings: An article each.
        skipped: Models whose price an entry of ours cannot say, and why.
    """

    version: str
    listings: Sequence[Listing]
    skipped: Mapping[str, str]


def read_catalogue(providers: Sequence[str], on: date) -> Catalogue:
    """Return what *providers* sell by the token, as the installed genai-prices says it.

    Args:
        on: The day of reading, for the source of each entry.

    Raises:
        ConfigError: The package is not there, or does not know a provider.
    """
    try:
        known = {one.id: one for one in importlib.import_module("genai_prices.data").providers}
    except ImportError:
        raise ConfigError(
            "genai-prices is not installed: pip install 'goodput[prices]', or pip install genai-prices"
        ) from None
    version = metadata.version("genai-prices")
    listings: list[Listing] = []
    skipped: dict[str, str] = {}
    for name in providers:
        if name not in known:
            raise ConfigError(f"genai-prices {version} knows no provider {name!r}; it knows {', '.join(sorted(known))}")
        source = f"{CATALOGUE} {version} ({next(iter(known[name].pricing_urls or ()), name)}), read {on}"
        listings += _sold_by(known[name], source, skipped)
    return Catalogue(version, listings, skipped)


def _sold_by(provider: Any, source: str, skipped: dict[str, str]) -> Iterator[Listing]:
    """Yield what one provider sells; a pattern that would take in models of another listing is narrowed."""
    found: list[tuple[Any, Names]] = []
    for model in provider.models:
        if provider.id == "google" and "claude" in model.id:
            skipped[f"google/{model.id}"] = "sold by anthropic under the same name"
        elif (names := names_of(model.id, model.match)) is None:
            skipped[f"{provider.id}/{model.id}"] = "no pattern of names says which models these are"
        else:
            found.append((model, names))
    wide = capturing(names for _, names in found)
    for model, names in found:
        try:
            yield from _listings(provider, model, replace(names, is_wide=False) if names in wide else names, source)
        except ValidationError as error:
            skipped[f"{provider.id}/{model.id}"] = f"refused: {error.errors()[0]['msg']}"
        except ValueError as error:
            skipped[f"{provider.id}/{model.id}"] = str(error)


def _listings(provider: Any, model: Any, names: Names, source: str) -> Iterator[Listing]:
    standard = _starts(model.prices) if isinstance(model.prices, list) else {SINCE_EVER}
    for tier, context in _TIERS.items():
        starts = standard
        if tier is not None:
            of_tier = _starts(one for one in model.price_variants or () if one.when == context)
            starts = of_tier | {start for start in standard if of_tier and start > min(of_tier)}
        entries: list[Price] = []
        for start in sorted(starts):
            written = _prices(model.get_prices(datetime.combine(start, time(), tzinfo=UTC), context))
            if entries and written == _prices_of(entries[-1]):
                continue
            entry = {"model": names.pattern, "service_tier": tier, "effective_from": start, "source": source, **written}
            if provider.id not in FIRST_HAND:
                entry["provider"] = _AS_TRACES_SAY.get(provider.id, provider.id)
            entries.append(Price.model_validate(entry))
        if entries:
            yield Listing([name for name in names.examples if entries[0].pattern.matches(spellings(name))], entries)


def _starts(conditional: Iterable[Any]) -> set[date]:
    """Return from when each of some prices counts.

    Raises:
        ValueError: One of them counts at some hours of the day.
    """
    found = set()
    for one in conditional:
        if one.constraint is not None and not hasattr(one.constraint, "start_date"):
            raise ValueError("at a price that depends on the hour of the day")
        found.add(one.constraint.start_date if one.constraint is not None else SINCE_EVER)
    return found


def _prices(of: Any) -> Mapping[str, Any]:
    """Return a price of theirs, each unit of which includes more special ones, by our kinds, which exclude each other.

    Raises:
        ValueError: It is not sold by the token alone.
    """
    sold = {_KINDS[key]: price for key, price in vars(of).items() if key in _KINDS and price is not None}
    if "input" not in sold:
        raise ValueError("not sold by the token")
    if getattr(of, "requests_kcount", None):
        raise ValueError("with a fee for each request, which no entry can say")
    if "output" in sold:
        sold.setdefault("cache_read", sold["input"])
    thresholds = sorted({tier.start for price in sold.values() for tier in getattr(price, "tiers", ())})
    cliffs = [{"above": start, "usd_per_million": _rates(sold, start)} for start in thresholds]
    return {"usd_per_million": _rates(sold, None), "cliffs": cliffs}


def _rates(sold: Mapping[str, Any], above: int | None) -> Mapping[str, Decimal]:
    return {kind: _rate(sold[kind], above) for kind in _KINDS.values() if kind in sold}


def _rate(price: Any, above: int | None) -> Any:
    if isinstance(price, Decimal):
        return price
    reached = [tier.price for tier in price.tiers if above is not None and tier.start <= above]
    return reached[-1] if reached else price.base


def _prices_of(entry: Price) -> Mapping[str, Any]:
    return {
        "usd_per_million": entry.usd_per_million,
        "cliffs": [{"above": one.above, "usd_per_million": one.usd_per_million} for one in entry.cliffs],
    }

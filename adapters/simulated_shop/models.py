"""The models that the bot calls: who gets which, what they cost and how fast they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from adapters.simulated_shop.chance import Chance, Mix
from adapters.simulated_shop.conditions import Conditions

Usage = dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A language model.

    Attributes:
        prices: Nano-USD per token, by kind of token; empty when the price table does not know the model.
        first_token_ms: Typical time to the first token.
        token_ms: Typical time for each further token.
        finished, declined: What it reports as the reason to stop after an answer, and after a refusal.
    """

    name: str
    prices: Mapping[str, int]
    first_token_ms: int
    token_ms: int
    finished: str = "stop"
    declined: str = "content_filter"


SMALL = Model(
    name="gpt-4o-mini",
    prices=MappingProxyType({"input": 150, "input_cached_tokens": 75, "output": 600}),
    first_token_ms=205,
    token_ms=8,
)
LARGE = Model(
    name="gpt-4o-2024-11-20",
    prices=MappingProxyType({"input": 2_500, "input_cached_tokens": 1_250, "output": 10_000}),
    first_token_ms=235,
    token_ms=10,
)
CLAUDE = Model(
    name="claude-sonnet-4-5-20250929",
    prices=MappingProxyType(
        {
            "input": 3_000,
            "cache_read_input_tokens": 300,
            "cache_creation_input_tokens": 3_750,
            "output": 15_000,
        }
    ),
    first_token_ms=250,
    token_ms=10,
    finished="end_turn",
    declined="refusal",
)
IN_HOUSE = Model(name="in-house-7b", prices=MappingProxyType({}), first_token_ms=180, token_ms=15)

EMBEDDING_MODEL = "text-embedding-3-small"
EMBEDDING_PRICE = 20
"""Nano-USD per token."""

_BY_TIER: Mapping[str, Mix[Model]] = MappingProxyType(
    {
        "free": Mix((SMALL, LARGE, IN_HOUSE), (0.87, 0.95, 1.0)),
        "pro": Mix((SMALL, LARGE, CLAUDE, IN_HOUSE), (0.58, 0.92, 0.98, 1.0)),
        "enterprise": Mix((SMALL, LARGE, CLAUDE), (0.25, 0.70, 1.0)),
    }
)
_EXPENSIVE = Mix((LARGE, CLAUDE), (0.35, 1.0))
_UNLOGGED_TOKENS = 1_500
"""Tool definitions and house rules: the provider counts them, the traced messages do not show them."""


def choose_model(chance: Chance, tier: str, conditions: Conditions) -> Model:
    """Return the model for a customer of *tier*, or an expensive one when the request is upgraded."""
    return chance.draw(_EXPENSIVE if chance.happens(conditions.upgrade_rate) else _BY_TIER[tier])


def count_tokens(text: str) -> int:
    """Return about as many tokens as a model would count in English *text*."""
    return max(1, len(text) * 5 // 21)


def answered_usage(chance: Chance, model: Model, prompt_tokens: int, output_tokens: int) -> Usage:
    """Return the tokens of a call that answered, part of them from the provider's cache."""
    sent = prompt_tokens + _UNLOGGED_TOKENS
    usage: Usage = {"input": sent}
    if "input_cached_tokens" in model.prices and chance.happens(0.3):
        cached = sent // 128 * 64
        usage = {"input": sent - cached, "input_cached_tokens": cached}
    if "cache_read_input_tokens" in model.prices and chance.happens(0.5):
        read, created = sent * chance.between(30, 60) // 100, sent // 10
        usage = {
            "input": sent - read - created,
            "cache_read_input_tokens": read,
            "cache_creation_input_tokens": created,
        }
    return {**usage, "output": output_tokens, "total": sent + output_tokens}


def failed_usage(model: Model, prompt_tokens: int) -> Usage:
    """Return the tokens that the server guesses for a failed call: the visible prompt, if it has a price."""
    return {"input": prompt_tokens, "total": prompt_tokens} if model.prices else {}


def price(model: Model, usage: Usage) -> dict[str, int]:
    """Return the nano-USD by kind of token and their total; empty when the model has no price."""
    parts = {kind: tokens * model.prices[kind] for kind, tokens in usage.items() if kind in model.prices}
    return {**parts, "total": sum(parts.values())} if parts else {}

"""Metadata of an observation: one flat mapping, whichever way the span took into Langfuse."""

import json
from collections.abc import Mapping
from math import isfinite

from adapters.sources.json_values import storable_value

EXACT = 2**53 - 1
"""The largest integer that Langfuse's own JSON holds exactly; it leaves longer ones as text."""

DEEPEST = 12
_STARTS_OF_JSON = frozenset('{["-0123456789tfn')


def flat(metadata: Mapping[str, object]) -> Mapping[str, object]:
    r"""Return *metadata* with dotted keys and parsed values.

    Spans written directly arrive flat and parsed. Spans that took the slower staging path arrive nested, and
    whatever stands inside an object is text; both become the same.

    >>> flat({"attributes": {"server.port": "443", "finish_reasons": "[\"stop\"]"}, "tier": "1"})
    {'attributes.server.port': 443, 'attributes.finish_reasons': ['stop'], 'tier': '1'}
    """
    if dict not in map(type, metadata.values()):
        return metadata
    leaves: dict[str, object] = {}
    for key, value in metadata.items():
        _collect(key, value, leaves, depth=0)
    return leaves


def _collect(key: str, value: object, leaves: dict[str, object], *, depth: int) -> None:
    if depth and isinstance(value, str):
        value = _parsed(value)
    if isinstance(value, dict) and depth < DEEPEST:
        for name, item in value.items():
            _collect(f"{key}.{name}", item, leaves, depth=depth + 1)
    else:
        leaves[key] = value


def _parsed(text: str) -> object:
    if text[:1] not in _STARTS_OF_JSON:
        return text
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if "\\u" in text:
        value = storable_value(value)
    if isinstance(value, float):
        return _as_javascript(value, text)
    too_long = isinstance(value, int) and abs(value) > EXACT
    return text if too_long else value


def _as_javascript(value: float, text: str) -> object:
    if not isfinite(value):
        return text
    return int(value) if value.is_integer() and abs(value) <= EXACT else value

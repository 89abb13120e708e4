"""Bytes of JSON to values that every database can hold."""

import json
import re

import orjson

_NOT_STORABLE = re.compile(rb"\\u(?:0000|[dD])")
"""NUL, or half a character, in the only way that strict JSON can say it."""


class NotJsonError(ValueError):
    """The bytes are not JSON; the message says so without quoting them."""


def decode(raw: bytes) -> object:
    r"""Return the JSON value in *raw*, with NUL dropped and halves of characters replaced.

    Servers cut texts in the middle of a character, and Postgres takes neither half a character nor NUL. What is not
    strictly JSON (NaN, half a character) goes to a slower reader that takes it.

    >>> decode(b'{"a": "cut\\ud83d", "b": [1, "nul\\u0000"]}')
    {'a': 'cut�', 'b': [1, 'nul']}

    Raises:
        NotJsonError: If it is not UTF-8, not JSON, or nested too deep.
    """
    try:
        value: object = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return _decode_leniently(raw)
    try:
        return storable_value(value) if _NOT_STORABLE.search(raw) else value
    except RecursionError:
        raise NotJsonError("nested too deep") from None


def _decode_leniently(raw: bytes) -> object:
    try:
        return storable_value(json.loads(raw))
    except UnicodeDecodeError:
        raise NotJsonError("not UTF-8") from None
    except json.JSONDecodeError as error:
        raise NotJsonError(f"not JSON from byte {error.pos} on") from None
    except ValueError:
        raise NotJsonError("has a number that is too long") from None
    except RecursionError:
        raise NotJsonError("nested too deep") from None


def storable(text: str) -> str:
    """Return *text* without NUL, and with halves of characters replaced by the sign for "unreadable"."""
    return text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def storable_value(value: object) -> object:
    """Return a JSON *value* with every text in it, and every name of a field, made storable."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [storable_value(item) for item in value]
    if isinstance(value, dict):
        return {storable(key): storable_value(item) for key, item in value.items()}
    return value

"""Lengths of time as people write them: "2m", "15m", "24h", "7d"."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_PATTERN = re.compile(r"(\d{1,9})\s*([smhd])")
_STEPS = ((86400, "d"), (3600, "h"), (60, "min"))


def parse_duration(text: object) -> timedelta:
    """Return the duration that *text* means.

    >>> parse_duration("15m")
    datetime.timedelta(seconds=900)
    >>> parse_duration(0)
    datetime.timedelta(0)

    Raises:
        ValueError: If it is not a whole number with one of s, m, h, d.
    """
    if isinstance(text, timedelta):
        return text
    if text == 0:
        return timedelta()
    match = _PATTERN.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise ValueError("a duration is a whole number with s, m, h or d, such as 90s, 15m, 24h or 7d")
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def spell_duration(length: timedelta) -> str:
    """Return *length* as a person reads it, in its two largest units.

    >>> spell_duration(timedelta(minutes=95))
    '1 h 35 min'
    >>> spell_duration(timedelta(seconds=40))
    '40 s'
    """
    seconds = int(length.total_seconds())
    for position, (size, unit) in enumerate(_STEPS):
        if seconds >= size:
            rest = seconds % size
            smaller = _STEPS[position + 1] if position + 1 < len(_STEPS) else None
            tail = f" {rest // smaller[0]} {smaller[1]}" if smaller and rest >= smaller[0] else ""
            return f"{seconds // size} {unit}{tail}"
    return f"{seconds} s"


def _compact(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    for unit in ("d", "h", "m"):
        if seconds and seconds % _UNITS[unit] == 0:
            return f"{seconds // _UNITS[unit]}{unit}"
    return f"{seconds}s"


Duration = Annotated[timedelta, BeforeValidator(parse_duration), PlainSerializer(_compact, return_type=str)]
"""A duration field of a configuration file."""

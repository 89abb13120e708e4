"""Finding dates, months and times of day in English text."""

import re
from collections.abc import Iterator
from decimal import Decimal

from domain.grounding.facts import Fact, Kind
from domain.grounding.units import MONTHS

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_AND = r"\s*(?:,|-|\u2013|\bto\b|\band\b|\bor\b)\s*"
_YEAR = r"(?:,?\s+(?P<{}>(?:19|20)\d{{2}})\b)"

_DATE = re.compile(
    rf"""\b(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})\b
    |\b(?P<days>{_DAY}(?:{_AND}{_DAY}){{0,9}})\s+(?:of\s+)?(?P<m1>{_MONTH})\b(?:\.(?=\s+\d)|){_YEAR.format("y1")}?
    |\b(?P<m2>{_MONTH})\b\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?![.,:]?\d){_YEAR.format("y2")}?
    |\b(?P<m3>{_MONTH})\b(?:\.(?=\s+\d)|){_YEAR.format("y3")}
    |(?<=\bin\s)(?P<m4>{_MONTH})\b""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
_CLOCK = re.compile(
    r"\b(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?:\s*(?P<half>[ap])\.?m\b)?"
    r"|\b(?P<hour12>1[0-2]|0?[1-9])\s*(?P<half12>[ap])\.?m\b",
    re.ASCII | re.IGNORECASE,
)


def find_dates(text: str) -> Iterator[Fact]:
    """Yield the dates in *text*; "26 to 30 November" gives two, at the same place.

    >>> [fact.date for fact in find_dates("from 26 to 30 November 2026, or 2027-01-31, or in March")]
    [(2026, 11, 26), (2026, 11, 30), (2027, 1, 31), (None, 3, None)]
    """
    for found in _DATE.finditer(text):
        for date in _read(found):
            yield Fact(kind=Kind.DATE, text=found.group(), start=found.start(), end=found.end(), date=date)


def _read(found: re.Match[str]) -> Iterator[tuple[int | None, int | None, int | None]]:
    if found["iso"]:
        year, month, day = map(int, found["iso"].split("-"))
        yield year, month, day
        return
    month = MONTHS[(found["m1"] or found["m2"] or found["m3"] or found["m4"]).lower()]
    written = found["y1"] or found["y2"] or found["y3"]
    days = re.findall(r"\d+", found["days"] or found["day"] or "")
    for number in days or [None]:
        yield int(written) if written else None, month, int(number) if number else None


def find_clocks(text: str) -> Iterator[Fact]:
    """Yield the times of day in *text*, as minutes after midnight.

    >>> [int(fact.value) for fact in find_clocks("before 15:00, that is 3 pm")]
    [900, 900]
    """
    for found in _CLOCK.finditer(text):
        hour = int(found["hour"] or found["hour12"])
        half = (found["half"] or found["half12"] or "").lower()
        if half:
            hour = hour % 12 + (12 if half == "p" else 0)
        minutes = Decimal(hour * 60 + int(found["minute"] or 0))
        yield Fact(kind=Kind.CLOCK, text=found.group(), start=found.start(), end=found.end(), value=minutes)

"""What a written value allows: "EUR 4.90", "EUR 45 to 59", "up to 30 days", "26 to 30 November", "Monday to Friday"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from domain.grounding.amounts import find_facts
from domain.grounding.facts import CalendarDate, Fact, Kind
from domain.grounding.weekdays import find_weekdays
from domain.grounding.words import stem

_TO = re.compile(r"\s*(?:-|\u2013|\u2014|to|until|till|through)\s*", re.IGNORECASE)
_DASH = re.compile(r"\s+[-\u2013\u2014]\s+")
_BETWEEN = re.compile(r"\bbetween\s+\S*\s*$", re.IGNORECASE)
_AND = re.compile(r"\s*and\s*", re.IGNORECASE)
_DAY_TO_DAY = re.compile(r"\d(?:st|nd|rd|th)?\s*(?:-|\u2013|to)\s*\d")
_AT_MOST = re.compile(r"\b(?:up to|at most|no more than|below)\s*$", re.IGNORECASE)
_AT_LEAST = re.compile(r"\b(?:from|at least|over|more than|above)\s*$", re.IGNORECASE)
_LOOK_BACK = 20
_ROUND = frozenset({Kind.WEEKDAY, Kind.CLOCK})
"""Kinds that begin anew after their last value, so that a range may go from Saturday to Monday."""


@dataclass(frozen=True, slots=True)
class Span:
    """Every value from *low* to *high*, both included.

    Attributes:
        example: One of the ends, for its kind and unit.
        low: None where it is open, as in "up to 30 days"; the same as *high* for one value.
    """

    example: Fact
    low: Fact | None
    high: Fact | None

    @property
    def is_single(self) -> bool:
        """Tell whether this is one value and no range."""
        return self.low == self.high

    @property
    def is_backwards(self) -> bool:
        """Tell whether the low end lies above the high end."""
        if self.low is None or self.high is None or self.low.kind in _ROUND:
            return False
        if self.low.kind is Kind.DATE:
            years = (self.low.date[0], self.high.date[0])
            return None not in years and _first_day(self.low.date) > _last_day(self.high.date)
        return self.low.value > self.high.value

    @property
    def ends(self) -> tuple[Fact, ...]:
        """The ends that are not open."""
        return tuple(end for end in (self.low, self.high) if end is not None)

    def ends_at(self, fact: Fact) -> bool:
        """Tell whether *fact* is one of the values that were written."""
        return any(fact.agrees_with(end) for end in self.ends)

    def includes(self, fact: Fact) -> bool:
        """Tell whether *fact* is one of these values."""
        if self.ends_at(fact):
            return True
        if self.is_single or fact.kind is not self.example.kind:
            return False
        if fact.kind is Kind.DATE:
            return _overlaps(fact.date, self)
        if fact.kind is not Kind.NUMBER and fact.unit != self.example.unit:
            return False
        above, below = (
            self.low is None or self.low.value <= fact.value,
            self.high is None or fact.value <= self.high.value,
        )
        wraps = fact.kind in _ROUND and len(self.ends) > 1 and self.ends[0].value > self.ends[1].value
        return (above or below) if wraps else (above and below)

    def rivals(self, fact: Fact, stems: frozenset[str]) -> bool:
        """Tell whether these values are of the sort of *fact*: a bare number only if it counts what *stems* name."""
        if fact.kind is Kind.NUMBER is self.example.kind:
            return bool(fact.unit) and (stem(fact.unit) in stems or fact.unit == self.example.unit)
        return fact.rivals(self.example)


def spans_of(text: str) -> tuple[Span, ...]:
    """Return what *text* allows; without a number, a date or a weekday it allows nothing in particular.

    >>> [span] = spans_of("EUR 45 to 59")
    >>> [int(end.value) for end in (span.low, span.high)]
    [45, 59]
    >>> spans_of("Graphite, Sage and Sand")
    ()
    """
    plain = _DASH.sub(" to ", text)
    return tuple(_read(plain, sorted([*find_facts(plain), *find_weekdays(plain)], key=lambda fact: fact.start)))


def _read(text: str, facts: list[Fact]) -> Iterator[Span]:
    waiting = iter(facts)
    first = next(waiting, None)
    while first is not None:
        second = next(waiting, None)
        if second is not None and _is_range(text, first, second):
            yield Span(second, _with_the_year_of(second, first), second)
            second = next(waiting, None)
        else:
            yield _alone(text, first)
        first = second


def _is_range(text: str, first: Fact, second: Fact) -> bool:
    if first.kind is not second.kind or (first.kind is not Kind.NUMBER and first.unit != second.unit):
        return False
    if first.start == second.start:
        return _DAY_TO_DAY.search(text, first.start, first.end) is not None
    between = text[first.end : second.start]
    if _TO.fullmatch(between):
        return True
    before = text[max(0, first.start - _LOOK_BACK) : first.start]
    return _AND.fullmatch(between) is not None and _BETWEEN.search(before) is not None


def _with_the_year_of(later: Fact, fact: Fact) -> Fact:
    year, month, day = fact.date
    if fact.kind is not Kind.DATE or year is not None or later.date[0] is None:
        return fact
    wraps = (month or 0) > (later.date[1] or 0)
    return replace(fact, date=(later.date[0] - wraps, month, day))


def _alone(text: str, fact: Fact) -> Span:
    before = text[max(0, fact.start - _LOOK_BACK) : fact.start]
    if _AT_MOST.search(before):
        return Span(fact, None, fact)
    return Span(fact, fact, None) if _AT_LEAST.search(before) else Span(fact, fact, fact)


def _first_day(date: CalendarDate) -> tuple[int, int, int]:
    return date[0] or 0, date[1] or 1, date[2] or 1


def _last_day(date: CalendarDate) -> tuple[int, int, int]:
    return date[0] or 9999, date[1] or 12, date[2] or 31


def _overlaps(date: CalendarDate, span: Span) -> bool:
    """Tell whether *date*, perhaps a whole month or without its year, touches the days of *span*.

    >>> [span] = spans_of("20 December 2026 to 6 January 2027")
    >>> [_overlaps(date, span) for date in ((2026, 12, 31), (None, 1, 2), (None, 11, 30), (2027, 12, 24))]
    [True, True, False, False]
    """
    low = _first_day(span.low.date) if span.low else (0, 1, 1)
    high = _last_day(span.high.date) if span.high else (9999, 12, 31)
    first, last = _first_day(date), _last_day(date)
    years_known = date[0] is not None and all(end is None or end.date[0] is not None for end in (span.low, span.high))
    if years_known:
        return first <= high and low <= last
    if high[0] - low[0] > 1 and high[0] != 9999:  # noqa: PLR2004 - the year nobody wrote
        return True
    above, below = low[1:] <= last[1:], first[1:] <= high[1:]
    return (above or below) if low[1:] > high[1:] else (above and below)

"""What a text states that can be checked: prices, quantities, numbers, dates and times of day.

Two facts agree when they say the same in other words: 1,049 and 1049, EUR 4.90 and 4.90 euro, 2 years and
24 months. A fact that is vaguer than the other agrees with it: "27 November" with "27 November 2026".
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

CalendarDate = tuple[int | None, int | None, int | None]
"""Year, month and day; None where a text does not say."""


class Kind(StrEnum):
    """What sort of thing a fact states."""

    MONEY = "price"
    QUANTITY = "quantity"
    NUMBER = "number"
    DATE = "date"
    CLOCK = "time of day"
    WEEKDAY = "weekday"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One checkable value and its place in the text it was found in.

    Attributes:
        end: One past the last character.
        value: In base units (1 hour is 3600 of "second"); minutes after midnight for a time of day, 1 to 7 for a
            weekday.
        plain: The number as written.
        unit: A currency code, what a quantity measures, or the noun that follows a bare number.
    """

    kind: Kind
    text: str
    start: int
    end: int
    value: Decimal = Decimal(0)
    plain: Decimal = Decimal(0)
    unit: str = ""
    date: CalendarDate = (None, None, None)

    def agrees_with(self, known: "Fact") -> bool:
        """Tell whether *known*, a fact of the context, is enough to support this one."""
        kinds = {self.kind, known.kind}
        if Kind.DATE in kinds:
            return self._year_of(known) or (len(kinds) == 1 and _same_date(self.date, known.date))
        if Kind.CLOCK in kinds or Kind.WEEKDAY in kinds:
            return len(kinds) == 1 and self.value == known.value
        if self.kind is Kind.NUMBER:
            return self.plain == known.plain
        if known.kind is Kind.NUMBER:  # "from 3 up to 5 days": a 3 without a noun may be days, "3 devices" may not
            return not known.unit and self.plain == known.plain
        return (self.unit, self.value) == (known.unit, known.value)

    def rivals(self, known: "Fact") -> bool:
        """Tell whether *known* states the same sort of thing, so that another value contradicts it."""
        if self.kind is not known.kind or self.kind is Kind.NUMBER:
            return False
        return self.unit == known.unit or self.kind is Kind.MONEY

    def _year_of(self, known: "Fact") -> bool:
        return self.kind is Kind.NUMBER and known.date[0] is not None and self.plain == known.date[0]


def _same_date(claimed: CalendarDate, known: CalendarDate) -> bool:
    """Compare what both say; a day that the context does not give is not supported.

    >>> _same_date((None, 11, 27), (2026, 11, 27)), _same_date((2026, 11, 27), (2026, 11, None))
    (True, False)
    """
    if claimed[2] is not None and known[2] is None:
        return False
    return all(mine is None or theirs is None or mine == theirs for mine, theirs in zip(claimed, known, strict=True))

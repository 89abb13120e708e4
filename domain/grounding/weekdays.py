"""Finding the days of the week in English text; only where a catalogue is compared, never for the context alone."""

import re
from collections.abc import Iterator
from decimal import Decimal

from domain.grounding.facts import Fact, Kind

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = re.compile(rf"\b(?P<black>black\s+)?(?P<day>{'|'.join(WEEKDAYS)})s?\b", re.ASCII | re.IGNORECASE)


def find_weekdays(text: str) -> Iterator[Fact]:
    """Yield the days of the week in *text*, Monday as 1; "Black Friday" is a name and not a day.

    >>> [(fact.text, int(fact.value)) for fact in find_weekdays("On Mondays, Sunday too, not on Black Friday.")]
    [('Mondays', 1), ('Sunday', 7)]
    """
    for found in _DAY.finditer(text):
        if not found["black"]:
            number = Decimal(WEEKDAYS.index(found["day"].lower()) + 1)
            yield Fact(kind=Kind.WEEKDAY, text=found.group(), start=found.start(), end=found.end(), value=number)

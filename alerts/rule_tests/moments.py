"""When something happens in a test of rules: so long after its start, or before."""

import re
from datetime import timedelta
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from domain.duration import parse_duration

_PARTS = re.compile(r"\d{1,9}\s*[smhd]")
_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def parse_offset(said: object) -> timedelta:
    """Return how long after the start of a test *said* is; before it, if negative.

    >>> parse_offset("-1h30m"), parse_offset("5m"), parse_offset(0)
    (datetime.timedelta(days=-1, seconds=81000), datetime.timedelta(seconds=300), datetime.timedelta(0))

    Raises:
        ValueError: If it is no length of time.
    """
    text = said.strip() if isinstance(said, str) else ""
    parts = _PARTS.findall(text.removeprefix("-"))
    if not parts or "".join(parts) != text.removeprefix("-").replace(" ", ""):
        return parse_duration(said)
    length = sum((parse_duration(part) for part in parts), timedelta())
    return -length if text.startswith("-") else length


def spell_offset(offset: timedelta) -> str:
    """Return *offset* as a test's file says it.

    >>> spell_offset(timedelta(minutes=-90)), spell_offset(timedelta())
    ('-1h30m', '0m')
    """
    rest, words = abs(int(offset.total_seconds())), ""
    for size, unit in _UNITS:
        count, rest = divmod(rest, size)
        words += f"{count}{unit}" if count else ""
    return f"-{words}" if offset < timedelta() else words or "0m"


Offset = Annotated[timedelta, BeforeValidator(parse_offset)]
"""A moment of a test, counted from its start."""


class Said(BaseModel):
    """The strictness that all parts of a test share."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)


class During(Said):
    """A stretch of a test's time, half-open; to the end of the test where *until* is left out."""

    since: Offset = Field(default=timedelta(), alias="from")
    until: Offset | None = None

    @model_validator(mode="after")
    def _is_some_time(self) -> Self:
        if self.until is not None and self.until <= self.since:
            raise ValueError(f"until lies at or before from ({spell_offset(self.since)}): that is no time at all")
        return self

    def is_on(self, offset: timedelta) -> bool:
        """Whether *offset* lies within it."""
        return self.since <= offset and (self.until is None or offset < self.until)

    @property
    def moments(self) -> tuple[timedelta, ...]:
        """The moments it names."""
        return (self.since,) if self.until is None else (self.since, self.until)

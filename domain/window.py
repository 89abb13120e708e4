"""Stretches of time: half-open, UTC, never naive."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Window:
    """The time from *start* up to, but not including, *end*; both UTC.

    Raises:
        ValueError: If a bound is naive, or the window is empty or reversed.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", utc(self.start))
        object.__setattr__(self, "end", utc(self.end))
        if self.end <= self.start:
            raise ValueError(f"a window must end after it starts: {self.start} .. {self.end}")

    @classmethod
    def ending(cls, end: datetime, length: timedelta) -> "Window":
        """Return the window of *length* that ends at *end*."""
        return cls(end - length, end)

    @property
    def length(self) -> timedelta:
        """How long the window is."""
        return self.end - self.start

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    def parts(self, length: timedelta) -> Iterator["Window"]:
        """Yield consecutive windows of *length* that cover this one; the last may be shorter."""
        start = self.start
        while start < self.end:
            end = min(start + length, self.end)
            yield Window(start, end)
            start = end


def utc(moment: datetime) -> datetime:
    """Return *moment* in UTC, as a plain datetime: Prefect hands out a subclass with an arithmetic of its own.

    Raises:
        ValueError: If it is naive: a time without a zone is a guess, and guesses page people at night.
    """
    if moment.tzinfo is None:
        raise ValueError(f"a time needs a zone: {moment.isoformat()}")
    there = moment.astimezone(UTC)
    return there if type(there) is datetime else datetime.combine(there.date(), there.time(), tzinfo=UTC)


def floor_to(moment: datetime, step: timedelta) -> datetime:
    """Return the last multiple of *step* since 1970 at or before *moment*.

    >>> floor_to(datetime(2026, 11, 1, 12, 7, 31, tzinfo=UTC), timedelta(minutes=5)).isoformat()
    '2026-11-01T12:05:00+00:00'
    """
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    there = utc(moment)
    return there - (there - epoch) % step


def slots(after: datetime, until: datetime, step: timedelta) -> Iterator[datetime]:
    """Yield the slots later than *after*, up to and including *until*, oldest first."""
    slot = floor_to(after, step) + step
    while slot <= until:
        yield slot
        slot += step

"""Working time: the hours that count where somebody must react within some of them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.time_zone import TimeZone

_LONGEST_WAIT_DAYS = 400


class Weekday(StrEnum):
    """A day of the week."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


_DAYS = tuple(Weekday)


class BusinessHours(BaseModel):
    """When people work.

    Attributes:
        begin, end: Of the clock there (`from` and `to` in the file).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    timezone: TimeZone = "UTC"
    days: tuple[Weekday, ...] = _DAYS[:5]
    begin: time = Field(default=time(9), alias="from")
    end: time = Field(default=time(17), alias="to")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not self.days:
            raise ValueError("days is empty: nothing would ever be due")
        if self.begin.tzinfo is not None or self.end.tzinfo is not None:
            raise ValueError("from and to are times of the clock in timezone: leave their own zone out")
        if self.begin >= self.end:
            raise ValueError("from lies after to: a night shift is two entries in no calendar of ours")
        return self

    def after(self, start: datetime, within: timedelta) -> datetime:
        """Return when *within* of working time has passed since *start*.

        >>> hours, friday = BusinessHours(), datetime(2026, 11, 20, 16, tzinfo=UTC)
        >>> hours.after(friday, timedelta(hours=4)).isoformat()
        '2026-11-23T12:00:00+00:00'
        """
        left, moment = within, start
        for opens, closes in self._shifts(start):
            begin = max(opens, start)
            if begin >= closes:
                continue
            if left <= closes - begin:
                return begin + left
            left -= closes - begin
            moment = closes
        return moment + left

    def covers(self, moment: datetime) -> bool:
        """Whether people work at *moment*.

        >>> [BusinessHours().covers(datetime(2026, 11, 20, hour, tzinfo=UTC)) for hour in (8, 9, 16, 17)]
        [False, True, True, False]
        """
        opens, closes = next(self._shifts(moment))
        return opens <= moment < closes

    def _shifts(self, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        zone = ZoneInfo(self.timezone)
        first = since.astimezone(zone).date()
        for day in (first + timedelta(days=n) for n in range(_LONGEST_WAIT_DAYS)):
            if _DAYS[day.weekday()] in self.days:
                yield _at(day, self.begin, zone), _at(day, self.end, zone)


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return that time of the clock there, in UTC: a day on which clocks change is as long as it is."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)

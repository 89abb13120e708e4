"""Maintenance windows: silences that come again, by cron and the clock of a place."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from domain.duration import Duration
from domain.facts import LABELS
from domain.measurement import labels
from domain.message import Severity
from domain.silence import RULE, SEVERITY, Silence
from domain.time_zone import TimeZone
from domain.window import Window

_MINUTE = timedelta(minutes=1)
_MOST = 1000  # occurrences in one look: cron can name every minute


class Maintenance(BaseModel):
    """A time in which something is worked on, again and again (`maintenance` in app.yaml).

    Attributes:
        cron: When it begins, in five fields, by the clock of *timezone*.
        lasts: How long it takes.
        rules: Which rules are silenced; patterns with `*` and `?`. All of them, if left out.
        where: Which labels the alerts must carry.
        severity: Only alerts of this severity.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=60)
    cron: str
    timezone: TimeZone = "UTC"
    lasts: Duration = Field(gt=timedelta(), le=timedelta(days=7))
    rules: tuple[str, ...] = ()
    where: Mapping[str, str] = {}
    severity: Severity | None = None

    @field_validator("cron")
    @classmethod
    def _is_cron(cls, cron: str) -> str:
        try:
            CronSim(cron, datetime(2026, 1, 1, tzinfo=UTC))
        except CronSimError as error:
            raise ValueError(f"{cron!r} is no cron expression of five fields: {error}") from None
        return cron

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        for name in self.where:
            if name not in LABELS:
                raise ValueError(f"where: there is no label {name!r}; there are {', '.join(LABELS)}")
        return self

    def silences(self, application: str, window: Window) -> Iterator[Silence]:
        """Yield the silences that are on at some time of *window*."""
        for starts in self._starts(Window(window.start - self.lasts, window.end)):
            for rule in self.rules or (None,):
                said = {RULE: rule, SEVERITY: self.severity, **self.where}
                yield Silence(
                    id=f"{self.name}:{starts:%Y%m%dT%H%M}:{rule or ''}",
                    application=application,
                    matchers=labels({name: str(value) for name, value in said.items() if value is not None}),
                    starts=starts,
                    ends=starts + self.lasts,
                    by="maintenance",
                    comment=self.name,
                )

    def _starts(self, window: Window) -> Iterator[datetime]:
        """Yield when it begins in *window*. An hour that the clock leaves out begins after the gap."""
        zone = ZoneInfo(self.timezone)
        for turn, starts in enumerate(CronSim(self.cron, (window.start - _MINUTE).astimezone(zone))):
            moment = starts.astimezone(UTC)
            if moment >= window.end or turn >= _MOST:
                return
            if moment >= window.start:
                yield moment


def silences_of(windows: Sequence[Maintenance], application: str, window: Window) -> list[Silence]:
    """Return the silences of all maintenance *windows* that are on at some time of *window*."""
    return [silence for one in windows for silence in one.silences(application, window)]

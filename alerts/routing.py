"""Who is told of what: by severity, and otherwise where an exception fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.business_hours import BusinessHours
from domain.facts import LABELS
from domain.measurement import Labels
from domain.message import Severity


class Hours(StrEnum):
    """When an exception holds."""

    BUSINESS = "business"
    OUTSIDE = "outside"


class RouteException(BaseModel):
    """Some alerts of which others are told than is usual (`routes.exceptions` in app.yaml); all that is said must fit.

    Attributes:
        severity: Of which severity.
        rules: Of which rules; patterns with `*` and `?`. All of them, if left out.
        where: Which labels the alerts must carry; patterns, too.
        hours: Only within the business hours of `telling`, or only outside.
        to: Who is told instead.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    severity: Severity | None = None
    rules: tuple[str, ...] = ()
    where: Mapping[str, str] = {}
    hours: Hours | None = None
    to: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        for name in self.where:
            if name not in LABELS:
                raise ValueError(f"where: there is no label {name!r}; there are {', '.join(LABELS)}")
        if self.severity is Severity.INFORMATIONAL:
            raise ValueError("severity: what is informational is told by the digest only, as routes.informational says")
        if self.severity is None and not self.rules and not self.where and self.hours is None:
            raise ValueError("an exception for everything is the rule: change routes.page and routes.ticket")
        return self

    def fits(self, severity: Severity, rule: str, said: Labels, is_business: bool) -> bool:
        """Whether an alert of this *rule* with these labels is meant."""
        labels = dict(said)
        return (
            self.severity in {None, severity}
            and (not self.rules or any(fnmatchcase(rule, pattern) for pattern in self.rules))
            and all(name in labels and fnmatchcase(labels[name], pattern) for name, pattern in self.where.items())
            and (self.hours is None or (self.hours is Hours.BUSINESS) is is_business)
        )


@dataclass(frozen=True, slots=True)
class Routing:
    """Which channels hear of what; several are told each.

    Attributes:
        usual: The channels by severity.
        exceptions: The first that fits says who is told instead.
        business_hours: Without them, every hour is one.
    """

    usual: Mapping[Severity, Sequence[str]]
    exceptions: Sequence[RouteException] = ()
    business_hours: BusinessHours | None = None

    def of(self, severity: Severity, rule: str, labels: Labels, slot: datetime) -> Sequence[str]:
        """Return who is told of an alert that fires at *slot*."""
        if self.exceptions:
            is_business = self.business_hours is None or self.business_hours.covers(slot)
            for exception in self.exceptions:
                if exception.fits(severity, rule, labels, is_business):
                    return exception.to
        return self.usual.get(severity, ())

    def reaches(self, severity: Severity) -> bool:
        """Whether alerts of *severity* reach anybody."""
        return bool(self.usual.get(severity)) or any(one.severity in {None, severity} for one in self.exceptions)

    @property
    def everyone(self) -> Sequence[str]:
        """Every channel that is told of anything, the usual ones first."""
        usual = [name for names in self.usual.values() for name in names]
        return tuple(dict.fromkeys((*usual, *(name for one in self.exceptions for name in one.to))))


NOBODY = Routing({})
"""Nobody is told of anything."""

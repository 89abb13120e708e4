"""How alerts become messages: what is told together, how often it is repeated, and what happens if nobody answers."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.business_hours import BusinessHours
from domain.duration import Duration
from domain.facts import LABELS
from domain.message import Severity
from domain.silence import RULE

_DAY = timedelta(days=1)


class Telling(BaseModel):
    """How alerts of one severity are told.

    Attributes:
        group_by: Alerts that agree in these are one incident: `rule`, or labels; with nothing, all of them are one.
        repeat: How often people are reminded of what goes on and nobody has acknowledged; never, if it is left out.
        escalate: What nobody has acknowledged in time is told as a page.
        remind: Whether people are reminded when it has not been acknowledged in time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    group_by: tuple[str, ...] = ()
    repeat: Duration | None = None
    remind: bool = True
    escalate: bool = False

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        for name in self.group_by:
            if name not in {RULE, *LABELS}:
                raise ValueError(f"group_by: there is no label {name!r}; there are {', '.join((RULE, *LABELS))}")
        if self.repeat is not None and self.repeat < timedelta(minutes=10):
            raise ValueError("repeat: more often than every 10 minutes nobody reads it")
        return self


class Policy(BaseModel):
    """How alerts of an application are told (`telling` in app.yaml).

    Attributes:
        page: Pages are one incident, because one outage breaks many rules; PagerDuty itself asks again.
        ticket: A rule is one incident, whatever its labels, until somebody has acknowledged it.
        business_hours: When the time to acknowledge a ticket runs; always, if it is left out. A page never waits.
        most_an_hour: An incident sends no more messages in an hour, but for alerts that it has not had. What flaps
            stays open instead.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    page: Telling = Telling(remind=False)
    ticket: Telling = Telling(group_by=(RULE,), repeat=_DAY)
    business_hours: BusinessHours | None = None
    most_an_hour: int = Field(default=12, ge=4)

    @model_validator(mode="before")
    @classmethod
    def _begin_with_the_defaults(cls, said: object) -> object:
        """Let what is said of one severity change only that: what is left out stays as it is by default."""
        if not isinstance(said, Mapping):
            return said
        usual = {name: cls.model_fields[name].default.model_dump() for name in ("page", "ticket")}
        return {
            name: {**usual[name], **one} if name in usual and isinstance(one, Mapping) else one
            for name, one in said.items()
        }

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.page.escalate:
            raise ValueError("page.escalate: a page is as loud as it gets")
        if self.ticket.escalate and not self.ticket.remind:
            raise ValueError("ticket.escalate: with remind: false nothing would ever be escalated")
        return self

    def of(self, severity: Severity) -> Telling:
        """Return how alerts of *severity* are told.

        Raises:
            KeyError: Informational ones are told by the digest only.
        """
        return self._all[severity]

    @property
    def _all(self) -> Mapping[Severity, Telling]:
        return {Severity.PAGE: self.page, Severity.TICKET: self.ticket}

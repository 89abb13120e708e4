"""A rule: one entry of a rules file. What it watches, for how long, who is told, and what to do about it."""

from datetime import timedelta
from functools import cached_property
from hashlib import sha256
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from alerts.conditions import Condition
from alerts.conditions.watcher import AboutGoodput
from alerts.links import LinkTemplate
from domain.duration import Duration
from domain.measurement import Labels, labels
from domain.message import Severity

_WORDS = {"guide", "summary", "look", "runbook"}
_RESPOND_WITHIN = {Severity.PAGE: timedelta(minutes=5), Severity.TICKET: timedelta(hours=4)}


class Rule(BaseModel):
    """One alert rule; its severity is the name of the file it stands in, or stands with it.

    Attributes:
        guide: Its number in the table of the README.
        summary: What is wrong when it fires, as a person would say it.
        when: The condition.
        hold: For how long the condition must be seen to hold (`for` in the file).
        every: How often it is evaluated.
        resolve_after: For how long the signal must be clear before it is over.
        respond_within: How soon somebody must have acknowledged it; by default 5 min for a page and 4 h for a ticket.
        blind_after: For how long nothing may be known before that is an alert of its own, at this severity.
        inhibited_by: While one of these rules fires for the same labels, this one is its consequence and keeps quiet.
        look: What to look at first.
        runbook: An address with what to do about it, instead of the application's own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)
    guide: str = Field(pattern=r"^[A-Z][0-9]+[a-z]?$")
    summary: str = Field(max_length=120)
    when: Condition
    hold: Duration = Field(default=timedelta(), alias="for")
    every: Duration = timedelta(minutes=1)
    resolve_after: Duration = timedelta()
    respond_within: Duration | None = None
    blind_after: Duration | None = None
    inhibited_by: tuple[str, ...] = ()
    look: str
    runbook: LinkTemplate | None = None
    severity: Severity = Severity.TICKET

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.every < timedelta(minutes=1):
            raise ValueError("every lies below the slot of one minute")
        if timedelta() < self.hold < self.every:
            raise ValueError("for is shorter than every: it could not be seen to hold that long")
        if self.blind_after is not None and self.blind_after < self.every:
            raise ValueError("blind_after is shorter than every: each evaluation would already be too late")
        if self.name in self.inhibited_by:
            raise ValueError("inhibited_by names the rule itself: it could never be told")
        return self

    @cached_property
    def version(self) -> str:
        """What changes when anything does that decides; words may be mended without an effect."""
        return sha256(self.model_dump_json(exclude=_WORDS).encode()).hexdigest()[:12]

    @cached_property
    def labelled_by(self) -> frozenset[str] | None:
        """The names of the labels of its alerts; None where the condition alone knows."""
        if not hasattr(self.when, "split_by"):
            return None
        by = self.when.split_by
        return frozenset([by] if isinstance(by, str) else by or ())

    @property
    def labels_asked(self) -> Labels:
        """The labels that requests must carry to be counted by it."""
        return labels(getattr(self.when, "where", None) or {})

    @property
    def due_within(self) -> timedelta | None:
        """How soon somebody must have acknowledged it; None for what is only read."""
        return self.respond_within or _RESPOND_WITHIN.get(self.severity)

    @property
    def objective(self) -> str | None:
        """The objective that the condition names, if any."""
        named: str | None = getattr(self.when, "objective", None)
        return named

    @property
    def watches_goodput(self) -> bool:
        """Whether it is about Goodput itself, and decided whatever becomes of the source of traces."""
        return isinstance(self.when, AboutGoodput)


class RuleFile(BaseModel):
    """A whole rules file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: tuple[Rule, ...]

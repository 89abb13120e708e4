"""A rule: one entry of a rules file. What it watches, for how long, who is told, and what to do about it."""

from datetime import timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from alerts.conditions import BudgetBurn, Condition, ShareAbove
from domain.duration import Duration
from domain.message import Severity


class Rule(BaseModel):
    """One alert rule; its severity is the name of the file it stands in.

    Attributes:
        guide: Its number in the table of the README.
        summary: What is wrong when it fires, as a person would say it.
        when: The condition.
        hold: For how long the condition must be seen to hold (`for` in the file).
        every: How often it is evaluated.
        resolve_after: For how long the signal must be clear before it is over.
        look: What to look at first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)
    guide: str = Field(pattern=r"^[A-Z][0-9]+[a-z]?$")
    summary: str = Field(max_length=120)
    when: Condition
    hold: Duration = Field(default=timedelta(), alias="for")
    every: Duration = timedelta(minutes=1)
    resolve_after: Duration = timedelta()
    look: str
    severity: Severity = Severity.TICKET

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.every < timedelta(minutes=1):
            raise ValueError("every lies below the slot of one minute")
        if timedelta() < self.hold < self.every:
            raise ValueError("for is shorter than every: it could not be seen to hold that long")
        return self

    @property
    def objective(self) -> str | None:
        """The objective that the condition names, if any."""
        return self.when.objective if isinstance(self.when, ShareAbove | BudgetBurn) else None


class RuleFile(BaseModel):
    """A whole rules file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: tuple[Rule, ...]

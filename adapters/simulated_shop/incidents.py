"""What goes wrong in the simulated week, and what merely looks like it.

A new incident is one small class and one line in `INCIDENTS`.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from adapters.simulated_shop.conditions import HEALTHY, Conditions
from domain.window import Window


class Incident(Protocol):
    """Something that changes the conditions for a while."""

    @property
    def title(self) -> str:
        """What happened, in a few words."""

    @property
    def window(self) -> Window:
        """When it happened."""

    def change(self, conditions: Conditions, moment: datetime) -> Conditions:
        """Return the *conditions* at a *moment* inside the window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A provider answers hardly any call, and quickly says so."""

    title: str
    window: Window
    models: str
    failure_rate: float

    def change(self, conditions: Conditions, moment: datetime) -> Conditions:  # noqa: ARG002 - steady
        """Let most calls of the provider's models fail, few of them with a fallback."""
        return replace(
            conditions,
            failure_rate=self.failure_rate,
            broken_models=self.models,
            fault_kinds=("provider_503", "connection"),
            fallback_rate=0.1,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class InventingPrompt:
    """A prompt release that makes the models invent, until it is rolled back."""

    title: str
    window: Window
    version: int
    invention_rate: float

    def change(self, conditions: Conditions, moment: datetime) -> Conditions:  # noqa: ARG002 - steady
        """Serve everybody with the new prompt."""
        return replace(conditions, prompt_version=self.version, invention_rate=self.invention_rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowFirstTokens:
    """Answers come, but many of them begin late."""

    title: str
    window: Window
    rate: float

    def change(self, conditions: Conditions, moment: datetime) -> Conditions:  # noqa: ARG002 - steady
        """Delay the first token of a share of the answers."""
        return replace(conditions, slow_first_token_rate=self.rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTopic:
    """Customers start to ask about something new."""

    title: str
    window: Window
    rate: float

    def change(self, conditions: Conditions, moment: datetime) -> Conditions:  # noqa: ARG002 - steady
        """Turn a share of the questions to the new product."""
        return replace(conditions, launch_rate=self.rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowingSpend:
    """More and more requests go to expensive models, and the answers grow, until *full_at*."""

    title: str
    window: Window
    full_at: datetime
    upgrade_rate: float
    verbosity: float

    def change(self, conditions: Conditions, moment: datetime) -> Conditions:
        """Move along a straight line from the start to the full rates."""
        share = min(1.0, (moment - self.window.start) / (self.full_at - self.window.start))
        return replace(conditions, upgrade_rate=self.upgrade_rate * share, verbosity=self.verbosity * share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blip:
    """A few requests fail while hardly anybody is there: too little to wake anybody.

    Attributes:
        arrivals: The only requests of the window, at these times after its start.
    """

    title: str
    window: Window
    arrivals: tuple[timedelta, ...]

    def change(self, conditions: Conditions, moment: datetime) -> Conditions:  # noqa: ARG002 - steady
        """Let every request fail, without a fallback."""
        return replace(conditions, failure_rate=1.0, fault_kinds=("provider_503",), fallback_rate=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreepingRefusals:
    """The models decline a little more from hour to hour."""

    title: str
    window: Window
    first_rate: float
    last_rate: float

    def change(self, conditions: Conditions, moment: datetime) -> Conditions:
        """Move along a straight line from the first to the last rate."""
        share = (moment - self.window.start) / self.window.length
        return replace(conditions, refusal_rate=self.first_rate + (self.last_rate - self.first_rate) * share)


def _at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


WEEK = Window(_at(1), _at(8))
"""Sunday to Saturday: the first seven days of a month, so that month-to-date spend is complete."""

BLIP = Blip(
    title="Two failed requests in a quiet night",
    window=Window(_at(3, 3, 10), _at(3, 3, 12)),
    arrivals=(timedelta(seconds=21), timedelta(seconds=83)),
)
SPEND = GrowingSpend(
    title="Spend grows: expensive models, longer answers",
    window=Window(_at(4), _at(8)),
    full_at=_at(7),
    upgrade_rate=0.6,
    verbosity=0.8,
)
OUTAGE = Outage(
    title="The provider of the gpt-4o models is down",
    window=Window(_at(4, 14), _at(4, 14, 25)),
    models="gpt-4o",
    failure_rate=0.85,
)
PROMPT = InventingPrompt(
    title="Prompt version 3 invents, and is rolled back",
    window=Window(_at(5, 9), _at(5, 13)),
    version=3,
    invention_rate=0.45,
)
SLOW = SlowFirstTokens(
    title="Many answers begin late",
    window=Window(_at(5, 18), _at(5, 20)),
    rate=0.4,
)
LAUNCH = NewTopic(
    title="Most questions are about a new product",
    window=Window(_at(6, 6), _at(8)),
    rate=0.55,
)
REFUSALS = CreepingRefusals(
    title="Refusals creep up",
    window=Window(_at(7), _at(8)),
    first_rate=0.02,
    last_rate=0.04,
)

INCIDENTS: tuple[Incident, ...] = (BLIP, SPEND, OUTAGE, PROMPT, SLOW, LAUNCH, REFUSALS)


def conditions_at(moment: datetime) -> Conditions:
    """Return the conditions at *moment*: a healthy day, changed by every incident under way."""
    conditions = HEALTHY
    for incident in INCIDENTS:
        if moment in incident.window:
            conditions = incident.change(conditions, moment)
    return conditions

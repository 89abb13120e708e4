"""The life of an alert as values: what the engine decides and the store keeps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.incident import Incident, Member
from domain.measurement import Labels
from domain.message import Message, Severity


class Truth(StrEnum):
    """Whether a rule's condition holds. UNKNOWN freezes: it neither fires nor resolves nor lets time count."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


class State(StrEnum):
    """Where an alert stands."""

    INACTIVE = "inactive"
    PENDING = "pending"
    """The condition holds, but not yet long enough."""
    FIRING = "firing"
    RECOVERING = "recovering"
    """The condition no longer holds, but not yet long enough to call it over."""


class Health(StrEnum):
    """Whether there was something to decide by. Beside the state, never a state."""

    OK = "ok"
    INSUFFICIENT = "insufficient"
    """Too few, or too short a past: it takes time, and nobody's help."""
    NO_DATA = "no data"
    """Nothing happened that could be measured."""
    UNREAD = "unread"
    """What happened has not been read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule's condition says about one set of labels at one slot.

    Attributes:
        clear: The signal is back below the line at which the alert may resolve; with hysteresis that is stricter
            than not being TRUE.
        value, limit: What was compared, for people; None where there was nothing to compare.
        because: The evidence in words, with its counts.
        facts: Short name and value, for the message.
    """

    labels: Labels = ()
    truth: Truth
    clear: bool = False
    value: float | None = None
    limit: float | None = None
    k: int | None = None
    n: int = 0
    because: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One rule on one set of labels, between slots.

    Attributes:
        held_s: For how many seconds of slots the condition has been seen to hold (pending), unknown slots not counted.
        clear_s: The same for being clear (recovering).
        episode: How often it has fired.
        since: First slot of the present pending or firing time.
        seen_at: The last slot at which anything was known.
        version: Of the rule that it was last evaluated by.
    """

    application: str
    rule: str
    labels: Labels = ()
    state: State = State.INACTIVE
    since: datetime | None = None
    fired_at: datetime | None = None
    held_s: float = 0.0
    clear_s: float = 0.0
    episode: int = 0
    last_slot: datetime | None = None
    last_truth: Truth = Truth.UNKNOWN
    seen_at: datetime | None = None
    version: str = ""

    @property
    def member(self) -> Member:
        """The episode that it is in, as part of an incident."""
        return Member(self.rule, self.labels, self.episode)

    @property
    def is_firing(self) -> bool:
        """Whether people should know that this is going on."""
        return self.state in {State.FIRING, State.RECOVERING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A change of state, with the evidence that caused it."""

    application: str
    rule: str
    severity: Severity
    labels: Labels
    slot: datetime
    before: State
    after: State
    episode: int
    since: datetime | None
    because: str
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One rule at one slot: kept so that "why did it not fire?" and "why was nobody told?" have an answer.

    Attributes:
        told: Whether people know, and why, in words.
    """

    application: str
    rule: str
    labels: Labels
    slot: datetime
    truth: Truth
    health: Health
    state: State
    value: float | None
    limit: float | None
    k: int | None
    n: int
    because: str
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message that must be told through these channels."""

    message: Message
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How everything stands between two slots: the alerts by rule and labels, and what people were told, by group."""

    instances: Mapping[tuple[str, Labels], Instance] = field(default_factory=dict)
    incidents: Mapping[str, Incident] = field(default_factory=dict)

    def after(self, decision: "Decision") -> "Standing":
        """Return how everything stands after *decision*."""
        return self.updated(decision.instances, decision.incidents)

    def updated(self, instances: Iterable[Instance], incidents: Iterable[Incident] = ()) -> "Standing":
        """Return how everything stands when these have changed."""
        return Standing(
            {**self.instances, **{(one.rule, one.labels): one for one in instances}},
            {**self.incidents, **{one.group: one for one in incidents}},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Everything one slot decided; kept in one transaction or not at all.

    Attributes:
        instances, incidents: Those that changed.
    """

    application: str
    slot: datetime
    instances: tuple[Instance, ...]
    transitions: tuple[Transition, ...]
    evaluations: tuple[Evaluation, ...]
    incidents: tuple[Incident, ...] = ()
    notices: tuple[Notice, ...]

"""What people are told of as one thing: alerts that belong together, until the last of them is over."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.measurement import Labels
from domain.message import Severity

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, order=True)
class Member:
    """One episode of one alert."""

    rule: str
    labels: Labels
    episode: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """A group of alerts, between slots. It is open while it has members, and its number grows each time it opens.

    Attributes:
        group: Which alerts belong together: their severity and the values they are grouped by.
        key: Under which people are told of this opening: receivers deduplicate, thread and resolve by it.
        members: The episodes that people were told of and that are not over, in the order of telling.
        channels: Who was told, and must hear how it ends.
        messages: How many messages this opening has had.
        told_at: The slots of the messages of the last hour, of earlier openings too: a storm is counted by them.
        joined_at: When the newest of them joined: who took it before has not taken that.
        reminded_at: When people were last told or reminded.
        is_overdue: People were told that nobody has acknowledged it in time.
        acknowledged_by, acknowledged_at: Who has taken it; None while nobody has.
    """

    application: str
    group: str
    severity: Severity
    number: int = 0
    key: str = ""
    members: tuple[Member, ...] = ()
    channels: tuple[str, ...] = ()
    messages: int = 0
    told_at: tuple[datetime, ...] = ()
    opened_at: datetime | None = None
    joined_at: datetime | None = None
    reminded_at: datetime | None = None
    is_overdue: bool = False
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether people believe that this goes on."""
        return bool(self.members)

    @property
    def is_taken(self) -> bool:
        """Whether somebody has taken all of it."""
        if self.acknowledged_at is None:
            return False
        return self.joined_at is None or self.acknowledged_at >= self.joined_at

    def recent(self, slot: datetime) -> tuple[datetime, ...]:
        """Return the slots of the messages of the hour before *slot*."""
        return tuple(told for told in self.told_at if slot - told < _HOUR)


class Taking(StrEnum):
    """What came of somebody's wish to take an incident."""

    FIRST = "taken"
    BEFORE = "taken before"
    OVER = "over already"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """Somebody has taken an incident.

    Attributes:
        key: The incident's key: the next opening needs a new one.
    """

    key: str
    by: str
    at: datetime
    comment: str = ""

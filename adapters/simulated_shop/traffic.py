"""Who comes to the shop and when: the rhythm of days and weeks, customers and their sessions."""

from dataclasses import dataclass
from datetime import date, datetime
from math import sqrt

from adapters.simulated_shop.chance import Chance, Mix
from adapters.simulated_shop.incidents import BLIP

_WEEKDAY_REQUESTS = 3_300
_BY_WEEKDAY = (1.0, 1.04, 1.03, 1.04, 0.98, 0.64, 0.56)  # Monday first
_BY_HOUR = (  # weights from midnight UTC
    (12, 8, 6, 5, 6, 12, 30, 60, 95, 120, 135, 130, 110, 115, 125, 120, 105, 95, 90, 95, 85, 60, 40, 22)
)
_HOUR_MS = 3_600_000
_SESSION_MS = 30 * 60 * 1_000
_CUSTOMERS = 600


def milliseconds(moment: datetime) -> int:
    """Return *moment* as milliseconds since 1970."""
    return int(moment.timestamp()) * 1_000 + moment.microsecond // 1_000


def arrivals(chance: Chance, midnight: datetime) -> list[int]:
    """Return when the requests of the day from *midnight* arrive, in milliseconds since 1970, in order."""
    start_ms = milliseconds(midnight)
    share = _WEEKDAY_REQUESTS * _BY_WEEKDAY[midnight.weekday()] / sum(_BY_HOUR)
    moments = []
    for hour, weight in enumerate(_BY_HOUR):
        expected = share * weight
        count = max(0, round(expected + sqrt(expected) * chance.deviation()))
        first = start_ms + hour * _HOUR_MS
        moments += [chance.between(first, first + _HOUR_MS - 1) for _ in range(count)]
    return sorted(_with_blip(moments) if midnight.date() == BLIP.window.start.date() else moments)


def _with_blip(moments: list[int]) -> list[int]:
    """Return *moments* with exactly the planned arrivals in the window of the blip."""
    start, end = milliseconds(BLIP.window.start), milliseconds(BLIP.window.end)
    planned = [start + round(after.total_seconds() * 1_000) for after in BLIP.arrivals]
    return [moment for moment in moments if not start <= moment < end] + planned


@dataclass(frozen=True, slots=True)
class Visit:
    """A customer in a session."""

    user_id: str
    tier: str
    session_id: str


class Customers:
    """The same customers every day; a few of them come most often."""

    def __init__(self, seed: int) -> None:
        chance = Chance(seed, "customers")
        tiers = Mix.of({"free": 0.55, "pro": 0.33, "enterprise": 0.12})
        self._tiers = {f"user-{number:04d}": chance.draw(tiers) for number in range(1, _CUSTOMERS + 1)}
        self._mix = Mix.of({user: 1 / (rank + 12) for rank, user in enumerate(self._tiers)})

    def visits(self, chance: Chance, day: date, moments: list[int]) -> list[Visit]:
        """Return who comes at each of the *moments* of *day*; some ask again in the same session."""
        visits: list[Visit] = []
        recent: dict[Visit, int] = {}
        for moment in moments:
            recent = {visit: seen for visit, seen in recent.items() if moment - seen < _SESSION_MS}
            if recent and chance.happens(0.3):
                visit = chance.pick(list(recent))
            else:
                user = chance.draw(self._mix)
                visit = Visit(user, self._tiers[user], f"sess-{day:%m%d}-{len(visits):04d}")
            recent[visit] = moment
            visits.append(visit)
        return visits

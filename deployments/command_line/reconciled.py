"""Whether our books agree with the source's, for people and for programs."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from adapters.store import Store
from alerts.books import became_words, day_words
from domain.money import usd
from domain.reconciliation import Counted, ReconciledDay, add_up_days
from domain.window import Window, floor_to

_DAY = timedelta(days=1)
_DAYS = 7


def reconciled_of(store: Store, application: str, at: datetime) -> list[ReconciledDay]:
    """Return the compared days of the week that ends with the day of *at*, oldest first."""
    today = floor_to(at, _DAY)
    return add_up_days(store.reconciliations.hours(application, Window(today - (_DAYS - 1) * _DAY, today + _DAY)))


def reconciled_line(days: Sequence[ReconciledDay]) -> str | None:
    """Return the line about the newest day compared, or about the day before if only that one differs."""
    if not days:
        return None
    day = next((one for one in reversed(days[-2:]) if not one.agrees), days[-1])
    return f"{day_words(day)}; {became_words(day)}"


def reconciled_values(days: Sequence[ReconciledDay]) -> list[dict[str, object]]:
    """Return the days as JSON can say them; money is USD, and null what the source does not say."""
    return [
        {
            "day": day.day,
            "hours": day.hours,
            "agrees": day.agrees,
            "rows": _counts(day.rows),
            "cost_usd": None if day.cost is None else _dollars(day.cost),
            "requests": day.requests,
            "spend_usd": float(usd(day.spend_nano_usd)),
        }
        for day in days
    ]


def _counts(counted: Counted) -> dict[str, float]:
    return {"ours": counted.ours, "theirs": counted.theirs, "difference": counted.difference}


def _dollars(counted: Counted) -> dict[str, float]:
    return {
        "ours": float(usd(counted.ours)),
        "theirs": float(usd(counted.theirs)),
        "difference": counted.difference,
    }

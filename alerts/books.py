"""Our count against the source's own, in words: the same for alerts, artifacts and terminals."""

from datetime import date

from alerts.figures import percent
from domain.money import spell_usd
from domain.reconciliation import Counted, ReconciledDay

SOURCE = "Langfuse"
"""The one source that counts; the others never have a day to speak of."""


def day_words(day: ReconciledDay) -> str:
    """Say which day it is, whether it agrees, and by which numbers."""
    return f"{name_of(day.day)} {verdict_words(day)}: {numbers_words(day)}"


def verdict_words(day: ReconciledDay) -> str:
    """Say whether a day's rows and cost are those of the source, but for half a percent."""
    return f"agrees with {SOURCE}" if day.agrees else f"differs from {SOURCE}"


def numbers_words(day: ReconciledDay) -> str:
    """Say what was read, what the source counts, how far they lie apart, and how much of the day that is."""
    return f"{rows_words(day)}; {cost_words(day)}; {day.hours} of 24 hours compared"


def rows_words(day: ReconciledDay) -> str:
    """Say both counts and their difference."""
    rows = day.rows
    return _both(f"{rows.ours:,} rows", f"{rows.theirs:,} rows", rows, "fewer" if rows.apart else None)


def cost_words(day: ReconciledDay) -> str:
    """Say both costs and their difference; up to a nano-dollar a row it is rounding."""
    cost = day.cost
    if cost is None:
        return f"no cost at {SOURCE}"
    return _both(spell_usd(cost.ours), spell_usd(cost.theirs), cost, "less" if cost.apart > day.rows.ours else None)


def became_words(day: ReconciledDay) -> str:
    """Say how much of it is this application's."""
    return f"{day.requests:,} requests of this application, {spell_usd(day.spend_nano_usd)}"


def name_of(day: date) -> str:
    """Return a day as people say it.

    >>> name_of(date(2026, 11, 2))
    'Mon 2 Nov'
    """
    return f"{day:%a %-d %b}"


def _both(ours: str, theirs: str, counted: Counted, below: str | None) -> str:
    """Say both amounts; *below* is the word for too little, None where both are the same."""
    if below is None:
        return f"{ours} read, the same at {SOURCE}"
    how = below if counted.ours < counted.theirs else "more"
    return f"{ours} read, {theirs} at {SOURCE} ({percent(counted.difference)} {how})"

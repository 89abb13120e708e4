"""What judged shares are worth, for people and for programs."""

from dataclasses import asdict
from datetime import datetime

from adapters.trusting import Trusting
from alerts.figures import percent
from deployments.command_line.stored import Stored
from deployments.command_line.tables import terminal
from domain.calibration import Corrected, Refused, TwoPhase
from domain.history import History
from domain.trust import Trust
from flows.configuration import Configured


def trusted(opened: Stored, one: Configured, at: datetime, history: History) -> dict[str, Trust]:
    """Return by criterion what the flagged share of the last seven days is worth, where anything was judged."""
    found = Trusting(opened.store, one.application.name, one.plan, one.lines).in_shares(at, history)
    return {name: trust for name, trust in found.items() if trust.raw.n}


def show_trust(opened: Stored, one: Configured, at: datetime, history: History) -> None:
    """Print one line for each criterion: the share as the judge flags it, and what it is worth."""
    for criterion, trust in trusted(opened, one, at, history).items():
        terminal.print(f"[bold]Judged[/] by {criterion}: {trust_words(trust)}", highlight=False, soft_wrap=True)


def trust_words(trust: Trust) -> str:
    """Say the raw share, then what is known of its worth."""
    interval = trust.raw.interval()
    span = "" if interval is None else f", 95 % {percent(interval.low)} to {percent(interval.high)}"
    raw = f"{percent(trust.raw.share or 0.0)} of {trust.raw.n:,} flagged by {trust.judge}{span}"
    return f"{raw}; {trust.words()}"


def trust_values(opened: Stored, one: Configured, at: datetime, history: History) -> list[dict[str, object]]:
    """Return the same as JSON can say it; what is not known is null, with the reason beside it."""
    return [
        {
            "criterion": criterion,
            "judge": trust.judge,
            "flagged": {"n": trust.raw.n, "k": trust.raw.k, "share": trust.raw.share, "interval": trust.raw.interval()},
            "agreement": None if trust.agreement is None else asdict(trust.agreement),
            "corrected": _values(trust.corrected),
            "looked_at": _values(trust.looked_at),
        }
        for criterion, trust in trusted(opened, one, at, history).items()
    ]


def _values(found: Corrected | TwoPhase | Refused) -> dict[str, object]:
    if isinstance(found, Refused):
        return {"value": None, "because": found.because, "missing": [gap._asdict() for gap in found.missing]}
    return asdict(found)

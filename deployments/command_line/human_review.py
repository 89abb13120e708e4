"""Flagged answers that a person must look at, because the domain asks for it: medical and legal ones."""

from datetime import datetime, timedelta

from deployments.command_line.stored import Stored
from deployments.command_line.tables import terminal
from domain.flagged import Flagged, flagged_answers
from domain.window import Window
from flows.configuration import Configured

_OVER = timedelta(days=7)
_SHOWN = 5


def show_human_review(opened: Stored, one: Configured, at: datetime) -> None:
    """Print how many flagged answers need a person, and the newest traces; nothing where no domain asks for it."""
    if one.human_review:
        words = human_review_words(_flagged(opened, one, at))
        terminal.print(f"[bold]Human review[/]: {words}", highlight=False, soft_wrap=True)


def human_review_values(opened: Stored, one: Configured, at: datetime) -> dict[str, object] | None:
    """Return the same as JSON can say it; None where no domain asks for it."""
    if not one.human_review:
        return None
    flagged = _flagged(opened, one, at)
    return {
        "flagged": len(flagged.trace_ids),
        "judged": flagged.judged,
        "newest": list(flagged.trace_ids[:_SHOWN]),
        "window": {"start": flagged.window.start.isoformat(), "end": flagged.window.end.isoformat()},
    }


def human_review_words(flagged: Flagged) -> str:
    """Say how many flagged answers need a person, of how many judged ones, and which are the newest."""
    since = f"of the last {_OVER.days} days"
    if not flagged.judged:
        return f"no answer {since} was judged, so none is flagged"
    if not flagged.trace_ids:
        return f"none of the {flagged.judged:,} judged answers {since} is flagged"
    count = len(flagged.trace_ids)
    needs = "1 flagged answer needs" if count == 1 else f"{count:,} flagged answers need"
    newest = ", ".join(flagged.trace_ids[:_SHOWN])
    return f"{needs} a person's look, of {flagged.judged:,} judged ones {since}; newest: {newest}"


def _flagged(opened: Stored, one: Configured, at: datetime) -> Flagged:
    window = Window.ending(at, _OVER)
    judged = opened.store.history(one.application.name, one.plan).judged(window)
    return flagged_answers(judged, window, one.objectives)

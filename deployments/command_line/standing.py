"""Goodput and error budgets, for people and for programs."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from rich.table import Table
from rich.text import Text

from adapters.assessor import Assessor, Standing
from alerts.figures import window_words
from alerts.sentences import BREAKDOWN, breakdown_row, burn_words, goodput_sentence, lasts_words, left_words
from deployments.command_line.stored import Stored
from deployments.command_line.tables import bare, terminal
from domain.error_budget import BURN_WINDOWS, Burn, ErrorBudget
from domain.goodput import Goodput
from domain.history import History
from domain.window import Window
from flows.configuration import Configured


def standing_of(opened: Stored, one: Configured, at: datetime) -> tuple[Standing, History]:
    """Return goodput, budgets and projection at *at*, the slot of the verdicts that they are shown with.

    And what answers further questions about that past, with what was read of it.
    """
    assessor = Assessor(opened.store, one.application, one.objectives, one.plan)
    history = assessor.history(at)
    return assessor.standing(at, history), history


def show_standing(standing: Standing) -> None:
    """Print goodput in a line, what each promise costs of it, and what is left of each budget."""
    terminal.print(f"[bold]Goodput[/]: {goodput_sentence(standing.goodput)}", highlight=False)
    if standing.goodput.n and standing.goodput.breakdown:
        terminal.print(_breakdown_table(standing.goodput))
    if standing.budgets:
        terminal.print(_budgets_table(standing.budgets))


def standing_values(standing: Standing) -> dict[str, object]:
    """Return goodput and budgets as JSON can say them; durations are seconds."""
    goodput = standing.goodput
    counted = {
        name: value for name, value in asdict(goodput).items() if name not in {"window", "breakdown", "marginals"}
    }
    return {
        "goodput": {
            **counted,
            "window": _window(goodput.window),
            "quality": goodput.quality,
            "interval": goodput.interval,
            "marginals": goodput.marginals._asdict() if goodput.marginals else None,
            "breakdown": [asdict(one) for one in goodput.breakdown],
        },
        "budgets": [_budget_values(budget) for budget in standing.budgets],
    }


def _breakdown_table(goodput: Goodput) -> Table:
    table = bare("What each promise costs")
    for position, column in enumerate(BREAKDOWN):
        table.add_column(column, justify="right" if position else "left", ratio=None if position else 1)
    for one in sorted(goodput.breakdown, key=lambda one: -(one.gain or 0.0)):
        table.add_row(*breakdown_row(one, goodput))
    return table


def _budgets_table(budgets: Sequence[ErrorBudget]) -> Table:
    table = bare("Error budgets: what is left, and at how many times the allowed pace it was spent in the last ...")
    table.add_column("objective", no_wrap=True)
    table.add_column("left", justify="right", no_wrap=True)
    for over in BURN_WINDOWS:
        table.add_column(window_words(over), justify="right", no_wrap=True)
    table.add_column("lasts", no_wrap=True)
    for budget in budgets:
        style = "bold red" if budget.left is not None and budget.left <= 0 else ""
        table.add_row(
            budget.objective,
            _with_sample(Text(left_words(budget), style), budget.n),
            *(_burn_cell(burn) for burn in budget.burns),
            Text(lasts_words(budget), style),
        )
    return table


def _burn_cell(burn: Burn) -> Text:
    text = burn_words(burn).replace(" (", "\n").rstrip(")")
    return _with_sample(Text(text, "yellow" if burn.rate is not None and burn.rate > 1 else ""), burn.n)


def _with_sample(cell: Text, n: int) -> Text:
    """Return a number above its sample: a rate of a handful is not a rate of a million."""
    return cell.append(f"\nn {n:,}", "dim not bold")


def _budget_values(budget: ErrorBudget) -> dict[str, object]:
    lasts = budget.exhausted_in
    return {
        **{name: value for name, value in asdict(budget).items() if name not in {"over", "burns", "exhausted_in"}},
        "over_s": budget.over.total_seconds(),
        "exhausted_in_s": None if lasts is None else lasts.total_seconds(),
        "burns": [
            {
                "over_s": burn.over.total_seconds(),
                "n": burn.n,
                "k": burn.k,
                "rate": burn.rate,
                "at_least": burn.at_least,
            }
            for burn in budget.burns
        ],
    }


def _window(window: Window) -> dict[str, str]:
    return {"start": window.start.isoformat(), "end": window.end.isoformat()}

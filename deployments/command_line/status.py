"""`goodput status`: how each application stands, as the last runs left it."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from adapters.store import Kept
from alerts.figures import dollars
from deployments.command_line.human_review import human_review_values, show_human_review
from deployments.command_line.reconciled import reconciled_line, reconciled_of, reconciled_values
from deployments.command_line.standing import show_standing, standing_of, standing_values
from deployments.command_line.stored import Stored, stored
from deployments.command_line.tables import alerts_table, objectives_table, recent_transitions, terminal
from deployments.command_line.trusted import show_trust, trust_values
from domain.objective import Verdict
from domain.projection import Projection
from flows.configuration import Configured

_DAYS = 7


def show_status(name: str | None, *, as_json: bool) -> int:
    """Show the status; 1 if an objective is breached or an alert fires."""
    with stored(name) as opened:
        if as_json:
            answers = [_as_values(opened, one) for one in opened.applications]
            print(json.dumps(answers, indent=2, default=str))
        else:
            for one in opened.applications:
                _show(opened, one)
        return int(any(_is_bad(opened, one) for one in opened.applications))


def spend_words(projection: Projection, budget_usd: float | None) -> str:
    """Say in one line what was spent and what is expected."""
    spent = f"{dollars(projection.spent_usd)} spent since {projection.since:%-d %B}"
    if projection.total_usd is None or projection.interval is None:
        return f"{spent}; no projection: {projection.because}"
    low, high = projection.interval
    expected = (
        f"{dollars(projection.total_usd)} expected by month end (80 % interval {dollars(low)} to {dollars(high)})"
    )
    budget = f", budget {dollars(budget_usd)}" if budget_usd is not None else ""
    return f"{spent}; {expected}{budget}; {projection.because}"


def newest(kept: Sequence[Kept]) -> datetime:
    """Return the slot of the newest verdict: an objective that was renamed leaves an old one behind."""
    return max(one.slot for one in kept)


def _show(opened: Stored, one: Configured) -> None:
    name = one.application.name
    kept = opened.store.assessments.latest(name)
    if not kept:
        terminal.print(f"[bold]{name}[/]: nothing is measured yet; `goodput run watch-requests --app {name}` starts")
        return
    terminal.print(objectives_table(f"{name}: objectives at {newest(kept):%Y-%m-%d %H:%M} UTC", kept))
    standing, history = standing_of(opened, one, newest(kept))
    show_standing(standing)
    show_trust(opened, one, newest(kept), history)
    show_human_review(opened, one, newest(kept))
    transitions, last = recent_transitions(opened.store, name, _DAYS)
    if last is not None and transitions:
        terminal.print(alerts_table(f"{name}: alerts of the last {_DAYS} days", transitions, last))
    terminal.print(f"[bold]Spend[/]: {spend_words(standing.projection, _budget(one))}")
    if books := reconciled_line(reconciled_of(opened.store, name, newest(kept))):
        terminal.print(f"[bold]Books[/]: {books}", highlight=False)
    for channel, key, error in opened.store.outbox.undelivered(name):
        terminal.print(f"[bold red]Not delivered[/] through {channel}: {key}: {error}", highlight=False)
    terminal.print()


def _as_values(opened: Stored, one: Configured) -> dict[str, object]:
    name = one.application.name
    firing = [i for i in opened.store.alerts.instances(name).values() if i.is_firing]
    kept = opened.store.assessments.latest(name)
    standing, history = standing_of(opened, one, newest(kept)) if kept else (None, None)
    return {
        "application": name,
        "objectives": [asdict(one) for one in kept],
        **(standing_values(standing) if standing else {"goodput": None, "budgets": []}),
        "judged": trust_values(opened, one, newest(kept), history) if history else [],
        "human_review": human_review_values(opened, one, newest(kept)) if kept else None,
        "firing": [{"rule": i.rule, "labels": dict(i.labels), "since": i.since, "state": str(i.state)} for i in firing],
        "spend": asdict(standing.projection) if standing else None,
        "reconciled": reconciled_values(reconciled_of(opened.store, name, newest(kept))) if kept else [],
    }


def _is_bad(opened: Stored, one: Configured) -> bool:
    name = one.application.name
    breached = any(kept.verdict is Verdict.BREACHED for kept in opened.store.assessments.latest(name))
    return breached or any(i.is_firing for i in opened.store.alerts.instances(name).values())


def _budget(one: Configured) -> float | None:
    budget = one.application.monthly_budget_usd
    return None if budget is None else float(budget)

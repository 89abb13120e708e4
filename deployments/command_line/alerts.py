"""`goodput alerts list`: what fires now, and what changed state before."""

import json
from dataclasses import asdict
from datetime import datetime, timedelta

from rich.markup import escape

from deployments.command_line.operating import incident_words, silence_words
from deployments.command_line.stored import Stored, stored
from deployments.command_line.tables import alerts_table, recent_transitions, terminal
from domain.errors import ConfigError
from domain.window import Window
from flows.configuration import Configured
from flows.silenced import silences_within

_MOST_DAYS = 3650
_AHEAD = timedelta(days=1)


def show_alerts(name: str | None, days: int, *, as_json: bool) -> int:
    """List alerts; 1 if something fires, which it does until it has recovered.

    Raises:
        ConfigError: There is no such time as the last *days*.
    """
    if not 1 <= days <= _MOST_DAYS:
        raise ConfigError(f"--days {days}: give a number of days from 1 to {_MOST_DAYS}")
    firing = 0
    answers: list[dict[str, object]] = []
    with stored(name) as opened:
        for one in opened.applications:
            application = one.application.name
            firing += sum(i.is_firing for i in opened.store.alerts.instances(application).values())
            transitions, last = recent_transitions(opened.store, application, days)
            if as_json:
                answers += [asdict(transition) for transition in transitions]
            elif last is None:
                terminal.print(f"{application}: no slot has been decided yet")
            else:
                terminal.print(alerts_table(f"{application}: up to {last:%Y-%m-%d %H:%M} UTC", transitions, last))
                _show_open(opened, one, last)
    if as_json:
        print(json.dumps(answers, indent=2, default=str))
    return int(firing > 0)


def _show_open(opened: Stored, one: Configured, last: datetime) -> None:
    """Show what people believe goes on, who has taken it, and what is kept quiet from the newest slot on."""
    name = one.application.name
    for incident in opened.store.alerts.incidents(name):
        taken = incident.acknowledged_by
        who = f"{taken} has taken it" if taken else f"nobody has taken it: goodput alerts ack --app {name}"
        told = f", told {incident.opened_at:%a %d %b %H:%M}" if incident.opened_at else ""
        terminal.print(
            f"[bold]Open[/] {escape(incident_words(incident))}{told}: {escape(who)}", highlight=False, soft_wrap=True
        )
    ahead = Window(last, last + _AHEAD)
    for silence in silences_within(opened.store, one, ahead):
        terminal.print(
            f"[bold]Silence[/] {escape(silence.id)}: {escape(silence_words(silence))}", highlight=False, soft_wrap=True
        )

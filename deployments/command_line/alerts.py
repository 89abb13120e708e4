"""`goodput alerts list`: what fires now, and what changed state before."""

import json
from dataclasses import asdict

from deployments.command_line.stored import stored
from deployments.command_line.tables import alerts_table, recent_transitions, terminal
from domain.errors import ConfigError

_MOST_DAYS = 3650


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
    if as_json:
        print(json.dumps(answers, indent=2, default=str))
    return int(firing > 0)

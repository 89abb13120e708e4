"""`goodput alerts ...`: the operator's hand on alerts. Each command imports what it needs when it runs."""

from datetime import datetime
from typing import Annotated, Literal

from cyclopts import App, Parameter

alerts = App(name="alerts", help="What fires now and fired before; take it, or ask for silence.")


@alerts.command(name="list")
def list_alerts(*, app: str | None = None, days: Annotated[int, Parameter(alias="-d")] = 7, json: bool = False) -> int:
    """List what fires now and what changed state in the last days; exit status 1 if something fires.

    Parameters
    ----------
    app
        Name of a folder under deployments; every application if left out.
    days
        How many days back, counted from the newest slot.
    json
        For a program to read.
    """
    from deployments.command_line.alerts import show_alerts

    return show_alerts(app, days, as_json=json)


@alerts.command
def ack(*, app: str, rule: str | None = None, by: str | None = None, comment: str = "") -> int:
    """Take an open incident: nobody is reminded of it any more, and its channels are told who has it.

    Parameters
    ----------
    app
        Name of a folder under deployments.
    rule
        One of the rules that fire in it; every open incident of the application if left out.
    by
        Who takes it; the user of this machine if left out.
    comment
        What you are doing about it.
    """
    from deployments.command_line.operating import acknowledge

    return acknowledge(app, rule, by, comment)


@alerts.command
def silence(
    *,
    app: str,
    for_: Annotated[str, Parameter(name="--for")],
    comment: str,
    rule: str | None = None,
    severity: Literal["page", "ticket"] | None = None,
    where: list[str] = [],  # noqa: B006 - cyclopts makes a new one
    start: Annotated[datetime | None, Parameter(name="--from")] = None,
    by: str | None = None,
) -> int:
    """Keep quiet what begins in some time from now. How anything ends is told all the same.

    Parameters
    ----------
    app
        Name of a folder under deployments, or `*` for all applications.
    for_
        How long: 30m, 2h, 7d.
    comment
        Why: whoever wonders will read it.
    rule
        Only alerts of this rule; `*` and `?` stand for any.
    severity
        Only alerts of this severity.
    where
        label=name: only alerts that carry it; may be given more than once, with `*` and `?`.
    start
        When it begins, with its zone; now if left out.
    by
        Who asks; the user of this machine if left out.
    """
    from deployments.command_line.operating import ask_for_silence

    return ask_for_silence(app, for_, comment, rule=rule, severity=severity, where=where, start=start, by=by)


@alerts.command
def unsilence(silence: str, /) -> int:
    """End a silence now; what still fires is told at the next slot.

    Parameters
    ----------
    silence
        Its id, as `goodput alerts list` shows it.
    """
    from deployments.command_line.operating import end_silence

    return end_silence(silence)

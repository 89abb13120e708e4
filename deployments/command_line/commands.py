"""The commands. Each imports what it needs when it runs, so that the light ones start fast."""

import gc
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from adapters.collecting import without_collection
from deployments.command_line.alert_commands import alerts
from deployments.command_line.judge_commands import judge
from deployments.command_line.price_commands import prices

app = App(name="goodput", help="Production monitoring for LLM applications.", version_flags=["--version"])
app.command(alerts)
app.command(judge)
app.command(prices)

FlowName = Literal[
    "watch-requests",
    "deliver-messages",
    "probe-endpoints",
    "evaluate-traces",
    "check-judge",
    "review-judge",
    "project-costs",
    "send-digest",
]


@app.command
def demo() -> int:
    """Run the main job on made-up and recorded traffic: no server, no key, nothing else needed."""
    from deployments.command_line.demo import run_demo

    return run_demo()


@app.command
def run(flow: FlowName, *, app: str | None = None, at: datetime | None = None) -> int:
    """Run one flow now, as the Prefect UI would.

    Parameters
    ----------
    flow
        Which one.
    app
        Name of a folder under deployments; every application if left out.
    at
        The slot to run for, with its zone (2026-11-01T12:00:00Z); now if left out.
    """
    from deployments.command_line.run import run_flow

    return run_flow(flow, app, at)


@app.command
def replay(
    *,
    start: Annotated[datetime, Parameter(name="--from")],
    until: Annotated[datetime, Parameter(name="--to")],
    app: str | None = None,
    tell: bool = False,
) -> int:
    """Read, judge and decide the past, slot by slot, as if each slot were now.

    Parameters
    ----------
    start
        Beginning of the past, with its zone (2026-11-01T00:00:00Z).
    until
        End of it.
    app
        Name of a folder under deployments; every application if left out.
    tell
        Tell people what they would have been told. Without it nobody hears of the past.
    """
    from deployments.command_line.run import replay_past

    return replay_past(start, until, app, tell=tell)


@app.command
def backtest(
    *,
    app: str,
    start: Annotated[datetime, Parameter(name="--from")],
    until: Annotated[datetime, Parameter(name="--to")],
    rules: Path | None = None,
    against: Path | None = None,
    json: bool = False,
) -> int:
    """Show what rules would have told whom in the past that the store remembers; nobody is told.

    With other rules, what would have been different; exit status 1 if any episode or message is.

    Parameters
    ----------
    app
        Name of a folder under deployments.
    start
        Beginning of the past, with its zone (2026-11-01T00:00:00Z).
    until
        End of it.
    rules
        A file of rules to try, in the place of the application's own rules.yaml.
    against
        A file of rules to hold them against; the application's own if left out.
    json
        For a program to read.
    """
    from deployments.command_line.backtest import backtest_rules

    return backtest_rules(app, start, until, rules=rules, against=against, as_json=json)


@app.command
def serve() -> int:
    """Run every scheduled flow in this process, with a Prefect server of its own if none is configured."""
    from deployments.command_line.serve import serve_all

    return serve_all()


@app.command
def listen() -> int:
    """Hear the Acknowledge buttons of Slack messages, in a process that runs beside `serve` or the workers."""
    from deployments.command_line.listen import listen as hear

    return hear()


@app.command(name="test-channel")
def rehearse(name: str, *, app: str | None = None, only: Literal["page", "ticket", "digest"] | None = None) -> int:
    """Send a test page, a ticket, their resolves and a digest through one channel. A page wakes whoever is on call.

    Parameters
    ----------
    name
        The channel, as app.yaml calls it.
    app
        Name of a folder under deployments; may be left out where one application alone has such a channel.
    only
        Send this alone.
    """
    from alerts.rehearsal import Rehearsed
    from deployments.command_line.channels import try_channel

    return try_channel(name, app, Rehearsed(only) if only else None)


@app.command
def doctor(*, app: str | None = None, json: bool = False) -> int:
    """Ask Langfuse and every channel whether they would work; nobody is told. Exit status 1 if one would not.

    Parameters
    ----------
    app
        Name of a folder under deployments; every application if left out.
    json
        For a program to read.
    """
    from deployments.command_line.channels import examine

    return examine(app, as_json=json)


@app.command
def validate(path: Path | None = None) -> int:
    """Check every configuration file: shape, names, and arithmetic that can never fire.

    Parameters
    ----------
    path
        A folder with applications in it; the deployments and the demo's if left out.
    """
    from deployments.command_line.validate import validate_folders

    return validate_folders(path)


@app.command(name="test-rules")
def rule_tests(*files: Path) -> int:
    """Run tests of rules: what happened, and which transitions and notifications should have come of it.

    Parameters
    ----------
    files
        YAML files of tests; those that the shipped rules come with if left out.
    """
    from deployments.command_line.rule_tests import run_files

    return run_files(files)


@app.command
def status(*, app: str | None = None, json: bool = False) -> int:
    """Show objectives by tier, open alerts and spend, as the last runs left them.

    Parameters
    ----------
    app
        Name of a folder under deployments; every application if left out.
    json
        For a program to read.
    """
    with without_collection():
        from deployments.command_line.status import show_status

        gc.freeze()
    return show_status(app, as_json=json)


@app.command
def signals(
    *,
    app: str | None = None,
    over: str = "24h",
    at: datetime | None = None,
    by: str | None = None,
    where: list[str] = [],  # noqa: B006 - cyclopts makes a new one
    json: bool = False,
) -> int:
    """Show every signal over any window, with k, n and interval; by a label if asked.

    Parameters
    ----------
    app
        Name of a folder under deployments; every application if left out.
    over
        How long the window is: 90s, 15m, 24h, 30d.
    at
        Its end, with its zone; the newest moment that was read if left out.
    by
        A label: one line for each of its names (feature, user_tier, model, provider, prompt_version, profile, ...).
    where
        label=name: only requests that carry it; may be given more than once.
    json
        For a program to read, with everything.
    """
    from deployments.command_line.signals import show_signals

    return show_signals(app, over=over, at=at, by=by, where=where, as_json=json)

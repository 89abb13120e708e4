"""The commands. Each imports what it needs when it runs, so that the light ones start fast."""

import gc
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from adapters.collecting import without_collection

app = App(name="goodput", help="Production monitoring for LLM applications.", version_flags=["--version"])
alerts = App(name="alerts", help="What fires now, and what fired before.")
app.command(alerts)
judge = App(name="judge", help="How far the judge can be believed, and what people say against it.")
app.command(judge)

FlowName = Literal[
    "watch-requests",
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
def serve() -> int:
    """Run every scheduled flow in this process, with a Prefect server of its own if none is configured."""
    from deployments.command_line.serve import serve_all

    return serve_all()


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


@judge.command(name="show")
def show(*, app: str | None = None) -> int:
    """Show how the judge stands: what its shares are worth, how far it reached, its anchors, what it costs.

    Parameters
    ----------
    app
        Name of a folder under deployments; every application if left out.
    """
    from deployments.command_line.judge import show_judge

    return show_judge(app)


@judge.command(name="first")
def look_first(*, app: str, over: str = "24h", most: Annotated[int, Parameter(alias="-n")] = 10) -> int:
    """Name the answers that nobody judged yet and that deserve a look first: no key, no model.

    Parameters
    ----------
    app
        Name of a folder under deployments.
    over
        How far back from the newest moment that was read: 24h, 7d.
    most
        How many.
    """
    from deployments.command_line.judge import show_first

    return show_first(app, over=over, most=most)


@judge.command(name="calibrate")
def calibrate_judge(*, app: str, labels: Path | None = None, queue: str | None = None) -> int:
    """Compare the judge with what people say, and correct its shares for its errors.

    Parameters
    ----------
    app
        Name of a folder under deployments.
    labels
        A labelled set, a JSON object a line; `anchors` in app.yaml if left out.
    queue
        A Langfuse annotation queue in which people labelled flagged and passed answers; `label_queue` in app.yaml
        if left out.
    """
    from deployments.command_line.judge import calibrate

    return calibrate(app, labels, queue)


@judge.command(name="accept")
def accept(*, app: str) -> int:
    """Accept what the judge said last of its anchors: later rounds are compared with it.

    Parameters
    ----------
    app
        Name of a folder under deployments.
    """
    from deployments.command_line.judge import accept_anchors

    return accept_anchors(app)

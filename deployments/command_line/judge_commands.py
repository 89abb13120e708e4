"""`goodput judge ...`: how far the judge can be believed. Each command imports what it needs when it runs."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

judge = App(name="judge", help="How far the judge can be believed, and what people say against it.")


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

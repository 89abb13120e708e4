"""`goodput demo`: the main job on made-up and recorded traffic, slot by slot, ending in tables that explain it."""

import asyncio
import logging
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from adapters.settings import PROJECT, read_settings
from adapters.simulated_shop import write_labelled, write_week

RECORDED = ("brightcart-support", "brightcart-research", "brightcart-catalog")
RECORDED_HOURS = (datetime(2026, 11, 20, 20, tzinfo=UTC), datetime(2026, 11, 22, 20, tzinfo=UTC))
WEEK = (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 8, tzinfo=UTC))


def run_demo() -> int:
    """Replay the recorded 48 hours of three applications and a simulated week of one, and show what came of it."""
    started = time.monotonic()
    _prepare_environment()
    from deployments.command_line.judge import first_look
    from deployments.command_line.tables import terminal

    terminal.rule("[bold]1  Made-up traffic: a week of a support bot, some 20,000 requests")
    _make_traffic()
    from flows.replay import replay
    from flows.review_judge import review_judge

    logging.getLogger("alerts").setLevel(logging.WARNING)  # the console channel tells what its log would
    terminal.rule("[bold]2  Recorded traffic: 48 hours of three applications, slot by slot")
    asyncio.run(replay(*RECORDED_HOURS, applications=list(RECORDED), tell=True))
    terminal.rule(
        "[bold]3  The simulated week, slot by slot: an outage, inventions, slow tokens, a new topic, growing spend"
    )
    asyncio.run(replay(*WEEK, applications=["support-bot"], tell=True))
    asyncio.run(review_judge(applications=["support-bot"], slot=WEEK[1]))
    _show()
    asyncio.run(first_look("support-bot", timedelta(hours=24), most=3))
    _say_what_next(read_settings().database, time.monotonic() - started)
    return 0


def _prepare_environment() -> None:
    """Point this process at the demo's own files and a database that starts empty."""
    data = read_settings().data_folder.absolute()
    (data / "demo").mkdir(parents=True, exist_ok=True, mode=0o700)
    for leftover in (data / "demo").glob("goodput.db*"):
        leftover.unlink()
    os.environ.update(
        GOODPUT_DEPLOYMENTS_FOLDER=str(PROJECT / "deployments" / "demo"),
        GOODPUT_DATABASE_URL=f"sqlite:///{data / 'demo' / 'goodput.db'}",
    )
    os.environ.setdefault("PREFECT_HOME", str(data / "prefect"))
    os.environ.setdefault("PREFECT_LOGGING_FORMATTERS_STANDARD_FLOW_RUN_FMT", "%(asctime)s  %(message)s")
    os.environ.setdefault("PREFECT_LOGGING_LOGGERS_PREFECT_TASK_RUNS_LEVEL", "WARNING")


def _make_traffic() -> None:
    folder = PROJECT / ".data" / "simulated-week"
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns) as progress:
        shown = progress.add_task("looking for the week", total=None)

        def report(day: str, done: int, total: int) -> None:
            progress.update(shown, description=f"{day}: {done} of {total} days", completed=done, total=total)

        files = write_week(folder, progress=report)
        write_labelled(folder.with_name("simulated-labels.jsonl"))
        progress.update(
            shown, description=f"{len(files.observations)} days of traces in {folder}", completed=1, total=1
        )


def _show() -> None:
    from deployments.command_line.standing import show_standing, standing_of
    from deployments.command_line.status import newest, spend_words
    from deployments.command_line.stored import stored
    from deployments.command_line.tables import (
        alerts_table,
        objectives_table,
        quiet_table,
        recent,
        recent_transitions,
        terminal,
    )
    from deployments.command_line.trusted import show_trust

    with stored(None) as opened:
        for one in opened.applications:
            name = one.application.name
            terminal.print()
            terminal.rule(f"[bold]{name}")
            kept = opened.store.assessments.latest(name)
            terminal.print(objectives_table(f"Objectives at {newest(kept):%a %d %b %H:%M} UTC", kept))
            standing, history = standing_of(opened, one, newest(kept))
            show_standing(standing)
            show_trust(opened, one, newest(kept), history)
            transitions, last = recent_transitions(opened.store, name, days=7)
            if last is None:
                continue
            terminal.print(alerts_table("Alerts", [t for t in transitions if t.severity != "informational"], last))
            if quiet := opened.store.alerts.kept_quiet(name, recent(last, days=7)):
                terminal.print(quiet_table("Kept quiet", quiet))
            budget = one.application.monthly_budget_usd
            terminal.print(f"[bold]Spend[/]: {spend_words(standing.projection, float(budget) if budget else None)}")


def _say_what_next(database: str, seconds: float) -> None:
    from deployments.command_line.tables import terminal

    folder = Path(os.environ["GOODPUT_DEPLOYMENTS_FOLDER"])
    terminal.print()
    terminal.rule("[bold]Done")
    terminal.print(f"Took {seconds:.0f} s. Everything is in {database.removeprefix('sqlite:///')}", soft_wrap=True)
    terminal.print(
        "What to do next:\n"
        f"  export GOODPUT_DEPLOYMENTS_FOLDER={folder} GOODPUT_DATABASE_URL={database}\n"
        "  .venv/bin/goodput status --app support-bot   these tables again\n"
        "  .venv/bin/goodput alerts list                what fired, and what fires now\n"
        f"  cp -r {folder / 'support-bot'} {folder.parent / 'my-app'}   watch an application of yours (see README)\n"
        "  make serve                                   the scheduled flows, with the Prefect UI",
        soft_wrap=True,
        highlight=False,
    )

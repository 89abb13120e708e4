"""`goodput backtest`: what rules would have told whom, over the past that the store remembers."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from adapters.settings import read_settings
from adapters.store import Known, Store
from alerts.backtest import Outcome
from alerts.comparing import Comparison
from deployments.command_line.backtest_answer import comparison_values, outcome_values
from deployments.command_line.backtest_tables import show_comparison, show_outcome
from domain.errors import ConfigError
from domain.window import Window, utc
from flows.backtest import backtest_tried, refuse_unknown
from flows.configuration import Configured, read_application


def backtest_rules(
    name: str, start: datetime, until: datetime, *, rules: Path | None, against: Path | None, as_json: bool
) -> int:
    """Decide the past again; with other *rules* held against the present ones, or against those of a file.

    Returns:
        0; of two sets of rules 1 if any episode or message differs.

    Raises:
        ConfigError: There is no such application, file or time.
    """
    window = _window(start, until)
    settings = read_settings()
    folder = settings.deployments_folder
    present = read_application(folder, name)
    after = read_application(folder, name, rules=rules) if rules else present
    before = read_application(folder, name, rules=against) if against else present
    store = Store.open(settings.database)
    try:
        known = refuse_unknown(store, name, window)
        if rules is None and against is None:
            return _say_outcome(_backtest(store, present, present, window, ""), known, as_json=as_json)
        found = Comparison(
            _backtest(store, before, present, window, " before"), _backtest(store, after, present, window, " after")
        )
        return _say_comparison(found, known, as_json=as_json)
    finally:
        store.close()


def _backtest(store: Store, tried: Configured, present: Configured, window: Window, which: str) -> Outcome:
    with _progress(f"{tried.application.name}{which}", window) as done:
        return backtest_tried(store, tried, present, window, done)


def _say_outcome(found: Outcome, known: Known, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps(outcome_values(found), indent=2))
    else:
        show_outcome(found, known)
    return 0


def _say_comparison(found: Comparison, known: Known, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps(comparison_values(found), indent=2))
    else:
        show_comparison(found, known)
    return int(found.differs)


@contextmanager
def _progress(what: str, window: Window) -> Iterator[Callable[[datetime], None]]:
    """Yield what is told how far it is: a bar on standard error, if somebody looks."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(what, total=window.length.total_seconds())
        yield lambda at: progress.update(task, completed=(at - window.start).total_seconds())


def _window(start: datetime, until: datetime) -> Window:
    for option, moment in (("--from", start), ("--to", until)):
        if moment.tzinfo is None:
            raise ConfigError(f"{option} {moment.isoformat()}: a time needs a zone, such as {moment.isoformat()}Z")
    if until <= start:
        raise ConfigError("--to must lie after --from")
    return Window(utc(start), utc(until))

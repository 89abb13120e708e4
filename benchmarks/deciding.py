"""Deciding alerts: 500 rules on 50 label sets each for one slot, and a month of the shipped rules minute by minute.

    python -m benchmarks.deciding --days 30

CPU time of one thread. The month is `goodput backtest`, from reading to the outcome; `--by-rule` shows in a second pass
what finding takes for each rule. The peer asks SQLite in plain SQL, for k and n alone: no test against chance, no
words, no state. Of the slot it asks all 500 questions by label, a GROUP BY each; of the month only those of three rules
out of 28, the ones about a share of all requests that are asked each minute.
"""

import argparse
import platform
import resource
import sqlite3
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from adapters.store import Store
from alerts.desk import AlertDesk
from alerts.engine import Rulebook
from alerts.routing import Routing
from alerts.rule import Rule
from benchmarks.deciding_store import APPLICATION, NAMES, UNTIL, prepare, probe_each_minute
from domain.facts import to_us
from domain.window import Window, slots
from flows.backtest import backtest
from flows.configuration import Configured, read_application
from flows.outlook import StoredOutlook, stretch_of

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
SETTLE = timedelta(seconds=60)
OVER = timedelta(minutes=5)
RULES = 500
SLOTS = 3
"""The first slot has no state to read; the figures are of the last one."""

Found = TypeVar("Found")


def limits() -> list[tuple[str, float]]:
    """Return 500 questions: which signal, and above what it is bad."""
    lines = {"latency_s": 0.02, "ttft_s": 0.004, "tpot_s": 0.0004, "retrieval_s": 0.001}
    return [(signal, step * number) for number in range(1, RULES // len(lines) + 1) for signal, step in lines.items()]


def many_rules() -> list[Rule]:
    """Return a rule for each question, one alert per feature; most are quiet."""
    asked = {"kind": "share", "share_above": 0.9, "over": "5m", "alpha": 0.001, "split_by": "feature"}
    said = {"guide": "X1", "summary": "Too many are too slow.", "look": "The worst traces."}
    return [
        Rule.model_validate(said | {"name": f"rule-{n}", "when": asked | {"signal": signal, "above": above}})
        for n, (signal, above) in enumerate(limits())
    ]


def cpu_s(work: Callable[[], Found]) -> tuple[float, Found]:
    """Return how long *work* took, and what it found."""
    began = time.process_time()
    found = work()
    return time.process_time() - began, found


def by_sql(path: Path, window: Window) -> int:
    """Ask SQLite for k and n of each question by feature, and return how many answers there are."""
    answers = 0
    with closing(sqlite3.connect(path)) as connection:
        for signal, above in limits():
            question = (
                f"SELECT feature, count({signal}), sum({signal} > ?) FROM request"
                " WHERE application = ? AND ended_us >= ? AND ended_us < ? GROUP BY feature"
            )
            bounds = (above, APPLICATION, to_us(window.start), to_us(window.end))
            answers += len(connection.execute(question, bounds).fetchall())
    return answers


def one_slot(at: datetime, path: Path, store: Store, configured: Configured) -> dict[str, float]:
    """Return the CPU seconds of one slot: in SQL, only finding, and all of it, state and all."""
    book = Rulebook(rules=configured.rules, routes=Routing({}))
    desk = AlertDesk(APPLICATION, book, store.alerts)
    in_sql_s, answers = cpu_s(lambda: by_sql(path, Window.ending(at - SETTLE, OVER)))
    reading_s, outlook = cpu_s(lambda: StoredOutlook(store, configured, book, at, at, SETTLE))
    finding_s, found = cpu_s(lambda: sum(len(rule.when.find(outlook.view(at))) for rule in book.due(at)))
    fresh = StoredOutlook(store, configured, book, at, at, SETTLE)
    whole_s, _ = cpu_s(lambda: desk.decide([at], fresh))
    if (answers, found) != (RULES * len(NAMES),) * 2:
        raise SystemExit(f"{answers} answers in SQL, {found} findings")
    return {
        "plain SQL, a GROUP BY for each rule": in_sql_s,
        "reading the rows": reading_s,
        f"finding: {found:,} exact tests, in words": finding_s,
        "whole slot: reading state, deciding, keeping it": whole_s,
    }


def backtest_seconds(store: Store, configured: Configured, window: Window) -> dict[str, float]:
    """Return the CPU seconds of finding at every slot of *window*, by rule; `reading` is of the rows and the hours."""
    book = Rulebook(rules=configured.rules, routes=Routing({}))
    taken: dict[str, float] = defaultdict(float)
    history = store.history(APPLICATION, configured.plan)
    taken["reading"], stretch = cpu_s(lambda: stretch_of(history, window))
    for part in window.parts(stretch):
        due = list(slots(part.start, part.end, book.slot_length))
        reading_s, outlook = cpu_s(partial(StoredOutlook, store, configured, book, due[0], due[-1], SETTLE))
        taken["reading"] += reading_s
        for at in due:
            view = outlook.view(at)
            for rule in book.due(at):
                taken[rule.name] += cpu_s(partial(rule.when.find, view))[0]
    return taken


SHARES = (
    ("outcome NOT IN ('ok', 'refused', 'invalid request')", timedelta(minutes=5)),
    ("outcome NOT IN ('ok', 'refused', 'invalid request')", timedelta(minutes=2)),
    ("ttft_s > 0.5", timedelta(minutes=5)),
)
"""What availability, error-rate and slow-first-token ask each minute."""


def month_by_sql(path: Path, window: Window) -> int:
    """Ask SQLite for k and n of each of SHARES at each minute, and return how many requests it counted."""
    counted = 0
    with closing(sqlite3.connect(path)) as connection:
        for at in slots(window.start, window.end, MINUTE):
            for bad, over in SHARES:
                question = (
                    f"SELECT count(*), sum({bad}) FROM request WHERE application = ? AND ended_us >= ? AND ended_us < ?"
                )
                asked = Window.ending(at - SETTLE, over)
                bounds = (APPLICATION, to_us(asked.start), to_us(asked.end))
                counted += connection.execute(question, bounds).fetchone()[0]
    return counted


def month(folder: Path, days: int, per_day: int, *, by_rule: bool) -> None:
    """Print how long a backtest of every minute of *days* takes."""
    known = Window(UNTIL - (days + 7) * DAY, UNTIL)
    asked = Window(UNTIL - days * DAY, UNTIL)
    with closing(prepare(folder, known, per_day * (days + 7))) as store:
        probe_each_minute(store, asked)
        configured = read_application(folder, APPLICATION)
        counting_s, _ = cpu_s(lambda: store.history(APPLICATION, configured.plan).over(known))
        in_sql_s, _ = cpu_s(lambda: month_by_sql(folder / "goodput.db", asked))
        whole_s, found = cpu_s(lambda: backtest(store, configured, asked))
        taken = backtest_seconds(store, configured, asked) if by_rule else {}
    n, held_mb = found.slots, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{n:,} slots of {len(found.rules)} rules, {per_day:,} requests a day: {len(found.episodes)} episodes")
    print("\n| what | CPU s | ms a slot | against plain SQL |\n| --- | ---: | ---: | ---: |")
    for what, seconds in (
        ("plain SQL, 3 of the rules", in_sql_s),
        ("counting the hours, once for all runs", counting_s),
        ("the whole backtest", whole_s),
    ):
        print(f"| {what} | {seconds:.1f} | {seconds / n * 1000:.2f} | {seconds / in_sql_s:.2f} |")
    print(f"\nat most {held_mb:,.0f} MB of memory")
    if taken:
        print("\n| finding | CPU s |\n| --- | ---: |")
    for name, seconds in sorted(taken.items(), key=lambda one: -one[1])[:10]:
        print(f"| {name} | {seconds:.2f} |")


def many(folder: Path, rows: int) -> None:
    """Print how long one slot of many rules takes."""
    with closing(prepare(folder, Window(UNTIL - timedelta(hours=3), UNTIL), rows)) as store:
        configured = replace(read_application(folder, APPLICATION), rules=many_rules())
        for ago in reversed(range(SLOTS)):
            taken = one_slot(UNTIL - ago * MINUTE, folder / "goodput.db", store, configured)
    peer = next(iter(taken.values()))
    print(f"\n{RULES} rules, {len(NAMES)} label sets each, {rows:,} requests in 3 hours, windows of 5 min")
    print("\n| what | CPU s | against plain SQL |\n| --- | ---: | ---: |")
    for what, seconds in taken.items():
        print(f"| {what} | {seconds:.2f} | {seconds / peer:.2f} |")


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=60_000, help="requests in the three hours of the many rules")
    options.add_argument("--days", type=int, default=30)
    options.add_argument("--per-day", type=int, default=10_000)
    options.add_argument("--only", choices=("slot", "month"))
    options.add_argument("--by-rule", action="store_true", help="what finding takes for each rule of the month")
    chosen = options.parse_args()
    print(f"{platform.machine()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
    with tempfile.TemporaryDirectory() as folder:
        if chosen.only != "month":
            many(Path(folder) / "slot", chosen.rows)
        if chosen.only != "slot":
            month(Path(folder) / "month", chosen.days, chosen.per_day, by_rule=chosen.by_rule)


if __name__ == "__main__":
    main()

"""`goodput status` on a month of requests, start-up included, against importing what its numbers are made with.

    python -m benchmarks.status --rows 10000000

Each run is a process of its own, by the same Python; CPU time (user and system) of the whole process, median of the
repeats, which take turns.
"""

import argparse
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from adapters.assessor import Assessor
from adapters.store import Store
from adapters.store.alert_tables import ASSESSMENT
from adapters.store.tables import JUDGEMENT
from domain.alerting import Decision, Instance, State, Transition
from domain.facts import to_us
from domain.message import Severity
from domain.window import Window
from flows.configuration import read_application

PEER = "import numpy, scipy.special, sqlmodel"
APPLICATION = "bench"
DAYS = 30
UNTIL = datetime(2026, 11, 23, 9, 35, tzinfo=UTC)
"""The slot of the last run: not on the hour, so that both ends of each window are read row by row."""

START = UNTIL - timedelta(days=DAYS)
FEATURES = np.array(["returns", "billing", "orders", "catalog", "launch"])
MODELS = np.array(["gpt-5", "gpt-5-mini", "claude-sonnet-4-5"])
JUDGED = 0.01
FILES = {
    "app.yaml": "environment: prod\nmonthly_budget_usd: 60000\nsource: {kind: langfuse}\n",
    "slos.yaml": "profile: rag\n",
}


def batches(rows: int) -> Iterator[dict[str, list[object]]]:
    """Yield the requests, a day at a time, as columns of their table."""
    rng = np.random.default_rng(1)
    n = rows // DAYS
    for day in range(DAYS):
        first = to_us(START + timedelta(days=day))
        ended = np.sort(first + rng.integers(0, 86_400_000_000, n))
        latency = rng.lognormal(-0.5, 0.6, n)
        ids = rng.bytes(16 * n).hex()
        yield {
            "application": [APPLICATION] * n,
            "ended_us": ended.tolist(),
            "trace_id": [ids[32 * i : 32 * i + 32] for i in range(n)],
            "started_us": (ended - (latency * 1e6).astype(np.int64)).tolist(),
            "outcome": np.where(rng.random(n) < 0.0008, "timeout", "ok").tolist(),
            "latency_s": latency.tolist(),
            "ttft_s": (latency * rng.uniform(0.1, 0.4, n)).tolist(),
            "tpot_s": rng.lognormal(-4, 0.3, n).tolist(),
            "retrieval_s": rng.lognormal(-3, 0.4, n).tolist(),
            "input_tokens": rng.integers(1, 4000, n).tolist(),
            "output_tokens": rng.integers(1, 900, n).tolist(),
            "cost_nano_usd": rng.integers(100_000, 9_000_000, n).tolist(),
            "unpriced_calls": [0] * n,
            "is_chain": (rng.random(n) < 0.02).tolist(),
            "feature": FEATURES[rng.integers(0, len(FEATURES), n)].tolist(),
            "user_tier": np.where(rng.random(n) < 0.1, "pro", "free").tolist(),
            "model": MODELS[rng.integers(0, len(MODELS), n)].tolist(),
            "session_id": [f"sess-{one}" for one in rng.integers(0, n // 4, n).tolist()],
            "environment": ["prod"] * n,
        }


def judgements(batch: dict[str, list[object]]) -> Iterator[tuple[object, ...]]:
    """Yield a judgement of a hundredth of the requests."""
    rng = np.random.default_rng(2)
    ended, ids = batch["ended_us"], batch["trace_id"]
    for i in np.flatnonzero(rng.random(len(ids)) < JUDGED).tolist():
        value = 0.4 if rng.random() < 0.02 else 0.9
        yield (
            *(APPLICATION, ids[i], "faithfulness", "1", ended[i], "scored", value, "", "rules"),
            *(ended[i], None, None, True, JUDGED, None, 900, False, 1),
        )


def fill(path: Path, rows: int) -> None:
    """Put requests and judgements into the store's own tables, by the driver."""
    marks = ", ".join("?" * len(JUDGEMENT.c))
    judged = f"INSERT INTO judgement ({', '.join(JUDGEMENT.c.keys())}) VALUES ({marks})"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        for batch in batches(rows):
            insert = f"INSERT INTO request ({', '.join(batch)}) VALUES ({', '.join('?' * len(batch))})"
            connection.executemany(insert, zip(*batch.values(), strict=True))
            connection.executemany(judged, judgements(batch))
            connection.commit()


def alerted() -> Decision:
    """Return a slot that left one alert firing and one over."""
    began = UNTIL - timedelta(hours=2)
    firing = Instance(
        application=APPLICATION, rule="first-token", state=State.FIRING, since=began, fired_at=began, episode=1
    )
    over = Instance(application=APPLICATION, rule="error-rate", episode=1)
    transition = Transition(
        application=APPLICATION,
        rule="first-token",
        severity=Severity.TICKET,
        labels=(),
        slot=began,
        before=State.PENDING,
        after=State.FIRING,
        episode=1,
        since=began,
        because="9 of 90 first tokens took more than 500 ms",
    )
    return Decision(
        application=APPLICATION,
        slot=UNTIL,
        instances=(firing, over),
        transitions=(transition,),
        evaluations=(),
        notices=(),
    )


def remember(path: Path) -> None:
    """Repeat the verdicts for every minute of the month: a run each minute left them."""
    names = ", ".join(ASSESSMENT.c.keys())
    earlier = names.replace("slot_us", "slot_us - minute * 60000000")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "WITH RECURSIVE minutes (minute) AS (SELECT 1 UNION ALL SELECT minute + 1 FROM minutes WHERE minute < ?)"
            f" INSERT INTO assessment ({names}) SELECT {earlier} FROM assessment, minutes",
            (DAYS * 24 * 60,),
        )
        connection.commit()


def prepare(folder: Path, rows: int) -> None:
    """Make the application's files and the store as the runs of a month would have left it."""
    (folder / APPLICATION).mkdir(parents=True)
    for name, text in FILES.items():
        (folder / APPLICATION / name).write_text(text, encoding="utf-8")
    path = folder / "goodput.db"
    with closing(Store.open(f"sqlite:///{path}")) as store:
        store.requests.save(APPLICATION, Window(START, UNTIL), [], [])
        fill(path, rows)
        configured = read_application(folder, APPLICATION)
        assessor = Assessor(store, configured.application, configured.objectives, configured.plan)
        assessor.assess(UNTIL)  # makes the hours
        remember(path)
        store.alerts.keep(alerted())


def cpu_s(command: list[str], environment: dict[str, str]) -> float:
    """Return the CPU seconds of *command*, which is to leave with 0 or 1."""
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 1}:
        raise SystemExit(f"{command} left with {process.returncode}")
    return used.ru_utime + used.ru_stime


def measure(folder: Path, repeats: int) -> dict[str, float]:
    """Return the median CPU seconds of each; the first round only warms up."""
    environment = os.environ | {
        "GOODPUT_DATABASE_URL": f"sqlite:///{folder / 'goodput.db'}",
        "GOODPUT_DEPLOYMENTS_FOLDER": str(folder),
    }
    goodput = [str(Path(sys.executable).parent / "goodput"), "status", "--app", APPLICATION]
    contest = {
        f'`python -c "{PEER}"`': [sys.executable, "-c", PEER],
        "`goodput status`": goodput,
        "`goodput status --json`": [*goodput, "--json"],
    }
    taken: dict[str, list[float]] = {name: [] for name in contest}
    for _ in range(repeats + 1):
        for name, command in contest.items():
            taken[name].append(cpu_s(command, environment))
    return {name: statistics.median(seconds[1:]) for name, seconds in taken.items()}


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--repeats", type=int, default=7)
    options.add_argument("--folder", type=Path, help="where the store is left, and found by the next run")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.folder or Path(temporary) / "store"
        if not folder.exists():
            prepare(folder, chosen.rows)
        found = measure(folder.absolute(), chosen.repeats)
    peer = next(iter(found.values()))
    print(f"{chosen.rows:,} requests over {DAYS} days, {platform.machine()}, Python {platform.python_version()}")
    print("\n| what | CPU ms | against the imports |\n| --- | ---: | ---: |")
    for name, seconds in found.items():
        print(f"| {name} | {seconds * 1000:,.0f} | {seconds / peer:.2f} |")


if __name__ == "__main__":
    main()

"""A month of requests: objectives by feature from rollups, against SQL on the rows and DuckDB on a file of its own.

    python -m benchmarks.rollups --rows 10000000

CPU time of one thread, median of the repeats; the peers answer the same questions (requests, failures, slow first
tokens, spend and p95 of three latencies by feature) from the same requests.
"""

import argparse
import platform
import sqlite3
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np

from adapters.store import Store
from adapters.store.rollups import Rollups, replace_hours
from domain.bad import Bad
from domain.facts import to_us
from domain.rollup import HOUR_US, Plan, Probe, hours
from domain.window import Window

START = datetime(2026, 10, 1, tzinfo=UTC)
DAYS = 30
FEATURES = [f"feature-{number}" for number in range(10)]
MODELS = ["model-a", "model-b", "model-c", "model-d", "model-e"]
PLAN = Plan(
    probes=(Probe("failed", Bad()), Probe("ttft_s", Bad(above=0.5)), Probe("latency_s", Bad(above=2.0))),
    spread=("latency_s", "ttft_s", "tpot_s", "spend_usd"),
)
APPLICATION = "bench"
QUESTION = """
    SELECT feature, count(*), sum(outcome <> 'ok'), sum(ttft_s > 0.5), sum(cost_nano_usd), {quantiles}
    FROM {table} WHERE application = 'bench' AND ended_us >= ? AND ended_us < ? GROUP BY feature ORDER BY feature
"""
WINDOW_FUNCTIONS = """
    WITH ranked AS (
      SELECT feature, latency_s, ttft_s, tpot_s, outcome, cost_nano_usd, count(*) OVER f AS n,
             row_number() OVER (PARTITION BY feature ORDER BY latency_s) AS by_latency,
             row_number() OVER (PARTITION BY feature ORDER BY ttft_s) AS by_ttft,
             row_number() OVER (PARTITION BY feature ORDER BY tpot_s) AS by_tpot
      FROM request WHERE application = 'bench' AND ended_us >= ? AND ended_us < ? WINDOW f AS (PARTITION BY feature))
    SELECT feature, max(n), sum(outcome <> 'ok'), sum(ttft_s > 0.5), sum(cost_nano_usd),
           max(CASE WHEN by_latency = (n * 95 + 99) / 100 THEN latency_s END),
           max(CASE WHEN by_ttft = (n * 95 + 99) / 100 THEN ttft_s END),
           max(CASE WHEN by_tpot = (n * 95 + 99) / 100 THEN tpot_s END)
    FROM ranked GROUP BY feature ORDER BY feature
"""


def batches(rows: int):
    """Yield the requests, a day at a time, as columns."""
    rng = np.random.default_rng(1)
    per_day = rows // DAYS
    for day in range(DAYS):
        first = to_us(START + timedelta(days=day))
        ended = np.sort(first + rng.integers(0, 86_400_000_000, per_day))
        latency = rng.lognormal(0, 0.6, per_day)
        ttft = latency * rng.uniform(0.1, 0.4, per_day)
        failed = rng.random(per_day) < 0.004
        yield {
            "ended_us": ended.tolist(),
            "trace_id": [f"{day:02d}{number:010x}" for number in range(per_day)],
            "outcome": np.where(failed, "timeout", "ok").tolist(),
            "latency_s": latency.tolist(),
            "ttft_s": ttft.tolist(),
            "tpot_s": rng.lognormal(-4, 0.3, per_day).tolist(),
            "output_tokens": rng.integers(1, 900, per_day).tolist(),
            "cost_nano_usd": rng.integers(100_000, 9_000_000, per_day).tolist(),
            "feature": [FEATURES[code] for code in rng.integers(0, len(FEATURES), per_day)],
            "model": [MODELS[code] for code in rng.integers(0, len(MODELS), per_day)],
        }


def fill(path: Path, rows: int) -> None:
    """Put the requests into the store's own table."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    wanted = ("application", "environment", "started_us", "refused", "input_tokens", "unpriced_calls", "is_chain")
    fixed = (APPLICATION, "prod", 0, None, 0, 0, 0)
    for batch in batches(rows):
        names = (*batch, *wanted)
        marks = ", ".join("?" * len(names))
        tuples = (row + fixed for row in zip(*batch.values(), strict=True))
        connection.executemany(f"INSERT INTO request ({', '.join(names)}) VALUES ({marks})", tuples)
        connection.commit()
    connection.close()


def roll_up(store: Store) -> float:
    """Make every hour's cells, and return the CPU seconds it took."""
    began = time.process_time()
    for day in Window(START, START + timedelta(days=DAYS)).parts(timedelta(days=1)):
        found = hours(store.requests.facts(APPLICATION, day), PLAN)
        numbers = [to_us(day.start) + number * HOUR_US for number in range(24)]
        with store.database.writing() as connection:
            replace_hours(connection, APPLICATION, numbers, PLAN, found)
    return time.process_time() - began


def cpu_ms(work: Callable[[], object], repeats: int) -> float:
    """Return the median CPU time of *work*."""
    taken = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return statistics.median(taken) * 1000


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--sql-month", action="store_true", help="also the month by window functions (minutes)")
    chosen = options.parse_args()
    end = START + timedelta(days=DAYS)
    windows = {"24 h": Window(end - timedelta(days=1), end), "30 days": Window(START, end)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "goodput.db"
        store = Store.open(f"sqlite:///{path}")
        fill(path, chosen.rows)
        rows_mb = path.stat().st_size / 2**20
        build_s = roll_up(store)
        print(f"{chosen.rows:,} requests over {DAYS} days, {platform.machine()}, Python {platform.python_version()}")
        print(
            f"rows {rows_mb:,.0f} MiB; rollups made in {build_s:.1f} s CPU ({chosen.rows / build_s / 1e6:.2f} M rows/s)"
        )
        print("\n| window | by | CPU ms | against rollups |\n| --- | --- | ---: | ---: |")
        for name, window in windows.items():
            rolled_ms, peak_mib = ask_rollups(Rollups(store.database), window)
            print(f"| {name} | rollups (at most {peak_mib:.0f} MiB of Python and numpy memory) | {rolled_ms:.1f} | 1 |")
            bounds = (to_us(window.start), to_us(window.end))
            if name == "24 h" or chosen.sql_month:
                sql_ms = cpu_ms(partial(by_window_functions, path, bounds), 1)
                print(f"| {name} | SQLite window functions | {sql_ms:.0f} | {sql_ms / rolled_ms:.0f} |")
            duck(path, Path(folder) / "peer.duckdb", name, bounds, rolled_ms)
        store.close()


def ask_rollups(rollups: Rollups, window: Window) -> tuple[float, float]:
    """Ask the rollups; return CPU milliseconds and, asked once more, the most memory that it held, in MiB."""

    def ask() -> None:
        for one in rollups.read(APPLICATION, window, PLAN, split_by="feature").values():
            for signal in ("latency_s", "ttft_s", "tpot_s"):
                one.histogram(signal).quantile(0.95)

    taken = cpu_ms(ask, 5)
    tracemalloc.start()
    ask()
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return taken, peak_bytes / 2**20


def by_window_functions(path: Path, bounds: tuple[int, int]) -> list[tuple[object, ...]]:
    """Ask SQLite the same of the rows."""
    connection = sqlite3.connect(path)
    found = connection.execute(WINDOW_FUNCTIONS, bounds).fetchall()
    connection.close()
    return found


def duck(path: Path, peer: Path, name: str, bounds: tuple[int, int], rolled_ms: float) -> None:
    """Ask DuckDB the same of its own file, with one thread."""
    try:
        import duckdb
    except ImportError:
        print(f"| {name} | DuckDB | not installed: make bench | |")
        return
    connection = duckdb.connect(str(peer))
    connection.execute("SET threads = 1")
    if not peer_is_filled(connection):
        source = sqlite3.connect(path)
        names = "application, ended_us, feature, model, outcome, latency_s, ttft_s, tpot_s, cost_nano_usd"
        cursor = source.execute(f"SELECT {names} FROM request ORDER BY ended_us")
        connection.execute(
            "CREATE TABLE request (application VARCHAR, ended_us BIGINT, feature VARCHAR, model VARCHAR,"
            " outcome VARCHAR, latency_s DOUBLE, ttft_s DOUBLE, tpot_s DOUBLE, cost_nano_usd BIGINT)"
        )
        while rows := cursor.fetchmany(200_000):
            columns = list(zip(*rows, strict=True))
            table = {key.strip(): np.array(column) for key, column in zip(names.split(","), columns, strict=True)}
            connection.register("batch", _frame(table))
            connection.execute(f"INSERT INTO request SELECT {names} FROM batch")
        source.close()
    quantiles = ", ".join(f"quantile_cont({signal}, 0.95)" for signal in ("latency_s", "ttft_s", "tpot_s"))
    question = QUESTION.format(table="request", quantiles=quantiles)
    taken = cpu_ms(lambda: connection.execute(question, bounds).fetchall(), 5)
    connection.close()
    print(f"| {name} | DuckDB {duckdb.__version__}, own file | {taken:.1f} | {taken / rolled_ms:.2f} |")


def peer_is_filled(connection) -> bool:
    return bool(connection.execute("SELECT count(*) FROM information_schema.tables").fetchone()[0])


def _frame(columns: dict[str, np.ndarray]):
    import pyarrow as pa

    return pa.table({name: pa.array(column.tolist()) for name, column in columns.items()})


if __name__ == "__main__":
    main()

"""A month of requests: objectives by feature from counted hours, against SQL on the rows and DuckDB on its own file.

    python -m benchmarks.rollups --rows 10000000

CPU time of one thread, median of the repeats; the peers answer the same questions (requests, failures, slow first
tokens, spend and p95 of three latencies by feature) from the same requests. The hours hold everything that is counted
of an application by default: all signals, limits, goodput, weights.
"""

import argparse
import platform
import sqlite3
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np

from adapters.store import Store
from adapters.store.rollups import Rollups
from domain.bad import Bad
from domain.facts import to_us
from domain.measure import spend_nano_usd, tally
from domain.plan import Limit
from domain.planning import plan_of
from domain.window import Window

START = datetime(2026, 10, 1, tzinfo=UTC)
DAYS = 30
FEATURES = [f"feature-{number}" for number in range(10)]
MODELS = ["model-a", "model-b", "model-c", "model-d", "model-e"]
SLOW = Limit("ttft_s", Bad(above=0.5))
LATENCIES = ("latency_s", "ttft_s", "tpot_s")
PLAN = plan_of([], [SLOW])
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
Rows = list[tuple[object, ...]]


def batches(rows: int) -> Iterator[dict[str, list[object]]]:
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
    read = (APPLICATION, to_us(START), to_us(START + timedelta(days=DAYS)))
    connection.execute("INSERT INTO watermark (application, from_us, until_us) VALUES (?, ?, ?)", read)
    connection.commit()
    connection.close()


def count_hours(store: Store) -> float:
    """Count every hour, and return the CPU seconds it took."""
    began = time.process_time()
    Rollups(store.database).whole_hours(APPLICATION, Window(START, START + timedelta(days=DAYS)), PLAN)
    return time.process_time() - began


def cpu_ms(work: Callable[[], object], repeats: int) -> float:
    """Return the median CPU time of *work*."""
    taken = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return statistics.median(taken) * 1000


def ask(store: Store, window: Window) -> Rows:
    """Answer the question from counted hours and the rows at both ends."""
    parts = store.history(APPLICATION, PLAN).by(window, "feature", spreads=LATENCIES)
    return [
        (
            name,
            len(one),
            tally(one, Limit("failed", Bad())).k,
            tally(one, SLOW).k,
            spend_nano_usd(one),
            *(one.distribution(signal).quantile(0.95) for signal in LATENCIES),
        )
        for name, one in sorted(parts.items())
    ]


def peak_mib(store: Store, window: Window) -> float:
    """Return the most memory, Python's and numpy's, that one answer holds, in MiB."""
    tracemalloc.start()
    ask(store, window)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak_bytes / 2**20


def by_window_functions(path: Path, bounds: tuple[int, int]) -> Rows:
    """Ask SQLite the same of the rows."""
    connection = sqlite3.connect(path)
    found = connection.execute(WINDOW_FUNCTIONS, bounds).fetchall()
    connection.close()
    return found


def same(ours: Rows, theirs: Rows) -> str:
    """Say how the answers compare: counts and sums must be equal, quantiles within 1 %."""
    for one, other in zip(ours, theirs, strict=True):
        if one[:5] != tuple(other[:5]):
            return f"DIFFERENT: {one} {other}"
    worst = max(
        abs(a / b - 1) for one, other in zip(ours, theirs, strict=True) for a, b in zip(one[5:], other[5:], strict=True)
    )
    return f"equal counts, p95 within {100 * worst:.2f} %"


def duck(path: Path, peer: Path, name: str, bounds: tuple[int, int], ours: tuple[float, Rows]) -> None:
    """Ask DuckDB the same of its own file, with one thread."""
    try:
        import duckdb
    except ImportError:
        print(f"| {name} | DuckDB | not installed: make bench | | |")
        return
    connection = duckdb.connect(str(peer))
    connection.execute("SET threads = 1")
    if not connection.execute("SELECT count(*) FROM information_schema.tables").fetchone()[0]:
        fill_duck(connection, path)
    quantiles = ", ".join(f"quantile_cont({signal}, 0.95)" for signal in LATENCIES)
    question = QUESTION.format(table="request", quantiles=quantiles)
    taken = cpu_ms(lambda: connection.execute(question, bounds).fetchall(), 5)
    found = connection.execute(question, bounds).fetchall()
    connection.close()
    print(
        f"| {name} | DuckDB {duckdb.__version__}, own file | {taken:.1f} | {taken / ours[0]:.2f} | "
        f"{same(ours[1], found)} |"
    )


def fill_duck(connection, path: Path) -> None:
    """Copy the rows into DuckDB's own table."""
    import pyarrow as pa

    source = sqlite3.connect(path)
    names = "application, ended_us, feature, model, outcome, latency_s, ttft_s, tpot_s, cost_nano_usd"
    cursor = source.execute(f"SELECT {names} FROM request ORDER BY ended_us")
    connection.execute(
        "CREATE TABLE request (application VARCHAR, ended_us BIGINT, feature VARCHAR, model VARCHAR,"
        " outcome VARCHAR, latency_s DOUBLE, ttft_s DOUBLE, tpot_s DOUBLE, cost_nano_usd BIGINT)"
    )
    while rows := cursor.fetchmany(200_000):
        columns = zip(*rows, strict=True)
        table = {key: pa.array(column) for key, column in zip(names.split(", "), columns, strict=True)}
        connection.register("batch", pa.table(table))
        connection.execute(f"INSERT INTO request SELECT {names} FROM batch")
    source.close()


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--sql-month", action="store_true", help="also the month by window functions (minutes)")
    chosen = options.parse_args()
    end = START + timedelta(days=DAYS)
    windows = {
        "24 h": Window(end - timedelta(days=1), end),
        "24 h, ending at 23:53": Window(end - timedelta(days=1, minutes=7), end - timedelta(minutes=7)),
        "30 days": Window(START, end),
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "goodput.db"
        store = Store.open(f"sqlite:///{path}")
        fill(path, chosen.rows)
        rows_mib = path.stat().st_size / 2**20
        made_s = count_hours(store)
        hours_mib = path.stat().st_size / 2**20 - rows_mib
        print(f"{chosen.rows:,} requests over {DAYS} days, {platform.machine()}, Python {platform.python_version()}")
        print(
            f"rows {rows_mib:,.0f} MiB, counted hours {hours_mib:,.0f} MiB, made in {made_s:.1f} s CPU "
            f"({chosen.rows / made_s / 1e6:.2f} M rows/s)"
        )
        print("\n| window | by | CPU ms | against counted hours | answers |\n| --- | --- | ---: | ---: | --- |")
        for name, window in windows.items():
            taken, found = cpu_ms(partial(ask, store, window), 5), ask(store, window)
            print(f"| {name} | counted hours (at most {peak_mib(store, window):.0f} MiB) | {taken:.1f} | 1 | |")
            bounds = (to_us(window.start), to_us(window.end))
            if name != "30 days" or chosen.sql_month:
                sql_ms = cpu_ms(partial(by_window_functions, path, bounds), 1)
                words = same(found, by_window_functions(path, bounds))
                print(f"| {name} | SQLite window functions | {sql_ms:.0f} | {sql_ms / taken:.0f} | {words} |")
            duck(path, Path(folder) / "peer.duckdb", name, bounds, (taken, found))
        store.close()


if __name__ == "__main__":
    main()

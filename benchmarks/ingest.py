"""Keeping requests: `Requests.save` against the drivers' own ways to insert rows that were made ready beforehand.

    python -m benchmarks.ingest --rows 50000

CPU time of this one process, median of the repeats, which take turns, each on an empty database of its own. The peers
insert the same values into the same table: for SQLite `executemany`; for Postgres `COPY` with `write_row`, in text, in
binary, and in binary with the tuples made from requests on the way, as saving has to.
"""

import argparse
import platform
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import psycopg

from adapters.store import Store
from adapters.store.request_rows import columns_of
from adapters.store.tables import REQUEST
from benchmarks.requests import APPLICATION, SPREAD, START, requests
from domain.request import Request
from domain.window import Window
from tests.postgres import Postgres, running_postgres

WINDOW = Window(START, START + SPREAD)
NAMES = REQUEST.c.keys()
AT_ONCE = 500

Work = Callable[[], object]
Contest = dict[str, Callable[[], AbstractContextManager[Work]]]


def median_cpu_s(contest: Contest, repeats: int) -> dict[str, float]:
    """Return the median CPU seconds of each; the first round only warms up."""
    taken: dict[str, list[float]] = {name: [] for name in contest}
    for _ in range(repeats + 1):
        for name, prepared in contest.items():
            with prepared() as work:
                began = time.process_time()
                work()
                taken[name].append(time.process_time() - began)
    return {name: statistics.median(seconds[1:]) for name, seconds in taken.items()}


@contextmanager
def saving(url: Callable[[], str], wanted: list[Request], *, again: bool) -> Iterator[Work]:
    with tempfile.TemporaryDirectory() as folder, closing(Store.open(url().format(folder=folder))) as store:
        other = replace(wanted[0], application="other")
        store.requests.save("other", WINDOW, [other], [])  # compiles the statements
        if again:
            store.requests.save(APPLICATION, WINDOW, wanted, [])
        yield lambda: store.requests.save(APPLICATION, WINDOW, wanted, [])


@contextmanager
def executemany(rows: list[tuple]) -> Iterator[Work]:
    statement = f"INSERT INTO request ({', '.join(NAMES)}) VALUES ({', '.join('?' * len(NAMES))})"
    with tempfile.TemporaryDirectory() as folder:
        Store.open(f"sqlite:///{folder}/goodput.db").close()
        with closing(sqlite3.connect(Path(folder) / "goodput.db", isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous=NORMAL")

            def work() -> None:
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany(statement, rows)
                connection.execute("COMMIT")

            yield work


@contextmanager
def write_row(server: Postgres, form: str, rows: Callable[[], Iterator[tuple]]) -> Iterator[Work]:
    kinds = "SELECT udt_name FROM information_schema.columns WHERE table_name = 'request' ORDER BY ordinal_position"
    with psycopg.connect(server.migrated_database()) as connection:
        types = [name for (name,) in connection.execute(kinds)]

        def work() -> None:
            with connection.cursor().copy(f"COPY request ({', '.join(NAMES)}) FROM STDIN (FORMAT {form})") as copy:
                if form == "binary":
                    copy.set_types(types)
                for row in rows():
                    copy.write_row(row)
            connection.commit()

        yield work


def rows_of(wanted: list[Request]) -> Iterator[tuple]:
    for first in range(0, len(wanted), AT_ONCE):
        yield from zip(*columns_of(wanted[first : first + AT_ONCE]).values(), strict=True)


def show(engine: str, n: int, seconds: dict[str, float]) -> None:
    """Print a row for each; ratios are rates against that of the first, which is ours."""
    ours = next(iter(seconds.values()))
    for name, taken in seconds.items():
        print(f"| {engine} | {name} | {n / taken / 1e6:.3f} | {1e6 * taken / n:.2f} | {taken / ours:.2f} |")


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=50_000)
    options.add_argument("--repeats", type=int, default=7)
    chosen = options.parse_args()
    wanted = requests(chosen.rows)
    rows = list(rows_of(wanted))
    print(f"{chosen.rows:,} requests, {platform.machine()}, Python {platform.python_version()}")
    print(f"SQLite {sqlite3.sqlite_version}, psycopg {psycopg.__version__} ({psycopg.pq.__impl__})\n")
    print("| engine | what | M rows/s | us a row | save is faster by |\n| --- | --- | ---: | ---: | ---: |")

    def ours(url: Callable[[], str]) -> Contest:
        return {
            "save, all new": partial(saving, url, wanted, again=False),
            "save again, nothing changed": partial(saving, url, wanted, again=True),
        }

    file = partial(str, "sqlite:///{folder}/goodput.db")
    peers: Contest = {"executemany of ready tuples": partial(executemany, rows)}
    show("SQLite", chosen.rows, median_cpu_s({**ours(file), **peers}, chosen.repeats))
    with running_postgres() as server:
        peers = {
            "COPY text, write_row of ready tuples": partial(write_row, server, "text", lambda: iter(rows)),
            "COPY binary, write_row of ready tuples": partial(write_row, server, "binary", lambda: iter(rows)),
            "COPY binary, write_row from requests": partial(write_row, server, "binary", lambda: rows_of(wanted)),
        }
        show("Postgres", chosen.rows, median_cpu_s({**ours(server.migrated_database), **peers}, chosen.repeats))


if __name__ == "__main__":
    main()

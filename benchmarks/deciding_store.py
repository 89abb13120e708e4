"""What `benchmarks.deciding` decides about: a store with requests, judgements and probes, made up and seeded."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from adapters.store import Store
from adapters.store.tables import JUDGEMENT
from domain.facts import to_us
from domain.probe import Probe
from domain.window import Window

APPLICATION = "bench"
UNTIL = datetime(2026, 11, 23, tzinfo=UTC)
NAMES = np.array([f"feature-{number:02}" for number in range(50)])
PROVIDERS = np.array(["openai", "anthropic", "google"])
MODELS = np.array(["gpt-5", "claude-sonnet-4-5", "gemini-3-flash"])
FILES = {
    "app.yaml": "environment: prod\nmonthly_budget_usd: 6000\nsource: {kind: langfuse}\n"
    "probe: {url: 'https://bench.example/health'}\n",
    "slos.yaml": "profile: rag\n",
}
Batch = dict[str, list[object]]

_JUDGED, _WRONG, _FAILED = 0.05, 0.02, 0.0005
_PROBES_A_WEEK, _AWAY = 10_080, 8
_INCIDENTS = {"provider error": (11.2, 0.03, 0.35), "timeout": (3.1, 0.5, 0.01)}
"""How many days ago an incident began, how many days it lasted, and what part of the requests it hit."""


def prepare(folder: Path, window: Window, rows: int) -> Store:
    """Make the application's files and a store with *rows* requests in *window*."""
    (folder / APPLICATION).mkdir(parents=True)
    for name, text in FILES.items():
        (folder / APPLICATION / name).write_text(text, encoding="utf-8")
    path = folder / "goodput.db"
    store = Store.open(f"sqlite:///{path}")
    store.requests.save(APPLICATION, window, [], [])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        for batch in _batches(window, rows):
            _insert(connection, "request", list(batch), zip(*batch.values(), strict=True))
            _insert(connection, "judgement", list(JUDGEMENT.c.keys()), _judgements(batch))
            connection.commit()
    return store


def probe_each_minute(store: Store, window: Window) -> None:
    """Put a probe into each minute of *window*; once a week the endpoint is away for eight of them."""
    minutes = range(int(window.length / timedelta(minutes=1)))
    store.probes.save(
        [
            Probe(
                application=APPLICATION,
                at=window.start + minute * timedelta(minutes=1),
                ok=(ok := minute % _PROBES_A_WEEK >= _AWAY),
                status=200 if ok else 503,
                latency_s=0.1,
                first_byte_s=0.05,
                because="" if ok else "HTTP 503",
            )
            for minute in minutes
        ]
    )


def _insert(connection: sqlite3.Connection, table: str, names: list[str], rows: Iterator[tuple[object, ...]]) -> None:
    marks = ", ".join("?" * len(names))
    connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)


def _batches(window: Window, rows: int) -> Iterator[Batch]:
    """Yield the requests, a day at a time, as columns of their table."""
    rng = np.random.default_rng(1)
    for day in window.parts(timedelta(days=1)):
        n = round(rows * (day.length / window.length))
        ended = np.sort(rng.integers(to_us(day.start), to_us(day.end), n))
        latency, ids, provider = rng.lognormal(-0.5, 0.6, n), rng.bytes(16 * n).hex(), rng.integers(0, 3, n)
        yield {
            "application": [APPLICATION] * n,
            "ended_us": ended.tolist(),
            "trace_id": [ids[32 * i : 32 * i + 32] for i in range(n)],
            "started_us": (ended - (latency * 1e6).astype(np.int64)).tolist(),
            "outcome": _outcomes(rng, ended),
            "latency_s": latency.tolist(),
            "ttft_s": (latency * rng.uniform(0.1, 0.4, n)).tolist(),
            "tpot_s": rng.lognormal(-4, 0.3, n).tolist(),
            "retrieval_s": rng.lognormal(-3, 0.4, n).tolist(),
            "input_tokens": rng.integers(1, 4000, n).tolist(),
            "output_tokens": rng.integers(1, 900, n).tolist(),
            "cost_nano_usd": rng.integers(100_000, 9_000_000, n).tolist(),
            "unpriced_calls": [0] * n,
            "is_chain": [0] * n,
            "feature": NAMES[rng.integers(0, len(NAMES), n)].tolist(),
            "provider": PROVIDERS[provider].tolist(),
            "model": MODELS[provider].tolist(),
            "session_id": [f"s{one}" for one in rng.integers(0, max(n // 4, 1), n).tolist()],
            "environment": ["prod"] * n,
        }


def _outcomes(rng: np.random.Generator, ended_us: np.ndarray) -> list[object]:
    """Return how each request ended: 0.05 % time out, and far more in the incidents."""
    found = np.where(rng.random(len(ended_us)) < _FAILED, "timeout", "ok").astype(object)
    for outcome, (ago, lasted, share) in _INCIDENTS.items():
        began = to_us(UNTIL - timedelta(days=ago))
        hit = (ended_us >= began) & (ended_us < began + lasted * 86_400_000_000) & (rng.random(len(ended_us)) < share)
        found[hit] = outcome
    return found.tolist()


def _judgements(batch: Batch) -> Iterator[tuple[object, ...]]:
    """Yield a judgement of a part of the requests, as columns of its table."""
    rng = np.random.default_rng(2)
    ids, ended = batch["trace_id"], batch["ended_us"]
    same = {"application": APPLICATION, "criterion": "faithfulness", "version": "1", "outcome": "scored", "reason": ""}
    same |= {"judge": "rules", "cost_nano_usd": 900, "rate": _JUDGED, "published": 1, "given_up": 0, "attempts": 1}
    for row in np.flatnonzero(rng.random(len(ids)) < _JUDGED).tolist():
        value = 0.4 if rng.random() < _WRONG else 0.9
        said = same | {"trace_id": ids[row], "ended_us": ended[row], "judged_us": ended[row], "value": value}
        yield tuple(said.get(column.name) for column in JUDGEMENT.c)

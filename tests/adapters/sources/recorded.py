"""What a real Langfuse 4.16 answered, and 48 hours of a shop that does not exist."""

import gzip
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from domain.window import Window

ROOT = Path(__file__).parents[3]
ANSWERS = ROOT / "tests/data/langfuse"
OBSERVATIONS_FILE = ROOT / "deployments/recorded/brightcart-48h.observations.jsonl.gz"
SCORES_FILE = ROOT / "deployments/recorded/brightcart-48h.scores.jsonl.gz"

ENVIRONMENT = "shop-prod"
ALL_48_HOURS = Window(datetime(2026, 11, 20, 20, tzinfo=UTC), datetime(2026, 11, 22, 20, tzinfo=UTC))


@cache
def rows() -> tuple[dict, ...]:
    """All 3994 observations, as the server gave them."""
    return _lines(OBSERVATIONS_FILE)


@cache
def scores() -> tuple[dict, ...]:
    """All 145 scores, as the server gave them."""
    return _lines(SCORES_FILE)


def recording(name: str) -> dict:
    """One request with its answer."""
    return json.loads((ANSWERS / f"{name}.json").read_text())


def recordings(*folders: str) -> list[str]:
    """The names of all recordings in these folders."""
    return sorted(f"{folder}/{path.stem}" for folder in folders for path in (ANSWERS / folder).glob("*.json"))


def recorded_rows(name: str) -> list[dict]:
    """The rows of one recorded answer."""
    return recording(name)["response"]["json"]["data"]


def row_of(trace_id: str, name: str) -> dict:
    """One row of the 48 hours."""
    return next(row for row in rows() if row["traceId"] == trace_id and row["name"] == name)


def _lines(path: Path) -> tuple[dict, ...]:
    with gzip.open(path) as file:
        return tuple(json.loads(line) for line in file)

"""The simulated week as files: made once, with the same rows for the same seed."""

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from gzip import GzipFile
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from adapters.simulated_shop.incidents import WEEK
from adapters.simulated_shop.rows import Row
from adapters.simulated_shop.week import SEED, simulate
from domain.window import Window

VERSION = 2
"""Of the generator; raise it when the same seed gives other rows."""

_MANIFEST = "manifest.json"
_SCORES = "scores.jsonl.gz"

Progress = Callable[[str, int, int], None]
"""Called with the day that is written, its number, and how many days there are."""


@dataclass(frozen=True, slots=True)
class WeekFiles:
    """Where the rows of the week are: observations by day, oldest first, and all scores."""

    observations: tuple[Path, ...]
    scores: Path


def write_week(folder: Path, *, seed: int = SEED, window: Window = WEEK, progress: Progress | None = None) -> WeekFiles:
    """Write the days of *window* into *folder*, unless they are there already, and return their files.

    A file gets its name only when it is complete, and the manifest comes last: an interrupted run is
    made again, and a reader never sees half a file.
    """
    files = _files(folder, window)
    if _complete(folder, seed, files):
        return files
    folder.mkdir(parents=True, exist_ok=True)
    scores: list[Row] = []
    for number, (path, day) in enumerate(zip(files.observations, simulate(seed, window), strict=True), 1):
        _write(path, pack(day.observations))
        scores += day.scores
        if progress:
            progress(day.day.isoformat(), number, len(files.observations))
    _write(files.scores, pack(sorted(scores, key=lambda row: str(row["timestamp"]))))
    _write(folder / _MANIFEST, _manifest(seed, files).encode())
    return files


def pack(rows: Iterable[Row]) -> bytes:
    """Return *rows* as compressed lines of JSON; nothing in them tells when or where they were made."""
    buffer = BytesIO()
    with GzipFile(filename="", mode="wb", compresslevel=1, fileobj=buffer, mtime=0) as lines:
        lines.write("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode())
    return buffer.getvalue()


def _files(folder: Path, window: Window) -> WeekFiles:
    days = window.parts(timedelta(days=1))
    return WeekFiles(tuple(folder / f"observations-{day.start.date()}.jsonl.gz" for day in days), folder / _SCORES)


def _complete(folder: Path, seed: int, files: WeekFiles) -> bool:
    try:
        return (folder / _MANIFEST).read_text(encoding="utf-8") == _manifest(seed, files)
    except FileNotFoundError:
        return False


def _manifest(seed: int, files: WeekFiles) -> str:
    digests = {path.name: sha256(path.read_bytes()).hexdigest() for path in (*files.observations, files.scores)}
    return json.dumps({"version": VERSION, "seed": seed, "sha256": digests}, indent=2) + "\n"


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_bytes(content)
    part.replace(path)

"""Traces from JSONL files: exports, recordings, and whatever can write one row per line.

Rows have the form of Langfuse's `GET /api/public/v2/observations`, scores that of `/api/public/v3/scores`.
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

from adapters.sources.configuration import FeedbackConfig
from adapters.sources.json_values import NotJsonError, decode
from adapters.sources.labels import Question, log_unreadable, read_labels
from adapters.sources.lines import Line, files_in, read_lines
from adapters.sources.rows import RowError, read_row
from adapters.sources.scores import read_feedback
from adapters.sources.source import Page, ScoreNote, Skip, SourceCheck
from domain.feedback import Feedback
from domain.labels import End, HumanLabel
from domain.observation import Observation
from domain.reconciliation import Totals
from domain.window import Window

ROWS_PER_PAGE = 1000

log = logging.getLogger(__name__)


class Jsonl:
    """Observations in files.

    Every call reads the files from start to end, because a compressed file has no other way in. Lines of other
    windows and other traces are left out before they are parsed, and a file that was read before and has nothing
    in the window is not opened again: a folder with a file a day costs a day.
    """

    def __init__(
        self, paths: tuple[Path, ...], *, scores: Path | None = None, feedback: FeedbackConfig | None = None
    ) -> None:
        self._paths = paths
        self._scores = scores
        self._feedback = feedback or FeedbackConfig()
        self._spans: dict[tuple[Path, int, int], tuple[datetime, datetime]] = {}

    async def check(self) -> SourceCheck:
        """See that every file is there and opens."""
        files = await asyncio.to_thread(self._files)
        for file in [*files, *([self._scores] if self._scores else [])]:
            await asyncio.to_thread(next, read_lines(file), None)
        name = f"{files[0].name}" if len(files) == 1 else f"{len(files)} files"
        return SourceCheck(name, accepts_scores=False, trace_url=None)

    async def observations(self, window: Window) -> AsyncIterator[Page]:
        """Yield the observations that started in *window*, without texts."""
        found = self._read(window, lambda _line: True, texts=False)
        inside = (item for item in found if isinstance(item, Skip) or item.started_at in window)
        while batch := await asyncio.to_thread(_next_batch, inside):
            yield Page(
                [item for item in batch if isinstance(item, Observation)],
                [item for item in batch if isinstance(item, Skip)],
            )

    async def with_texts(self, trace_ids: Collection[str], window: Window) -> Sequence[Observation]:
        """Return these traces with their texts; each call reads the files once, so ask for many at a time."""
        return await asyncio.to_thread(self._with_texts, frozenset(trace_ids), window)

    async def feedback(self, window: Window) -> Sequence[Feedback]:
        """Return the thumbs in the file of scores; none if there is no such file."""
        return await asyncio.to_thread(self._thumbs, window)

    async def totals(self, window: Window) -> Totals | None:
        """Return None: a file counts nothing but the rows that were read from it."""
        del window
        return None

    async def publish(self, notes: Sequence[ScoreNote]) -> Sequence[Skip]:
        """Keep nothing: files of traces are only read."""
        del notes
        return ()

    async def unread(self, notes: Sequence[ScoreNote]) -> Sequence[Skip]:
        """Return nothing: what was not written cannot be missing."""
        del notes
        return ()

    async def send_to_review(self, queue: str, trace_ids: Sequence[str]) -> Sequence[Skip]:
        """Take none: nobody looks into a file."""
        del queue
        return [Skip(trace_id, "files have no annotation queue") for trace_id in dict.fromkeys(trace_ids)]

    async def human_labels(
        self, criterion: str, window: Window, queue: str | None = None, *, good: End | None = None
    ) -> Sequence[HumanLabel]:
        """Return the labels in the file of scores, which knows queues by their id only; none if there is no file."""
        question = Question(criterion=criterion, window=window, queue=queue, good=good)
        return await asyncio.to_thread(self._labels, question)

    def _files(self) -> list[Path]:
        return files_in(self._paths, without=self._scores)

    def _read(self, window: Window, wanted: Callable[[bytes], bool], *, texts: bool) -> Iterator[Observation | Skip]:
        for file in self._files():
            version = _version(file)
            span = self._spans.get(version)
            if span is not None and (span[1] < window.start or span[0] >= window.end):
                continue
            started: list[datetime] = []
            tells = True
            for line in read_lines(file):
                start = None if isinstance(line, Skip) else _start(line.text)
                tells = tells and start is not None
                if start is not None:
                    started = [start, start] if not started else [min(started[0], start), max(started[1], start)]
                if isinstance(line, Skip):
                    yield line
                elif (start is None or start in window) and wanted(line.text):
                    yield _observation(line, texts=texts)
            if tells and started:
                self._spans[version] = (started[0], started[1])

    def _with_texts(self, trace_ids: frozenset[str], window: Window) -> list[Observation]:
        found = self._read(window, lambda line: _belongs_to(line, trace_ids), texts=True)
        return [
            item
            for item in found
            if isinstance(item, Observation) and item.trace_id in trace_ids and item.started_at in window
        ]

    def _thumbs(self, window: Window) -> list[Feedback]:
        if self._scores is None:
            return []
        thumbs = [self._thumb(line) for line in read_lines(self._scores)]
        return [thumb for thumb in thumbs if thumb is not None and thumb.given_at in window]

    def _thumb(self, line: Line | Skip) -> Feedback | None:
        if isinstance(line, Skip):
            log.warning("Skipped %s: %s", line.where, line.reason)
            return None
        try:
            return read_feedback(_row(line.text), self._feedback)
        except (RowError, NotJsonError) as error:
            log.warning("Skipped %s: %s", line.where, error)
            return None

    def _labels(self, question: Question) -> list[HumanLabel]:
        rows: list[tuple[str, object]] = []
        lost: list[Skip] = []
        for line in read_lines(self._scores) if self._scores else ():
            found = line if isinstance(line, Skip) else _score(line)
            if isinstance(found, Skip):
                lost.append(found)
            else:
                rows.append((line.where, found))
        labels, skips = read_labels(rows, question)
        log_unreadable(question.criterion, labels, [*lost, *skips])
        return labels


def _score(line: Line) -> object:
    try:
        return decode(line.text)
    except NotJsonError as error:
        return Skip(line.where, str(error))


def _next_batch(found: Iterable[Observation | Skip]) -> list[Observation | Skip]:
    return list(islice(found, ROWS_PER_PAGE))


def _observation(line: Line, *, texts: bool) -> Observation | Skip:
    try:
        row = _row(line.text)
        if not texts:
            row = {**row, "input": None, "output": None}
        return read_row(row)
    except (RowError, NotJsonError) as error:
        return Skip(line.where, str(error), _start(line.text))


def _row(text: bytes) -> dict[str, object]:
    row = decode(text)
    if not isinstance(row, dict):
        raise RowError("not an object")
    return row


_START = re.compile(rb'"startTime"\s*:\s*"([^"\\]*)"')
_TRACE = re.compile(rb'"traceId"\s*:\s*"([^"\\]*)"')


def _version(file: Path) -> tuple[Path, int, int]:
    """Return what changes when a file does; a missing file is complained about where it is read."""
    try:
        seen = file.stat()
    except OSError:
        return file, -1, -1
    return file, seen.st_size, seen.st_mtime_ns


def _start(line: bytes) -> datetime | None:
    """Return when the row started, without parsing it; None for a row that cannot tell: it is read in full."""
    found = _peek(line, _START)
    try:
        moment = datetime.fromisoformat(found) if found is not None else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _belongs_to(line: bytes, trace_ids: frozenset[str]) -> bool:
    found = _peek(line, _TRACE)
    return found is None or found in trace_ids


def _peek(line: bytes, field: re.Pattern[bytes]) -> str | None:
    # Before the first inner object a name in quotes and a colon can only be a field of the row itself: inside
    # of a text the quotes would be escaped.
    inner = line.find(b"{", 1)
    found = field.search(line, 0, inner if inner > 0 else len(line))
    return found[1].decode(errors="replace") if found else None

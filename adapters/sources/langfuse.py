"""Traces from a Langfuse server, 4.0 or newer: all rows cheaply first, texts only where needed."""

import logging
import re
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import TypeVar

import httpx
from langfuse.api import AsyncLangfuseAPI

from adapters.collecting import without_collection
from adapters.sources import langfuse_queries as queries
from adapters.sources import langfuse_scores as scores
from adapters.sources.configuration import FeedbackConfig
from adapters.sources.langfuse_pages import halves, pages
from adapters.sources.langfuse_totals import read_totals
from adapters.sources.langfuse_wire import ADDRESS, TooMuchError, Wire, strange
from adapters.sources.rows import RowError, read_moment, read_row
from adapters.sources.scores import read_feedback
from adapters.sources.source import Access, Page, ScoreNote, Skip, SourceCheck
from domain.errors import ConfigError, PermanentError
from domain.feedback import Feedback
from domain.observation import Observation
from domain.reconciliation import Totals
from domain.window import Window

OLDEST = (4, 0)
FIRST_WITH_ARRAYS = (4, 59)

TRACES_PER_REQUEST = 50
SCORES_PER_REQUEST = 50
TIMEOUT_S = 60.0

HEALTH = "api/public/health"
PROJECTS = "api/public/projects"
METRICS = "api/public/v2/metrics"
OBSERVATIONS = "api/public/v2/observations"
SCORES_READ = "api/public/v3/scores"
SCORES_WRITE = "api/public/scores"
INGESTION = "api/public/ingestion"

T = TypeVar("T")

log = logging.getLogger(__name__)


@asynccontextmanager
async def open_langfuse(
    access: Access, *, feedback: FeedbackConfig | None = None, timeout_s: float = TIMEOUT_S
) -> AsyncIterator["Langfuse"]:
    """Open connections to Langfuse in the running event loop, for as long as the block lasts.

    The SDK's `Langfuse` class is left alone: it starts threads and takes over the tracing of the process.

    Raises:
        ConfigError: If *access* holds no address.
    """
    base_url = access.base_url.rstrip("/")
    async with httpx.AsyncClient() as client:
        api = AsyncLangfuseAPI(
            base_url=base_url,
            username=access.public_key.get_secret_value(),
            password=access.secret_key.get_secret_value(),
            timeout=timeout_s,
            httpx_client=client,
        )
        wire = Wire(api, base_url, timeout_s=timeout_s)
        yield Langfuse(wire, base_url, access.environments, feedback or FeedbackConfig())


class Langfuse:
    """One project of a Langfuse server; `open_langfuse` makes it."""

    def __init__(self, wire: Wire, base_url: str, environments: tuple[str, ...], feedback: FeedbackConfig) -> None:
        self._wire = wire
        self._base_url = base_url
        self._environments = environments
        self._feedback = feedback
        self._known_version: str | None = None

    async def check(self) -> SourceCheck:
        """Ask for version and project; what a retry cannot cure is a matter of settings."""
        try:
            version = await self._version()
            if version_number(version) < OLDEST:
                raise ConfigError(f"Langfuse {version} is too old; Goodput needs 4.0 or newer")
            project = await self._project()
        except PermanentError as error:
            raise ConfigError(str(error)) from None
        name = self._wire.name.replace("Langfuse", f"Langfuse {version}", 1)
        trace_url = f"{self._base_url}/project/{project}/traces/{{trace_id}}"
        return SourceCheck(name, accepts_scores=True, trace_url=trace_url)

    async def observations(self, window: Window) -> AsyncIterator[Page]:
        """Yield the observations that started in *window*, without texts; 1000 rows in a page."""
        ask = partial(queries.cheap_rows, environments=self._environments)
        async for rows in self._rows(window, ask):
            page = _read(rows)
            rows.clear()  # a page of JSON is large: the next one takes its place in memory
            yield page

    async def with_texts(self, trace_ids: Collection[str], window: Window) -> Sequence[Observation]:
        """Return these traces with their texts; rows that cannot be read were reported by `observations`."""
        found: list[Observation] = []
        for ids in _batches(sorted(trace_ids), TRACES_PER_REQUEST):
            ask = partial(queries.rows_with_texts, trace_ids=ids, environments=self._environments)
            async for rows in self._rows(window, ask):
                found += _read(rows).observations
        return found

    async def feedback(self, window: Window) -> Sequence[Feedback]:
        """Return the thumbs that users gave in *window*; one that cannot be read is logged."""
        query = queries.thumbs(self._feedback.score, window, self._environments)
        found = [self._thumb(row) async for rows in pages(self._wire, SCORES_READ, query) for row in rows]
        return [thumb for thumb in found if thumb is not None]

    async def totals(self, window: Window) -> Totals | None:
        """Return what the server's metrics say; for some minutes they count a span sent twice as two."""
        found = read_totals(await self._wire.get(METRICS, {"query": queries.totals(window, self._environments)}))
        if found is None:
            raise strange(self._wire.name)
        return found

    async def publish(self, notes: Sequence[ScoreNote]) -> Sequence[Skip]:
        """Write *notes* in the form that this version takes.

        A batch that was accepted in part is never sent again as it is. After an error the caller may send all
        notes again: their ids make the second time overwrite the first.
        """
        skips = [skip for note in notes if (skip := scores.unsendable(note))]
        sendable = [note for note in notes if not scores.unsendable(note)]
        takes_arrays = bool(sendable) and version_number(await self._version()) >= FIRST_WITH_ARRAYS
        for batch in _batches(sendable, SCORES_PER_REQUEST):
            skips += await (self._publish_array(batch) if takes_arrays else self._publish_events(batch))
        return skips

    async def _publish_array(self, batch: Sequence[ScoreNote]) -> Sequence[Skip]:
        return scores.refused_in_array(batch, await self._wire.post(SCORES_WRITE, scores.in_array(batch)))

    async def _publish_events(self, batch: Sequence[ScoreNote]) -> Sequence[Skip]:
        return scores.refused_events(batch, await self._wire.post(INGESTION, scores.in_events(batch)))

    async def _version(self) -> str:
        if self._known_version is None:
            version = (await self._wire.get(HEALTH)).get("version")
            if not isinstance(version, str):
                raise strange(self._wire.name)
            self._known_version = version
        return self._known_version

    async def _project(self) -> str:
        match await self._wire.get(PROJECTS):
            case {"data": [{"id": str(project)}, *_]}:
                return project
        raise strange(self._wire.name)

    async def _rows(self, window: Window, ask: Callable[..., queries.Query]) -> AsyncIterator[list[object]]:
        waiting = [window]
        while waiting:
            part = waiting.pop()
            try:
                async for rows in pages(self._wire, OBSERVATIONS, ask(window=part)):
                    yield rows
            except TooMuchError as error:
                waiting += halves(part, error)

    def _thumb(self, row: object) -> Feedback | None:
        try:
            return read_feedback(_object(row), self._feedback)
        except RowError as error:
            log.warning("Skipped the score %s: %s", _where(row), error)
            return None


def version_number(version: str) -> tuple[int, int]:
    """Return major and minor.

    >>> version_number("4.59.0-rc.1"), version_number("v3.179.1")
    ((4, 59), (3, 179))

    Raises:
        ConfigError: If it is not a version.
    """
    found = re.match(r"v?(\d{1,6})\.(\d{1,6})", version)
    if found is None:
        raise ConfigError(f"the server does not say which version of Langfuse it is: is {ADDRESS} right?")
    return int(found[1]), int(found[2])


def _read(rows: Sequence[object]) -> Page:
    found: list[Observation] = []
    skips: list[Skip] = []
    with without_collection():
        for row in rows:
            try:
                found.append(read_row(row if type(row) is dict else _object(row)))
            except RowError as error:
                skips.append(Skip(_where(row), str(error), _started(row)))
    return Page(found, skips)


def _object(row: object) -> Mapping[str, object]:
    if not isinstance(row, dict):
        raise RowError("not an object")
    return row


def _started(row: object) -> datetime | None:
    try:
        return read_moment(_object(row), "startTime")
    except RowError:
        return None


def _where(row: object) -> str:
    """Name a row by its ids, which are all we may repeat of it."""
    names = [row.get(field) for field in ("traceId", "id")] if isinstance(row, dict) else []
    return "/".join(name[:64] if isinstance(name, str) else "?" for name in names) or "a row without ids"


def _batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))

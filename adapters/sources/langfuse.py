"""Traces from a Langfuse server, 4.0 or newer: all rows cheaply first, texts only where needed."""

import logging
import re
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from functools import partial

import httpx
from langfuse.api import AsyncLangfuseAPI

from adapters.batches import batches
from adapters.sources import langfuse_queries as queries
from adapters.sources import langfuse_queues as queues
from adapters.sources import langfuse_read_back as read_back
from adapters.sources import langfuse_scores as scores
from adapters.sources.configuration import FeedbackConfig
from adapters.sources.labels import Question, log_unreadable, read_labels
from adapters.sources.langfuse_pages import halves, pages
from adapters.sources.langfuse_rows import as_object, read_page, score_id, where
from adapters.sources.langfuse_totals import read_totals
from adapters.sources.langfuse_wire import ADDRESS, TooMuchError, Wire, strange
from adapters.sources.rows import RowError
from adapters.sources.scores import read_feedback
from adapters.sources.source import Access, Page, ScoreNote, Skip, SourceCheck
from domain.errors import ConfigError, PermanentError
from domain.feedback import Feedback
from domain.labels import End, HumanLabel, names_of
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
            page = read_page(rows)
            rows.clear()  # a page of JSON is large: the next one takes its place in memory
            yield page

    async def with_texts(self, trace_ids: Collection[str], window: Window) -> Sequence[Observation]:
        """Return these traces with their texts; rows that cannot be read were reported by `observations`."""
        found: list[Observation] = []
        for ids in batches(sorted(trace_ids), TRACES_PER_REQUEST):
            ask = partial(queries.rows_with_texts, trace_ids=ids, environments=self._environments)
            async for rows in self._rows(window, ask):
                found += read_page(rows).observations
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
        for batch in batches(sendable, SCORES_PER_REQUEST):
            skips += await (self._publish_array(batch) if takes_arrays else self._publish_events(batch))
        return skips

    async def unread(self, notes: Sequence[ScoreNote]) -> Sequence[Skip]:
        """Return what was accepted and is not there as it was written; a score takes up to half a minute to appear."""
        return await read_back.unread(self._wire, SCORES_READ, notes)

    async def send_to_review(self, queue: str, trace_ids: Sequence[str]) -> Sequence[Skip]:
        """Put traces into the annotation queue of this name or id, each once; return those that were refused."""
        return await queues.send(self._wire, await queues.find_queue(self._wire, queue), trace_ids)

    async def human_labels(
        self, criterion: str, window: Window, queue: str | None = None, *, good: End | None = None
    ) -> Sequence[HumanLabel]:
        """Return what people said in *window*, in the annotation queue of this name or id or anywhere."""
        queue_id = None if queue is None else await queues.find_queue(self._wire, queue)
        query = queries.labels(names_of(criterion), window, queue_id)
        rows = [(score_id(row), row) async for page in pages(self._wire, SCORES_READ, query) for row in page]
        question = Question(criterion=criterion, window=window, queue=queue_id, good=good)
        labels, skips = read_labels(rows, question)
        log_unreadable(criterion, labels, skips)
        return labels

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
            return read_feedback(as_object(row), self._feedback)
        except RowError as error:
            log.warning("Skipped the score %s: %s", where(row), error)
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

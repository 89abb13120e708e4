"""Made-up answers to judge, and a slow model that judges them: for the benchmark of judging."""

import asyncio
import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import Process, Queue

from adapters.sources import SourceCheck
from adapters.store import Store
from domain.application import Application
from domain.assembly import Assembly, assemble, group
from domain.observation import Observation
from domain.prices import PriceTable
from domain.window import Window
from tests.stand_ins.judge_model import completion, judged, understood

START = datetime(2026, 11, 2, tzinfo=UTC)
SPREAD = timedelta(hours=6)
WINDOW = Window(START, START + SPREAD)
FACTS = 12
READING = Assembly(Application(name="bench"), PriceTable())


class MadeUpSource:
    """Makes the texts of a trace up when it is asked for them, and takes every score."""

    def __init__(self, count: int) -> None:
        self.step = SPREAD / (count + 1)

    def rows(self, number: int) -> list[Observation]:
        ended = START + (number + 1) * self.step
        facts = [f"Item {number}-{place} can be returned within {number % 90 + place} days." for place in range(FACTS)]
        passages = [f"{fact} It is sold by the shop itself, and a label comes with the parcel." for fact in facts]
        same = {"trace_id": f"{number:032x}", "started_at": ended - timedelta(seconds=1), "ended_at": ended}
        texts = {"input": f"How long can I return item {number}?", "output": " ".join(facts[:3])}
        return [
            Observation(id=f"{number:x}-r", is_root=True, **texts, **same),
            Observation(id=f"{number:x}-f", type="RETRIEVER", output=json.dumps(passages), **same),
        ]

    async def check(self) -> SourceCheck:
        return SourceCheck("made up", accepts_scores=True, trace_url=None)

    async def with_texts(self, trace_ids: Collection[str], _window: Window) -> list[Observation]:
        return [row for trace_id in trace_ids for row in self.rows(int(trace_id, 16))]

    async def publish(self, _notes: object) -> list[object]:
        return []

    async def unread(self, _notes: object) -> list[object]:
        return []


def filled(folder: str, count: int) -> Store:
    """Return a store with *count* requests that nobody judged."""
    store, source = opened(folder), MadeUpSource(count)
    for first in range(0, count, 1_000):
        numbers = range(first, min(first + 1_000, count))
        traces = list(group(row for number in numbers for row in source.rows(number)))
        store.requests.save(READING.application.name, WINDOW, assemble(traces, READING), [])
    return store


def opened(folder: str) -> Store:
    return Store.open(f"sqlite:///{folder}/goodput.db")


def fill(folder: str, count: int) -> None:
    filled(folder, count).close()


def serve(latency_s: float, address: "Queue[str]") -> None:
    """Judge over HTTP/1.1, each question after the latency, until the process is ended."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                return writer.close()
            length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            body = reply(await reader.readexactly(length))
            await asyncio.sleep(latency_s)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    async def until_the_end() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=512)
        address.put(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
        await server.serve_forever()

    asyncio.run(until_the_end())


def reply(question: bytes) -> bytes:
    return completion(judged(understood("openai", json.loads(question)))).encoded()


@contextmanager
def model(latency_s: float) -> Iterator[str]:
    address: Queue[str] = Queue()
    process = Process(target=serve, args=(latency_s, address), daemon=True)
    process.start()
    try:
        yield address.get(timeout=60)
    finally:
        process.terminate()
        process.join()

"""Pulling from Langfuse: `source.observations` against a bare loop over the same pages that only parses their JSON.

    python -m benchmarks.intake --pages 200

CPU time of this one process, median of the repeats, which take turns. A stand-in of Langfuse in a process of its own
serves pages of 1,000 rows, made ready beforehand: the recorded 48 hours without their texts, again and again under new
ids. Both sides use the same HTTP client; neither keeps a page. The last row also assembles and keeps the requests.
"""

import argparse
import asyncio
import json
import platform
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import Process, Queue
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import orjson
from pydantic import SecretStr

from adapters.intake import Intake
from adapters.sources.langfuse import OBSERVATIONS, open_langfuse
from adapters.sources.langfuse_queries import cheap_rows
from adapters.sources.source import Access, TraceSource
from adapters.store import Store
from domain.assembly import Assembly
from domain.prices import PriceTable
from tests.adapters.sources.recorded import ALL_48_HOURS, rows
from tests.recorded import application

ROWS = 1_000
LAST_HALF_DAY = ALL_48_HOURS.end - timedelta(hours=12)
EMPTY = json.dumps({"data": [], "meta": {}}).encode()


def pages(count: int) -> list[bytes]:
    """Return the bodies of *count* answers; each names the next one as its cursor."""
    cheap = [{**row, "input": None, "output": None} for row in rows()]
    made = []
    for number in range(count):
        first = number * ROWS
        turn = [divmod(first + place, len(cheap)) for place in range(ROWS)]
        data = [_renamed(cheap[place], f"{lap:04x}") for lap, place in turn]
        meta = {"cursor": str(number + 1)} if number + 1 < count else {}
        made.append(json.dumps({"data": data, "meta": meta}, separators=(",", ":"), ensure_ascii=False).encode())
    return made


def _renamed(row: dict, lap: str) -> dict:
    parent = row["parentObservationId"]
    trace_id = lap + row["traceId"][4:]
    return {
        **row,
        "id": _again(row["id"], row["traceId"], trace_id, lap),
        "traceId": trace_id,
        "parentObservationId": parent and _again(parent, row["traceId"], trace_id, lap),
    }


def _again(name: str, old: str, new: str, lap: str) -> str:
    return f"t-{new}" if name == f"t-{old}" else lap + name[4:]


def serve(count: int, address: "Queue[str]") -> None:
    """Answer requests for pages, until the process is ended."""
    bodies = pages(count)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            number = int(parse_qs(asked.query).get("cursor", ["0"])[0])
            body = bodies[number] if asked.path.endswith(OBSERVATIONS) else EMPTY
            self.send_response(200)
            self.send_header("content-type", "application/json; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address.put(f"http://127.0.0.1:{server.server_port}")
    server.serve_forever()


@contextmanager
def langfuse(count: int) -> Iterator[str]:
    address: Queue[str] = Queue()
    process = Process(target=serve, args=(count, address), daemon=True)
    process.start()
    try:
        yield address.get(timeout=600)
    finally:
        process.terminate()
        process.join()


async def bare(parse: Callable[[bytes], Any], url: str) -> int:
    """Page through everything, and only parse."""
    found = 0
    query = {name: value for name, value in cheap_rows(ALL_48_HOURS, ()).items() if value is not None}
    cursor: str | None = None
    async with httpx.AsyncClient() as client:
        while True:
            params = query if cursor is None else {**query, "cursor": cursor}
            response = await client.get(f"{url}/{OBSERVATIONS}", params=params)
            answer = parse(response.content)
            found += len(answer["data"])
            cursor = answer["meta"].get("cursor")
            if cursor is None:
                return found


@asynccontextmanager
async def source(url: str) -> AsyncIterator[TraceSource]:
    access = Access(base_url=url, public_key=SecretStr("pk-lf-bench"), secret_key=SecretStr("sk-lf-bench"))
    async with open_langfuse(access) as opened:
        yield opened


async def ours(url: str) -> int:
    async with source(url) as opened:
        return sum([len(page.observations) async for page in opened.observations(ALL_48_HOURS)])


async def everything(url: str) -> int:
    """Pull, assemble and keep, as the flow that runs each minute does."""
    with tempfile.TemporaryDirectory() as folder, closing(Store.open(f"sqlite:///{folder}/goodput.db")) as store:
        async with source(url) as opened:
            intake = Intake(opened, store, Assembly(application("support-bot"), PriceTable()))
            return (await intake.read(LAST_HALF_DAY, ALL_48_HOURS.end)).observations


def median_cpu_s(contest: dict[str, Callable[[], Coroutine[Any, Any, int]]], repeats: int) -> dict[str, float]:
    """Return the median CPU seconds of each; the first round only warms up."""
    taken: dict[str, list[float]] = {name: [] for name in contest}
    for _ in range(repeats + 1):
        for name, work in contest.items():
            began = time.process_time()
            asyncio.run(work())
            taken[name].append(time.process_time() - began)
    return {name: statistics.median(seconds[1:]) for name, seconds in taken.items()}


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--pages", type=int, default=200)
    options.add_argument("--repeats", type=int, default=5)
    chosen = options.parse_args()
    with langfuse(chosen.pages) as url:
        medians = median_cpu_s(
            {
                "source.observations": partial(ours, url),
                "bare loop, json.loads": partial(bare, json.loads, url),
                "bare loop, orjson.loads": partial(bare, orjson.loads, url),
            },
            chosen.repeats,
        )
        # For itself, because it leaves a large heap behind.
        medians |= median_cpu_s({"pull, assemble and save": partial(everything, url)}, 1)
    print(f"{chosen.pages:,} pages of {ROWS:,} rows, {platform.machine()}, Python {platform.python_version()}")
    print(f"httpx {httpx.__version__}, orjson {orjson.__version__}\n")
    print("| what | us a row | M rows/s | rate of source.observations against it |\n| --- | ---: | ---: | ---: |")
    for name, seconds in medians.items():
        n, ratio = chosen.pages * ROWS, seconds / medians["source.observations"]
        print(f"| {name} | {1e6 * seconds / n:.1f} | {n / seconds / 1e6:.3f} | {ratio:.2f} |")


if __name__ == "__main__":
    main()

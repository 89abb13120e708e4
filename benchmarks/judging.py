"""Judging: a round of 1,000 answers against a slow model, and what a round of 50,000 holds in memory.

    python -m benchmarks.judging --answers 1000 --latency 0.3 --concurrency 50

Wall-clock seconds, median of the repeats, which take turns. A stand-in model in a process of its own judges each answer
after its latency. The peer posts the very same questions with the same client and a semaphore, and looks at nothing
that comes back: no texts are read, nothing is checked, kept, cached or written, and there are no canaries. The ideal is
answers / concurrency x latency.

Memory is that of one round in a process of its own, without what its preparation took: the most that Python held at a
time (tracemalloc), and in another run how far the process grew (RSS). There the model answers at once, in the process.
"""

import argparse
import asyncio
import json
import multiprocessing
import platform
import resource
import statistics
import tempfile
import time
import tracemalloc
from contextlib import closing
from multiprocessing import Queue
from os import cpu_count
from pathlib import Path

import httpx
from pydantic import SecretStr

from adapters.evaluator import Evaluator
from adapters.judges import Brief, Judge, OpenAIConfig, Wire, build_judge
from adapters.judges.cache import Question
from adapters.judges.chat_completions import ChatCompletions
from adapters.judges.endpoint import open_client
from adapters.judges.prompt import ask, schema_of
from adapters.store import Store
from benchmarks.answers import READING, WINDOW, MadeUpSource, fill, filled, model, opened, reply
from domain.claims import sentences
from domain.prices import PriceTable
from flows.judging import read_criteria

CRITERIA = read_criteria(Path("nowhere"))
FAITHFUL = CRITERIA["faithfulness"]
KEY = SecretStr("sk-bench")


def judge_of(store: Store, client: httpx.AsyncClient, url: str, concurrency: int) -> Judge:
    name = READING.application.name
    wire = Wire(
        client=client,
        nonce=lambda: "7f3a9c0e11d2b4a6",
        now=lambda: WINDOW.end,
        ledger=store.judge_spend(name),
        cache=store.judge_verdicts(name, keep_reasons=True, now=lambda: WINDOW.end),
        api_key=KEY,
    )
    config = OpenAIConfig(kind="openai", model="stand-in", base_url=url, max_concurrency=concurrency)
    return build_judge(config, wire, Brief(CRITERIA, asked=(FAITHFUL.name,), prices=PriceTable()))


async def round_of(count: int, store: Store, client: httpx.AsyncClient, url: str, concurrency: int) -> None:
    """Judge *count* answers as the flow does, and make sure that all of them have a score."""
    judge = judge_of(store, client, url, concurrency)
    evaluator = Evaluator(MadeUpSource(count), judge, store, READING, sample_rate=1.0, keep_reasons=True)
    report = await evaluator.evaluate(WINDOW, WINDOW.end)
    assert (count, []) == (report.round.outcomes["scored"], report.round.wrong), report


def bodies(count: int) -> list[dict]:
    """Return the questions that a round puts to the model."""
    source, made = MadeUpSource(count), []
    endpoint = OpenAIConfig(kind="openai", model="stand-in")
    for number in range(count):
        root, found = source.rows(number)
        asked = Question([FAITHFUL], str(root.input), json.loads(str(found.output)), sentences(str(root.output)))
        messages = ask(asked.criteria, asked.question, asked.passages, asked.claims, "7f3a9c0e11d2b4a6")
        made.append(dict(ChatCompletions().request(endpoint, messages, schema_of([FAITHFUL]))))
    return made


async def bare(asked: list[dict], url: str, concurrency: int) -> float:
    """Post everything, so many at a time, and return how long that takes."""
    turns = asyncio.Semaphore(concurrency)
    async with open_client(concurrency) as client:

        async def post(body: dict) -> None:
            async with turns:
                answer = await client.post(f"{url}/chat/completions", json=body, timeout=60)
                answer.raise_for_status()

        began = time.perf_counter()
        await asyncio.gather(*(post(body) for body in asked))
        return time.perf_counter() - began


async def ours(count: int, url: str, concurrency: int) -> float:
    """Return how long a round takes; filling the store does not count."""
    with tempfile.TemporaryDirectory() as folder, closing(filled(folder, count)) as store:
        async with open_client(256) as client:
            began = time.perf_counter()
            await round_of(count, store, client, url, concurrency)
            return time.perf_counter() - began


async def at_once(count: int, store: Store) -> None:
    """Judge against a model in this process."""
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=reply(request.content)))
    async with httpx.AsyncClient(transport=transport) as client:
        await round_of(count, store, client, "http://model/v1", 50)


def remember(folder: str, count: int, traced: bool, found: "Queue[int]") -> None:
    """Tell how many bytes a round takes besides what was there before."""
    with closing(opened(folder)) as store:
        before = _largest()
        if traced:
            tracemalloc.start()
        asyncio.run(at_once(count, store))
        found.put(tracemalloc.get_traced_memory()[1] if traced else _largest() - before)


def _largest() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def taken(count: int, *, traced: bool) -> int:
    """Return the bytes that a round of *count* answers takes; the store is filled by another process before."""
    context = multiprocessing.get_context("spawn")
    found = context.Queue()
    with tempfile.TemporaryDirectory() as folder:
        for work in ((fill, folder, count), (remember, folder, count, traced, found)):
            process = context.Process(target=work[0], args=work[1:])
            process.start()
            process.join()
    return int(found.get(timeout=1))


def speed(count: int, latency_s: float, concurrency: int, repeats: int) -> None:
    asked, ideal = bodies(count), count / concurrency * latency_s
    rounds, posts = list[float](), list[float]()
    with model(latency_s) as url:
        for _ in range(repeats):
            rounds.append(asyncio.run(ours(count, url, concurrency)))
            posts.append(asyncio.run(bare(asked, url, concurrency)))
    print(f"{count:,} answers, {latency_s * 1000:.0f} ms, {concurrency} at a time: ideal {ideal:.2f} s\n")
    print("| what | s | against the ideal |\n| --- | ---: | ---: |")
    for name, each in (("a round: `Evaluator`, OpenAI judge, SQLite", rounds), ("bare httpx, `asyncio.gather`", posts)):
        median = statistics.median(each)
        print(f"| {name} | {median:.2f} | {median / ideal:.2f} |")


def memory(counts: list[int]) -> None:
    print("\n| answers in a round | Python held at most, MiB | RSS grew by, MiB |\n| ---: | ---: | ---: |")
    for count in counts:
        held, grown = (taken(count, traced=traced) / 2**20 for traced in (True, False))
        print(f"| {count:,} | {held:.1f} | {grown:.1f} |", flush=True)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--answers", type=int, default=1_000)
    options.add_argument("--latency", type=float, default=0.3)
    options.add_argument("--concurrency", type=int, default=50)
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--remembered", type=int, nargs="*", default=[1_000, 50_000])
    chosen = options.parse_args()
    print(f"{cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, httpx {httpx.__version__}\n")
    speed(chosen.answers, chosen.latency, chosen.concurrency, chosen.repeats)
    memory(chosen.remembered)


if __name__ == "__main__":
    main()

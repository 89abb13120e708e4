"""Two workers drain one outbox of 10,000 messages: each is told once, and how many a second.

    python -m benchmarks.delivering --rows 10000 --engine sqlite --channel pagerduty

The receiver is a process of its own that answers each request after 20 ms, as a service far away would. Keys differ, so
nothing has to wait for anything. The peer is the channel alone: as many sends at once, from two processes as well, with
no outbox: no order, no lease, no log, and what a crash leaves is lost. Seconds of the clock: the work is waiting.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from adapters.store import Store
from alerts.channels.channel import Channel
from alerts.channels.pagerduty import PagerDuty
from alerts.channels.slack_webhook import SlackWebhook
from alerts.dispatcher import Dispatcher
from domain.alerting import Notice
from domain.delivery import Delivery, DeliveryStatus, delivery_id
from domain.message import Message, MessageKind, Severity
from tests.postgres import running_postgres

ANSWERS_AFTER_S = 0.020
WORKERS, AT_ONCE = 2, 64
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEY = re.compile(rb'"dedup_key": ?"([^"]+)"|(row-\d+):')


def message(number: int) -> Message:
    return Message(
        key=f"row-{number}", kind=MessageKind.FIRING, severity=Severity.PAGE, application="shop", environment="prod",
        rule="availability", title=f"row-{number}: 12 of 80 requests failed", sentence="Since 11:45 UTC.", at=NOON,
    )  # fmt: skip


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seen: Counter[bytes]) -> None:
    """Answer as PagerDuty and as a Slack webhook do, for as long as the connection lasts."""
    while head := await reader.readuntil(b"\r\n\r\n"):
        length = int(re.search(rb"content-length: (\d+)", head.lower())[1])  # type: ignore[index]
        body = await reader.readexactly(length)
        found = KEY.search(body)
        seen[(found[1] or found[2]) if found else b"?"] += 1
        await asyncio.sleep(ANSWERS_AFTER_S)
        pagerduty = head.startswith(b"POST /v2")
        said = json.dumps({"status": "success", "message": "ok", "dedup_key": "k"}).encode() if pagerduty else b"ok"
        status = b"202 Accepted" if pagerduty else b"200 OK"
        writer.write(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(said), said))
        await writer.drain()


def receive(
    port: "multiprocessing.Queue[int]",
    asked: "multiprocessing.Queue[str]",
    told: "multiprocessing.Queue[Counter[bytes]]",
) -> None:
    """Serve until asked for what was seen."""

    async def serve() -> None:
        seen: Counter[bytes] = Counter()

        async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await answer(reader, writer, seen)
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()

        server = await asyncio.start_server(one, "127.0.0.1", 0, backlog=1024)
        port.put(server.sockets[0].getsockname()[1])
        while await asyncio.to_thread(asked.get) != "end":
            told.put(seen.copy())
            seen.clear()

    asyncio.run(serve())


def channel(kind: str, port: int) -> Channel:
    url = f"http://127.0.0.1:{port}"
    if kind == "pagerduty":
        return PagerDuty(SecretStr("x" * 32), base_url=url)
    return SlackWebhook(SecretStr(f"{url}/hook"))


def drain(url: str, kind: str, port: int, name: str) -> None:
    """One worker: what the flow deliver-messages does."""
    store = Store.open(url)
    dispatcher = Dispatcher(store.outbox.of("shop"), {"oncall": channel(kind, port)}, name, at_once=AT_ONCE)
    asyncio.run(dispatcher.drain(lambda: datetime.now(UTC)))  # noqa: TID251
    store.close()


def send_all(kind: str, port: int, first: int, last: int) -> None:
    """The peer: the channel alone."""
    to = channel(kind, port)

    def send(number: int) -> None:
        one = message(number)
        to.send(Delivery(id=delivery_id(one, "oncall"), channel="oncall", message=one))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(send, range(first, last)))


def timed(*work: tuple[object, ...]) -> float:
    """Run each (function, *arguments) in a process of its own; return the seconds that all of them took."""
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=function, args=arguments) for function, *arguments in work]  # type: ignore[arg-type]
    started = time.perf_counter()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    if any(process.exitcode for process in processes):
        sys.exit("a worker failed")
    return time.perf_counter() - started


@contextmanager
def databases(engine: str) -> Iterator[str]:
    if engine == "postgres":
        with running_postgres() as server:
            yield server.empty_database()
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'goodput.db'}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), nargs="*", default=["sqlite", "postgres"])
    parser.add_argument("--channel", choices=("pagerduty", "slack_webhook"), default="pagerduty")
    said = parser.parse_args()
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"

    context = multiprocessing.get_context("spawn")
    ports: multiprocessing.Queue[int] = context.Queue()
    asked: multiprocessing.Queue[str] = context.Queue()
    told: multiprocessing.Queue[Counter[bytes]] = context.Queue()
    receiver = context.Process(target=receive, args=(ports, asked, told), daemon=True)
    receiver.start()
    port = ports.get()

    half = said.rows // 2
    start_s = timed(*[(send_all, said.channel, port, 0, 0)] * WORKERS)
    alone_s = timed((send_all, said.channel, port, 0, half), (send_all, said.channel, port, half, said.rows)) - start_s
    asked.put("now")
    told.get()
    print(f"{said.rows:,} messages by {said.channel}, {WORKERS} processes, {AT_ONCE} at once each")
    print(f"the channel alone: {said.rows / alone_s:,.0f}/s")
    for engine in said.engine:
        with databases(engine) as url:
            store = Store.open(url)
            for first in range(0, said.rows, 500):
                numbers = range(first, min(first + 500, said.rows))
                store.outbox.add([Notice(message=message(number), channels=("oncall",)) for number in numbers], NOON)
            took_s = timed(*[(drain, url, said.channel, port, f"worker {n}") for n in range(WORKERS)]) - start_s
            asked.put("now")
            seen = told.get()
            counts = store.outbox.counts()
            store.close()
        once = len(seen) == said.rows and set(seen.values()) == {1}
        rate = said.rows / took_s
        print(f"{engine}: {rate:,.0f}/s, {rate * alone_s / said.rows:.2f} of the channel alone; "
              f"each once: {'yes' if once else 'NO'}; sent: {counts[DeliveryStatus.SENT]:,}")  # fmt: skip
    asked.put("end")


if __name__ == "__main__":
    main()

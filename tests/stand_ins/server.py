"""A web server on loopback that answers as told and fails as scripted.

A test hands it a function from request to answer; `fail_next` queues faults that happen instead of, or after, it.
"""

import json
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Incoming:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    queries: dict[str, list[str]] = field(default_factory=dict)
    """All values of each parameter; `query` has the last one."""

    def json(self):
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """One answer; *body* may be bytes, text or anything JSON."""

    body: object = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong once.

    Attributes:
        kind: `status`, `hang`, `drip`, `reset`, `hang_up`, `truncated` or `malformed`.
        answer: What is sent, for `status` (and the headers of the others).
        seconds: How long to hang, or to wait before each byte of a drip.
        committed: The request is handled first, then the fault happens: "accepted, then the connection breaks".
    """

    kind: str
    answer: Answer = Answer(status=500)
    seconds: float = 30.0
    committed: bool = False


class StandIn:
    """The server, what it received and what it will do wrong."""

    def __init__(self, handle: Callable[[Incoming], Answer]) -> None:
        self.received: list[Incoming] = []
        self._handle = handle
        self._faults: deque[Fault] = deque()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_args) -> None:
                pass

            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                parts = urlsplit(self.path)
                queries = parse_qs(parts.query, keep_blank_values=True)
                query = {name: values[-1] for name, values in queries.items()}
                body = self.rfile.read(length)
                incoming = Incoming(self.command, parts.path, query, dict(self.headers), body, queries)
                stand_in._answer(self, incoming)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, request, client_address) -> None:
                pass  # a client that hangs up on us is part of the test

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def fail_next(self, *faults: Fault) -> None:
        """Let the next requests meet these faults, one each."""
        self._faults.extend(faults)

    def __enter__(self) -> "StandIn":
        self._thread.start()
        return self

    def __exit__(self, *_exc) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, handler: BaseHTTPRequestHandler, incoming: Incoming) -> None:
        with self._lock:
            self.received.append(incoming)
            fault = self._faults.popleft() if self._faults else None
            answer = self._handle(incoming) if fault is None or fault.committed else fault.answer
        if fault is not None:
            _misbehave(handler, fault, answer, self._stopping)
        else:
            _send(handler, answer, answer.encoded())


def _misbehave(handler, fault: Fault, answer: Answer, stopping: threading.Event) -> None:
    if fault.kind == "status":
        _send(handler, fault.answer, fault.answer.encoded())
    elif fault.kind == "hang":
        stopping.wait(fault.seconds)
        handler.close_connection = True
    elif fault.kind == "reset":
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.rfile.close()
        handler.connection.close()
        handler.close_connection = True
    elif fault.kind == "hang_up":
        handler.close_connection = True
    elif fault.kind == "truncated":
        body = answer.encoded() or b"{}"
        _send(handler, answer, body[: len(body) // 2], length=len(body))
        handler.close_connection = True
    elif fault.kind == "malformed":
        _send(handler, Answer(status=200), b'{"half": ')
    elif fault.kind == "drip":
        _send(handler, answer, b"", length=1_000_000)
        while not stopping.wait(fault.seconds):
            handler.wfile.write(b" ")
            handler.wfile.flush()
    else:
        raise ValueError(fault.kind)


def _send(handler, answer: Answer, body: bytes, *, length: int | None = None) -> None:
    handler.send_response(answer.status)
    names = {name.lower() for name in answer.headers}
    if "content-type" not in names:
        handler.send_header("Content-Type", "application/json")
    for name, value in answer.headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    handler.end_headers()
    handler.wfile.write(body)
    handler.wfile.flush()


@contextmanager
def stand_in(handle: Callable[[Incoming], Answer]) -> Iterator[StandIn]:
    """Run a stand-in for the length of a test."""
    with StandIn(handle) as running:
        yield running


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something another thread does."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("did not happen in time")
        time.sleep(0.01)

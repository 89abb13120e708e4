"""Slack's Web API and one incoming webhook on loopback: they keep messages, metadata and threads."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from tests.stand_ins.server import Answer, Fault, Incoming, StandIn
from tests.stand_ins.slack_limits import block_errors, is_too_long

TOKEN = "xoxb-very-secret-token"
CHANNEL = "C0123456789"
WEBHOOK_PATH = "/services/T00/B00/very-secret-path"
FIRST_TS = 1_795_420_800


@dataclass
class Posted:
    """A message in the channel or in a thread."""

    ts: str
    text: str
    blocks: list = field(default_factory=list)
    metadata: dict | None = None
    thread_ts: str | None = None
    edits: int = 0


class SlackError(Exception):
    """What the Web API answers with `ok: false`."""

    def __init__(self, code: str, **more: object) -> None:
        super().__init__(code)
        self.body = {"ok": False, "error": code, **more}


class SlackStandIn:
    """A workspace with one channel and one app; tests may change what the app may do.

    Attributes:
        refusals: Error codes that a method answers with, until they are removed.
        fails_after: Faults that meet the call after the one named here.
        page_size: Messages that a page of history holds at most.
    """

    def __init__(self) -> None:
        self.messages: list[Posted] = []
        self.refusals: dict[str, str] = {}
        self.fails_after: dict[str, Fault] = {}
        self.page_size = 200
        self.server = StandIn(self._handle)

    @property
    def url(self) -> str:
        return f"{self.server.url}/api/"

    @property
    def webhook_url(self) -> str:
        return f"{self.server.url}{WEBHOOK_PATH}"

    @property
    def in_channel(self) -> list[Posted]:
        return [message for message in self.messages if message.thread_ts is None]

    @property
    def in_threads(self) -> list[Posted]:
        return [message for message in self.messages if message.thread_ts is not None]

    def calls(self, method: str) -> list[dict]:
        return [_arguments(call) for call in self.server.received if call.path.endswith(f"/{method}")]

    def somebody_says(self, text: str) -> None:
        self._keep({"text": text})

    def _handle(self, incoming: Incoming) -> Answer:
        if not incoming.path.startswith("/api/"):
            return self._webhook(incoming)
        method = incoming.path.removeprefix("/api/")
        known = {
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
        }
        try:
            self._check(method, incoming, _arguments(incoming))
            if method in self.fails_after:
                self.server.fail_next(self.fails_after.pop(method))
            return Answer({"ok": True, **known[method](_arguments(incoming))})
        except SlackError as error:
            return Answer(error.body)

    def _check(self, method: str, incoming: Incoming, arguments: dict) -> None:
        if incoming.headers.get("Authorization") != f"Bearer {TOKEN}":
            raise SlackError("invalid_auth")
        if method in self.refusals:
            raise SlackError(self.refusals[method])
        if arguments.get("channel") != CHANNEL:
            raise SlackError("channel_not_found")

    def _webhook(self, incoming: Incoming) -> Answer:
        if incoming.path != WEBHOOK_PATH:
            return Answer("no_service", status=404)
        if "webhook" in self.refusals:
            return Answer(self.refusals["webhook"], status=400)
        try:
            self._keep(_checked(incoming.json()))
        except SlackError as error:
            return Answer(str(error), status=400)
        return Answer("ok", headers={"Content-Type": "text/html"})

    def _post(self, body: dict) -> dict:
        if body.get("thread_ts") and not self._find(body["thread_ts"]):
            raise SlackError("thread_not_found")
        return {"channel": CHANNEL, "ts": self._keep(_checked(body)).ts}

    def _update(self, body: dict) -> dict:
        message = self._find(body["ts"])
        if message is None:
            raise SlackError("message_not_found")
        if len(_checked(body)["text"]) > 4000:
            raise SlackError("msg_too_long")
        message.text, message.blocks = body["text"], body.get("blocks", [])  # text alone removes the blocks
        message.metadata = body.get("metadata", message.metadata)
        message.edits += 1
        return {"channel": CHANNEL, "ts": message.ts}

    def _history(self, asked: dict) -> dict:
        newest_first = self.in_channel[::-1]
        start = int(asked.get("cursor", "0"))
        found = [message for message in newest_first if float(message.ts) >= float(asked.get("oldest", 0))]
        end = start + min(int(asked.get("limit", "100")), self.page_size)
        following = str(end) if end < len(found) else ""
        return {
            "messages": [_shown(message, asked) for message in found[start:end]],
            "response_metadata": {"next_cursor": following},
        }

    def _replies(self, asked: dict) -> dict:
        if self._find(asked["ts"]) is None:
            raise SlackError("thread_not_found")
        found = [message for message in self.messages if asked["ts"] in {message.ts, message.thread_ts}]
        return {"messages": [_shown(message, asked) for message in found]}

    def _find(self, ts: str) -> Posted | None:
        return next((message for message in self.messages if message.ts == ts), None)

    def _keep(self, body: dict) -> Posted:
        ts = f"{FIRST_TS + len(self.server.received)}.{len(self.messages):06d}"
        kept = Posted(ts, body["text"][:40_000], body.get("blocks", []), body.get("metadata"), body.get("thread_ts"))
        self.messages.append(kept)
        return kept


def _checked(body: dict) -> dict:
    if not body.get("text") and not body.get("blocks"):
        raise SlackError("no_text")
    if errors := block_errors(body.get("blocks", [])):
        raise SlackError("invalid_blocks", response_metadata={"messages": errors})
    if is_too_long(body.get("blocks", [])):
        raise SlackError("msg_blocks_too_long")
    metadata = body.get("metadata", {"event_type": "none"})
    if not re.fullmatch(r"[a-z0-9_]+", metadata["event_type"]):
        raise SlackError("invalid_metadata_format")
    return body


def _shown(message: Posted, asked: dict) -> dict:
    shown = {"type": "message", "ts": message.ts, "text": message.text}
    wanted = asked.get("include_all_metadata") in {"true", "1", True}
    return {**shown, "metadata": message.metadata} if wanted and message.metadata else shown


def _arguments(incoming: Incoming) -> dict:
    if incoming.body.startswith(b"{"):
        return json.loads(incoming.body)
    return {name: values[-1] for name, values in parse_qs(incoming.body.decode()).items()}


@contextmanager
def slack() -> Iterator[SlackStandIn]:
    """Run Slack for the length of a test."""
    running = SlackStandIn()
    with running.server:
        yield running

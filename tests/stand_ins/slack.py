"""Slack's Web API and one incoming webhook on loopback: they keep messages, metadata and threads."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from tests.stand_ins.server import Answer, Fault, Incoming, StandIn
from tests.stand_ins.slack_limits import CHART, block_errors, is_too_long

TOKEN = "xoxb-very-secret-token"
APP_TOKEN = "xapp-very-secret-token"
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
    broadcast: bool = False
    edits: int = 0

    @property
    def kinds(self) -> list[str]:
        return [block["type"] for block in self.blocks]


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
        refuses_blocks: Whether it dislikes every layout.
        thread_refusal: What it says to whoever answers in a thread.
        knows_charts: Whether the workspace is new enough for charts.
        scopes: What the bot may do; None leaves the header out.
        about_channel: What `conversations.info` says.
        socket_url: Where a WebSocket waits.
        whispers: What one user alone was told.
    """

    def __init__(self) -> None:
        self.messages: list[Posted] = []
        self.whispers: list[dict] = []
        self.knows_charts = True
        self.refuses_blocks = False
        self.thread_refusal = ""
        self.scopes: str | None = "chat:write,channels:history,channels:read"
        self.about_channel: dict = {"id": CHANNEL, "name": "alerts", "is_member": True, "is_archived": False}
        self.socket_url = ""
        self.refusals: dict[str, str] = {}
        self.fails_after: dict[str, Fault] = {}
        self.page_size = 200
        self.now_s = FIRST_TS
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

    def answers(self, thread_ts: str, text: str) -> None:
        self._keep({"text": text, "thread_ts": thread_ts})

    def _handle(self, incoming: Incoming) -> Answer:
        if not incoming.path.startswith("/api/"):
            return self._webhook(incoming)
        method = incoming.path.removeprefix("/api/")
        known = {
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "conversations.info": lambda _: {"channel": self.about_channel},
            "auth.test": lambda _: {"team": "Acme", "user": "goodput"},
            "blocks.validate": self._validate,
            "chat.postEphemeral": self._whisper,
            "apps.connections.open": lambda _: {"url": self.socket_url},
        }
        headers = {} if self.scopes is None else {"x-oauth-scopes": self.scopes}
        try:
            self._check(method, incoming, _arguments(incoming))
            if method in self.fails_after:
                self.server.fail_next(self.fails_after.pop(method))
            return Answer({"ok": True, **known[method](_arguments(incoming))}, headers=headers)
        except SlackError as error:
            return Answer(error.body, headers=headers)

    def _check(self, method: str, incoming: Incoming, arguments: dict) -> None:
        token = APP_TOKEN if method.startswith("apps.") else TOKEN
        if incoming.headers.get("Authorization") != f"Bearer {token}":
            raise SlackError("invalid_auth")
        if method in self.refusals:
            raise SlackError(self.refusals[method])
        if method.startswith(("chat.", "conversations.")) and arguments.get("channel") != CHANNEL:
            raise SlackError("channel_not_found")

    def _webhook(self, incoming: Incoming) -> Answer:
        if incoming.path != WEBHOOK_PATH:
            return Answer("no_service", status=404)
        if "webhook" in self.refusals:
            return Answer(self.refusals["webhook"], status=400)
        try:
            self._keep(self._checked(incoming.json()))
        except SlackError as error:
            return Answer(str(error), status=400)
        return Answer("ok", headers={"Content-Type": "text/html"})

    def _post(self, body: dict) -> dict:
        if body.get("thread_ts") and self.thread_refusal:
            raise SlackError(self.thread_refusal)
        if body.get("thread_ts") and not self._find(body["thread_ts"]):
            raise SlackError("thread_not_found")
        return {"channel": CHANNEL, "ts": self._keep(self._checked(body)).ts}

    def _update(self, body: dict) -> dict:
        message = self._find(body["ts"])
        if message is None:
            raise SlackError("message_not_found")
        if len(self._checked(body)["text"]) > 4000:
            raise SlackError("msg_too_long")
        message.text, message.blocks = body["text"], body.get("blocks", [])  # text alone removes the blocks
        message.metadata = body.get("metadata", message.metadata)
        message.edits += 1
        return {"channel": CHANNEL, "ts": message.ts}

    def _history(self, asked: dict) -> dict:
        newest_first = self.in_channel[::-1]
        found = [message for message in newest_first if float(message.ts) >= float(asked.get("oldest", 0))]
        return self._page(found, asked)

    def _page(self, found: list[Posted], asked: dict) -> dict:
        start = int(asked.get("cursor", "0"))
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
        return self._page(found, asked)

    def _validate(self, asked: dict) -> dict:
        if errors := self._errors(json.loads(asked["blocks"])):
            raise SlackError("invalid_blocks", errors=errors)
        return {}

    def _whisper(self, asked: dict) -> dict:
        self.whispers.append(asked)
        return {"message_ts": "1.1"}

    def _find(self, ts: str) -> Posted | None:
        return next((message for message in self.messages if message.ts == ts), None)

    def _keep(self, body: dict) -> Posted:
        ts = f"{self.now_s + len(self.server.received)}.{len(self.messages):06d}"
        kept = Posted(ts, body["text"][:40_000], body.get("blocks", []), body.get("metadata"), body.get("thread_ts"))
        kept.broadcast = bool(body.get("reply_broadcast"))
        self.messages.append(kept)
        return kept

    def _checked(self, body: dict) -> dict:
        if not body.get("text") and not body.get("blocks"):
            raise SlackError("no_text")
        if errors := self._errors(body.get("blocks", [])):
            raise SlackError("invalid_blocks", response_metadata={"messages": errors})
        if is_too_long(body.get("blocks", [])):
            raise SlackError("msg_blocks_too_long")
        metadata = body.get("metadata", {"event_type": "none"})
        if not re.fullmatch(r"[a-z0-9_]+", metadata["event_type"]):
            raise SlackError("invalid_metadata_format")
        return body

    def _errors(self, blocks: list) -> list[str]:
        unknown = [number for number, one in enumerate(blocks) if one["type"] == CHART and not self.knows_charts]
        unknown += range(len(blocks)) if self.refuses_blocks else []
        return block_errors(blocks) + [f"unsupported type [json-pointer:/blocks/{one}]" for one in unknown]


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

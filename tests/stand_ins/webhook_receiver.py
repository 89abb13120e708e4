"""A program on loopback that takes webhooks as Standard Webhooks 1.0.0 says, written from its text alone."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager

from tests.stand_ins.server import Answer, Incoming, StandIn
from tests.stand_ins.slack import FIRST_TS

PATH = "/goodput/very-secret-webhook-path"
KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()
_TOLERANCE_S = 5 * 60
_MOST_BYTES = 20_000


class WebhookReceiver:
    """One receiver with one secret; tests set its clock.

    Attributes:
        taken: Bodies by `webhook-id`, as the first attempt that was believed brought them.
    """

    def __init__(self) -> None:
        self.taken: dict[str, dict] = {}
        self.key = KEY
        self.now_s = FIRST_TS
        self.server = StandIn(self._handle)

    @property
    def url(self) -> str:
        return f"{self.server.url}{PATH}"

    def _handle(self, incoming: Incoming) -> Answer:
        headers = {name.lower(): value for name, value in incoming.headers.items()}
        if incoming.path != PATH:
            return Answer("nobody here", status=404)
        if (error := refusal(headers, incoming.body, self.key, self.now_s)) is not None:
            return Answer(error, status=401)
        if headers["content-type"] != "application/json" or len(incoming.body) >= _MOST_BYTES:
            return Answer("too much", status=413)
        self.taken.setdefault(headers["webhook-id"], incoming.json())
        return Answer({"taken": True})


def refusal(headers: dict[str, str], body: bytes, key: bytes, now_s: int) -> str | None:
    """Return why a receiver does not believe a request; None if it does."""
    identifier, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not identifier or "." in identifier or not timestamp.isdigit():
        return "no metadata"
    if abs(int(timestamp) - now_s) > _TOLERANCE_S:
        return "a replay"
    content = identifier.encode() + b"." + timestamp.encode() + b"." + body
    expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    for one in headers.get("webhook-signature", "").split(" "):
        version, _, signature = one.partition(",")
        if version == "v1" and hmac.compare_digest(signature, expected):
            return None
    return "no signature matches"


@contextmanager
def webhook_receiver() -> Iterator[WebhookReceiver]:
    """Run a receiver for the length of a test."""
    running = WebhookReceiver()
    with running.server:
        yield running

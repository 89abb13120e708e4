"""The other end of Socket Mode on loopback: a WebSocket that speaks when a test does."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from tests.stand_ins.server import wait_until
from tests.stand_ins.slack import CHANNEL


class SocketStandIn:
    """What connected, and which envelopes it said that it got."""

    def __init__(self) -> None:
        self.connections: list[ServerConnection] = []
        self.acknowledged: list[str] = []
        self._server = serve(self._handle, "127.0.0.1", 0)
        self.url = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/link/?ticket=very-secret-ticket"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def send(self, envelope: dict) -> None:
        self.connections[-1].send(json.dumps(envelope))

    def press(self, payload: object, envelope_id: str = "e1") -> None:
        """Deliver what somebody pressed, and wait until it was confirmed."""
        before = self.acknowledged.count(envelope_id)
        self.send({"type": "interactive", "envelope_id": envelope_id, "payload": payload})
        wait_until(lambda: self.acknowledged.count(envelope_id) > before)

    def _handle(self, connection: ServerConnection) -> None:
        self.connections.append(connection)
        with suppress(ConnectionClosed):
            connection.send(json.dumps({"type": "hello", "num_connections": 1}))
            for message in connection:
                self.acknowledged.append(json.loads(message)["envelope_id"])

    def __enter__(self) -> "SocketStandIn":
        self._thread.start()
        return self

    def __exit__(self, *_exc) -> None:
        self._server.shutdown()
        self._thread.join()


def pressed(key: str, *, channel: str = CHANNEL, user: str = "U0ADA", name: str = "ada", action="goodput_acknowledge"):
    """What Slack sends when somebody presses a button."""
    return {
        "type": "block_actions",
        "team": {"id": "T0123456789", "domain": "acme"},
        "user": {"id": user, "username": name, "name": name, "team_id": "T0123456789"},
        "channel": {"id": channel, "name": "alerts"},
        "container": {"type": "message", "message_ts": "1795420800.000001", "channel_id": channel},
        "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": key, "action_ts": "1"}],
    }


@contextmanager
def slack_socket() -> Iterator[SocketStandIn]:
    """Run the socket for the length of a test."""
    with SocketStandIn() as running:
        yield running

"""Hearing what people press in Slack: Socket Mode, a WebSocket that we open, so that nobody needs to reach us.

The client's own log stays silent, because it would carry what strangers wrote; what matters is said through *say*.
"""

import logging
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self

from pydantic import SecretStr

from alerts.channels.slack_button import Press
from alerts.channels.slack_calls import SLACK, SlackCalls
from domain.errors import GoodputError, TransientError

if TYPE_CHECKING:
    from slack_sdk.socket_mode import SocketModeClient
    from slack_sdk.socket_mode.client import BaseSocketModeClient
    from slack_sdk.socket_mode.request import SocketModeRequest

_SILENT = logging.getLogger(f"{__name__}.client")
_SILENT.setLevel(logging.CRITICAL + 1)

_OPEN = "apps.connections.open"
_BYTES_A_READ = 65_536  # the client calls itself for every read of a message, and its own 1024 bytes end at 1 MB
_LONGEST_ENVELOPE = 200


class SlackSocket:
    """The connection of one Slack app. The client connects anew when Slack asks for it or the line breaks.

    A line that breaks without a word is noticed by the client only after five pings.
    """

    def __init__(
        self,
        app_token: SecretStr,
        variable: str,
        hear: Callable[[Press], None],
        say: Callable[[str], None],
        *,
        base_url: str = SLACK,
        ping_s: float = 5.0,
        patience_s: float = 30.0,
    ) -> None:
        """Prepare to connect.

        Args:
            variable: The environment variable that *app_token* is from.
            hear: Is told of every press, in one of several threads.
            say: Is told in a line what becomes of the connection.
            patience_s: How long the connection may be lost before Slack is asked why.
        """
        self._app_token = app_token
        self._variable = variable
        self._hear = hear
        self._say = say
        self._base_url = f"{base_url.rstrip('/')}/"
        self._ping_s = ping_s
        self._patience_s = patience_s
        self._client: SocketModeClient | None = None
        self._lost_at: float | None = None
        self._asked_at = 0.0

    def __enter__(self) -> Self:
        """Connect.

        Raises:
            TransientError: Slack cannot be reached now.
            PermanentError: Slack refuses the app-level token.
        """
        from slack_sdk import WebClient  # noqa: PLC0415 - only `goodput listen` pays for it
        from slack_sdk.socket_mode import SocketModeClient  # noqa: PLC0415

        address = self._address()
        token = self._app_token.get_secret_value()
        self._client = client = SocketModeClient(
            token,
            logger=_SILENT,
            web_client=WebClient(base_url=self._base_url, logger=_SILENT),
            ping_interval=self._ping_s,
            receive_buffer_size=_BYTES_A_READ,
        )
        client.socket_mode_request_listeners.append(self._receive)
        client.wss_uri = address
        client.connect()
        if not client.is_connected():
            self.__exit__()
            raise TransientError("Slack's socket does not open")
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None = None,
        _error: BaseException | None = None,
        _where: TracebackType | None = None,
    ) -> None:
        """Disconnect, without waiting for the read that goes on, nor for another message."""
        if self._client is None:
            return
        self._client.auto_reconnect_enabled = False
        session = self._client.current_session
        if session is not None and session.sock is not None:
            with suppress(OSError):
                session.sock.shutdown(socket.SHUT_RDWR)
        self._client.closed = True
        self._client.enqueue_message("")
        self._client.close()
        self._client = None

    @property
    def is_connected(self) -> bool:
        """Whether presses are heard now."""
        return self._client is not None and self._client.is_connected()

    def look_after(self) -> None:
        """Say what has become of the connection; asked every second or so.

        Raises:
            PermanentError: It has been lost for a while, and Slack refuses the app-level token by now.
        """
        now = time.monotonic()
        if self.is_connected:
            if self._lost_at is not None:
                self._say("Slack's socket is open again")
            self._lost_at = None
        elif self._lost_at is None:
            self._lost_at = self._asked_at = now
            self._say("Slack's socket is lost; connecting again")
        elif now - self._asked_at > self._patience_s:
            self._asked_at = now
            self._explain()

    def _explain(self) -> None:
        """Ask Slack why the client does not get through."""
        try:
            self._address()
        except TransientError as error:
            self._say(str(error))

    def _address(self) -> str:
        url = SlackCalls(self._app_token, self._variable, self._base_url).write(_OPEN, {}).get("url")
        if not isinstance(url, str) or not url.startswith(("wss://", "ws://")):
            raise TransientError(f"Slack answered {_OPEN} with something that cannot be read")
        return url

    def _receive(self, client: "BaseSocketModeClient", request: "SocketModeRequest") -> None:
        """Tell Slack at once that the envelope came, whatever is in it; then look what is."""
        from slack_sdk.errors import SlackClientError  # noqa: PLC0415

        envelope = request.envelope_id
        if isinstance(envelope, str) and len(envelope) <= _LONGEST_ENVELOPE:
            with suppress(SlackClientError, OSError):  # the line broke: what was pressed counts all the same
                client.send_socket_mode_response({"envelope_id": envelope})
        press = Press.read(request.payload) if request.type == "interactive" else None
        if press is None:
            return
        try:
            self._hear(press)
        except GoodputError as error:
            self._say(f"What {press.by} pressed came to nothing: {error}")
        except Exception as error:  # noqa: BLE001 - a bug with one press must not keep others from being heard
            self._say(f"What {press.by} pressed came to nothing: unexpected {type(error).__name__}")


def whisper(token: SecretStr, variable: str, press: Press, words: str, *, base_url: str = SLACK) -> None:
    """Answer the one who pressed, where nobody else sees it.

    Args:
        words: Escaped already.

    Raises:
        TransientError: Slack is busy or away.
        PermanentError: Slack refuses the token, or the user has left the channel.
    """
    body: dict[str, object] = {"channel": press.channel, "user": press.user, "text": words, "parse": "none"}
    SlackCalls(token, variable, base_url).write("chat.postEphemeral", body)

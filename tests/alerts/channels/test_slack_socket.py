"""The WebSocket over which Slack tells of presses: it is opened, lost and opened again."""

from collections.abc import Callable

import pytest
from pydantic import SecretStr

from alerts.channels.slack_socket import SlackSocket
from domain.errors import PermanentError, TransientError
from tests.alerts.channels.slack_ear import KEY, YOURS, listening
from tests.stand_ins.server import Answer, Fault, wait_until
from tests.stand_ins.slack import APP_TOKEN
from tests.stand_ins.slack_socket import pressed


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
def test_when_slack_asks_for_it_the_client_connects_anew(ear, reason) -> None:
    first = ear.slack.connections[0]
    ear.slack.send({"type": "disconnect", "reason": reason})
    wait_until(lambda: len(ear.slack.connections) == 2 and ear.socket.is_connected)
    first.close()

    ear.press(pressed(KEY))

    assert [("U0ADA", YOURS)] == ear.whispers(1)
    assert 3 == len(ear.workspace.calls("apps.connections.open")) + len(ear.slack.connections) - 1


def test_a_line_that_is_closed_is_opened_again(tmp_path, workspace, slack_line) -> None:
    with listening(tmp_path, workspace, slack_line, ping_s=0.5) as ear:
        ear.slack.connections[0].close()
        wait_until(lambda: len(ear.slack.connections) == 2 and ear.socket.is_connected)

        ear.press(pressed(KEY))

        assert [("U0ADA", YOURS)] == ear.whispers(1)


@pytest.mark.parametrize(
    ("breaks", "error", "words"),
    [
        pytest.param(
            lambda one: one.refusals.update({"apps.connections.open": "invalid_auth"}),
            PermanentError, "check GOODPUT_SLACK_APP_TOKEN", id="wrong token",
        ),
        pytest.param(
            lambda one: one.refusals.update({"apps.connections.open": "not_allowed_token_type"}),
            PermanentError, "GOODPUT_SLACK_APP_TOKEN is a token of another kind", id="bot token",
        ),
        pytest.param(lambda one: setattr(one, "socket_url", "https://x"), TransientError, "cannot be read", id="no url"),
        pytest.param(
            lambda one: setattr(one, "socket_url", one.server.url.replace("http", "ws")),
            TransientError, "does not open", id="no socket there",
        ),
        pytest.param(lambda one: one.server.fail_next(Fault("status", Answer(status=503))), TransientError, "503", id="away"),
    ],
)  # fmt: skip
def test_what_keeps_it_from_hearing_is_said(workspace, breaks: Callable, error, words) -> None:
    breaks(workspace)
    socket = SlackSocket(SecretStr(APP_TOKEN), "GOODPUT_SLACK_APP_TOKEN", print, print, base_url=workspace.url)

    with pytest.raises(error, match=words) as caught, socket:
        pass

    assert "very-secret" not in repr(caught.value)


def test_a_lost_connection_is_said_once_and_so_is_its_return(tmp_path, workspace, slack_line) -> None:
    with listening(tmp_path, workspace, slack_line, ping_s=0.5) as ear:
        ear.socket.look_after()
        ear.slack.connections[0].close()
        wait_until(lambda: not ear.socket.is_connected)
        ear.socket.look_after()
        ear.socket.look_after()
        wait_until(lambda: ear.socket.is_connected)
        ear.socket.look_after()

        assert ["Slack's socket is lost; connecting again", "Slack's socket is open again"] == ear.said


@pytest.mark.parametrize("is_final", [False, True])
def test_a_connection_that_stays_lost_is_explained(tmp_path, workspace, slack_line, is_final) -> None:
    with listening(tmp_path, workspace, slack_line, ping_s=60, patience_s=0) as ear:
        workspace.refusals["apps.connections.open"] = "account_inactive" if is_final else "internal_error"
        ear.slack.connections[0].close()
        wait_until(lambda: not ear.socket.is_connected)
        ear.socket.look_after()

        if is_final:
            with pytest.raises(PermanentError, match="the app was removed"):
                ear.socket.look_after()
        else:
            ear.socket.look_after()
            assert "Slack is busy (apps.connections.open: internal_error)" == ear.said[-1]

"""`goodput listen`: hear the Acknowledge buttons of every configured Slack app, until told to stop."""

import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from threading import Event

from adapters.settings import Settings, read_settings
from adapters.store import Store
from alerts.channels import ChannelSecrets
from alerts.channels.slack import slack_address
from alerts.channels.slack_socket import SlackSocket
from domain.errors import ConfigError
from flows.configuration import Configured, application_names, read_application
from flows.services import clock
from flows.slack_listener import App, SlackListener, slack_apps

_LOOK_S = 1.0


def listen() -> int:
    """Listen until interrupted or asked to end.

    Raises:
        ConfigError: Nothing is configured that could be heard, or a secret is missing.
        PermanentError: Slack refuses an app-level token.
        TransientError: Slack cannot be reached to begin with.
    """
    settings = read_settings()
    secrets = ChannelSecrets(settings.variable)
    apps = slack_apps(_applications(settings), secrets)
    if not apps:
        raise ConfigError(
            f"{settings.deployments_folder}: no Slack channel has an app_token, so there are no buttons to hear; say\n"
            "  channels: {slack: {kind: slack, channel: C0123456789, app_token: GOODPUT_SLACK_APP_TOKEN}}\n"
            "in app.yaml, and set GOODPUT_SLACK_APP_TOKEN to the app-level token (xapp-...) of the Slack app"
        )
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    store = Store.open(settings.database)
    try:
        _hear(store, apps, secrets, stop)
    finally:
        store.close()
    return 0


def _hear(store: Store, apps: Sequence[App], secrets: ChannelSecrets, stop: Event) -> None:
    with ExitStack() as opened:
        sockets = [
            opened.enter_context(
                SlackSocket(
                    app.token,
                    app.variable,
                    SlackListener(store, app.rooms, secrets, clock).hear,
                    _say,
                    base_url=slack_address(secrets),
                )
            )
            for app in apps
        ]
        names = sorted({room.application.name for app in apps for room in app.rooms})
        _say(f"Goodput hears the Acknowledge buttons of {', '.join(names)}")
        while not stop.wait(_LOOK_S):
            for one in sockets:
                one.look_after()


def _applications(settings: Settings) -> list[Configured]:
    """Return the applications that can be read; the mistakes of the others are said at once, and silence nobody."""
    read = []
    for name in application_names(settings.deployments_folder):
        try:
            read.append(read_application(settings.deployments_folder, name))
        except ConfigError as error:
            print(error, file=sys.stderr, flush=True)
    return read


def _say(words: str) -> None:
    print(words, flush=True)

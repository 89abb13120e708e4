"""A listener with a real store, a real WebSocket and a workspace that answers, for tests to press buttons."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from pydantic import SecretStr

from adapters.store import Store
from alerts.channels import ChannelSecrets
from alerts.channels.slack_socket import SlackSocket
from domain.application import Application
from domain.incident import Incident, Member
from domain.message import Severity
from flows.slack_listener import Room, SlackListener
from tests.adapters.store.examples import NOON, SHOP, decision, instance, notice
from tests.stand_ins.server import wait_until
from tests.stand_ins.slack import APP_TOKEN, CHANNEL, TOKEN, SlackStandIn
from tests.stand_ins.slack_socket import SocketStandIn

KEY = "goodput:production:shop:page:1"
YOURS = "You have it: errors. The channel is told within a minute or so."
OVER = "It is over already: there is nothing to take any more."
NOT_KNOWN = "The Goodput that hears this button does not know the incident"


@dataclass
class Ear:
    """A listener with its store, and what it said."""

    store: Store
    workspace: SlackStandIn
    slack: SocketStandIn
    socket: SlackSocket
    said: list[str] = field(default_factory=list)

    @property
    def taken_by(self) -> str | None:
        return self.store.alerts.incidents(SHOP)[0].acknowledged_by

    def press(self, payload: object, envelope_id: str = "e1") -> None:
        self.slack.press(payload, envelope_id)

    def whispers(self, number: int) -> list[tuple[str, str]]:
        """To whom what was said, once so many were."""
        wait_until(lambda: len(self.workspace.whispers) >= number)
        return [(one["user"], one["text"]) for one in self.workspace.whispers]

    def told(self) -> list[str]:
        return [one.sentence for one in self.store.outbox.of(SHOP).written()]


def open_store(url: str) -> Store:
    """A store with one page that nobody has taken."""
    store = Store.open(url)
    incident = Incident(
        application=SHOP, group="g", severity=Severity.PAGE, number=1, key=KEY, members=(Member("errors", (), 1),),
        channels=("slack",), messages=1, opened_at=NOON,
    )  # fmt: skip
    made = decision(notices=[notice(KEY)], instances=(instance(),))
    store.alerts.keep(replace(made, incidents=(incident,)))
    return store


@contextmanager
def listening(tmp_path, workspace: SlackStandIn, slack: SocketStandIn, **more) -> Iterator[Ear]:
    workspace.socket_url = slack.url
    store = open_store(f"sqlite:///{tmp_path}/goodput.db")
    secrets = ChannelSecrets({"GOODPUT_SLACK_URL": workspace.url}.get)
    room = Room(Application(name=SHOP, environment="production"), CHANNEL, SecretStr(TOKEN), "GOODPUT_SLACK_TOKEN")
    listener = SlackListener(store, [room], secrets, lambda: NOON)
    said: list[str] = []
    socket = SlackSocket(
        SecretStr(APP_TOKEN), "GOODPUT_SLACK_APP_TOKEN", listener.hear, said.append, base_url=workspace.url, **more
    )
    try:
        with socket:
            wait_until(lambda: bool(slack.connections))
            yield Ear(store, workspace, slack, socket, said)
    finally:
        store.close()

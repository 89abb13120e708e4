"""Somebody presses Acknowledge in Slack: the incident is theirs, and they are told so."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr

from adapters.store import Store
from alerts.channels import ChannelSecrets
from alerts.channels.slack import SlackConfig, slack_address
from alerts.channels.slack_button import Press
from alerts.channels.slack_markup import escaped
from alerts.channels.slack_socket import whisper
from alerts.words import about
from domain.application import Application
from domain.errors import TransientError
from domain.incident import Incident, Taking
from flows.configuration import Configured
from flows.taking import take

_LONGEST_ANSWER = 1000
_OVER = "It is over already: there is nothing to take any more."
_NOT_KNOWN = (
    "The Goodput that hears this button does not know the incident, so nobody has taken it: use `goodput alerts ack` "
    "where it was told, and start `goodput listen` there anew."
)
_NOT_NOTED = "That could not be noted just now. Please press again in a minute."


@dataclass(frozen=True, slots=True)
class Room:
    """A Slack channel in which an application tells of its incidents.

    Attributes:
        variable: The environment variable that the bot's token is from.
    """

    application: Application
    channel: str
    token: SecretStr
    variable: str


@dataclass(frozen=True, slots=True)
class App:
    """One Slack app: whoever has its app-level token hears all of its buttons.

    Attributes:
        variable: The environment variable that the token is from; the first, if several name the same token.
    """

    token: SecretStr
    variable: str
    rooms: Sequence[Room]


def slack_apps(applications: Iterable[Configured], secrets: ChannelSecrets) -> list[App]:
    """Return the Slack apps to listen to: one for each token, however many channels name it.

    Raises:
        ConfigError: A secret is missing.
    """
    found: dict[str, tuple[str, list[Room]]] = {}
    for configured in applications:
        for config in configured.file.channels.values():
            if not isinstance(config, SlackConfig) or config.app_token is None:
                continue
            app_token = secrets.required(config.app_token, config.kind).get_secret_value()
            token = secrets.required(config.token, config.kind)
            _, rooms = found.setdefault(app_token, (config.app_token, []))
            rooms.append(Room(configured.application, config.channel, token, config.token))
    return [App(SecretStr(token), variable, rooms) for token, (variable, rooms) in found.items()]


class SlackListener:
    """Takes the incidents of the applications that tell of them in the channels of one Slack app."""

    def __init__(
        self, store: Store, rooms: Sequence[Room], secrets: ChannelSecrets, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._rooms = rooms
        self._base_url = slack_address(secrets)
        self._now = now

    def hear(self, press: Press) -> None:
        """Take the incident for whoever pressed, and answer them; nothing for channels that are not ours.

        Raises:
            TransientError: The database or Slack does not answer.
            PermanentError: Slack refuses the answer.
        """
        rooms = [room for room in self._rooms if room.channel == press.channel]
        if not rooms:
            return
        try:
            words = self._take(press, {room.application.name: room.application for room in rooms})
        except TransientError:
            self._answer(rooms[0], press, _NOT_NOTED)
            raise
        self._answer(rooms[0], press, words)

    def _take(self, press: Press, applications: Mapping[str, Application]) -> str:
        for name, application in applications.items():
            for incident in self._store.alerts.incidents(name):
                if incident.key == press.key:
                    taking = take(self._store, application, incident, by=press.by, at=self._now())
                    return _said(taking, self._as_it_is(name, incident), press)
        if any(self._store.outbox.of(name).known([press.key]) for name in applications):
            return _OVER
        return _NOT_KNOWN

    def _as_it_is(self, name: str, incident: Incident) -> Incident:
        """Return the incident with who has it by now: somebody may have been faster."""
        return next((one for one in self._store.alerts.incidents(name) if one.key == incident.key), incident)

    def _answer(self, room: Room, press: Press, words: str) -> None:
        whisper(room.token, room.variable, press, escaped(words, _LONGEST_ANSWER), base_url=self._base_url)


def _said(taking: Taking, incident: Incident, press: Press) -> str:
    what = ", ".join(f"{one.rule}{about(one.labels)}" for one in incident.members)
    if taking is Taking.OVER:
        return _OVER
    if taking is Taking.BEFORE and incident.acknowledged_by != press.by:
        return f"{incident.acknowledged_by} has it already: {what}."
    return f"You have it: {what}. The channel is told within a minute or so."

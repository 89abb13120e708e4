"""The messages of one application on their way: its channels, its dispatcher, and what people must know of both."""

import asyncio
import os
import socket
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from prefect import get_run_logger

from adapters.settings import Settings
from adapters.store import Store
from alerts.channels import Channel, ChannelSecrets, Sustained, build_channel
from alerts.channels.missing import Missing
from alerts.dispatcher import Dispatcher
from domain.delivery import GoingOn
from domain.errors import ConfigError, GoodputError
from flows.configuration import Configured
from tasks.alerting import deliver_messages

UNHEARD = timedelta(minutes=5)
"""A page that no channel has taken for so long fails the run."""


class Post:
    """Delivers for one application. A plain class: Prefect walks through dataclasses that it is handed."""

    def __init__(self, configured: Configured, settings: Settings, store: Store) -> None:
        self.configured = configured
        self.name = configured.application.name
        self.channels: dict[str, Channel] = {}
        self._missing: list[str] = []
        self._outbox = store.outbox.of(self.name)
        secrets = ChannelSecrets(settings.variable)
        for name, config in configured.file.channels.items():
            try:
                self.channels[name] = build_channel(config, secrets)
            except ConfigError as error:
                self.channels[name] = Missing(str(error))
                self._missing.append(f"channel {name}: {error}")
        self.dispatcher = Dispatcher(
            self._outbox,
            self.channels,
            owner=f"{socket.gethostname()}:{os.getpid()}",
            fallbacks=configured.file.fallbacks,
        )

    async def deliver(self, now: Callable[[], datetime]) -> None:
        """Tell what waits, and log what came of it."""
        log = get_run_logger()
        if again := self._outbox.revive(now()):
            log.info("%s: %d pages that were refused are tried again", self.name, again)
        log.info("%s: %s", self.name, await deliver_messages(self.dispatcher, now))
        await self._sustain(now())
        for complaint in self._complaints(now()):
            log.error("%s: %s", self.name, complaint)

    async def _sustain(self, now: datetime) -> None:
        """Tell the channels that forget what goes on; what fails is said again in a minute."""
        for name, channel in self.channels.items():
            if isinstance(channel, Sustained) and (incidents := self._outbox.going_on(name)):
                try:
                    await asyncio.to_thread(channel.sustain, incidents, now)
                    self._end_again(name, incidents)
                except GoodputError as error:
                    get_run_logger().warning(
                        "%s: %s was not told that %d go on: %s", self.name, name, len(incidents), error
                    )

    def _end_again(self, channel: str, said: Sequence[GoingOn]) -> None:
        """Let the end be told once more of what another worker has ended while we said that it goes on."""
        still = {one.message.key for one in self._outbox.going_on(channel)}
        if gone := [one.message.key for one in said if one.message.key not in still]:
            self._outbox.end_again(channel, gone)

    def complain(self, now: datetime) -> None:
        """Fail the run visibly where people may not have been told; everything else has been done by then.

        Raises:
            GoodputError: A page goes on that nobody has taken for UNHEARD, or a channel cannot be opened.
        """
        if complaints := self._complaints(now):
            raise GoodputError("; ".join(complaints))

    def _complaints(self, now: datetime) -> list[str]:
        unheard = [f"nobody has taken this page: {one}" for one in self._outbox.unheard(now - UNHEARD)]
        return [*unheard, *self._missing]

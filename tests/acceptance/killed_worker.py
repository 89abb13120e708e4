"""A worker that delivers what waits in an outbox and is killed at a step: run as a process of its own.

    python -m tests.acceptance.killed_worker DATABASE CHANNEL STEP MINUTES_LATER

It prints the step when it has got there and waits there to be killed.
"""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from adapters.store import Store
from alerts.channels import ChannelSecrets, build_channel
from alerts.channels.channel import Channel
from alerts.channels.pagerduty import PagerDutyConfig
from alerts.channels.slack import SlackConfig
from alerts.dispatcher import Dispatcher
from domain.delivery import Delivery
from tests.stand_ins.slack import CHANNEL, FIRST_TS

STEPS = ("claimed", "sending", "sent", "recorded")


def wait_here(step: str, asked: str) -> None:
    if step == asked:
        print(step, flush=True)  # noqa: T201 - the test reads it
        threading.Event().wait(60)
        os._exit(3)


class Slow:
    """An outbox and a channel that stop at a step, as if the machine were busy just then."""

    def __init__(self, real, asked: str) -> None:
        self.real, self.asked = real, asked

    def claim(self, *said):
        taken = self.real.claim(*said)
        if taken:
            wait_here("claimed", self.asked)
        return taken

    def settle(self, attempts, owner):
        wait_here("sent", self.asked)
        self.real.settle(attempts, owner)
        wait_here("recorded", self.asked)

    def divert(self, *said):
        return self.real.divert(*said)

    def send(self, delivery: Delivery) -> str | None:
        wait_here("sending", self.asked)
        return self.real.send(delivery)


def work(database: str, kind: str, asked: str, minutes_later: int, look_up: Callable[[str], str | None]) -> None:
    """Deliver what waits, as the flow deliver-messages does; stop at the step that is asked for."""
    config = PagerDutyConfig(kind="pagerduty") if kind == "pagerduty" else SlackConfig(kind="slack", channel=CHANNEL)
    channel: Channel = build_channel(config, ChannelSecrets(look_up))
    store = Store.open(database)
    now = datetime.fromtimestamp(FIRST_TS, UTC) + timedelta(minutes=minutes_later)
    dispatcher = Dispatcher(Slow(store.outbox.of("shop"), asked), {"to": Slow(channel, asked)}, "worker")
    asyncio.run(dispatcher.drain(lambda: now))
    store.close()


if __name__ == "__main__":
    work(*sys.argv[1:4], int(sys.argv[4]), os.environ.get)

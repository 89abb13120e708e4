"""What an alert engine meets: workers that die at any point, a receiver that is busy or loses its answers."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from adapters.store import Store
from adapters.store.alerts import Alerts
from adapters.store.database import Database
from alerts.dispatcher import Dispatcher
from domain.delivery import Attempt, Delivery
from domain.errors import TransientError
from domain.message import MessageKind


class Killed(BaseException):
    """The worker is gone, as with SIGKILL: nothing of it runs any more."""


@dataclass
class Mortal:
    """A database whose worker dies before or after the first transaction that it writes is committed."""

    real: Database
    dies: str

    def reading(self) -> Any:
        return self.real.reading()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self.real.writing() as connection:
            yield connection
            if self.dies == "before commit":
                raise Killed
        if self.dies == "after commit":
            raise Killed


def mortal(store: Store, dies: str) -> Alerts:
    return Alerts(Mortal(store.database, dies))  # type: ignore[arg-type]


@dataclass
class Receiver:
    """Somebody who is told; it knows a message by its id, as PagerDuty by its key and Slack by its metadata."""

    busy: list[str] = field(default_factory=list)
    heard: dict[str, Delivery] = field(default_factory=dict)

    def send(self, delivery: Delivery) -> str:
        what = self.busy.pop(0) if self.busy else "takes"
        if what == "refuses":
            raise TransientError("busy", retry_after_s=30)
        self.heard.setdefault(delivery.id, delivery)
        if what == "loses its answer":
            raise TransientError("no answer")
        return delivery.id

    @property
    def kinds(self) -> dict[tuple[str, str], list[MessageKind]]:
        """What it heard by channel and key, in order."""
        found = defaultdict(list)
        for one in self.heard.values():
            found[one.channel, one.message.key].append(one.message.kind)
        return found

    @property
    def open(self) -> set[str]:
        """The incidents that it believes go on."""
        return {key for (_, key), kinds in self.kinds.items() if MessageKind.RESOLVED not in kinds}


@dataclass
class MortalOutbox:
    """An outbox whose worker dies after claiming, or after sending and before or after marking."""

    real: Any
    dies: str

    def claim(self, owner: str, now: datetime, limit: int = 50, but_not: Collection[str] = ()) -> Any:
        taken = self.real.claim(owner, now, limit, but_not)
        if self.dies == "before send" and taken:
            raise Killed
        return taken

    def settle(self, attempts: Sequence[Attempt], owner: str) -> None:
        if self.dies == "after send":
            raise Killed
        self.real.settle(attempts, owner)
        if self.dies == "after mark":
            raise Killed

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


def drain(store: Store, application: str, receiver: Receiver, now: datetime, dies: str = "") -> None:
    outbox = MortalOutbox(store.outbox.of(application), dies)
    dispatcher = Dispatcher(outbox, {"pager": receiver, "slack": receiver}, "worker", deadline_s=20)
    with suppress(Killed):
        asyncio.run(dispatcher.drain(lambda: now))

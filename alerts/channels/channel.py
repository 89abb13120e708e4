"""What every channel can do, and what some can."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict

from domain.delivery import Delivery, GoingOn
from domain.message import MessageKind


class WrittenChannel(BaseModel):
    """What an operator's words about any channel share.

    Attributes:
        refuses: Messages that such a channel never takes: no route may lead them there.
        keeps_changes: Whether it keeps what came new beside incidents, without calling anybody.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    refuses: ClassVar[frozenset[MessageKind]] = frozenset()
    keeps_changes: ClassVar[bool] = False


class Channel(Protocol):
    """Somewhere a message can go."""

    def send(self, delivery: Delivery) -> str | None:
        """Deliver once, without retrying, and return where it is now in the channel's own words, if it says.

        Raises:
            TransientError: It may work later; with `retry_after_s` if the channel asked for a pause.
            PermanentError: It will never work like this.
        """
        ...

    def check(self) -> str:
        """Ask the service whether messages would arrive, without telling anybody, and return what it says of itself.

        Raises:
            TransientError: It cannot be asked now.
            PermanentError: It would refuse; the message says what to mend.
        """
        ...


@runtime_checkable
class Sustained(Protocol):
    """A channel that forgets what is not said again."""

    def sustain(self, incidents: Sequence[GoingOn], now: datetime) -> None:
        """Say once, without retrying, that all of these go on; nothing is asked where there are none.

        Raises:
            TransientError: It may work later.
            PermanentError: It will never work like this.
        """
        ...

"""What every channel can do."""

from typing import Protocol

from domain.delivery import Delivery


class Channel(Protocol):
    """Somewhere a message can go."""

    def send(self, delivery: Delivery) -> str | None:
        """Deliver once, without retrying, and return where it is now in the channel's own words, if it says.

        Raises:
            TransientError: It may work later; with `retry_after_s` if the channel asked for a pause.
            PermanentError: It will never work like this.
        """
        ...

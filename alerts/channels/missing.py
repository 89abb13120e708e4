"""A channel that cannot be opened, such as one without its secret: what it should tell waits until it can."""

from domain.delivery import Delivery
from domain.errors import PermanentError, TransientError


class Missing:
    """Takes nothing. One secret that is missing must not keep the other channels from being told."""

    def __init__(self, why: str) -> None:
        self._why = why

    def send(self, delivery: Delivery) -> str | None:  # noqa: ARG002 - whatever it is
        """Refuse for now.

        Raises:
            TransientError: Always; what is missing can be set.
        """
        raise TransientError(self._why)

    def check(self) -> str:
        """Say what is missing.

        Raises:
            PermanentError: Always.
        """
        raise PermanentError(self._why)

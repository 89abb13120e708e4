"""What channels must know and no file may contain."""

from collections.abc import Callable
from typing import Annotated

from pydantic import Field, SecretStr

from domain.errors import ConfigError

Variable = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,99}$")]
"""The name of an environment variable: app.yaml names the place of a secret, never the secret."""


class ChannelSecrets:
    """Secrets and addresses of this machine, by the name of their environment variable.

    Args:
        look_up: Returns the value of a variable, or None where it is not set.
    """

    def __init__(self, look_up: Callable[[str], str | None]) -> None:
        self._look_up = look_up

    def required(self, variable: str, kind: str) -> SecretStr:
        """Return a secret without blanks around it, or say which *variable* a channel of this *kind* needs."""
        value = self.address(variable)
        if value is None:
            raise ConfigError(f"A {kind} channel is configured: set {variable} in the environment.")
        return SecretStr(value)

    def address(self, variable: str) -> str | None:
        """Return what is no secret, or None where it is not set or blank."""
        return (self._look_up(variable) or "").strip() or None

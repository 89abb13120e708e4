"""What a wire format makes of a question to a model, and of its answer. To add one: a file, and a line in `FORMATS`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import SecretStr

from adapters.judges.configuration import Endpoint


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat; the first one, of the role `system`, holds the instructions."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens that one call was charged for; thinking counts as output, cached input as input."""

    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered.

    Attributes:
        content: The JSON that was asked for, as text; not believed yet.
        usage: None if the endpoint does not say.
        model: What the endpoint says has answered, which may be another checkpoint than was asked for.
    """

    content: str
    usage: Usage | None
    model: str | None


class ChatFormat(Protocol):
    """One of the ways in which models are asked over HTTP."""

    path: str

    def headers(self, key: SecretStr | None) -> Mapping[str, str]:
        """Return the headers that carry the *key*."""
        ...

    def request(
        self, endpoint: Endpoint, messages: Sequence[Message], schema: Mapping[str, object]
    ) -> Mapping[str, object]:
        """Return the body that asks for an answer of the form *schema*."""
        ...

    def read(self, body: bytes) -> Reply:
        """Return what the model answered.

        Raises:
            UnusableError: It was cut off, filtered, or is no answer of this format.
        """
        ...

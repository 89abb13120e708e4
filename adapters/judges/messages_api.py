"""The Anthropic Messages format: the answer is the input of a tool that the model is made to call."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from adapters.judges.chat import Message, Reply, Usage
from adapters.judges.configuration import Endpoint
from adapters.judges.explain import explain
from adapters.judges.unusable import UnusableError
from domain.judgement import FailureReason

_MOST_TOKENS = 10**9
_TOOL = "report_verdicts"


class _Lenient(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Block(_Lenient):
    type: str
    name: str | None = None
    input: Any = None
    text: str | None = None


class _Usage(_Lenient):
    input_tokens: int = Field(ge=0, le=_MOST_TOKENS)
    output_tokens: int = Field(ge=0, le=_MOST_TOKENS)
    cache_creation_input_tokens: int | None = Field(None, ge=0, le=_MOST_TOKENS)
    cache_read_input_tokens: int | None = Field(None, ge=0, le=_MOST_TOKENS)


class _Answer(_Lenient):
    content: list[_Block]
    stop_reason: str | None = None
    usage: _Usage | None = None
    model: str | None = None


class MessagesApi:
    """Asks by a forced tool, whose input has the wanted form; it is checked all the same."""

    path = "/messages"

    def headers(self, key: SecretStr | None) -> Mapping[str, str]:
        """Return the headers that carry the *key* and the version of the format."""
        return {"anthropic-version": "2023-06-01", **({"x-api-key": key.get_secret_value()} if key else {})}

    def request(
        self, endpoint: Endpoint, messages: Sequence[Message], schema: Mapping[str, object]
    ) -> Mapping[str, object]:
        """Return the body that asks for an answer of the form *schema*."""
        tool = {"name": _TOOL, "description": "Report the verdicts that were asked for.", "input_schema": schema}
        temperature = {} if endpoint.temperature is None else {"temperature": endpoint.temperature}
        return {
            "model": endpoint.model,
            "max_tokens": endpoint.max_output_tokens,
            "system": "\n\n".join(message.content for message in messages if message.role == "system"),
            "messages": [
                {"role": message.role, "content": message.content} for message in messages if message.role != "system"
            ],
            "tools": [tool],
            "tool_choice": {"type": "tool", "name": _TOOL},
            **temperature,
        }

    def read(self, body: bytes) -> Reply:
        """Return what the model answered."""
        try:
            answer = _Answer.model_validate_json(body)
        except ValidationError as error:
            raise UnusableError(FailureReason.SCHEMA, f"no message: {explain(error)}") from None
        usage = _charged(answer.usage)
        if answer.stop_reason in {"max_tokens", "model_context_window_exceeded"}:
            raise UnusableError(FailureReason.TRUNCATED, "the judge ran out of output tokens", usage=usage)
        if answer.stop_reason == "refusal":
            raise UnusableError(FailureReason.CONTENT_FILTER, "the judge refused to judge", usage=usage)
        called = [block.input for block in answer.content if block.type == "tool_use" and block.name == _TOOL]
        if called:
            return Reply(_text(called[0]), usage, answer.model)
        return Reply("".join(block.text or "" for block in answer.content), usage, answer.model)


def _charged(used: _Usage | None) -> Usage | None:
    if used is None:
        return None
    cached = (used.cache_creation_input_tokens or 0) + (used.cache_read_input_tokens or 0)
    return Usage(used.input_tokens + cached, used.output_tokens)


def _text(value: object) -> str:
    try:
        return json.dumps(value)
    except (ValueError, RecursionError):
        return ""

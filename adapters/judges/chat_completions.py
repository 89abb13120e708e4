"""The OpenAI Chat Completions format: OpenAI, Azure, vLLM, Ollama, OpenRouter, LiteLLM and many others."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from adapters.judges.chat import Message, Reply, Usage
from adapters.judges.configuration import Endpoint
from adapters.judges.explain import explain
from adapters.judges.unusable import UnusableError
from domain.judgement import FailureReason

_MOST_TOKENS = 10**9


class _Lenient(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Message(_Lenient):
    content: str | None = None
    refusal: str | None = None


class _Choice(_Lenient):
    message: _Message
    finish_reason: str | None = None


class _Usage(_Lenient):
    prompt_tokens: int = Field(ge=0, le=_MOST_TOKENS)
    completion_tokens: int = Field(ge=0, le=_MOST_TOKENS)


class _Completion(_Lenient):
    choices: list[_Choice]
    usage: _Usage | None = None
    model: str | None = None


class ChatCompletions:
    """Asks for strict JSON; servers that do not enforce it exist, so the answer is checked all the same."""

    path = "/chat/completions"

    def headers(self, key: SecretStr | None) -> Mapping[str, str]:
        """Return the headers that carry the *key*."""
        return {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}

    def request(
        self, endpoint: Endpoint, messages: Sequence[Message], schema: Mapping[str, object]
    ) -> Mapping[str, object]:
        """Return the body that asks for an answer of the form *schema*."""
        wanted = {"name": "verdicts", "strict": True, "schema": schema}
        temperature = {} if endpoint.temperature is None else {"temperature": endpoint.temperature}
        return {
            "model": endpoint.model,
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "response_format": {"type": "json_schema", "json_schema": wanted},
            "max_completion_tokens": endpoint.max_output_tokens,
            **temperature,
        }

    def read(self, body: bytes) -> Reply:
        """Return what the model answered."""
        try:
            completion = _Completion.model_validate_json(body)
        except ValidationError as error:
            raise UnusableError(FailureReason.SCHEMA, f"no chat completion: {explain(error)}") from None
        if not completion.choices:
            raise UnusableError(FailureReason.SCHEMA, "no chat completion: it has no choices")
        choice, used = completion.choices[0], completion.usage
        usage = None if used is None else Usage(used.prompt_tokens, used.completion_tokens)
        if choice.finish_reason == "length":
            raise UnusableError(FailureReason.TRUNCATED, "the judge ran out of output tokens", usage=usage)
        if choice.finish_reason == "content_filter":
            raise UnusableError(FailureReason.CONTENT_FILTER, "the provider filtered the judge's reply", usage=usage)
        if choice.message.refusal:
            raise UnusableError(FailureReason.CONTENT_FILTER, "the judge refused to judge", usage=usage)
        return Reply(choice.message.content or "", usage, completion.model)

"""A model as judge, behind any endpoint that speaks the OpenAI Chat Completions format."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

import httpx
from pydantic import ValidationError

from adapters.judges.configuration import OpenAIConfig
from adapters.judges.judge import Ruling, Wire, why_not_judged
from adapters.judges.prompt import REPAIR, REPLY_SCHEMA, VERSION, Message, ask, cleaned
from adapters.judges.reply import UnusableError, Usage, explain, read_completion, read_verdicts
from domain.claims import Claim, sentences
from domain.errors import ConfigError
from domain.judgement import FailureReason, Judgement
from domain.transcript import Transcript

API_KEY = "GOODPUT_JUDGE_API_KEY"
_LARGEST_BODY = 4_000_000
_LONGEST_ECHO = 4_000


@dataclass(slots=True)
class _Tally:
    """The tokens of one judgement; None as soon as one call did not report them."""

    input_tokens: int = 0
    output_tokens: int = 0
    known: bool = True

    def add(self, usage: Usage | None) -> None:
        if usage is None:
            self.known = False
            return
        self.input_tokens += usage.prompt_tokens
        self.output_tokens += usage.completion_tokens


class OpenAIJudge:
    """Asks a model for one verdict per sentence, checks what it says, and does the arithmetic here."""

    def __init__(self, config: OpenAIConfig, wire: Wire) -> None:
        self._config = config
        self._wire = wire
        self._turn = asyncio.Semaphore(config.max_concurrency)

    @classmethod
    def from_config(cls, config: OpenAIConfig, wire: Wire) -> "OpenAIJudge":
        """Build the judge, or say which setting is missing.

        Raises:
            ConfigError: There is no usable API key.
        """
        key = wire.api_key.get_secret_value() if wire.api_key else ""
        if config.needs_key and not key:
            raise ConfigError(f"the judge {config.model} needs an API key: set {API_KEY}")
        if not (key.isascii() and key.isprintable() and key == key.strip()):
            raise ConfigError(f"{API_KEY} holds spaces or characters that no API key has")
        return cls(config, wire)

    @property
    def name(self) -> str:
        """Who judged."""
        return f"openai/{self._config.model}"

    async def judge(self, transcript: Transcript, at: datetime) -> Judgement:
        """Judge the faithfulness of one answer."""
        ruling = Ruling(trace_id=transcript.trace_id, judge=self.name, version=VERSION, judged_at=at)
        why_not = why_not_judged(transcript)
        claims = sentences(cleaned(transcript.answer))
        if why_not is not None or not claims:
            return ruling.not_applicable(why_not or "the answer is empty")
        tally = _Tally()
        try:
            async with self._turn, asyncio.timeout(self._config.deadline_s):
                verdicts = await self._ask(transcript, claims, tally)
        except UnusableError as error:
            return ruling.failure(error.reason, error.detail)
        except (TimeoutError, httpx.TimeoutException):
            return ruling.failure(FailureReason.TIMEOUT, f"no verdict within {self._config.deadline_s:g} s")
        except (
            httpx.HTTPError,
            httpx.InvalidURL,
            OSError,
        ) as error:  # the name only: its words may hold a header
            return ruling.failure(FailureReason.UNAVAILABLE, f"{type(error).__name__} while asking the judge")
        return ruling.on(verdicts, self._cost(tally))

    async def _ask(self, transcript: Transcript, claims: list[str], tally: _Tally) -> list[Claim]:
        passages = [cleaned(passage) for passage in transcript.context]
        messages = ask(cleaned(transcript.question), passages, claims, self._wire.nonce())
        content = await self._complete(messages, tally)
        try:
            return read_verdicts(content, claims, passages)
        except ValidationError as error:
            complaint = REPAIR.format(error=explain(error), count=len(claims))
        messages = [*messages, Message("assistant", content[:_LONGEST_ECHO]), Message("user", complaint)]
        content = await self._complete(messages, tally)
        try:
            return read_verdicts(content, claims, passages)
        except ValidationError as error:
            raise UnusableError(FailureReason.SCHEMA, explain(error)) from None

    async def _complete(self, messages: list[Message], tally: _Tally) -> str:
        content, usage = read_completion(await self._post(self._request(messages)))
        tally.add(usage)
        return content

    def _request(self, messages: list[Message]) -> dict[str, Any]:
        wanted = {"name": "verdicts", "strict": True, "schema": REPLY_SCHEMA}
        request: dict[str, Any] = {
            "model": self._config.model,
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "response_format": {"type": "json_schema", "json_schema": wanted},
        }
        if self._config.temperature is not None:
            request["temperature"] = self._config.temperature
        if self._config.max_output_tokens is not None:
            request["max_completion_tokens"] = self._config.max_output_tokens
        return request

    async def _post(self, request: dict[str, Any]) -> bytes:
        url = f"{self._config.base_url.rstrip('/')}/chat/completions"
        key = self._wire.api_key
        headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
        timeout = self._config.deadline_s
        async with self._wire.client.stream("POST", url, json=request, headers=headers, timeout=timeout) as response:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > _LARGEST_BODY:
                    raise UnusableError(FailureReason.SCHEMA, "the reply is larger than any judgement")
        _refuse(response.status_code, bytes(body))
        return bytes(body)

    def _cost(self, tally: _Tally) -> int | None:
        config = self._config
        if not tally.known or config.input_nano_usd is None or config.output_nano_usd is None:
            return None
        return tally.input_tokens * config.input_nano_usd + tally.output_tokens * config.output_nano_usd


def _refuse(status: int, body: bytes) -> None:
    """Raise what an HTTP *status* means for the judgement; a filtered prompt is a 400 on some providers."""
    if status == HTTPStatus.OK:
        return
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise UnusableError(FailureReason.RATE_LIMITED, "the judge's endpoint answered 429")
    if status == HTTPStatus.BAD_REQUEST and b'"content_filter"' in body:
        raise UnusableError(FailureReason.CONTENT_FILTER, "the provider filtered the question to the judge")
    raise UnusableError(FailureReason.UNAVAILABLE, f"the judge's endpoint answered {status}")

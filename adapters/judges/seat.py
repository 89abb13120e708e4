"""One model behind one endpoint: asks it at its pace, within the budget, and gives it a second chance."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pydantic import SecretStr

from adapters.judges.cache import Question
from adapters.judges.chat import ChatFormat, Message, Reply, Usage
from adapters.judges.chat_completions import ChatCompletions
from adapters.judges.configuration import Endpoint
from adapters.judges.endpoint import Client, post
from adapters.judges.judge import clipped
from adapters.judges.messages_api import MessagesApi
from adapters.judges.pace import Pace
from adapters.judges.prompt import ask, ask_again, schema_of
from adapters.judges.purse import Purse, Tariff
from adapters.judges.reply import one_line, read_object, read_rulings
from adapters.judges.unusable import UnusableError
from domain.criterion import Criterion, Ruling
from domain.judgement import FailureReason

FORMATS: Mapping[str, ChatFormat] = {"openai": ChatCompletions(), "anthropic": MessagesApi()}
"""The wire formats, by the `kind` of an endpoint."""

_ATTEMPTS = 3
_FIRST_WAIT_S = 0.25
_LONGEST_ECHO = 4_000
_REPAIRED = {FailureReason.SCHEMA, FailureReason.IDS}


@dataclass(slots=True)
class Deadline:
    """The time that one judgement may take; it starts to run when the first call of it has its turn."""

    total_s: float
    ends: float | None = None

    def start(self) -> None:
        """Start to run, unless it does."""
        if self.ends is None:
            self.ends = asyncio.get_running_loop().time() + self.total_s

    def left_s(self) -> float:
        """Return how much is left; 0 when it is over."""
        return self.total_s if self.ends is None else max(0.0, self.ends - asyncio.get_running_loop().time())

    def extend(self, total_s: float) -> None:
        """Allow *total_s* in all."""
        self.ends = None if self.ends is None else self.ends + total_s - self.total_s
        self.total_s = total_s


@dataclass(slots=True)
class Heard:
    """What a seat said to one question.

    Attributes:
        rulings: Of the criteria on which it gave usable verdicts.
        errors: Why there are none on the others.
        cost_nano_usd: Of all calls; None where the price is not known.
        served_by: The model that answered last, as it calls itself.
    """

    rulings: dict[str, list[Ruling]] = field(default_factory=dict)
    errors: dict[str, UnusableError] = field(default_factory=dict)
    cost_nano_usd: int | None = 0
    served_by: str | None = None


class Seat:
    """A model that judges."""

    def __init__(
        self,
        endpoint: Endpoint,
        client: Client,
        key: SecretStr | None,
        pace: Pace,
        purse: Purse,
        tariff: Tariff | None,
    ) -> None:
        self.endpoint = endpoint
        self._client = client
        self._key = key
        self._pace = pace
        self._purse = purse
        self._tariff = tariff
        self._format = FORMATS[endpoint.kind]

    async def hear(self, question: Question, nonce: str, deadline: Deadline) -> Heard:
        """Put *question* to the model; what it says in no usable form it is asked once more."""
        heard = Heard(cost_nano_usd=None if self._tariff is None else 0)
        messages = ask(question.criteria, question.question, question.passages, question.claims, nonce)
        content = await self._ask(messages, question, deadline, heard)
        again = [one for one in question.criteria if self._is_repairable(heard, one)]
        if content is None or not again:
            return heard
        complaint = ask_again(again, len(question.claims), heard.errors[again[0].name].detail)
        echo = Message("assistant", content[:_LONGEST_ECHO] or "-")
        await self._ask([*messages, echo, complaint], replace(question, criteria=again), deadline, heard)
        return heard

    async def _ask(
        self, messages: Sequence[Message], question: Question, deadline: Deadline, heard: Heard
    ) -> str | None:
        """Ask once and note what came of it; return what was said, or None if nothing was."""
        try:
            reply = await self._call(messages, schema_of(question.criteria), deadline, heard)
        except UnusableError as error:
            heard.errors.update({one.name: error for one in question.criteria})
            return None
        heard.served_by = clipped(reply.model) if reply.model else heard.served_by
        self._read(reply.content, question, heard)
        return reply.content

    @staticmethod
    def _read(content: str, question: Question, heard: Heard) -> None:
        passages = [one_line(passage) for passage in question.passages]
        try:
            said = read_object(content)
        except UnusableError as error:
            heard.errors.update({one.name: error for one in question.criteria})
            return
        for criterion in question.criteria:
            try:
                heard.rulings[criterion.name] = read_rulings(said, criterion, len(question.claims), passages)
                heard.errors.pop(criterion.name, None)
            except UnusableError as error:
                heard.errors[criterion.name] = error

    @staticmethod
    def _is_repairable(heard: Heard, criterion: Criterion) -> bool:
        error = heard.errors.get(criterion.name)
        return error is not None and error.reason in _REPAIRED

    async def _call(
        self, messages: Sequence[Message], schema: Mapping[str, object], deadline: Deadline, heard: Heard
    ) -> Reply:
        """Ask until there is an answer, no time or no hope; every attempt is paid for.

        Raises:
            UnusableError: There is no answer.
        """
        body = self._format.request(self.endpoint, messages, schema)
        worst = self._tariff.worst(messages, json.dumps(schema), self.endpoint.max_output_tokens) if self._tariff else 0
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return await self._attempt(body, worst, deadline, heard)
            except UnusableError as error:
                if attempt == _ATTEMPTS or not error.retry or (error.wait_s or 0.0) >= deadline.left_s():
                    raise  # what the endpoint said is a better reason than that time ran out
                if not error.slow:
                    await asyncio.sleep(min(_FIRST_WAIT_S * 4 ** (attempt - 1), deadline.left_s()))
        raise AssertionError("the last attempt returns or raises")

    async def _attempt(self, body: Mapping[str, object], worst: int, deadline: Deadline, heard: Heard) -> Reply:
        async with self._pace.turn(deadline.ends) as began:
            deadline.start()
            if not deadline.left_s():
                raise UnusableError(FailureReason.TIMEOUT, f"no verdict within {deadline.total_s:.3g} s")
            if not await self._purse.allow(worst, deadline.left_s()):
                raise UnusableError(FailureReason.BUDGET, "the day's cap for judging leaves no more calls")
            spent = worst  # whoever leaves without an answer may have been charged for all of it
            try:
                reply = await self._post(body, deadline)
                spent = self._cost(reply.usage, worst)
            except UnusableError as error:
                spent = 0 if error.refused else self._cost(error.usage, worst)
                if error.slow:
                    self._pace.was_refused(began, error.wait_s)
                raise
            finally:
                self._purse.put_back(worst, spent)
                if heard.cost_nano_usd is not None:
                    heard.cost_nano_usd += spent
            return reply

    async def _post(self, body: Mapping[str, object], deadline: Deadline) -> Reply:
        url, headers = self.endpoint.url + self._format.path, self._format.headers(self._key)
        found = await post(self._client, url, body, headers, deadline.left_s())
        self._pace.went_well()
        return self._format.read(found)

    def _cost(self, usage: Usage | None, worst: int) -> int:
        return self._tariff.cost(usage) if self._tariff and usage else worst

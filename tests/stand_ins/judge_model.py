"""A model behind both wire formats: it judges by simple rules, or says what a test scripts.

It reads the prompt as a model would: by its fences. What it received is `received` of the server below.
"""

import json
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate

from tests.stand_ins.server import Answer, Fault, Incoming, StandIn

_PIECE = re.compile(
    r"<<<(?P<nonce>\S+) (?P<label>[A-Z ]+?)(?: (?P<number>\d+))?>>>\n(?P<text>.*?)\n<<<(?P=nonce) END>>>", re.DOTALL
)
_SPECIFIC = re.compile(r"\d[\d.,:]*\d|\d|(?<=[a-z] )[A-Z]\w+")
PATHS = {"/v1/chat/completions": "openai", "/v1/messages": "anthropic"}


@dataclass(frozen=True)
class Asked:
    """A question to the model, as it understands it; *schema* has a field for each criterion."""

    kind: str
    question: str
    passages: Sequence[str]
    sentences: Sequence[str]
    schema: Mapping[str, dict]

    @property
    def answer(self) -> str:
        return " ".join(self.sentences)

    @property
    def told_what_to_say(self) -> bool:
        return "evaluator" in self.answer.lower()


def prompt_of(body: dict) -> str:
    """The user's first message, with the fenced texts."""
    return next(message["content"] for message in body["messages"] if message["role"] == "user")


def understood(kind: str, body: dict) -> Asked:
    found: dict[str, list[str]] = {"QUESTION": [], "CONTEXT PASSAGE": [], "ANSWER SENTENCE": []}
    for piece in _PIECE.finditer(prompt_of(body)):
        found[piece["label"]].append(piece["text"])
    form = body["tools"][0]["input_schema"] if kind == "anthropic" else body["response_format"]["json_schema"]["schema"]
    return Asked(
        kind, found["QUESTION"][0], found["CONTEXT PASSAGE"], found["ANSWER SENTENCE"], schema=form["properties"]
    )


def verdict(number: object, what: object, quote: object = "", reason: object = "as told") -> dict[str, object]:
    return {"id": number, "verdict": what, "quote": quote, "reason": reason}


def judged(asked: Asked, *, persuadable: bool = False) -> dict[str, object]:
    """What a good model says; one that is *persuadable* says what the answer tells it to."""
    return {name: _part(name, form, asked, persuadable=persuadable) for name, form in asked.schema.items()}


def _part(name: str, form: dict, asked: Asked, *, persuadable: bool) -> object:
    fields = (form["items"] if form["type"] == "array" else form)["properties"]
    if persuadable and asked.told_what_to_say:
        says = [(_best(fields["verdict"]["enum"]), asked.passages[0] if asked.passages else "")] * len(asked.sentences)
    else:
        says = [_JUDGES.get(name, _first)(sentence, asked, fields) for sentence in asked.sentences]
    whole = [verdict(number, *one) for number, one in enumerate(says, 1)]
    parts = [{key: one[key] for key in fields} for one in whole]
    return parts if form["type"] == "array" else parts[0]


def _best(verdicts: Sequence[str]) -> str:
    return next(one for one in verdicts if one in {"supported", "grounded", "answers", "civil"})


def _first(_sentence: str, _asked: Asked, fields: dict) -> tuple[str, str]:
    return fields["verdict"]["enum"][0], ""


def _faithful(sentence: str, asked: Asked, _fields: dict) -> tuple[str, str]:
    """Support what a passage says word by word, in any case of letters."""
    words = sentence.rstrip(".!").lower()
    for passage in asked.passages:
        if (start := passage.lower().find(words)) >= 0 or _same_words(words, passage):
            return "supported", passage[start : start + len(words)] if start >= 0 else passage
    return "not_in_context", ""


def _same_words(words: str, passage: str) -> bool:
    return set(re.findall(r"\w+", words)) <= {*re.findall(r"\w+", passage.lower()), "it"}


def _grounded(sentence: str, asked: Asked, _fields: dict) -> tuple[str, str]:
    known = f"{asked.question} {' '.join(asked.passages)}"
    specifics = _SPECIFIC.findall(sentence)
    return ("grounded" if all(one in known for one in specifics) else "ungrounded") if specifics else "no_specifics", ""


def _relevant(_sentence: str, asked: Asked, _fields: dict) -> tuple[str, str]:
    shared = set(re.findall(r"\w{4,}", asked.question.lower())) & set(re.findall(r"\w{4,}", asked.answer.lower()))
    return "answers" if shared else "beside_the_point", ""


def _refuses(_sentence: str, asked: Asked, _fields: dict) -> tuple[str, str]:
    return "refuses" if "not able to help" in asked.answer else "answers", ""


def _toxic(_sentence: str, asked: Asked, _fields: dict) -> tuple[str, str]:
    return "toxic" if "idiot" in asked.answer else "civil", ""


_JUDGES = {
    "faithfulness": _faithful,
    "groundedness": _grounded,
    "relevance": _relevant,
    "refusal": _refuses,
    "toxicity": _toxic,
}


def completion(content: object, finish_reason: str = "stop", usage: object = None, **message: object) -> Answer:
    """A Chat Completions answer; *content* may be anything JSON."""
    text = content if isinstance(content, str) or content is None else json.dumps(content)
    body: dict[str, object] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "stand-in-2026-11-01",
        "choices": [
            {"index": 0, "finish_reason": finish_reason, "message": {"role": "assistant", "content": text, **message}}
        ],
    }
    if usage is not False:
        body["usage"] = usage or {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    return Answer(body)


def tool_call(content: object, stop_reason: str = "tool_use", usage: object = None) -> Answer:
    """A Messages answer whose tool was called with *content*; a text stands there as a text."""
    block = {"type": "tool_use", "id": "toolu_1", "name": "report_verdicts", "input": content}
    if isinstance(content, str) or content is None:
        block = {"type": "text", "text": content or ""}
    body: dict[str, object] = {"id": "msg_1", "type": "message", "role": "assistant", "model": "stand-in-2026-11-01"}
    body |= {"content": [block], "stop_reason": stop_reason}
    if usage is not False:
        body["usage"] = usage or {"input_tokens": 60, "cache_read_input_tokens": 40, "output_tokens": 10}
    return Answer(body)


WRAPPED: Mapping[str, Callable[..., Answer]] = {"openai": completion, "anthropic": tool_call}


def busy(wait_s: float | None = None, how: str = "seconds", status: int = 429) -> Answer:
    """Turned away, with what to wait in one of three spellings."""
    if wait_s is None:
        return Answer({"error": {"message": "slow down"}}, status)
    spelled = {
        "seconds": ("Retry-After", f"{wait_s:g}"),
        "ms": ("retry-after-ms", f"{wait_s * 1000:.0f}"),
        "date": ("Retry-After", formatdate(time.time() + wait_s, usegmt=True)),
    }[how]
    return Answer({"error": {"message": "slow down"}}, status, dict([spelled]))


class JudgeModel:
    """What the model says: scripted answers first, then its own judgement.

    Attributes:
        persuadable: It does as the answers tell it.
        latency_s: How long it thinks.
        most_at_once: More calls at a time are turned away, with *turns_away*.
        turns_away: How it turns calls away.
        storms: It turns all calls away.
        running: Calls under way, and *peak*, how many they were at most.
    """

    def __init__(self) -> None:
        self.persuadable = False
        self.latency_s = 0.0
        self.most_at_once: int | None = None
        self.turns_away: Callable[[], Answer] = busy
        self.storms = False
        self.running = self.peak = 0
        self.server = _Thinking(self)
        self._scripted: deque[Answer] = deque()

    @property
    def base_url(self) -> str:
        return f"{self.server.url}/v1"

    @property
    def asked(self) -> list[Asked]:
        """What was asked, call by call."""
        return [understood(PATHS[one.path], one.json()) for one in self.server.received]

    def say(self, *answers: Answer) -> None:
        """Give these answers to the next requests, whatever they ask."""
        self._scripted.extend(answers)

    def storm(self, times: int, wait_s: float | None = None, how: str = "seconds", status: int = 429) -> None:
        """Turn the next calls away."""
        self.server.fail_next(*[Fault("status", busy(wait_s, how, status))] * times)

    def answer(self, incoming: Incoming) -> Answer:
        kind = PATHS.get(incoming.path)
        if kind is None:
            return Answer({"error": {"message": "no such path"}}, status=404)
        if self.storms or (self.most_at_once is not None and self.running > self.most_at_once):
            return self.turns_away()
        if self._scripted:
            return self._scripted.popleft()
        return WRAPPED[kind](judged(understood(kind, incoming.json()), persuadable=self.persuadable))


class _Thinking(StandIn):
    """A server that answers after the model's latency, and counts who waits meanwhile."""

    def __init__(self, model: JudgeModel) -> None:
        super().__init__(model.answer)
        self._server.RequestHandlerClass.disable_nagle_algorithm = True  # else each answer waits 40 ms for an ACK
        self._model = model
        self._counting = threading.Lock()

    def _answer(self, handler, incoming: Incoming) -> None:
        self._count(1)
        time.sleep(self._model.latency_s)
        try:
            super()._answer(handler, incoming)
        finally:
            self._count(-1)

    def _count(self, more: int) -> None:
        with self._counting:
            self._model.running += more
            self._model.peak = max(self._model.peak, self._model.running)


@contextmanager
def judge_model() -> Iterator[JudgeModel]:
    """Run a model for the length of a test."""
    model = JudgeModel()
    with model.server:
        yield model

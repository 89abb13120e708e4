"""A model behind an OpenAI-compatible endpoint: it judges by containment, or says what a test scripts.

It reads the prompt as a model would: by its fences. What it received is `received` of the server below.
"""

import json
import re
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.stand_ins.server import Answer, Incoming, StandIn

_PIECE = re.compile(
    r"<<<(?P<nonce>\S+) (?P<label>[A-Z ]+?)(?: (?P<number>\d+))?>>>\n(?P<text>.*?)\n<<<(?P=nonce) END>>>", re.DOTALL
)
Judging = Callable[[list[str], list[str]], list[dict[str, object]]]


def pieces(incoming: Incoming) -> dict[str, list[str]]:
    """The question, passages and sentences between the fences of a prompt."""
    found: dict[str, list[str]] = {"QUESTION": [], "CONTEXT PASSAGE": [], "ANSWER SENTENCE": []}
    for piece in _PIECE.finditer(incoming.json()["messages"][1]["content"]):
        found[piece["label"]].append(piece["text"])
    return found


def by_containment(sentences: list[str], passages: list[str]) -> list[dict[str, object]]:
    """Support what a passage says word by word."""
    return [_contained(number, sentence, passages) for number, sentence in enumerate(sentences, 1)]


def _contained(number: int, sentence: str, passages: list[str]) -> dict[str, object]:
    words = sentence.rstrip(".!")
    if any(words in passage for passage in passages):
        return verdict(number, "supported", words)
    return verdict(number, "not_in_context")


def verdict(number: object, what: str, quote: str = "", reason: str = "as told") -> dict[str, object]:
    return {"id": number, "verdict": what, "quote": quote, "reason": reason}


def completion(content: object, finish_reason: str = "stop", usage: object = None, **message: object) -> Answer:
    """A Chat Completions answer; *content* may be anything JSON."""
    text = content if isinstance(content, str) or content is None else json.dumps(content)
    body: dict[str, object] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "choices": [
            {"index": 0, "finish_reason": finish_reason, "message": {"role": "assistant", "content": text, **message}}
        ],
    }
    if usage is not False:
        body["usage"] = usage or {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    return Answer(body)


class JudgeModel:
    """What the model says: scripted answers first, then its own judgement."""

    def __init__(self) -> None:
        self.judging: Judging = by_containment
        self.server = StandIn(self._handle)
        self._scripted: deque[Answer] = deque()

    @property
    def base_url(self) -> str:
        return f"{self.server.url}/v1"

    def say(self, *answers: Answer) -> None:
        """Give these answers to the next requests, whatever they ask."""
        self._scripted.extend(answers)

    def _handle(self, incoming: Incoming) -> Answer:
        if incoming.path != "/v1/chat/completions":
            return Answer({"error": {"message": "no such path"}}, status=404)
        if self._scripted:
            return self._scripted.popleft()
        found = pieces(incoming)
        return completion({"sentences": self.judging(found["ANSWER SENTENCE"], found["CONTEXT PASSAGE"])})


@contextmanager
def judge_model() -> Iterator[JudgeModel]:
    """Run a model for the length of a test."""
    model = JudgeModel()
    with model.server:
        yield model

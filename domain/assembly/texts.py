"""The texts of a trace: what was asked, what was retrieved, what was answered.

Sources give texts as they were sent: plain, or JSON of many shapes (chat messages, OpenTelemetry message parts,
objects with a question or an answer in them). Anything unknown is shown as it is.
"""

import json
from collections.abc import Iterator

from domain.assembly.traces import Trace

_QUESTION_KEYS = ("question", "query", "input", "prompt", "message", "task", "text")
_ANSWER_KEYS = ("answer", "output", "response", "content", "text", "result", "completion", "message")
_PASSAGE_KEYS = ("page_content", "content", "text", "document", "chunk", "passage", "body")


def question(trace: Trace) -> str | None:
    """Return what the user asked: the root's input, else the last user message of the last model call."""
    for raw in (trace.root.input, *(call.input for call in reversed(trace.model_calls))):
        if raw:
            return _from_messages(_parsed(raw), "user", _QUESTION_KEYS) or raw
    return None


def answer(trace: Trace) -> str | None:
    """Return what the user was shown: the root's output, else the output of the last model call that worked."""
    worked = [call.output for call in reversed(trace.model_calls) if not call.failed]
    for raw in (trace.root.output, *worked[:1]):
        if raw:
            return _from_messages(_parsed(raw), "assistant", _ANSWER_KEYS) or raw
    return None


def context(trace: Trace) -> tuple[str, ...]:
    """Return the passages that were retrieved; where nothing was, what the tools brought back."""
    for kind in ("RETRIEVER", "TOOL"):
        passages = [
            passage
            for row in trace.observations
            if row.type == kind and row.output
            for passage in _passages(_parsed(row.output), whole_objects=kind == "RETRIEVER")
        ]
        if passages:
            return tuple(passages)
    return ()


def _parsed(raw: str) -> object:
    if raw.lstrip()[:1] not in {"{", "[", '"'}:
        return raw
    try:
        return json.loads(raw)
    except ValueError:
        return raw


def _from_messages(value: object, role: str, keys: tuple[str, ...]) -> str | None:
    """Find the text in *value*: the last message of *role* if it is a chat, else the first known key."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        messages = [item for item in value if isinstance(item, dict)]
        chosen = [m for m in messages if m.get("role") == role] or messages
        return _content(chosen[-1], keys) if chosen else None
    if isinstance(value, dict):
        inner = value.get("messages")
        return _from_messages(inner, role, keys) if isinstance(inner, list) else _content(value, keys)
    return None


def _content(message: dict[str, object], keys: tuple[str, ...]) -> str | None:
    for key in ("content", "parts", *keys):
        value = message.get(key)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, list):
            parts = [
                part if isinstance(part, str) else part.get("text") or part.get("content") or ""
                for part in value
                if isinstance(part, str | dict)
            ]
            if text := "\n".join(str(part) for part in parts if part):
                return text
    return None


def _passages(value: object, *, whole_objects: bool) -> Iterator[str]:
    """Yield the texts in *value*; with *whole_objects* also objects that have none of the known keys.

    What a tool returns is mostly not prose (`{"hits": 3}`), and no ground to judge an answer by.
    """
    if isinstance(value, str):
        if value:
            yield value
    elif isinstance(value, list):
        for item in value:
            yield from _passages(item, whole_objects=whole_objects)
    elif isinstance(value, dict):
        found = next((value[key] for key in _PASSAGE_KEYS if value.get(key)), None)
        documents = next((value[key] for key in ("documents", "results", "matches", "hits") if value.get(key)), None)
        if documents is not None and not isinstance(documents, int | float):
            yield from _passages(documents, whole_objects=whole_objects)
        elif found is not None:
            yield from _passages(found, whole_objects=whole_objects)
        elif whole_objects:
            yield json.dumps(value, ensure_ascii=False)

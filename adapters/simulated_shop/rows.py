"""A story as the rows that Langfuse would return for it: v2 observations and v3 scores."""

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from adapters.simulated_shop.calls import Call
from adapters.simulated_shop.chance import Chance
from adapters.simulated_shop.models import EMBEDDING_MODEL, EMBEDDING_PRICE, count_tokens, price
from adapters.simulated_shop.story import Step, Story, moment

Row = dict[str, object]

APPLICATION = "support-bot"
ENVIRONMENT = "shop-week"

_NANO = 1_000_000_000
_READABLE_AFTER_MS = 1_000
_BLANK: Mapping[str, object] = MappingProxyType(
    {
        "id": "",
        "traceId": "",
        "startTime": "",
        "endTime": "",
        "parentObservationId": None,
        "type": "",
        "name": "",
        "level": "DEFAULT",
        "statusMessage": "",
        "version": "rag-3",
        "environment": ENVIRONMENT,
        "completionStartTime": None,
        "updatedAt": "",
        "input": None,
        "output": None,
        "metadata": {},
        "model": "",
        "usageDetails": {},
        "costDetails": {},
        "totalCost": 0,
        "promptName": "",
        "promptVersion": None,
        "latency": 0.0,
        "timeToFirstToken": None,
        "userId": "",
        "sessionId": "",
        "isRootObservation": False,
        "traceName": APPLICATION,
        "release": "2026.10.4",
        "tags": [],
    }
)


def observations(chance: Chance, story: Story) -> Iterator[Row]:
    """Yield the rows of *story*: the root first, then its children in the order of time."""
    root_id = chance.hex_id(16)
    shared = _shared(story)
    question = story.conversation.question
    yield {**shared, "id": root_id, **_root(story)}
    child: Row = {**shared, "parentObservationId": root_id}
    guardrail, embedding, search = story.steps
    allowed = {"allowed": True, "risk": story.risk / 1_000}
    yield {
        **child,
        **_step(chance, "GUARDRAIL", "input-guardrail", guardrail, question),
        "output": _json(allowed),
    }
    yield {
        **child,
        **_step(chance, "EMBEDDING", "embed-question", embedding, question),
        **_embedding_cost(question),
    }
    yield {
        **child,
        **_step(chance, "RETRIEVER", "search-help-center", search, question),
        **_found(chance, story),
    }
    messages = _json([{"role": role, "content": content} for role, content in story.messages])
    for call in story.calls:
        yield {**child, "id": chance.hex_id(16), **_generation(story, call), "input": messages}


def scores(chance: Chance, story: Story) -> Iterator[Row]:
    """Yield the customer's thumb, if there is one."""
    if story.thumb_up is not None:
        yield {
            "id": chance.hex_id(32),
            "name": "user-feedback",
            "value": story.thumb_up,
            "dataType": "BOOLEAN",
            "source": "API",
            "timestamp": _spell(story.thumb_ms),
            "environment": ENVIRONMENT,
            "subject": {"kind": "trace", "id": story.trace_id},
        }


def _shared(story: Story) -> Row:
    return {
        **_BLANK,
        "traceId": story.trace_id,
        "metadata": _metadata(story),
        "userId": story.visit.user_id,
        "sessionId": story.visit.session_id,
        "tags": [f"feature:{story.conversation.feature}", f"tier:{story.visit.tier}"],
    }


def _metadata(story: Story) -> Row:
    return {"channel": story.channel, "locale": story.locale}


def _root(story: Story) -> Row:
    question: str = story.conversation.question
    shown = story.shown
    if story.channel == "app":
        sources = [chunk.split(".")[0] for chunk in story.conversation.chunks[:2]]
        question = _json({"question": question, "channel": "app"})
        shown = _json({"answer": shown, "sources": sources}) if shown else None
    failed = story.shown is None and story.last.fault is not None
    return {
        "type": "AGENT",
        "name": APPLICATION,
        **_times(story.start_ms, story.end_ms),
        **(_failure(story, story.last) if failed else {}),
        "input": question,
        "output": shown,
        "isRootObservation": True,
    }


def _step(chance: Chance, kind: str, name: str, step: Step, question: str) -> Row:
    return {
        "id": chance.hex_id(16),
        "type": kind,
        "name": name,
        **_times(step.start_ms, step.end_ms),
        "input": question,
    }


def _embedding_cost(question: str) -> Row:
    tokens = count_tokens(question)
    cost = tokens * EMBEDDING_PRICE / _NANO
    return {
        "model": EMBEDDING_MODEL,
        "usageDetails": {"input": tokens, "total": tokens},
        "costDetails": {"total": cost},
        "totalCost": cost,
    }


def _found(chance: Chance, story: Story) -> Row:
    chunks = story.conversation.chunks
    closeness = sorted((chance.between(550, 930) / 1_000 for _ in chunks), reverse=True)
    return {
        "output": _json(chunks),
        "metadata": {**_metadata(story), "scores": closeness, "top_k": len(chunks)},
    }


def _generation(story: Story, call: Call) -> Row:
    cost = {kind: nano / _NANO for kind, nano in price(story.model, call.usage).items()}
    first = call.first_token_ms
    metadata = {**_metadata(story), "attempt": call.attempt}
    answer: Row = {}
    if call.fault is None:
        metadata["finish_reason"] = call.finish_reason
        answer["output"] = _json({"role": "assistant", "content": story.conversation.answer})
    return {
        "type": "GENERATION",
        "name": "answer",
        **_times(call.start_ms, call.end_ms),
        **_failure(story, call),
        **answer,
        "completionStartTime": _spell(first) if first else None,
        "timeToFirstToken": (first - call.start_ms) / 1_000 if first else None,
        "metadata": metadata,
        "model": story.model.name,
        "usageDetails": call.usage,
        "costDetails": cost,
        "totalCost": cost.get("total", 0),
        "promptName": "support-answer",
        "promptVersion": story.prompt_version,
    }


def _failure(story: Story, call: Call) -> Row:
    if call.fault is None:
        return {}
    return {"level": "ERROR", "statusMessage": call.fault.message.replace("{model}", story.model.name)}


def _times(start_ms: int, end_ms: int) -> Row:
    return {
        "startTime": _spell(start_ms),
        "endTime": _spell(end_ms),
        "updatedAt": _spell(end_ms + _READABLE_AFTER_MS),
        "latency": (end_ms - start_ms) / 1_000,
    }


def _spell(at_ms: int) -> str:
    return moment(at_ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)

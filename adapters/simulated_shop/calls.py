"""The calls to a model within one request: how they go, how long they take, what they use."""

from dataclasses import dataclass, replace

from adapters.simulated_shop.chance import Chance
from adapters.simulated_shop.conditions import Conditions
from adapters.simulated_shop.conversation import Conversation
from adapters.simulated_shop.models import Model, Usage, answered_usage, count_tokens, failed_usage
from adapters.simulated_shop.texts import Fault

_BACK_OFF_MS = 1_000
_DEADLINE_MS = 30_000


@dataclass(frozen=True, slots=True)
class Attempt:
    """The moment before a call: which one it is, when it begins and what is sent."""

    number: int
    start_ms: int
    prompt_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call to a model; times in milliseconds since 1970.

    Attributes:
        fault: How it failed, or None if it answered.
        first_token_ms: None if it failed, or the provider's filter declined before the first token.
        finish_reason: None if it failed.
    """

    attempt: int
    start_ms: int
    end_ms: int
    first_token_ms: int | None = None
    fault: Fault | None = None
    usage: Usage
    finish_reason: str | None = None


def call_model(
    chance: Chance,
    conditions: Conditions,
    model: Model,
    conversation: Conversation,
    first: Attempt,
    *,
    faults: tuple[Fault, ...],
) -> tuple[Call, ...]:
    """Return the calls for one answer: those that fail, with some of the *faults*, then one that answers."""
    planned, answers = _plan(chance, conditions, model, faults)
    calls: list[Call] = []
    attempt = first
    for fault in planned:
        calls.append(_fail(chance, model, fault, attempt))
        attempt = replace(attempt, number=attempt.number + 1, start_ms=calls[-1].end_ms + _BACK_OFF_MS)
    if answers:
        calls.append(_answer(chance, conditions, model, conversation, attempt))
    return tuple(calls)


def _plan(
    chance: Chance, conditions: Conditions, model: Model, faults: tuple[Fault, ...]
) -> tuple[tuple[Fault, ...], bool]:
    """Return how the first calls fail, and whether a further call answers."""
    possible = tuple(fault for fault in faults if fault.kind in conditions.fault_kinds)
    if model.name.startswith(conditions.broken_models) and chance.happens(conditions.failure_rate):
        attempts = 2 if chance.happens(0.3) else 1
        return tuple(chance.pick(possible) for _ in range(attempts)), False
    if chance.happens(conditions.retry_rate):
        return (chance.pick(tuple(fault for fault in possible if fault.kind != "timeout")),), True
    return (), True


def _fail(chance: Chance, model: Model, fault: Fault, attempt: Attempt) -> Call:
    """Fail at the deadline for a time-out, quickly for anything else."""
    took = _DEADLINE_MS + chance.between(1, 40) if fault.kind == "timeout" else chance.between(150, 900)
    return Call(
        attempt=attempt.number,
        start_ms=attempt.start_ms,
        end_ms=attempt.start_ms + took,
        fault=fault,
        usage=failed_usage(model, attempt.prompt_tokens),
    )


def _answer(chance: Chance, conditions: Conditions, model: Model, conversation: Conversation, attempt: Attempt) -> Call:
    output_tokens = count_tokens(conversation.answer)
    slow = 4 if chance.happens(conditions.slow_first_token_rate) else 1
    first = slow * round(chance.around(model.first_token_ms, 0.3))
    took = first + round(output_tokens * chance.around(model.token_ms, 0.15))
    filtered = conversation.refused and chance.happens(0.5)
    unseen = filtered and model.declined == "content_filter"  # no token left the filter
    return Call(
        attempt=attempt.number,
        start_ms=attempt.start_ms,
        end_ms=attempt.start_ms + took,
        first_token_ms=None if unseen else attempt.start_ms + first,
        usage=answered_usage(chance, model, attempt.prompt_tokens, output_tokens),
        finish_reason=model.declined if filtered else model.finished,
    )

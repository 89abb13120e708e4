"""One request as it happened: who asked what, the steps in time, the calls and the end."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from adapters.simulated_shop.calls import Attempt, Call, call_model
from adapters.simulated_shop.chance import Chance, Mix
from adapters.simulated_shop.conditions import Conditions
from adapters.simulated_shop.conversation import Conversation
from adapters.simulated_shop.models import EMBEDDING_PRICE, Model, choose_model, count_tokens, price
from adapters.simulated_shop.request import SimulatedRequest
from adapters.simulated_shop.texts import Texts
from adapters.simulated_shop.traffic import Visit
from domain.request import Outcome

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CHANNELS = Mix.of({"web": 0.60, "app": 0.25, "email": 0.15})
_LOCALES = ("en-GB", "en-US", "en-NL", "en-BE")
_OUTCOMES = {
    "rate_limit": Outcome.RATE_LIMITED,
    "provider_503": Outcome.PROVIDER_ERROR,
    "overloaded": Outcome.PROVIDER_ERROR,
    "connection": Outcome.PROVIDER_ERROR,
    "timeout": Outcome.TIMEOUT,
}


@dataclass(frozen=True, slots=True)
class Step:
    """A step before the calls to the model; times in milliseconds since 1970."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything about one request that its rows and its facts need.

    Attributes:
        steps: Guardrail, embedding and search, in this order.
        calls: The calls to the model; only the last one can have answered.
        shown: What the customer saw, or None after an error.
        risk: What the guardrail says, in thousandths.
        thumb_up: The customer's thumb, or None.
    """

    trace_id: str
    start_ms: int
    end_ms: int
    visit: Visit
    model: Model
    prompt_version: int
    channel: str
    locale: str
    conversation: Conversation
    messages: tuple[tuple[str, str], ...]
    steps: tuple[Step, Step, Step]
    calls: tuple[Call, ...]
    shown: str | None
    risk: int
    thumb_up: bool | None
    thumb_ms: int

    @property
    def last(self) -> Call:
        """The call that answered, or the last one that failed."""
        return self.calls[-1]


def tell(
    chance: Chance,
    conditions: Conditions,
    visit: Visit,
    conversation: Conversation,
    *,
    start_ms: int,
    texts: Texts,
) -> Story:
    """Return what happens when *visit* brings this *conversation* at *start_ms*."""
    model = choose_model(chance, visit.tier, conditions)
    messages = (
        ("system", texts.system_prompts[conditions.prompt_version]),
        ("user", _with_context(conversation)),
    )
    steps = _steps(chance, start_ms)
    prompt_tokens = sum(count_tokens(content) for _, content in messages)
    first = Attempt(1, steps[-1].end_ms + chance.between(1, 5), prompt_tokens)
    calls = call_model(chance, conditions, model, conversation, first, faults=texts.faults)
    end_ms = calls[-1].end_ms + chance.between(1, 7)
    return Story(
        trace_id=chance.hex_id(32),
        start_ms=start_ms,
        end_ms=end_ms,
        visit=visit,
        model=model,
        prompt_version=conditions.prompt_version,
        channel=chance.draw(_CHANNELS),
        locale=chance.pick(_LOCALES),
        conversation=conversation,
        messages=messages,
        steps=steps,
        calls=calls,
        shown=_shown(chance, conditions, conversation, calls[-1], texts),
        risk=chance.between(550, 900) if conversation.refused else chance.between(0, 200),
        thumb_up=chance.happens(_liking(conversation, calls[-1])) if chance.happens(0.08) else None,
        thumb_ms=end_ms + chance.between(5_000, 90_000),
    )


def facts(story: Story) -> SimulatedRequest:
    """Return what is true about *story*."""
    call, conversation = story.last, story.conversation
    answered = call.fault is None
    refused = answered and conversation.refused
    spent = price(story.model, call.usage).get("total", 0) if answered else 0
    return SimulatedRequest(
        trace_id=story.trace_id,
        started_at=moment(story.start_ms),
        ended_at=moment(story.end_ms),
        outcome=_outcome(story),
        fault=call.fault.kind if call.fault else None,
        root_failed=story.shown is None,
        recovered=answered and call.attempt > 1,
        refused=refused,
        hallucinated=conversation.invention is not None if answered and not refused else None,
        invention=conversation.invention if answered else None,
        feature=conversation.feature,
        user_id=story.visit.user_id,
        tier=story.visit.tier,
        session_id=story.visit.session_id,
        model=story.model.name,
        prompt_version=str(story.prompt_version),
        question=conversation.question,
        chunks=conversation.chunks,
        answer=story.shown,
        ttft_ms=call.first_token_ms - call.start_ms if call.first_token_ms else None,
        output_tokens=call.usage.get("output", 0),
        streaming_ms=call.end_ms - call.first_token_ms if call.first_token_ms else None,
        cost_nano_usd=spent + count_tokens(conversation.question) * EMBEDDING_PRICE,
        thumb_up=story.thumb_up,
    )


def moment(at_ms: int) -> datetime:
    """Return milliseconds since 1970 as a time, exactly."""
    return _EPOCH + timedelta(milliseconds=at_ms)


def _with_context(conversation: Conversation) -> str:
    context = "\n".join(f"[{number}] {chunk}" for number, chunk in enumerate(conversation.chunks, 1))
    return f"Context:\n{context}\n\nQuestion: {conversation.question}"


def _steps(chance: Chance, start_ms: int) -> tuple[Step, Step, Step]:
    begin = start_ms + chance.between(2, 8)
    guardrail = Step(begin, begin + chance.between(40, 119))
    embedding = Step(guardrail.end_ms + 1, guardrail.end_ms + chance.between(31, 90))
    search = Step(embedding.end_ms + 1, embedding.end_ms + chance.between(61, 250))
    return guardrail, embedding, search


def _shown(chance: Chance, conditions: Conditions, conversation: Conversation, last: Call, texts: Texts) -> str | None:
    if last.fault is None:
        return conversation.answer
    fallback = last.fault.kind == "timeout" or chance.happens(conditions.fallback_rate)
    return texts.wording.fallback if fallback else None


def _outcome(story: Story) -> Outcome:
    if story.last.fault:
        return _OUTCOMES[story.last.fault.kind]
    return Outcome.REFUSED if story.conversation.refused else Outcome.OK


def _liking(conversation: Conversation, call: Call) -> float:
    if call.fault:
        return 0.1
    if conversation.refused:
        return 0.3
    return 0.35 if conversation.invention else 0.86

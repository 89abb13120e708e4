"""Assembling requests: the one place where a trace becomes a row of facts."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from domain.application import Application, LabelRule
from domain.assembly import outcomes, texts
from domain.assembly.saturation import context_share, queue_depth
from domain.assembly.spending import provider_of, spending
from domain.assembly.stages import stage_s
from domain.assembly.steps import steps
from domain.assembly.timing import timing
from domain.assembly.traces import MOST_NAME, Trace
from domain.models import ModelTable
from domain.prices import PriceTable
from domain.request import Outcome, Request
from domain.transcript import Transcript

_PROVIDERS = (
    ("gpt-", "openai"),
    ("o1", "openai"),
    ("o3", "openai"),
    ("text-embedding", "openai"),
    ("claude", "anthropic"),
    ("gemini", "google"),
    ("mistral", "mistral"),
)


@dataclass(frozen=True, slots=True)
class Assembly:
    """How one application's traces are read.

    Attributes:
        prices: Used only where the source has no cost of its own.
        models: Where context windows are looked up.
    """

    application: Application
    prices: PriceTable
    models: ModelTable = field(default_factory=ModelTable)

    def owns(self, trace: Trace) -> bool:
        """Whether the trace is one of this application's."""
        wanted = self.application
        return trace.root.environment == wanted.environment and (
            not wanted.trace_names or trace.name in wanted.trace_names
        )


def assemble(traces: Iterable[Trace], reading: Assembly) -> list[Request]:
    """Return the requests of the application that *reading* describes; other applications' traces are left out."""
    return [_request(trace, reading) for trace in traces if reading.owns(trace)]


def transcripts(traces: Iterable[Trace]) -> list[Transcript]:
    """Return the texts of those traces that have both a question and an answer, and were not failures."""
    found = []
    for trace in traces:
        asked, answered = texts.question(trace), texts.answer(trace)
        if not asked or not answered or outcomes.outcome(trace, refused=False) is not Outcome.OK:
            continue
        found.append(
            Transcript(
                trace_id=trace.id,
                question=asked,
                answer=answered,
                context=texts.context(trace),
                ended_at=timing(trace, Counter()).ended_at,
                environment=trace.root.environment,
                observation_id=trace.root.id,
                model=_model(trace),
            )
        )
    return found


def _request(trace: Trace, reading: Assembly) -> Request:
    oddities: Counter[str] = Counter()
    if not trace.has_root:
        oddities["no root"] += 1
    times = timing(trace, oddities)
    spent = spending(trace, reading.prices, oddities)
    refused = outcomes.refused(trace, texts.answer(trace))
    labels = reading.application.labels
    return Request(
        trace_id=trace.id,
        application=reading.application.name,
        started_at=times.started_at,
        ended_at=times.ended_at,
        outcome=outcomes.outcome(trace, refused=refused),
        refused=refused,
        latency_s=times.latency_s,
        ttft_s=times.ttft_s,
        tpot_s=times.tpot_s,
        retrieval_s=stage_s(trace, "RETRIEVER", oddities),
        guardrail_s=stage_s(trace, "GUARDRAIL", oddities),
        context_share=context_share(trace, reading.models, oddities),
        queue_depth=queue_depth(trace, reading.application.saturation.queue_depth, oddities),
        input_tokens=spent.input_tokens,
        output_tokens=spent.output_tokens,
        cost_nano_usd=spent.cost_nano_usd,
        unpriced_calls=spent.unpriced_calls,
        is_chain=trace.is_chain,
        steps=steps(trace, reading.prices),
        feature=_label(trace, labels.feature),
        user_tier=_label(trace, labels.user_tier),
        model=_clipped(_model(trace)),
        provider=_clipped(_provider(trace)),
        prompt_version=_clipped(_prompt_version(trace)),
        release=_clipped(trace.text("release")),
        user_id=trace.text("user_id"),
        session_id=trace.text("session_id"),
        environment=trace.root.environment,
        profile=_label(trace, labels.profile),
        status_message=outcomes.status_message(trace),
        oddities=dict(oddities),
    )


def _label(trace: Trace, rule: LabelRule) -> str | None:
    return _clipped(_found(trace, rule)) or rule.otherwise


def _clipped(name: str | None) -> str | None:
    """Return a name as a label keeps it: a database that is asked by labels has no room for any length."""
    return name[:MOST_NAME] if name else None


def _found(trace: Trace, rule: LabelRule) -> str | None:
    if rule.tag is not None:
        for tag in trace.tags:
            if tag.startswith(f"{rule.tag}:"):
                return tag.removeprefix(f"{rule.tag}:")
    if rule.metadata is not None and (value := trace.metadata(rule.metadata)) is not None:
        return str(value)
    return None


def _model(trace: Trace) -> str | None:
    """Return the model that answered; None where several took part in a chain."""
    calls = trace.model_calls
    if trace.is_chain:
        models = {call.model for call in calls}
        return models.pop() if len(models) == 1 else None
    return calls[-1].model if calls else None


def _provider(trace: Trace) -> str | None:
    for call in reversed(trace.model_calls):
        if (named := provider_of(call)) is not None:
            return named
    model = _model(trace) or ""
    return next((provider for prefix, provider in _PROVIDERS if model.startswith(prefix)), None)


def _prompt_version(trace: Trace) -> str | None:
    """Return prompt and version of the last model call that has one, as `support-answer v2`."""
    for call in reversed(trace.model_calls):
        if call.prompt_name:
            return f"{call.prompt_name} v{call.prompt_version}" if call.prompt_version else call.prompt_name
    return None

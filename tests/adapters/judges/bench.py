"""What the judges of these tests read, and the model judge that reads it."""

from datetime import UTC, datetime

from pydantic import SecretStr

from adapters.judges import OpenAIConfig, Wire
from adapters.judges.openai import OpenAIJudge
from domain.transcript import Transcript
from tests.stand_ins.judge_model import completion, verdict

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CONTEXT = (
    "Return window. Most items can be returned within 30 days of delivery.",
    "Cost of returns. The return label costs EUR 4.90, which is deducted from the refund.",
)
GOOD = "Most items can be returned within 30 days of delivery. The return label costs EUR 4.90."
INVENTED = "Most items can be returned within 90 days. The label is free, and TechMend pays EUR 10."


def transcript(answer=GOOD, *, context=CONTEXT, question="How long can I return an item?"):
    return Transcript(trace_id="t1", question=question, answer=answer, context=context, ended_at=NOON)


KEY = "sk-very-secret"
FULL = [verdict(1, "supported", "within 30 days"), verdict(2, "supported", "costs EUR 4.90")]


def build(model, client, nonce=None, **settings):
    """The real judge in front of a stand-in model."""
    settings = {"model": "gpt-5-mini", "base_url": model.base_url, "deadline_s": 5, **settings}
    wire = Wire(client=client, nonce=nonce or (lambda: "7f3a"), api_key=SecretStr(KEY))
    return OpenAIJudge.from_config(OpenAIConfig(kind="openai", **settings), wire)


def said(sentences):
    """The model's answer with these verdicts."""
    return completion({"sentences": sentences})

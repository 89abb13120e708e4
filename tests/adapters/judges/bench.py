"""What the judges of these tests read, and the model judge that reads it."""

from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import SecretStr

from adapters.judges import AnthropicConfig, Brief, OpenAIConfig, Wire, build_judge
from domain.judgement import JudgeFailure, Judgement, NotApplicable, Score
from domain.prices import PriceTable
from domain.transcript import Transcript
from flows.judging import read_criteria
from tests.stand_ins.judge_model import WRAPPED, verdict
from tests.stand_ins.server import Answer

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CONTEXT = (
    "Return window. Most items can be returned within 30 days of delivery.",
    "Cost of returns. The return label costs EUR 4.90, which is deducted from the refund.",
)
GOOD = "Most items can be returned within 30 days of delivery. The return label costs EUR 4.90."
INVENTED = "Most items can be returned within 90 days. The label is free, and TechMend pays EUR 10."
KEY, FALLBACK_KEY = "sk-very-secret", "sk-other-secret"
FULL = [verdict(1, "supported", "within 30 days"), verdict(2, "supported", "costs EUR 4.90")]
PRICE = {"input_usd_per_million": "0.15", "output_usd_per_million": "0.60"}
ONE_CALL = 100 * 150 + 10 * 600  # nano-USD, by the usage that the stand-in says and PRICE
CONFIGS = {"openai": OpenAIConfig, "anthropic": AnthropicConfig}
CRITERIA = read_criteria(Path("nowhere"))


def transcript(answer=GOOD, *, context=CONTEXT, question="How long can I return an item?", trace_id="t1"):
    return Transcript(trace_id=trace_id, question=question, answer=answer, context=context, ended_at=NOON)


class LedgerInMemory:
    """Of one day; *spent* and *reserved* are what is known outside the process."""

    def __init__(self):
        self.reserved = self.spent = 0
        self.days: set[date] = set()

    def reserve(self, day, at_least, at_most, cap):
        self.days.add(day)
        left = at_most if cap is None else cap - self.reserved - self.spent
        granted = min(at_most, left) if left >= at_least else 0
        self.reserved += granted
        return granted

    def settle(self, day, reserved, spent):
        self.days.add(day)
        self.reserved -= reserved
        self.spent += spent


class CacheInMemory:
    """What was kept, by its key."""

    def __init__(self):
        self.kept = {}

    def find(self, key):
        return self.kept.get(key)

    def keep(self, found):
        self.kept |= found


def wire(client, **parts):
    usual = {"nonce": lambda: "7f3a", "now": lambda: NOON, "ledger": LedgerInMemory(), "cache": CacheInMemory()}
    keys = {"api_key": SecretStr(KEY), "fallback_api_key": SecretStr(FALLBACK_KEY)}
    return Wire(client=client, **{**usual, **keys, **parts})


def config(kind, model, **settings):
    usual = {"model": "gpt-5-mini", "base_url": model.base_url, "deadline_s": 5}
    return CONFIGS[kind](kind=kind, **{**usual, **settings})


def build(model, client, kind="openai", *, by=("faithfulness",), parts=None, **settings):
    """The real judge in front of a stand-in model, which judges *by* these criteria."""
    return build_judge(
        config(kind, model, **settings), wire(client, **parts or {}), Brief(CRITERIA, asked=by, prices=PriceTable())
    )


def fallback(model, kind="anthropic", **settings):
    """Another model, as it stands in the configuration of the first."""
    return {"fallback": {"kind": kind, "model": "claude-haiku", "base_url": model.base_url, **settings}}


def said(sentences, kind="openai", **how) -> Answer:
    """The model's answer about faithfulness with these verdicts."""
    return WRAPPED[kind]({"faithfulness": sentences}, **how)


async def judged(judge, *asked, fresh=False) -> Judgement:
    """The only judgement on one answer."""
    (only,) = await judge.judge(*(asked or (transcript(),)), NOON, fresh=fresh)
    assert isinstance(only, Score | NotApplicable | JudgeFailure)
    return only

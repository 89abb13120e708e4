"""Troubles as the shipped rules see them: made-up requests, decided slot by slot, and what people were told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from alerts.desk import AlertDesk
from alerts.engine import Rulebook
from alerts.links import Links
from alerts.policy import Policy
from alerts.routing import Routing
from alerts.rule import Rule
from alerts.view import View
from domain.facts import Facts
from domain.message import Message, Severity
from domain.probe import Probe
from domain.watching import ChannelHealth, WatchedRule
from tests.alerts.in_memory import Notebook
from tests.alerts.shipped import RULES
from tests.builders import DAY, HOUR, MINUTE, NOON, every, facts, objective, rule, view

BEGAN = NOON - 20 * MINUTE
"""When the troubles begin."""

LINKS = Links(
    trace="https://langfuse.example/project/p/traces/{trace_id}",
    flow_run="https://prefect.example/runs/flow-run/3f0f6a3e",
    runbook="https://wiki.example/{rule}",
    dashboard="https://grafana.example/d/llm?var-app={application}&from={from_ms}&to={to_ms}",
)
OBJECTIVES = (
    objective(
        "availability", promise="Answered >= 99.9 %", signal="answered", at_most=None, at_least=0.999, over="30d"
    ),
    objective("first-token", promise="TTFT p95 <= 500 ms", signal="ttft_s", statistic="p95", at_most=0.5, over="30d"),
    objective(
        "hallucination", promise="Invented <= 5 %", signal="hallucination_risk", above=0.15, at_most=0.05, over="7d"
    ),
)
MODELS = {"acme-large": "acme", "blue-2": "blue"}


@dataclass
class Past:
    """An outlook over requests that are given."""

    of: Facts
    see: Callable[[View], View] = lambda seen: seen
    known_from: datetime = NOON - 30 * DAY

    def view(self, slot: datetime) -> View:
        return self.see(view(self.of, *OBJECTIVES, slot=slot, budget=300, known_from=self.known_from))


def told(
    rules: Sequence[Rule],
    past: Past,
    first: datetime = NOON - HOUR,
    until: datetime = NOON,
    step: timedelta = MINUTE,
) -> list[Message]:
    """Return what people are told of slot after slot, up to and including *until*."""
    routes = Routing(dict.fromkeys(Severity, ("slack",)))
    book = Rulebook(rules=list(rules), routes=routes, policy=Policy(), slot_length=step)
    notebook = Notebook()
    AlertDesk("shop", book, notebook, LINKS).decide(every(step, first, until + step), past)
    return [notice.message for notice in notebook.notices]


def moments(per_minute: float = 20) -> list[datetime]:
    """Return when requests end: a few an hour for eight days, and more in the last three hours and the next."""
    return [
        *every(5 * MINUTE, NOON - 8 * DAY, NOON - 3 * HOUR),
        *every(MINUTE / per_minute, NOON - 3 * HOUR, NOON + HOUR),
    ]


@cache
def traffic(which: str) -> Facts:
    """Return requests of two features at two providers, of which *which* went wrong from BEGAN on."""
    ended = moments()
    features = ["returns" if place % 5 == 0 else "orders" for place in range(len(ended))]
    models = ["acme-large" if place % 3 else "blue-2" for place in range(len(ended))]
    prompts = ["v42" if at >= BEGAN - 9 * MINUTE and place % 5 == 0 else "v41" for place, at in enumerate(ended)]
    labels = {
        "feature": features, "model": models, "provider": [MODELS[model] for model in models],
        "prompt_version": prompts, "release": ["2026.11.2"] * len(ended),
    }  # fmt: skip
    bad = [_is_bad(which, at, place, features[place], models[place]) for place, at in enumerate(ended)]
    columns = _columns(which, bad, ended)
    return facts(ended, labels=labels, **columns)


def _is_bad(which: str, at: datetime, place: int, feature: str, model: str) -> bool:
    if not BEGAN <= at < NOON + 10 * MINUTE:
        return place % 2000 == 0
    return {
        "returns fail": feature == "returns" and place % 10 == 0,
        "acme fails": model == "acme-large" and place % 10 != 1,
        "slow": place % 4 == 0,
        "all is well": False,
    }[which]


def _columns(which: str, bad: Sequence[bool], ended: Sequence[datetime]) -> dict[str, list[float]]:
    took = [30.0 if one else 1.0 + place % 7 / 10 for place, one in enumerate(bad)]
    if which == "slow":
        return {
            "ttft_s": [0.9 + place % 5 / 10 if one else 0.3 for place, one in enumerate(bad)],
            "failed": [0.0] * len(bad),
        }
    failed = [float(one) for one in bad]
    provider = {"provider_failed": failed} if which == "acme fails" else {}
    return {"failed": failed, "latency_s": took, **provider}


@cache
def leak() -> Facts:
    """Return requests of eight days of which one in 100 fails for the last six hours, timeouts of one release."""
    ended = every(MINUTE / 6, NOON - 8 * DAY, NOON + MINUTE)
    begins = NOON - 6 * HOUR
    failed = [float(place % (100 if at >= begins else 5000) == 0) for place, at in enumerate(ended)]
    releases = [
        "2026.11.3" if at >= begins - HOUR and place % 2 == 0 else "2026.11.2" for place, at in enumerate(ended)
    ]
    return facts(ended, failed=failed, labels={"release": releases, "feature": ["chat"] * len(ended)})


@cache
def judged(score: float = 0.4, one_in: int = 6, begins: datetime = NOON - DAY, until: datetime = NOON) -> Facts:
    """Return requests of nine days of which 5 % are judged, and one in so many of them is bad from *begins* to *until*."""
    ended = every(MINUTE / 2, NOON - 9 * DAY, NOON)
    chosen = [place % 20 == 0 for place in range(len(ended))]
    bad = [place % (20 * (one_in if begins <= at < until else 50)) == 0 for place, at in enumerate(ended)]
    nan = float("nan")
    scores = [(score if is_bad else 0.95) if one else nan for one, is_bad in zip(chosen, bad, strict=True)]
    prompts = ["v42" if at >= begins else "v41" for at in ended]
    return facts(
        ended, faithfulness=scores, selected=[float(one) for one in chosen], labels={"prompt_version": prompts},
        quarantined=[0.0 if one else nan for one in chosen], rate=[0.05 if one else nan for one in chosen],
        input_tokens=100.0,
        output_tokens=[300.0 + place % 40 if at >= begins else 100.0 + place % 40 for place, at in enumerate(ended)],
    )  # fmt: skip


def money(daily: float, today: float) -> Facts:
    """Return requests of two features, of which *today* one spends nearly everything."""
    first = NOON.replace(day=1, hour=1)
    ended = [first + day * DAY + place * MINUTE for day in range(22) for place in range(2)]
    ended += [NOON - HOUR + place * MINUTE for place in range(10)]
    spent = [daily / 2] * 44 + [today * 0.98 / 9] * 9 + [today * 0.02]
    features = ["search", "import"] * 22 + ["import"] * 9 + ["search"]
    return facts(ended, spend_usd=spent, cost_usd=0.01, labels={"feature": features, "model": ["acme-large"] * 54})


def with_probes(seen: View) -> View:
    made = [
        Probe(
            application="shop", at=seen.slot - place * MINUTE, ok=False, status=503, latency_s=0.1, first_byte_s=None,
            because="HTTP 503",
        )
        for place in reversed(range(4))
    ]  # fmt: skip
    return replace(seen, probes=made)


def with_blind_rules(seen: View) -> View:
    watched = WatchedRule(
        name="availability", severity=Severity.PAGE, blind_after=5 * MINUTE, seen_at=seen.slot - 12 * MINUTE
    )
    return replace(seen, watched=[watched], known_until=seen.slot - 12 * MINUTE)


def with_a_dead_channel(seen: View) -> View:
    health = ChannelHealth(name="pager", waiting=3, waiting_since=seen.slot - 8 * MINUTE, error="HTTP 500")
    return replace(seen, channels=[health])


QUANTILE = rule(
    name="slow-p95", summary="The slowest first tokens come too late.", look="Traffic by model.",
    when={"kind": "quantile", "signal": "ttft_s", "quantile": "p95", "above": 0.5, "over": "15m", "alpha": 0.001},
).model_copy(update={"severity": Severity.PAGE})  # fmt: skip
RATIO = rule(
    name="wordy", summary="Answers are too long for their questions.", look="The prompt version.",
    when={"kind": "ratio", "of": "output_tokens", "per": "input_tokens", "above": 2.0, "over": "4h", "alpha": 0.001},
    runbook="https://runbooks.example/{application}/wordy",
)  # fmt: skip


def of(*guides: str) -> list[Rule]:
    return [RULES[guide] for guide in guides]


def daily(rules: Sequence[Rule], past: Past) -> list[Message]:
    """Return what is told at two hourly looks."""
    return told(rules, past, NOON - HOUR, NOON, HOUR)

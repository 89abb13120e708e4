"""Made-up requests for the benchmarks: as varied as those of a shop's assistant, the same on every machine."""

from datetime import UTC, datetime, timedelta

import numpy as np

from domain.request import Outcome, Request

START = datetime(2026, 11, 2, tzinfo=UTC)
SPREAD = timedelta(hours=6)
APPLICATION = "bench"
FEATURES = ("returns", "billing", "orders", "catalog", "launch")
MODELS = (("gpt-5", "openai"), ("gpt-5-mini", "openai"), ("claude-sonnet-4-5", "anthropic"))


def requests(n: int) -> list[Request]:
    """Return *n* requests that ended within SPREAD of START, by end; most streamed, 1 in 200 failed."""
    rng = np.random.default_rng(7)
    ended = np.sort(rng.integers(0, SPREAD // timedelta(microseconds=1), n)).tolist()
    latency = rng.lognormal(0, 0.6, n).tolist()
    retrieval = rng.lognormal(-2, 0.4, n).tolist()
    tpot = rng.lognormal(-4, 0.3, n).tolist()
    failed = (rng.random(n) < 0.005).tolist()
    streamed = (rng.random(n) < 0.9).tolist()
    tokens = rng.integers(1, 4000, (n, 2)).tolist()
    cost = rng.integers(100_000, 9_000_000, n).tolist()
    feature = rng.integers(0, len(FEATURES), n).tolist()
    model = rng.integers(0, len(MODELS), n).tolist()
    user = rng.integers(0, 20_000, n).tolist()
    ids = rng.bytes(16 * n).hex()
    return [
        Request(
            trace_id=ids[32 * i : 32 * i + 32],
            application=APPLICATION,
            started_at=START + timedelta(microseconds=ended[i] - int(latency[i] * 1e6)),
            ended_at=START + timedelta(microseconds=ended[i]),
            outcome=Outcome.TIMEOUT if failed[i] else Outcome.OK,
            latency_s=latency[i],
            ttft_s=latency[i] / 4 if streamed[i] else None,
            tpot_s=tpot[i] if streamed[i] else None,
            retrieval_s=retrieval[i],
            context_share=tokens[i][0] / 128_000,
            input_tokens=tokens[i][0],
            output_tokens=tokens[i][1],
            cost_nano_usd=cost[i],
            feature=FEATURES[feature[i]],
            user_tier="pro" if user[i] % 7 == 0 else "free",
            model=MODELS[model[i]][0],
            provider=MODELS[model[i]][1],
            prompt_version="support-answer v2",
            release="2026.11.2",
            user_id=f"user-{user[i]:05}",
            session_id=f"sess-{user[i]:05}-{i % 9}",
            environment="shop-prod",
            profile="chat",
        )
        for i in range(n)
    ]

"""The recorded 48 hours, assembled, equal what is known to be true about them."""

from collections import Counter

import pytest

from domain.request import Outcome
from tests import recorded

KINDS = {
    "timeout": Outcome.TIMEOUT,
    "rate_limit": Outcome.RATE_LIMITED,
    "provider_503": Outcome.PROVIDER_ERROR,
    "overloaded": Outcome.PROVIDER_ERROR,
    "connection": Outcome.PROVIDER_ERROR,
    "max_iterations": Outcome.APPLICATION_ERROR,
}


def expected_outcome(truth):
    if truth["error_kind"]:
        return KINDS[truth["error_kind"]]
    return Outcome.REFUSED if truth["refusal"] else Outcome.OK


def expected_ttft(truth):
    """The corpus plants four first tokens that come with the end; plain OpenTelemetry tells by an attribute."""
    if truth.get("ttft_unreliable"):
        return None
    if truth.get("ttft_attribute_s") is not None:
        return truth["ttft_attribute_s"]
    return truth["ttft_s"]


def every(expected, actual):
    """Compare one fact of all 560 traces, and show which differ."""
    pairs = {id_: (expected(truth), actual(recorded.requests()[id_])) for id_, truth in recorded.truth().items()}
    return {id_: pair for id_, pair in pairs.items() if pair[0] != pair[1]}


def test_every_trace_belongs_to_one_application():
    expected = {name: recorded.totals()["by_app"][name]["traces"] for name in recorded.TRACE_NAMES}

    assert expected == Counter(request.application for request in recorded.requests().values())
    assert {id_: truth["app"] for id_, truth in recorded.truth().items()} == {
        id_: request.application for id_, request in recorded.requests().items()
    }


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        pytest.param(expected_outcome, lambda request: request.outcome, id="outcome"),
        pytest.param(lambda truth: truth["latency_s"], lambda request: request.latency_s, id="latency"),
        pytest.param(lambda t: recorded.moment(t["start"]), lambda request: request.started_at, id="start"),
        pytest.param(lambda t: recorded.moment(t["end"]), lambda request: request.ended_at, id="end"),
        pytest.param(lambda truth: truth["input_tokens"], lambda request: request.input_tokens, id="input tokens"),
        pytest.param(lambda truth: truth["output_tokens"], lambda request: request.output_tokens, id="output tokens"),
        pytest.param(
            lambda truth: round(truth["cost_expected_usd"] * 1e9), lambda request: request.cost_nano_usd, id="cost"
        ),
        pytest.param(
            lambda truth: truth["unpriced_generation"], lambda request: request.unpriced_calls > 0, id="unpriced"
        ),
        pytest.param(lambda truth: truth["feature"], lambda request: request.feature, id="feature"),
        pytest.param(lambda truth: truth["tier"], lambda request: request.user_tier, id="tier"),
        pytest.param(lambda truth: truth["user_id"], lambda request: request.user_id, id="user"),
        pytest.param(lambda truth: truth["session_id"], lambda request: request.session_id, id="session"),
        pytest.param(lambda truth: truth["release"], lambda request: request.release, id="release"),
        pytest.param(lambda truth: truth["model"], lambda request: request.model, id="model"),
    ],
)
def test_equals_the_truth_of_every_trace(expected, actual):
    assert {} == every(expected, actual)


def test_time_to_first_token_equals_the_truth_of_every_trace():
    differing = every(expected_ttft, lambda request: request.ttft_s)

    assert {} == {id_: pair for id_, pair in differing.items() if None in pair or abs(pair[0] - pair[1]) > 0.0005}


def test_the_totals_equal_the_truth():
    found = recorded.requests().values()
    total = recorded.totals()["all"]

    assert 516_749_860 == sum(request.cost_nano_usd for request in found)
    assert total["failed"] == sum(request.outcome.failed for request in found)
    assert total["refusals"] == sum(bool(request.refused) for request in found)
    assert total["input_tokens"] == sum(request.input_tokens for request in found)
    assert total["output_tokens"] == sum(request.output_tokens for request in found)
    assert Counter({KINDS[kind]: 0 for kind in KINDS}) + Counter(
        {outcome: n for outcome, n in Counter(r.outcome for r in found).items() if outcome.failed}
    ) == sum((Counter({KINDS[kind]: n}) for kind, n in total["error_kinds"].items()), Counter())


def test_prompt_versions_are_those_of_the_truth():
    assert {} == every(
        lambda truth: f"{truth['prompt_name']} v{truth['prompt_version']}" if truth["prompt_name"] else None,
        lambda request: request.prompt_version,
    )


def test_agents_are_chains_and_single_answers_are_not():
    assert {"research-agent"} == {r.application for r in recorded.requests().values() if r.is_chain}
    assert {"support-bot", "catalog-assistant"} == {
        r.application for r in recorded.requests().values() if not r.is_chain
    }


def test_oddities_are_counted_not_hidden():
    assert {"first token only at the end": 4} == sum(
        (Counter(request.oddities) for request in recorded.requests().values()), Counter()
    )

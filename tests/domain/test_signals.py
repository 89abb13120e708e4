"""Signals: each of the right requests, each with words and a unit, and NaN where a request has no part in it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import measure
from domain.bad import Bad
from domain.facts import LABELS
from domain.objective import Objective
from domain.request import Outcome
from domain.signals import SIGNALS
from domain.window import Window
from tests.builders import DAY, NOON, facts

TODAY = Window.ending(NOON, DAY)
KINDS = {
    "timeout": Outcome.TIMEOUT,
    "rate_limited": Outcome.RATE_LIMITED,
    "provider_error": Outcome.PROVIDER_ERROR,
    "application_error": Outcome.APPLICATION_ERROR,
}


def share(of, signal):
    found = measure.share(of, signal, TODAY, bad=Bad())
    return (found.k, found.n)


@pytest.mark.parametrize("name", SIGNALS)
def test_every_signal_has_words_and_a_unit_that_can_be_shown(name):
    assert SIGNALS[name].words
    assert SIGNALS[name].unit in {"s", "USD", "tokens", "requests", "score", "share"}


@given(st.lists(st.sampled_from(Outcome), max_size=40))
def test_the_kinds_of_error_add_up_to_the_failures(outcomes):
    of = facts([NOON - DAY / 2] * len(outcomes), outcomes=outcomes)
    known = [outcome for outcome in outcomes if outcome is not Outcome.INVALID_REQUEST]

    assert {kind: (outcomes.count(outcome), len(known)) for kind, outcome in KINDS.items()} == {
        kind: share(of, kind) for kind in KINDS
    }
    assert sum(share(of, kind)[0] for kind in KINDS) == share(of, "failed")[0]


def test_the_response_rate_is_of_all_requests_not_of_the_voters():
    of = facts(thumb_down=[1.0, 0.0, np.nan, np.nan, np.nan])

    assert (2, 5) == share(of, "voted")
    assert (1, 2) == share(of, "thumb_down")


@pytest.mark.parametrize(
    "signal", ["retrieval_s", "guardrail_s", "context_share", "queue_depth", "input_tokens", "output_tokens"]
)
def test_a_number_is_measured_where_it_is_known(signal):
    found = measure.statistic(facts(**{signal: [1.0, np.nan, 3.0]}), signal, "mean", TODAY)

    assert (2, 2.0) == (found.n, found.value)


def test_the_class_of_a_query_and_its_profile_can_be_split_by():
    assert {"query_class", "profile", "environment"} <= set(LABELS)


@pytest.mark.parametrize("which", ["p10", "p50", "p95", "p99"])
def test_every_quantile_can_be_promised(which):
    promise = Objective(name="x", tier="llm", promise="x", signal="ttft_s", statistic=which, at_most=1)

    assert 1 - measure.QUANTILES[which] == pytest.approx(promise.budget)

"""Promises to some requests only, and requests that are not independent."""

import pytest
from pydantic import ValidationError

from tests.builders import objective

GOODPUT = {"statistic": "goodput", "signal": "", "at_most": None, "at_least": 0.9}
PROJECTION = {"statistic": "projection", "signal": "spend_usd", "at_most": 100}
MEAN = {"statistic": "mean", "signal": "cost_usd", "at_most": 0.015}
TOTAL = {"statistic": "total", "signal": "spend_usd", "at_most": 5}
SLICES = {"statistic": "slices", "signal": "answered", "at_most": None, "at_least": 0.999}
P95 = {"statistic": "p95", "signal": "ttft_s", "at_most": 0.5}


def test_a_promise_is_about_all_requests_unless_it_says_which():
    assert ((), None) == (objective().labels, objective().clusters)


def test_the_labels_of_a_promise_are_in_their_one_order():
    one = objective(where={"query_class": "agent chain", "feature": "checkout"})

    assert (("feature", "checkout"), ("query_class", "agent chain")) == one.labels


@pytest.mark.parametrize("said", [{}, MEAN, TOTAL, SLICES, P95])
def test_whatever_is_measured_of_requests_can_be_promised_to_some(said):
    assert (("profile", "voice"),) == objective(where={"profile": "voice"}, **said).labels


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        pytest.param({"where": {"colour": "red"}}, "no label 'colour'; there are feature, user_tier", id="label"),
        pytest.param({"where": {}}, "which requests", id="nobody"),
        pytest.param({"where": {"feature": ""}}, "at least 1 character", id="no name"),
        pytest.param({"where": {"prompt_version": 7}}, "valid string", id="a number is no name"),
        pytest.param(
            {"where": {"query_class": "agent"}}, "'standard' or 'agent chain', not 'agent'", id="no class of queries"
        ),
        pytest.param({"where": {"feature": "x"}, **PROJECTION}, "leave where out", id="a part of a month's end"),
        pytest.param({"where": {"feature": "x"}, **GOODPUT}, "leave where out", id="a part of goodput"),
        pytest.param({"clusters": "user"}, "'session'", id="clusters of something else"),
        *(
            pytest.param(
                {"clusters": "session", **said}, "a share or a quantile", id=f"clusters of {said['statistic']}"
            )
            for said in (MEAN, TOTAL, SLICES, PROJECTION, GOODPUT)
        ),
    ],
)
def test_what_makes_no_sense_is_refused(said, complaint):
    with pytest.raises(ValidationError, match=complaint):
        objective(**said)


@pytest.mark.parametrize("said", [{}, P95])
def test_the_requests_of_a_session_may_count_together(said):
    assert "session" == objective(clusters="session", **said).clusters

"""The requests behind an alert: the worst first, each with its number."""

import math

import pytest

from tests.alerts.test_share import share
from tests.builders import facts, view


@pytest.mark.parametrize(
    ("columns", "asked", "worst"),
    [
        pytest.param(
            {"ttft_s": [0.4, 1.35, 0.9, math.nan, 12.0, 0.6]},
            {"signal": "ttft_s", "above": 0.5},
            [("trace-4", "TTFT 12 s"), ("trace-1", "TTFT 1.35 s"), ("trace-2", "TTFT 900 ms")],
            id="slowest first",
        ),
        pytest.param(
            {"faithfulness": [0.5, 0.0, math.nan, 0.25, 0.9]},
            {"signal": "hallucination_risk", "above": 0.15},
            [("trace-1", "risk 1.00"), ("trace-3", "risk 0.75"), ("trace-0", "risk 0.50")],
            id="riskiest first",
        ),
        pytest.param(
            {"faithfulness": [0.5, 0.0, math.nan, 0.25, 0.9]},
            {"signal": "faithfulness", "below": 0.3},
            [("trace-1", "faithfulness 0.00"), ("trace-3", "faithfulness 0.25")],
            id="least faithful first",
        ),
        pytest.param(
            {"failed": [1.0, 0.0, 1.0, 1.0, 1.0], "latency_s": [1.0, 1.0, 30.0, math.nan, 0.05]},
            {"signal": "failed"},
            [("trace-4", "failed, took 50 ms"), ("trace-3", "failed"), ("trace-2", "failed, took 30 s")],
            id="newest first where all are alike",
        ),
        pytest.param({"failed": [0.0, math.nan]}, {"signal": "failed"}, [], id="none"),
    ],
)
def test_the_worst_traces_come_first_and_say_their_number(columns, asked, worst):
    shown = share(**asked).worst(view(facts(**columns)), ())

    assert worst == [(trace.trace_id, trace.reason) for trace in shown]


def test_the_worst_traces_are_those_of_the_label():
    of = facts(failed=[1.0, 1.0], labels={"model": ["a", "b"]})

    assert ["trace-1"] == [t.trace_id for t in share(split_by="model").worst(view(of), (("model", "b"),))]

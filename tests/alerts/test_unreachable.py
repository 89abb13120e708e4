"""Probes: down is down after three in a row, and silence is not knowledge."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.conditions import Unreachable
from domain.alerting import Truth
from domain.duration import parse_duration
from domain.probe import Probe
from tests.alerts.shipped import RULES
from tests.builders import MINUTE, NOON, view

DOWN = Unreachable(kind="unreachable", over=parse_duration("10m"), in_a_row=3)


def probes(pattern: str, until=NOON):
    """One probe a minute up to *until*: `+` answered, `-` did not."""
    return [
        Probe(
            application="shop",
            at=until - (len(pattern) - 1 - position) * MINUTE,
            ok=mark == "+",
            because="" if mark == "+" else "status 503 instead of 200",
        )
        for position, mark in enumerate(pattern)
    ]


@pytest.mark.parametrize(
    ("pattern", "truth", "clear"),
    [
        pytest.param("+++", Truth.FALSE, True, id="answers"),
        pytest.param("++-", Truth.FALSE, False, id="one failure"),
        pytest.param("+--", Truth.FALSE, False, id="two in a row"),
        pytest.param("+---", Truth.TRUE, False, id="three in a row"),
        pytest.param("---+", Truth.FALSE, False, id="one answer is not yet over"),
        pytest.param("---+++", Truth.FALSE, True, id="three answers are"),
        pytest.param("--", Truth.UNKNOWN, False, id="too few"),
        pytest.param("", Truth.UNKNOWN, False, id="none"),
    ],
)
def test_it_takes_three_in_a_row(pattern, truth, clear):
    (found,) = DOWN.find(replace(view(), probes=probes(pattern)))

    assert (truth, clear) == (found.truth, found.clear)


def test_the_shipped_rule_fires_on_three():
    (found,) = RULES["A1p"].when.find(replace(view(), probes=probes("+---")))

    assert Truth.TRUE is found.truth


def test_old_probes_say_nothing_about_now():
    (found,) = DOWN.find(replace(view(), probes=probes("-----", until=NOON - timedelta(minutes=30))))

    assert (Truth.UNKNOWN, "0 probes in 10 min") == (found.truth, found.because)


def test_it_says_what_the_newest_probe_saw():
    (found,) = DOWN.find(replace(view(), probes=probes("+---")))

    assert "3 of 4 probes failed in 10 min: status 503 instead of 200" == found.because

"""The files of rules: complete, unique, and with the numbers of the guide."""

import pytest
from pydantic import ValidationError

from domain.message import Severity
from tests.alerts.shipped import FOLDER, RULES, shipped
from tests.builders import DAY, HOUR, MINUTE, rule


def test_every_file_is_a_severity_and_every_severity_has_a_file():
    assert {f"{severity}.yaml" for severity in Severity} == {file.name for file in FOLDER.iterdir() if file.is_file()}


def test_names_and_guide_numbers_are_unique():
    every_rule = list(shipped())

    assert len(every_rule) == len({one.guide for one in every_rule}) == len({one.name for one in every_rule})
    assert {f"A{n}" for n in range(1, 11)} <= set(RULES)


@pytest.mark.parametrize(
    ("guide", "severity", "every", "hold", "resolve_after", "numbers"),
    [
        ("A1", "page", MINUTE, 2 * MINUTE, 5 * MINUTE, {"over": 5 * MINUTE, "at_least_bad": 3, "alpha": 1e-4}),
        (
            "A2",
            "page",
            MINUTE,
            MINUTE,
            5 * MINUTE,
            {
                "share_above": 0.05,
                "over": 2 * MINUTE,
                "healthy_share": 0.005,
                "at_least_bad": 3,
                "alpha": 1e-4,
                "clear_at": 0.04,
            },
        ),
        (
            "A3",
            "page",
            MINUTE,
            0 * MINUTE,
            5 * MINUTE,
            {
                "over": 5 * MINUTE,
                "last": 20,
                "share_at_least": 0.5,
                "at_least": 10,
                "in_a_row": 5,
                "rate_limited_above": 0.5,
                "clear_in_a_row": 10,
                "clear_at": 0.10,
                "split_by": ("provider", "model"),
            },
        ),
        (
            "A4",
            "page",
            MINUTE,
            0 * MINUTE,
            30 * MINUTE,
            {
                "above": 0.15,
                "share_above": 0.2,
                "over": 15 * MINUTE,
                "healthy_share": 0.05,
                "alpha": 1e-4,
                "clear_at": 0.15,
            },
        ),
        (
            "A5",
            "ticket",
            MINUTE,
            10 * MINUTE,
            15 * MINUTE,
            {"objective": "first-token", "over": 5 * MINUTE, "alpha": 0.01, "clear_of_limit": 0.8},
        ),
        ("A6", "ticket", HOUR, HOUR, DAY, {"by": 0.15, "sure": 0.9, "clear_at": 1.1}),
        (
            "A7",
            "ticket",
            HOUR,
            HOUR,
            0 * HOUR,
            {"over": DAY, "by": 0.02, "clear_by": 0.01, "alpha": 0.01, "at_least": 30},
        ),
        ("A7b", "ticket", HOUR, 0 * HOUR, 0 * HOUR, {"below": 0.7, "share_above": 0.5, "over": DAY, "alpha": 0.01}),
        (
            "A8",
            "ticket",
            6 * HOUR,
            0 * HOUR,
            0 * HOUR,
            {"at_least": 0.25, "alpha": 1e-3, "clear_below": 0.20, "over": DAY},
        ),
        ("A9", "ticket", HOUR, 0 * HOUR, 0 * HOUR, {"spent_above": 0.8, "ahead_by": DAY}),
        ("A9b", "informational", HOUR, 0 * HOUR, 0 * HOUR, {"of": "day", "spent_above": 0.8, "ahead_by": None}),
        ("A9c", "page", 5 * MINUTE, 0 * HOUR, 0 * HOUR, {"of": "month", "spent_above": 0.8}),
        ("A9d", "ticket", HOUR, 0 * HOUR, 0 * HOUR, {"of": "day", "spent_above": 1.0, "ahead_by": DAY}),
        (
            "A10b",
            "ticket",
            15 * MINUTE,
            0 * HOUR,
            0 * HOUR,
            {"objective": "hallucination", "times": 2, "false_alarm_after": 50_000, "over": 7 * DAY},
        ),
        (
            "M7",
            "ticket",
            HOUR,
            0 * HOUR,
            0 * HOUR,
            {"signal": "unpriced", "share_above": 0.05, "over": DAY, "at_least_bad": 20, "alpha": 0.01},
        ),
        (
            "M6",
            "ticket",
            HOUR,
            HOUR,
            0 * HOUR,
            {"above": 0.005, "clear_at": 0.0025, "at_least_rows": 20, "at_least_usd": 0.10, "days": 2},
        ),
        ("A10", "ticket", HOUR, 0 * HOUR, 0 * HOUR, {"over": DAY, "alpha": 0.005, "clear_of_limit": 0.8}),
        (
            "I2",
            "informational",
            DAY,
            0 * HOUR,
            0 * HOUR,
            {"signal": "output_tokens", "over": 7 * DAY, "at_least": 3 * DAY},
        ),
        ("I3", "informational", DAY, 0 * HOUR, 0 * HOUR, {"signal": "refused", "over": 7 * DAY, "at_least": 3 * DAY}),
        (
            "I4",
            "informational",
            DAY,
            0 * HOUR,
            0 * HOUR,
            {"signal": "cost_usd", "over": 7 * DAY, "split_by": "feature"},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value[0] in "AI" else "",
)
def test_the_numbers_are_the_guides(guide, severity, every, hold, resolve_after, numbers):
    one = RULES[guide]

    assert (severity, every, hold, resolve_after) == (one.severity, one.every, one.hold, one.resolve_after)
    assert numbers == {name: getattr(one.when, name) for name in numbers}


def test_whoever_is_paged_hears_that_nothing_is_known_in_time():
    said = {guide: one.blind_after for guide, one in RULES.items() if one.blind_after is not None}

    assert {
        "A1": 5 * MINUTE,
        "A2": 5 * MINUTE,
        "A3": 5 * MINUTE,
        "A4": 30 * MINUTE,
        "A5": 15 * MINUTE,
    }.items() <= said.items()


def test_a_consequence_keeps_quiet_while_its_cause_is_told():
    causes = {one.name: set(one.inhibited_by) for one in RULES.values() if one.inhibited_by}
    judged = {"faithfulness-decline", "faithfulness-low", "hallucination-slo"}

    assert {"provider-outage"} == causes["availability"] == causes["error-rate"]
    assert {"provider-outage", "availability", "error-rate"} == causes["slow-first-token"]
    assert {"provider-outage", "judge-blind"} == causes["hallucination-spike"]
    assert all({"judge-blind"} == causes[name] for name in judged)
    assert {"judge-blind", "hallucination-slo"} == causes["hallucination-increase"]
    assert {"runaway-day"} == causes["daily-allowance"]


@pytest.mark.parametrize("one", RULES.values(), ids=lambda one: one.name)
def test_every_rule_tells_a_woken_person_what_to_do(one):
    assert 100 <= len(one.look) <= 300


@pytest.mark.parametrize("one", RULES.values(), ids=lambda one: one.name)
def test_every_rule_says_what_is_wrong_and_where_to_look_without_markup(one):
    assert one.summary.endswith(".")
    assert one.look.endswith(".")
    assert not set("<>*_[]") & set(one.summary + one.look)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"every": "30s"}, "every lies below the slot of one minute"),
        ({"for": "10m", "every": "1h"}, "for is shorter than every"),
        ({"for": "soon"}, "a duration is a whole number"),
        ({"name": "Not A Name"}, "pattern"),
        ({"guide": "first"}, "pattern"),
        ({"when": {"kind": "wish"}}, "kind"),
        ({"colour": "red"}, "not permitted"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(wrong, words):
    with pytest.raises(ValidationError, match=words):
        rule(**wrong)

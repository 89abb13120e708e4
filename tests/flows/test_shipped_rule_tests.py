"""The tests that the shipped rules come with: they pass, leave no rule out, and notice when a rule is changed."""

from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from alerts.rule_tests.coverage import Coverage
from flows.rule_files import read_rules
from flows.rule_test_file import read_rule_tests, shipped_rule_tests
from flows.rule_tests import run_rule_tests
from tests.builders import DAY, HOUR, MINUTE

read = cache(read_rule_tests)

FILES = shipped_rule_tests()
RULES = {rule.name: rule for rule in read_rules()}
NO_TIME = timedelta()

MUTANTS = [
    ("availability", {"at_least_bad": 1}),
    ("availability", {"at_least_bad": 2, "alpha": 0.001}),
    ("availability", {"hold": NO_TIME}),
    ("availability", {"hold": 3 * MINUTE}),
    ("availability", {"resolve_after": NO_TIME}),
    ("error-rate", {"share_above": 0.04, "clear_at": 0.03}),
    ("error-rate", {"hold": NO_TIME}),
    ("error-rate", {"alpha": 0.4, "at_least_bad": 1}),
    ("provider-outage", {"in_a_row": 4}),
    ("provider-outage", {"at_least": 4}),
    ("provider-outage", {"rate_limited_above": 0.9}),
    ("provider-outage", {"split_by": ("model",)}),
    ("hallucination-spike", {"alpha": 0.4}),
    ("hallucination-spike", {"clear_at": 0.2}),
    ("hallucination-spike", {"share_above": 0.5}),
    ("availability-leak", {"factor": 9.0}),
    ("availability-leak", {"unless": None}),
    ("availability-leak", {"resolve_after": NO_TIME}),
    ("endpoint-down", {"in_a_row": 2}),
    ("runaway-day", {"spent_above": 0.7}),
    ("monitor-blind", {"expected": 5}),
    ("monitor-blind", {"resolve_after": NO_TIME}),
    ("slow-first-token", {"hold": 5 * MINUTE}),
    ("slow-first-token", {"alpha": 0.4}),
    ("slow-first-token", {"respond_within": HOUR}),
    ("budget-projection", {"sure": 0.8}),
    ("budget-projection", {"by": 0.05, "clear_at": 1.0}),
    ("faithfulness-decline", {"by": 0.005, "clear_by": 0.001}),
    ("faithfulness-decline", {"at_least": 8}),
    ("faithfulness-decline", {"hold": NO_TIME}),
    ("faithfulness-low", {"below": 0.75}),
    ("faithfulness-low", {"alpha": 0.4}),
    ("topic-shift", {"at_least": 0.1, "clear_below": 0.1}),
    ("topic-shift", {"at_least": 1.5}),
    ("budget-80", {"ahead_by": None}),
    ("budget-80", {"spent_above": 0.75}),
    ("daily-allowance", {"ahead_by": None}),
    ("daily-allowance-80", {"spent_above": 0.75}),
    ("price-missing", {"alpha": 0.4}),
    ("hallucination-slo", {"alpha": 0.4}),
    ("hallucination-increase", {"false_alarm_after": 1000}),
    ("availability-day", {"unless": None}),
    ("availability-day", {"factor": 5.0}),
    ("availability-days", {"factor": 3.0}),
    ("first-token-day", {"factor": 1.5}),
    ("first-token-days", {"unless": None}),
    ("books-differ", {"at_least_rows": 1}),
    ("books-differ", {"hold": NO_TIME}),
    ("judge-drift", {"alpha": 0.4}),
    ("judge-drift", {"fresh": 7 * DAY}),
    ("judge-model", {"over": 7 * DAY}),
    ("judge-quarantine", {"alpha": 0.4, "at_least_bad": 1}),
    ("judge-blind", {"over": 10 * MINUTE}),
    ("monitor-blind-ticket", {"resolve_after": NO_TIME}),
    ("dead-letter", {"waiting": 3 * MINUTE}),
    ("dead-letter", {"recent": 7 * DAY}),
    ("slots-lost", {"more_than": 1}),
    ("slots-lost", {"over": 2 * HOUR}),
    ("refusal-trend", {"by": 1.5}),
    ("refusal-trend", {"at_least": DAY}),
    ("feature-cost", {"by": 0.05}),
    ("answer-length", {"by": 0.05}),
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_shipped_tests_pass(path):
    failures = [line for result in run_rule_tests(read(path)) for line in result.failures]

    assert [] == failures


def test_every_shipped_rule_is_seen_to_fire_and_to_keep_quiet():
    stories = [story for path in FILES for _, story in read(path).stories]

    assert {} == Coverage.of(stories).gaps(RULES)
    assert set(RULES) == {rule for rule, _ in MUTANTS}


@pytest.mark.parametrize(("name", "change"), MUTANTS, ids=lambda one: one if isinstance(one, str) else "-".join(one))
def test_a_changed_rule_is_noticed(name, change):
    assert is_noticed(name, change)


def test_the_same_rule_is_not_noticed():
    assert not is_noticed("endpoint-down", {})


def is_noticed(name, change):
    """Whether a test about the rule fails when the rule, or what it asks, is changed."""
    rule = RULES[name]
    asked = {key: value for key, value in change.items() if key in type(rule.when).model_fields}
    own = {key: value for key, value in change.items() if key not in asked}
    mutant = rule.model_copy(update={**own, "when": rule.when.model_copy(update=asked)})
    for tests in map(read, FILES):
        about = [(place, story) for place, story in tests.stories if story.rules is None or name in story.rules]
        changed = replace(tests, stories=about, rules={**tests.rules, name: mutant})
        if about and any(result.failures for result in run_rule_tests(changed)):
            return True
    return False

"""A rule that could never fire for a promise is a mistake of the files, with its place."""

import pytest

from domain.errors import ConfigError
from flows.configuration import read_application
from flows.rule_files import read_rules

APP = "environment: prod\nsource: {kind: langfuse}\n"
SLOS = """\
objectives:
  - name: answers
    tier: infrastructure
    promise: requests are answered
    signal: answered
    statistic: share
    at_least: 0.9999
  - name: availability
    tier: infrastructure
    promise: requests are answered
    signal: answered
    statistic: share
    at_least: 0.999
"""


@pytest.fixture
def deployments(tmp_path):
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "app.yaml").write_text(APP)
    return tmp_path


def read(deployments, slos):
    (deployments / "bot" / "slos.yaml").write_text(slos)
    return read_application(deployments, "bot")


def test_a_promise_that_every_factor_suits_is_fine(deployments):
    names = {rule.name for rule in read(deployments, SLOS).rules}

    assert {"availability-leak", "availability-day", "availability-days"} <= names
    assert "first-token-day" not in names


def test_each_rule_that_could_never_fire_is_named_at_the_limit_of_the_promise(deployments):
    with pytest.raises(ConfigError) as caught:
        read(deployments, SLOS.replace("at_least: 0.999\n", "at_least: 0.75\n"))

    assert str(caught.value) == (
        f"{deployments}/bot/slos.yaml:13:5: objectives.1.at_least: 'availability' allows 25.0 % bad requests, so its "
        "budget never burns faster than 4 times; the rule 'availability-leak' waits for 6 times, and could never fire"
    )


def test_two_rules_are_two_mistakes(deployments):
    with pytest.raises(ConfigError) as caught:
        read(deployments, SLOS.replace("at_least: 0.999\n", "at_least: 0.6\n"))

    assert 2 == len(str(caught.value).splitlines())


def test_a_promise_that_has_no_budget_to_burn_is_one_too(deployments):
    mean = SLOS.replace("name: availability", "name: available").replace("name: answers", "name: availability")
    mean = mean.replace(
        "answered\n    statistic: share\n    at_least: 0.9999", "cost_usd\n    statistic: mean\n    at_most: 1"
    )

    with pytest.raises(ConfigError, match=r"slos.yaml:7:5: objectives.0.at_most: 'availability' allows no share"):
        read(deployments, mean)


def test_the_shipped_rules_on_budgets_are_on_promises_with_usual_names():
    named = {rule.objective for rule in read_rules() if rule.guide.startswith("S1")}

    assert {"availability", "first-token"} == named

"""What operators write: read whole, or answered with file, line, column and the names that exist."""

from pathlib import Path

import pytest

from domain.errors import ConfigError
from flows.configuration import application_names, read_application
from flows.rule_files import read_rules

ROOT = Path(__file__).parent.parent.parent

APP = """\
environment: prod
source: {kind: langfuse}
"""
SLOS = """\
objectives:
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
    (tmp_path / "bot" / "slos.yaml").write_text(SLOS)
    return tmp_path


def complaint(deployments, name="bot"):
    with pytest.raises(ConfigError) as caught:
        read_application(deployments, name)
    return str(caught.value).replace(str(deployments), "")


@pytest.mark.parametrize("name", application_names(ROOT / "deployments" / "demo"))
def test_every_shipped_application_is_fine(name):
    configured = read_application(ROOT / "deployments" / "demo", name)

    assert name == configured.application.name


def test_a_small_application_is_enough(deployments):
    configured = read_application(deployments, "bot")

    assert ("prod", ["availability"]) == (
        configured.application.environment,
        [objective.name for objective in configured.objectives],
    )


def test_rules_about_promises_that_nobody_made_are_left_out(deployments):
    names = {rule.name for rule in read_application(deployments, "bot").rules}

    assert {"availability", "error-rate"} <= names
    assert "slow-first-token" not in names


def test_an_unknown_application_is_answered_with_those_that_exist(deployments):
    assert "/nope/app.yaml: there is no application 'nope'; there are: bot" == complaint(deployments, "nope")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "environment: prod\nsource: {kind: langfuse}\ncolour: red\n",
            "/bot/app.yaml:3:1: colour: there is no such field",
            id="a field that does not exist",
        ),
        pytest.param("environment: prod\n", "/bot/app.yaml:1:1: source: is missing", id="a field that is missing"),
        pytest.param(
            "environment: 'Prod!'\nsource: {kind: langfuse}\n",
            "/bot/app.yaml:1:1: environment: String should match pattern",
            id="a bad name",
        ),
        pytest.param("environment: prod\n  source: {", "/bot/app.yaml:2:9: mapping values", id="no YAML"),
        pytest.param("a: 1\na: 2\n", "/bot/app.yaml:2:1: found duplicate key", id="a key twice"),
        pytest.param(
            "source: {kind: langfuse}\nroutes: {page: [phone], ticket: [], informational: []}\n",
            "/bot/app.yaml:1:1: the file: route page leads to 'phone', but the channels are console",
            id="a route to nowhere",
        ),
        pytest.param(
            "source: {kind: carrier-pigeon}\n",
            "/bot/app.yaml:1:1: source: there is no kind 'carrier-pigeon'; there are langfuse, jsonl",
            id="a source that does not exist",
        ),
    ],
)
def test_a_wrong_app_file_is_answered_with_its_place(deployments, text, expected):
    (deployments / "bot" / "app.yaml").write_text(text)

    assert complaint(deployments).startswith(expected)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            "answered\n    st", "joy\n    st", "/bot/slos.yaml:2:5: objectives.0: there is no signal 'joy'", id="signal"
        ),
        pytest.param(
            "at_least: 0.999", "at_least: 1.0", "budget of 0 bad requests can never be", id="a promise of 100 %"
        ),
        pytest.param("at_least: 0.999", "at_least: 0.9\n    at_most: 1", "exactly one limit", id="two limits"),
        pytest.param("infrastructure", "cellar", "/bot/slos.yaml:3:5: objectives.0.tier: Input should be", id="tier"),
        pytest.param(
            "statistic: share",
            "statistic: p95\n    above: 3",
            "its statistic is share",
            id="a percentile of yes and no",
        ),
        pytest.param(
            "    at_least: 0.999",
            "    at_least: 0.999\n    over: 3 weeks",
            "objectives.0.over: a duration is",
            id="over",
        ),
    ],
)
def test_a_wrong_objective_is_answered_with_its_place(deployments, old, new, expected):
    (deployments / "bot" / "slos.yaml").write_text(SLOS.replace(old, new))

    assert expected in complaint(deployments)


def test_two_objectives_with_one_name_are_refused(deployments):
    twice = SLOS + SLOS.removeprefix("objectives:\n")
    (deployments / "bot" / "slos.yaml").write_text(twice)

    assert "/bot/slos.yaml:8:5: objectives: 'availability' is there twice" == complaint(deployments)


def test_all_mistakes_are_said_at_once(deployments):
    (deployments / "bot" / "app.yaml").write_text("environment: 7\nsource: {kind: langfuse}\nx: 1\ny: 2\n")

    (deployments / "bot" / "slos.yaml").write_text(SLOS.replace("share", "shape"))

    assert 4 == len(complaint(deployments).splitlines())


def test_the_shipped_rules_have_the_severity_of_their_file():
    assert {"page", "ticket", "informational"} == {str(rule.severity) for rule in read_rules()}


def test_context_windows_are_read_where_there_is_a_table_and_unknown_elsewhere(deployments):
    assert read_application(deployments, "bot").models.context_window("m-1") is None

    (deployments / "models.yaml").write_text("models:\n  - {model: m-.*, context_window: 8000, source: its card}\n")

    assert 8000 == read_application(deployments, "bot").models.context_window("m-1")


def test_a_mistake_in_the_table_of_models_is_answered_with_its_line(deployments):
    (deployments / "models.yaml").write_text("models:\n  - {model: '(', context_window: 8000, source: its card}\n")

    assert "/models.yaml:2:5: models.0: '(' is no regular expression" in complaint(deployments)


def test_where_queue_depth_and_profile_are_found_is_said_in_the_applications_file(deployments):
    said = "saturation: {queue_depth: queue.depth}\nlabels: {profile: {metadata: channel, otherwise: chat}}\n"
    (deployments / "bot" / "app.yaml").write_text(APP + said)

    application = read_application(deployments, "bot").application

    assert ("queue.depth", "channel") == (application.saturation.queue_depth, application.labels.profile.metadata)

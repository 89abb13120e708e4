"""Tests of rules: what they find, what they are about, and what is wrong with their files."""

import re

import pytest

from domain.errors import ConfigError
from flows.rule_test_file import read_rule_tests
from flows.rule_tests import run_rule_tests

TRAFFIC = """
    rules: [availability]
    traffic:
      - {from: -10m, until: 0m, per_minute: 10}
      - {from: 0m, until: 10m, per_minute: 10, failed: 0.2}
      - {from: 10m, until: 30m, per_minute: 10}
"""
FIRES = "{at: 5m, rule: availability, becomes: firing, told: page}"
ENDS = "{at: 21m, rule: availability, becomes: inactive, told: page, kind: resolved}"


@pytest.fixture
def write(tmp_path):
    def written(text, name="tests.yaml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    return written


@pytest.fixture
def failures(write):
    """Return the complaints about one test of steady failures, without their file."""

    def found(*expect, more="", before=""):
        lines = "".join(f"      - {one}\n" for one in expect)
        path = write(f"{before}tests:\n  - name: steady{TRAFFIC}{more}    expect:\n{lines}" if expect else "tests: []")
        (result,) = run_rule_tests(read_rule_tests(path))
        return [line.removeprefix(f"{path}:") for line in result.failures]

    return found


def mistakes(path):
    with pytest.raises(ConfigError) as caught:
        read_rule_tests(path)
    return [line.removeprefix(f"{path}:") for line in str(caught.value).splitlines()]


def test_what_is_as_expected_passes(failures):
    assert [] == failures(FIRES, ENDS)


def test_a_transition_at_another_slot_is_said_with_what_was_so_and_when_it_came(failures):
    late, unexpected, *_ = failures("{at: 4m, rule: availability, becomes: firing}", ENDS)

    assert (
        "9:9: steady: expected availability to become firing at 4m (12:04): it was pending (not yet: it has held for "
        "1 min of 2 min) and said true, because 6 of 50 requests were not answered in 5 min: 12.0 %, limit 0.1 %; "
        "it became firing at 5m (12:05)"
    ) == late
    assert unexpected.startswith(
        "2:5: steady: expected nothing more, but availability became firing at 5m (12:05): 8 of"
    )


@pytest.mark.parametrize(
    ("expect", "words"),
    [
        ("{by: 4m, rule: availability, becomes: firing}", "expected availability to become firing by 4m (12:04)"),
        ("{at: 5m, rule: availability, told: ticket}", "expected a ticket to be told (firing) of availability at 5m"),
        ("{at: 6m, told: page}", "a page to be told (firing) at 6m (12:06): nobody was told anything"),
        ("{at: 5m, told: page, kind: reminder}", "a page was told (firing) of availability"),
        ("{from: 0m, until: 10m, quiet: true}", "expected nobody to be told at 5m (12:05): a page was told (firing)"),
        ("{from: 0m, until: 10m, rule: availability, is: inactive}", "expected availability to be inactive at 3m (12:03)"),
        ("{at: 3m, rule: availability, says: false}", "expected availability to say false at 3m (12:03)"),
        ("{at: 3m, rule: availability, because: luck}", 'because "luck" at 3m (12:03)'),
        ("{at: 7m, rule: availability, quiet_because: silenced}", 'to be kept quiet because "silenced" at 7m'),
        ("{at: 3m, rule: availability, labels: {model: m}, says: true}", "availability (m) to say true"),
        ("{from: 1h, until: 2h, quiet: true}", "no slot was decided in this time"),
    ],
)  # fmt: skip
def test_what_is_not_as_expected_is_said(failures, expect, words):
    found = failures(FIRES, ENDS, expect, more="    until: 30m\n")

    assert 1 == len(found)
    assert words in found[0]


def test_what_nobody_expected_is_a_failure_unless_the_test_says_otherwise(failures):
    assert 4 == len(failures("{at: 3m, rule: availability, is: pending}"))
    assert [] == failures("{at: 3m, rule: availability, is: pending}", more="    exactly: false\n")


def test_a_later_slot_at_the_latest_is_the_next_time(failures):
    assert [] == failures(
        "{by: 30m, rule: availability, becomes: firing}",
        "{by: 30m, rule: availability, told: page}",
        "{by: 30m, rule: availability, becomes: inactive, told: page, kind: resolved}",
    )
    twice = "{by: 30m, rule: availability, becomes: firing, told: page}"
    assert 2 == len(failures(FIRES, ENDS, twice))


def test_an_acknowledgement_of_nothing_is_a_failure(failures):
    (found,) = failures(FIRES, ENDS, more="    acknowledge: [{at: 3m, rule: availability}]\n")

    assert "8:19: steady: nothing that is open of availability can be taken at 3m" == found


def test_a_failure_comes_with_how_its_rule_went(write):
    path = write(f"tests:\n  - name: steady{TRAFFIC}    expect: [{ENDS}]\n")
    (result,) = run_rule_tests(read_rule_tests(path))

    assert "  availability:" == result.timelines[0]
    assert any(re.match(r" +5m  firing +true +8 of 50 .*\[told now\]", line) for line in result.timelines)


def test_a_restart_reads_the_store_again(failures):
    assert [] == failures(FIRES, ENDS, more="    restart: [4m, 5m, 6m, 17m, 21m]\n")


OWN = """\
rules:
  - name: tone
    severity: ticket
    summary: Too many requests time out.
    when: {kind: share, signal: timeout, share_above: 0.1, over: 5m, alpha: 0.001}
    look: The newest prompt.
"""
OF_OWN = """\
rules: rules.yaml
tests:
  - name: own
    rules: [tone]
    traffic: [{from: -10m, per_minute: 10, timeout: 0.4}]
    expect: [{at: 0m, rule: tone, becomes: firing, told: ticket}]
"""


def test_rules_of_an_operators_own_are_tested_beside_the_shipped_ones(write):
    write(OWN, "rules.yaml")
    tests = read_rule_tests(write(OF_OWN))

    assert ["tone"] == tests.own
    assert "availability" in tests.rules
    assert [[]] == [list(result.failures) for result in run_rule_tests(tests)]


def test_an_application_is_tested_as_it_is_deployed(write):
    write("source: {kind: langfuse}\ntelling: {ticket: {repeat: 1h}}\nmonthly_budget_usd: 90\n", "shop/app.yaml")
    write(OWN, "shop/rules.yaml")
    tests = read_rule_tests(write(OF_OWN.replace("rules: rules.yaml", "application: ."), "shop/rule-tests.yaml"))

    assert (["tone"], 90) == (tests.own, tests.application.monthly_budget_usd)
    assert "endpoint-down" not in tests.rules
    assert [[]] == [list(result.failures) for result in run_rule_tests(tests)]


def test_maintenance_of_the_application_is_silence(write):
    window = "maintenance: [{name: backup, cron: '0 11 * * *', lasts: 3h}]"
    write(f"source: {{kind: langfuse}}\n{window}\n", "shop/app.yaml")
    write(OWN, "shop/rules.yaml")
    told = OF_OWN.replace("told: ticket", 'quiet_because: "silenced until 2 Nov 14:00 UTC by maintenance, backup"')
    tests = read_rule_tests(write(told.replace("rules: rules.yaml", "application: ."), "shop/rule-tests.yaml"))

    assert [[]] == [list(result.failures) for result in run_rule_tests(tests)]


def test_promises_are_those_of_a_slos_file_or_written_down(write):
    promise = "{name: answers, tier: infrastructure, promise: p, signal: answered, statistic: share, at_least: 0.9}"
    write(f"objectives: [{promise}]\n", "slos.yaml")

    def names(said):
        return [one.name for one in read_rule_tests(write(f"{said}\ntests: []\n")).objectives]

    assert ["answers"] == names("slos: slos.yaml") == names(f"objectives: [{promise}]")
    assert "first-token" in names("")
    assert "answers" in names(f"profile: rag\nobjectives: [{promise}]")
    assert "month" in names("monthly_budget_usd: 300")


def test_every_mistake_is_said_at_once_with_its_place(write):
    path = write(
        "tests:\n"
        "  - {name: one, rules: [availabilty], expect: []}\n"
        "  - {name: two, colour: red, expect: []}\n"
        "  - {name: one, rules: [availability], restart: [90s], acknowledge: [{at: 3m, rule: error-rate}], "
        "expect: [{at: 61s, rule: availability, is: firing}]}\n"
        "  - {name: four, traffic: [{per_minute: ten}], expect: [{at: soon, told: page}]}\n"
    )

    found = mistakes(path)
    assert ["3:17", "5:29", "5:58", "4:6", "2:25", "4:109", "4:79", "4:50"] == [
        ":".join(one.split(":")[:2]) for one in found
    ]
    assert any("there is no rule 'availabilty'; there are answer-length" in one for one in found)
    assert any("tests.2.expect.0.at: no slot is decided at 1m1s" in one for one in found)
    assert any(
        "tests.2.acknowledge.0.rule: 'error-rate' is not decided here; decided are availability" in one for one in found
    )
    assert any("tests: 'one' is there twice" in one for one in found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tests: []\napplication: .\nmonthly_budget_usd: 3\n", "leave everything but tests out"),
        ("tests: []\nslos: slos.yaml\nprofile: chat\n", "leave profile and objectives out"),
        ("tests: []\nrules: nowhere.yaml\n", "there is no such file"),
        ("tests: []\nslos: nowhere.yaml\nmonthly_budget_usd: 0\n", "greater than 0"),
        ("rules: rules.yaml\n", "tests: is missing"),
    ],
)
def test_a_file_that_cannot_be_about_anything_is_refused(write, text, words):
    assert words in "\n".join(mistakes(write(text)))

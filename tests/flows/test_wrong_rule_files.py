"""Mistakes in `rules.yaml`: one line each, with its place, all of them at once."""

import pytest

from domain.errors import ConfigError
from flows.rule_files import rules_with
from tests.flows.own_rules import HEAD, rule


@pytest.fixture
def path(tmp_path):
    return tmp_path / "rules.yaml"


def complaints(path, text):
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        rules_with(path)
    return str(caught.value).replace(str(path.parent), "").splitlines()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("rulez: []\n", "/rules.yaml:1:1: rulez: there is no such field", id="a field"),
        pytest.param("rules: {}\n", "/rules.yaml:1:1: rules: Input should be a valid tuple", id="no list"),
        pytest.param(
            HEAD + rule(more="    colour: red\n"), "/rules.yaml:7:5: rules.0.colour: there is no", id="colour"
        ),
        pytest.param(
            HEAD + rule().replace("    severity: page\n", ""),
            "/rules.yaml:2:5: rules.0.severity: is missing",
            id="no severity",
        ),
        pytest.param(
            HEAD + rule().replace("page", "panic"),
            "/rules.yaml:3:5: rules.0.severity: Input should be 'page', 'ticket' or 'informational'",
            id="severity",
        ),
        pytest.param(
            HEAD + rule(more="    guide: first\n"), "/rules.yaml:7:5: rules.0.guide: String should match", id="guide"
        ),
        pytest.param(
            HEAD + rule().replace("kind: share", "kind: wish"),
            "/rules.yaml:5:5: rules.0.when: there is no kind 'wish'; there are share, ",
            id="kind",
        ),
        pytest.param(
            HEAD + rule().replace("kind: share, ", ""),
            "/rules.yaml:5:5: rules.0.when: kind is missing; there are share, ",
            id="no kind",
        ),
        pytest.param(
            HEAD + rule().replace("signal: failed", "signal: joy"),
            "/rules.yaml:5:5: rules.0.when.share: there is no signal 'joy'; there are answered, failed, ",
            id="signal",
        ),
        pytest.param(
            HEAD + rule().replace("alpha: 0.001", "alpha: 0.001, split_by: colour"),
            "there is no label 'colour'; there are feature, ",
            id="label",
        ),
        pytest.param(
            HEAD + rule().replace("15m", "soon"),
            "/rules.yaml:5:59: rules.0.when.share.over: a duration is a whole number with s, m, h or d",
            id="duration",
        ),
        pytest.param(
            HEAD + rule() + rule(limit=0.2), "/rules.yaml:7:5: rules: 'returns-errors' is there twice", id="twice"
        ),
        pytest.param(
            "without:\n  - joy\n",
            "/rules.yaml:2:5: without.0: there is no rule 'joy'; there are answer-length, availability, ",
            id="leaving out what is not there",
        ),
        pytest.param(
            HEAD + rule("error-rate") + "without: [error-rate]\n",
            "/rules.yaml:7:11: without.0: 'error-rate' is left out here and written under rules: which is meant?",
            id="left out and written",
        ),
        pytest.param(
            HEAD + rule(more="    inhibited_by: [error-rate, joy]\n"),
            "/rules.yaml:7:32: rules.0.inhibited_by.1: there is no rule 'joy'; there are answer-length, ",
            id="an inhibitor",
        ),
        pytest.param(
            "without: [error-rate]\n" + HEAD + rule(more="    inhibited_by: [error-rate]\n"),
            "/rules.yaml:8:20: rules.0.inhibited_by.0: there is no rule 'error-rate'; there are ",
            id="an inhibitor that is left out",
        ),
        pytest.param(
            HEAD + rule("a", 0.1, "    inhibited_by: [b]\n") + rule("b", 0.2, "    inhibited_by: [error-rate, a]\n"),
            "/rules.yaml:13:32: rules.1.inhibited_by.1: 'b' keeps quiet for 'a', 'a' keeps quiet for 'b': where all of "
            "them fire, nobody would be told",
            id="a ring",
        ),
        pytest.param(
            HEAD + rule("a") + rule("b"),
            "/rules.yaml:10:5: rules.1.when: asks the same as the rule 'a', for the same page: people would be told twice",
            id="two names for one question",
        ),
        pytest.param(
            HEAD + rule().replace("alpha", "healthy_share: 0.2, alpha"),
            "/rules.yaml:5:70: rules.0.when.healthy_share: a service that is fine has 20.0 % bad ones here, and it fires "
            "from 10.0 % on: the guard would speak against the limit",
            id="a guard below the limit",
        ),
        pytest.param(
            HEAD + rule().replace("signal: failed", "signal: hallucination_risk, above: 1"),
            "rules.0.when.above: no hallucination_risk lies above 1: none is ever bad",
            id="above all scores",
        ),
        pytest.param(
            HEAD + rule().replace("signal: failed", "signal: latency_s, below: 0"),
            "rules.0.when.below: no latency_s lies below 0: none is ever bad",
            id="below nothing",
        ),
        pytest.param(HEAD + rule().replace("15m", "0m"), "rules.0.when.over: is no time at all", id="no time"),
        pytest.param(
            HEAD + rule().replace("15m", "999d"), "when.over: no rule looks back more than a year", id="too long"
        ),
        pytest.param(
            HEAD
            + "  - {name: down, severity: page, summary: s, look: l, when: {kind: unreachable, over: 5m, in_a_row: 10}}\n",
            "/rules.yaml:2:91: rules.0.when.in_a_row: 5 min hold at most 6 probes, one a minute: 10 in a row can never be",
            id="probes",
        ),
        pytest.param(
            HEAD
            + "  - name: worse\n    severity: ticket\n    summary: s\n    look: l\n"
            + "    when: {kind: decline, signal: faithfulness, over: 24h, by: 2, clear_by: 0, alpha: 0.01, at_least: 30}\n",
            "/rules.yaml:6:60: rules.0.when.by: faithfulness lies between 0 and 1: it cannot decline by 2",
            id="a decline by more than there is",
        ),
        pytest.param(
            HEAD
            + "  - {name: half, severity: ticket, summary: s, look: l, when: {kind: budget, spent_above: 0.5, ahead_by: 16d}}\n",
            "/rules.yaml:2:96: rules.0.when.ahead_by: an even pace gets to 50.0 % of a month earlier than that: nothing",
            id="ahead of the month's beginning",
        ),
        pytest.param("rules: &a [*a]\n", "/rules.yaml:1:8: rules.0: Input should be a valid", id="a list in itself"),
        pytest.param(
            "since: 2026-02-31\n", "/rules.yaml:1:1: the file: holds a value that cannot be read", id="a date"
        ),
        pytest.param("[" * 1000, "/rules.yaml:1:1: the file: is nested too deeply", id="depths"),
        pytest.param(HEAD + rule().replace("15m", "9" * 30 + "d"), "a duration is a whole number", id="an aeon"),
    ],
)
def test_a_mistake_is_one_line_with_its_place(path, text, expected):
    (said,) = complaints(path, text)

    assert expected in said


def test_what_is_merged_from_another_rule_is_wrong_where_it_is_written(path):
    text = HEAD + rule(limit=7).replace("- name", "- &all\n    name") + "  - {<<: *all, name: other, colour: red}\n"

    assert ["6:41: rules.0.when.share.share_above", "6:41: rules.1.when.share.share_above", "8:29: rules.1.colour"] == [
        ": ".join(said.removeprefix("/rules.yaml:").split(": ")[:2]) for said in complaints(path, text)
    ]


def test_all_mistakes_of_all_rules_are_said_at_once_and_a_wrong_rule_is_wrong_once(path):
    text = (
        HEAD
        + rule("a", more="    inhibited_by: [b, joy]\n")
        + rule("b").replace("share, ", "wish, ")
        + rule("c").replace("signal: failed", "signal: joy")
        + rule("d", 0.3).replace("signal: failed", "signal: relevance, above: 2")
        + rule("error-rate", 0.3).replace("15m", "999d")
        + "without: [nothing]\n"
    )

    assert [
        ("11:5", "rules.1.when"),
        ("16:5", "rules.2.when.share"),
        ("28:11", "without.0"),
        ("7:23", "rules.0.inhibited_by.1"),
        ("21:44", "rules.3.when.above"),
        ("26:59", "rules.4.when.over"),
    ] == [(said.split(":", 1)[1].split(": ")[0], said.split(": ")[1]) for said in complaints(path, text)]


def test_the_mistakes_of_two_files_are_said_at_once(tmp_path):
    shared, own = tmp_path / "rules.yaml", tmp_path / "own.yaml"
    shared.write_text("without: [joy]\n")
    own.write_text("colour: red\n")

    with pytest.raises(ConfigError) as caught:
        rules_with(shared, own)

    assert [f"{shared}:1:11: without.0", f"{own}:1:1: colour"] == [
        ": ".join(said.split(": ")[:2]) for said in str(caught.value).splitlines()
    ]

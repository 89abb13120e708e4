"""Where messages point to, as an operator writes it: each mistake with its line and column."""

import pytest

from domain.errors import ConfigError
from flows.configuration import read_application

APP = "source: {kind: jsonl, path: rows}\n"


def read(tmp_path, text, rules=""):
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "app.yaml").write_text(APP + text)
    if rules:
        (tmp_path / "bot" / "rules.yaml").write_text(rules)
    return read_application(tmp_path, "bot")


def test_both_can_be_said_and_neither_must_be(tmp_path):
    links = (
        "links: {runbook: 'https://wiki.example/{rule}', dashboard: 'http://g.example/?from={from_ms}&to={to_ms}'}\n"
    )
    file = read(tmp_path, links).file

    assert ("https://wiki.example/{rule}", "http://g.example/?from={from_ms}&to={to_ms}") == (
        file.links.runbook,
        file.links.dashboard,
    )
    assert (None, None) == (type(file.links)().runbook, type(file.links)().dashboard)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("links: {runbook: wiki.example}\n", "2:9: links.runbook: an address begins with https:// or http://"),
        ("links:\n  dashboard: 'https://g.example/{app}'\n", "3:3: links.dashboard: there is no placeholder {app}"),
        ("links: {run_book: 'https://g.example'}\n", "2:9: links.run_book: there is no such field"),
    ],
)
def test_a_mistake_has_its_place(tmp_path, text, said):
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)

    assert f"/bot/app.yaml:{said}" in str(caught.value)


RULE = """\
rules:
  - name: slow
    severity: ticket
    summary: It is slow.
    when: {kind: share, signal: failed, share_above: 0.5, over: 5m, alpha: 0.01}
    look: Look.
    runbook: %s
"""


def test_a_rule_may_have_a_runbook_of_its_own(tmp_path):
    rules = read(tmp_path, "", RULE % "https://own.example/{rule}").rules

    assert "https://own.example/{rule}" == next(rule.runbook for rule in rules if rule.name == "slow")


def test_a_rules_runbook_must_be_an_address(tmp_path):
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, "", RULE % "own.example")

    assert "/bot/rules.yaml:7:5: rules.0.runbook: an address begins with" in str(caught.value)

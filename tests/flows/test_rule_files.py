"""From `rules.yaml` to the rules in force: shipped, replaced, added, left out; and mistakes with their place."""

import pytest

from domain.errors import ConfigError
from domain.message import Severity
from flows.never_passes import find_never_passes
from flows.never_told import find_rings, find_twin, find_unknown_inhibitors
from flows.rule_files import read_rule_file, read_rules, read_written, rules_with
from tests.flows.own_rules import HEAD, rule

SHIPPED = read_rules()
NAMES = [one.name for one in SHIPPED]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "rules.yaml"


def read(path, text):
    path.write_text(text)
    return {one.name: one for one in rules_with(path)}


@pytest.mark.parametrize("text", ["", "# Later.\n", "without: []\n", "rules: []\n", "without:\nrules:\n"])
def test_a_file_that_says_nothing_changes_nothing(path, text):
    assert NAMES == list(read(path, text))


def test_an_own_rule_is_added_with_the_severity_that_it_says_and_needs_no_number(path):
    rules = read(path, HEAD + rule())

    assert [*NAMES, "returns-errors"] == list(rules)
    assert (Severity.PAGE, "own") == (rules["returns-errors"].severity, rules["returns-errors"].guide)


def test_one_with_the_name_of_a_shipped_rule_replaces_all_of_it_in_its_place(path):
    rules = read(path, HEAD + rule("error-rate"))

    assert NAMES == list(rules)
    assert (0.1, 1, 0) == (
        rules["error-rate"].when.share_above,
        rules["error-rate"].when.at_least_bad,
        rules["error-rate"].hold.total_seconds(),
    )


def test_what_is_left_out_is_gone(path):
    assert [name for name in NAMES if name != "answer-length"] == list(read(path, "without: [answer-length]\n"))


def test_each_file_is_put_on_top_of_the_one_before(tmp_path):
    shared, own = tmp_path / "rules.yaml", tmp_path / "own.yaml"
    shared.write_text(HEAD + rule("a", 0.1) + rule("b", 0.2) + "without: [answer-length]\n")
    own.write_text(HEAD + rule("b", 0.3) + "without: [a]\n")

    rules = {one.name: one for one in rules_with(shared, own)}

    assert {"a", "answer-length"}.isdisjoint(rules)
    assert 0.3 == rules["b"].when.share_above
    assert ["a", "b"] == [one.name for one in read_rule_file(shared)]


def test_where_a_rule_stands_is_where_it_was_written_last(tmp_path):
    shared, own = tmp_path / "rules.yaml", tmp_path / "own.yaml"
    shared.write_text(HEAD + rule("a", 0.1) + rule("b", 0.2))
    own.write_text(HEAD + rule("a", 0.3))

    places = read_written([shared, own]).places

    assert [("b", shared, 1), ("a", own, 0)] == [(name, at.path, at.entry) for name, at in places.items()]


def test_words_may_be_mended_without_another_version(path):
    one, other = (read(path, HEAD + rule().replace("orders", name))["returns-errors"] for name in ("orders", "stock"))

    assert one.version == other.version


def test_a_shared_rule_may_keep_quiet_for_one_that_an_application_leaves_out(tmp_path):
    shared, own = tmp_path / "rules.yaml", tmp_path / "own.yaml"
    shared.write_text(HEAD + rule(more="    inhibited_by: [error-rate]\n"))
    own.write_text("without: [error-rate]\n")

    assert "returns-errors" in {one.name for one in rules_with(shared, own)}


def test_a_file_that_is_not_there_is_a_mistake(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere.yaml: there is no such file"):
        rules_with(tmp_path / "nowhere.yaml")


def test_what_is_shipped_can_fire_and_be_told():
    rules = {one.name: one for one in SHIPPED}

    assert [] == [flaw for one in SHIPPED for flaw in find_never_passes(one)]
    assert [] == [flaw for one in SHIPPED for flaw in find_unknown_inhibitors(one, rules)]
    assert [] == list(find_rings(rules))
    assert [] == [one.name for one in SHIPPED if find_twin(one, SHIPPED)]

"""`goodput test-rules`: what it prints, and its exit status."""

import pytest

from deployments.command_line import main

PASSES = """\
tests:
  - name: a quiet day
    rules: [availability]
    traffic: [{from: -10m, until: 5m, per_minute: 10}]
    expect: [{at: 5m, rule: availability, says: false}]
"""


def leaves(*arguments):
    with pytest.raises(SystemExit) as left:
        main(["test-rules", *map(str, arguments)])
    return left.value.code


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "tests.yaml"
    path.write_text(PASSES)
    return path


def test_all_passed(file, capsys):
    assert 0 == leaves(file)
    assert f"ok      {file}: 1 of 1 passed\n1 passed\n" == capsys.readouterr().out


def test_one_failed(file, capsys):
    file.write_text(PASSES.replace("says: false", "says: true"))

    assert 1 == leaves(file)
    first, *timeline, summary, total = capsys.readouterr().out.splitlines()
    assert first.startswith(
        f"{file}:5:14: a quiet day: expected availability to say true at 5m (12:05): it was inactive"
    )
    assert "  availability:" == timeline[0]
    assert (f"FAILED  {file}: 0 of 1 passed", "1 failed, 0 passed") == (summary, total)


def test_a_file_that_is_wrong_and_one_that_is_not_there(file, capsys):
    file.write_text(PASSES.replace("rule: availability", "rule: unavailability"))

    assert 2 == leaves(file, file.with_name("nowhere.yaml"))
    wrong, absent = capsys.readouterr().err.splitlines()
    assert wrong.startswith(f"{file}:5:23: tests.0.expect.0.rule: 'unavailability' is not decided here")
    assert absent.endswith("nowhere.yaml: there is no such file")


def test_own_rules_that_no_test_shows_are_named(file, capsys):
    file.with_name("rules.yaml").write_text(
        "rules:\n  - {name: tone, severity: ticket, summary: s, look: l, when: {kind: share, signal: failed, "
        "share_above: 0.1, over: 5m, alpha: 0.001}}\n"
    )
    file.write_text(f"rules: rules.yaml\n{PASSES}")

    assert 0 == leaves(file)
    assert "not seen to fire: tone\nnot seen to keep quiet: tone\n1 passed\n" in capsys.readouterr().out

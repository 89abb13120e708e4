"""`goodput validate` on rules of an operator's own, those beside the applications too."""

import pytest

from deployments.command_line.validate import validate_folders

RULES = """\
rules:
  - name: tone
    severity: ticket
    summary: Too many answers do not sound like us.
    when: {{kind: share, objective: {objective}, over: 1d, alpha: 0.01}}
    look: The newest prompt.
"""


@pytest.fixture
def folder(tmp_path):
    for name in ("bot", "shop"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "app.yaml").write_text("source: {kind: langfuse}\n")
    (tmp_path / "shop" / "slos.yaml").write_text(
        "objectives:\n"
        "  - {name: answers, tier: infrastructure, promise: p, signal: answered, statistic: share, at_least: 0.99}\n"
    )
    return tmp_path


def validated(capsys, path):
    wrong = validate_folders(path)
    said = capsys.readouterr()
    return wrong, said.out.strip(), said.err.replace(str(path), "").splitlines()


def test_own_rules_are_counted(capsys, folder):
    (folder / "rules.yaml").write_text(RULES.format(objective="answers"))

    wrong, said, complaints = validated(capsys, folder)

    assert (0, []) == (wrong, complaints)
    assert " rules and 1 of your own, 2 applications" in said


def test_a_shared_rule_about_what_no_application_promises_is_mistyped(capsys, folder):
    (folder / "rules.yaml").write_text(RULES.format(objective="awnsers"))

    wrong, said, (complaint,) = validated(capsys, folder)

    assert (1, "1 mistake") == (wrong, said)
    assert complaint.startswith(
        "/rules.yaml:5:25: rules.0.when.objective: no application beside it promises 'awnsers'; promised are availability"
    )


def test_while_one_application_cannot_be_read_nobody_knows_what_it_promises(capsys, folder):
    (folder / "rules.yaml").write_text(RULES.format(objective="answers"))
    (folder / "shop" / "app.yaml").write_text("colour: red\n")

    wrong, _, complaints = validated(capsys, folder)

    assert (1, 2) == (wrong, len(complaints))
    assert not [one for one in complaints if "answers" in one]


def test_one_mistake_in_a_shared_file_is_said_once(capsys, folder):
    (folder / "rules.yaml").write_text("without: [joy]\n")

    assert (1, "1 mistake") == validated(capsys, folder)[:2]


def test_warnings_are_nothing_wrong(capsys, folder):
    (folder / "bot" / "app.yaml").write_text("source: {kind: langfuse}\nslot: 5m\n")

    wrong, said, (complaint,) = validated(capsys, folder)

    assert (0, True) == (wrong, said.endswith("2 applications; 1 warning"))
    assert complaint.startswith("/bot/app.yaml:2:1: warning: slot: a slot of 5 min is longer than rules look back")

"""`goodput judge` as a person uses it: what the judge is worth, labels from a file, and anchors accepted."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.assessor import Assessor
from adapters.store import Store
from deployments.command_line import tables
from deployments.command_line.judge import accept_anchors, calibrate, show_judge
from deployments.command_line.status import show_status
from domain.anchor import AnchorVerdict
from domain.errors import ConfigError
from domain.window import Window
from flows.configuration import read_application
from tests.adapters.store.examples import SHOP, request, score, transcript
from tests.deployments.test_command_line import goodput, home

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
CONTEXT = ["Most items can be returned within 30 days of delivery."]
TRUE, INVENTED = "Most items can be returned within 30 days of delivery.", "Items can be returned within 90 days."
NOW = datetime.now(UTC)  # noqa: TID251 - the command knows no other time


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """An application with a week of judged answers, 10 of 100 flagged, and a labelled set."""
    folder = tmp_path / "deployments" / SHOP
    folder.mkdir(parents=True)
    folder.joinpath("rows").mkdir()
    folder.joinpath("rows", "none.jsonl").write_text("")
    folder.joinpath("app.yaml").write_text("source: {kind: jsonl, path: rows}\njudging: {anchors: labelled.jsonl}\n")
    folder.joinpath("slos.yaml").write_text("profile: rag\n")
    lines = [
        {"id": f"l{n}", "question": "?", "context": CONTEXT, "answer": INVENTED if n < 60 else TRUE, "bad": n < 60}
        for n in range(180)
    ]
    folder.joinpath("labelled.jsonl").write_text("\n".join(map(json.dumps, lines)))
    environment = home(tmp_path)
    store = Store.open(environment["GOODPUT_DATABASE_URL"])
    ends = [NOW - (n + 1) * MINUTE for n in range(100)]
    requests = [request(f"t{n}", 0) for n in range(100)]
    requests = [replace(one, started_at=end - MINUTE, ended_at=end) for one, end in zip(requests, ends, strict=True)]
    store.requests.save(SHOP, Window(NOW - DAY, NOW), requests, [])
    judged = [
        (
            replace(transcript(f"t{n}", 0), ended_at=end),
            replace(score(f"t{n}", 0.5 if n < 10 else 1.0), judge="rules", version="grounding-rules/1"),
        )
        for n, end in enumerate(ends)
    ]
    store.judgements.save(SHOP, judged, keep_reasons=False)
    configured = read_application(tmp_path / "deployments", SHOP)
    Assessor(store, configured.application, configured.objectives, configured.plan).assess(NOW)
    store.close()
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(tables.terminal, "_width", 160)
    return environment


def test_labels_of_a_file_say_what_the_share_is_worth(shop):
    """As a person does it: a process with arguments."""
    before = goodput("judge", "show", "--app", SHOP, **shop)
    done = goodput("judge", "calibrate", "--app", SHOP, **shop)

    assert (0, 0) == (before.returncode, done.returncode), done.stderr + before.stderr
    assert "10.0 % of 100 flagged by rules" in before.stdout
    assert "not corrected: it takes 50 more labels of bad answers (0 of 50)" in before.stdout
    assert "up to 2,000 characters" in before.stdout
    assert "sensitivity 1.00 (95 % 0.94 to 1.00, 60 labelled bad)" in done.stdout
    assert "corrected from 10.0 % flagged of 100 by 60 answers labelled bad and 120 labelled good" in done.stdout


def test_too_few_labels_are_exit_status_one(shop, tmp_path, capsys):
    few = tmp_path / "few.jsonl"
    few.write_text(json.dumps({"id": "a", "context": CONTEXT, "answer": INVENTED, "bad": True}))

    assert 1 == calibrate(SHOP, few, None)
    assert "49 more labels of bad answers (1 of 50)" in capsys.readouterr().out


def test_a_wrong_line_is_said_with_its_place(shop, tmp_path):
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text('{"id": "a"}\n')

    with pytest.raises(ConfigError, match=r"wrong\.jsonl:1:1: the line: say answer"):
        calibrate(SHOP, wrong, None)


def test_somebody_must_say_what_people_say(shop, tmp_path):
    (tmp_path / "deployments" / SHOP / "app.yaml").write_text("source: {kind: jsonl, path: rows}\n")

    with pytest.raises(ConfigError, match="Give --labels FILE or --queue NAME"):
        calibrate(SHOP, None, None)


def test_anchors_are_shown_and_accepted(shop, capsys):
    with pytest.raises(ConfigError, match="goodput run check-judge --app shop"):
        accept_anchors(SHOP)
    store = Store.open(shop["GOODPUT_DATABASE_URL"])
    for days, flagged in ((2, 0), (1, 30)):
        said = [AnchorVerdict(anchor=f"a{n}", flagged=n < flagged, served_by=f"m-{days}") for n in range(100)]
        store.anchors.save(SHOP, "faithfulness", "v1", "openai/m", NOW - days * DAY, said)
    store.close()

    assert 1 == show_judge(SHOP)
    assert "of 100 answers judged twice 30 turned bad and 0 turned good" in capsys.readouterr().out
    assert 0 == accept_anchors(SHOP)
    assert 0 == show_judge(SHOP)


def test_status_and_its_json_carry_what_judged_shares_are_worth(shop, capsys):
    calibrate(SHOP, None, None)
    capsys.readouterr()

    show_status(SHOP, as_json=False)
    assert "Judged by faithfulness: 10.0 % of 100 flagged by rules" in capsys.readouterr().out
    show_status(SHOP, as_json=True)
    (answer,) = json.loads(capsys.readouterr().out)
    (judged,) = answer["judged"]
    assert ("faithfulness", "rules", 10, 100) == (
        judged["criterion"],
        judged["judge"],
        judged["flagged"]["k"],
        judged["flagged"]["n"],
    )
    assert pytest.approx(0.10, abs=0.01) == judged["corrected"]["value"]
    assert judged["looked_at"]["value"] is None
    assert "labels of flagged" in judged["looked_at"]["because"]

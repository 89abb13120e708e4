"""`goodput test-channel` and `goodput doctor`: would people be told?"""

import json
from collections.abc import Iterator

import pytest

from deployments.command_line import main
from tests.stand_ins.langfuse import PUBLIC_KEY, SECRET_KEY, langfuse
from tests.stand_ins.pagerduty import ROUTING_KEY, pagerduty
from tests.stand_ins.slack import CHANNEL, TOKEN, slack

APP = f"""\
source: {{kind: langfuse}}
channels: {{oncall: {{kind: pagerduty}}, chat: {{kind: slack, channel: {CHANNEL}}}, log: {{kind: console}}}}
routes: {{page: [oncall, chat], ticket: [chat], informational: [chat]}}
"""


@pytest.fixture
def here(tmp_path, monkeypatch) -> Iterator[dict]:
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "app.yaml").write_text(APP)
    with langfuse([]) as source, pagerduty() as oncall, slack() as workspace:
        for name, value in {
            "DEPLOYMENTS_FOLDER": str(tmp_path),
            "DATABASE_URL": f"sqlite:///{tmp_path / 'goodput.db'}",
            "LANGFUSE_URL": source.url,
            "LANGFUSE_PUBLIC_KEY": PUBLIC_KEY,
            "LANGFUSE_SECRET_KEY": SECRET_KEY,
            "PAGERDUTY_ROUTING_KEY": ROUTING_KEY,
            "PAGERDUTY_URL": oncall.url,
            "SLACK_TOKEN": TOKEN,
            "SLACK_URL": workspace.url,
        }.items():
            monkeypatch.setenv(f"GOODPUT_{name}", value)
        yield {"folder": tmp_path, "langfuse": source, "oncall": oncall, "slack": workspace}


def goodput(capsys, *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    said = capsys.readouterr()
    return left.value.code, " ".join(said.out.split()), " ".join(said.err.split())


def test_a_test_through_pagerduty_opens_and_ends_two_incidents(here, capsys):
    status, said, _ = goodput(capsys, "test-channel", "oncall")

    assert 0 == status, said
    assert ["critical", "warning"] == [one.severity for known in here["oncall"].incidents.values() for one in known]
    assert all(one.resolved for known in here["oncall"].incidents.values() for one in known)
    assert all("a test of Goodput, nothing is wrong" in one.summary for (one,) in here["oncall"].incidents.values())
    assert 4 == said.count("told")


def test_a_test_through_slack_shows_a_page_a_ticket_and_a_digest(here, capsys):
    assert 0 == goodput(capsys, "test-channel", "chat")[0]
    page, ticket, digest = here["slack"].in_channel

    assert "RESOLVED" in page.text
    assert "RESOLVED" in ticket.text
    assert "DIGEST" in digest.text
    assert 1 == page.edits


def test_one_of_them_alone_can_be_tried(here, capsys):
    assert 0 == goodput(capsys, "test-channel", "chat", "--only", "digest")[0]

    assert 1 == len(here["slack"].in_channel)


def test_what_a_service_refuses_is_said_with_its_reason(here, capsys, monkeypatch):
    monkeypatch.setenv("GOODPUT_SLACK_TOKEN", "xoxb-wrong")
    status, said, _ = goodput(capsys, "test-channel", "chat")

    assert 1 == status
    assert (
        "chat: page firing: not told: Slack refused chat.postMessage: invalid_auth - check GOODPUT_SLACK_TOKEN" in said
    )


def test_a_missing_secret_is_named(here, capsys, monkeypatch):
    monkeypatch.delenv("GOODPUT_SLACK_TOKEN")

    assert "set GOODPUT_SLACK_TOKEN" in goodput(capsys, "test-channel", "chat")[1]


def test_a_channel_that_nobody_has_is_named_with_those_there_are(here, capsys):
    status, _, said = goodput(capsys, "test-channel", "fax")

    assert 2 == status
    assert "there is no channel 'fax'; there are chat, log, oncall" in said


def test_a_channel_that_two_applications_have_needs_a_name(here, capsys):
    (here["folder"] / "shop").mkdir()
    (here["folder"] / "shop" / "app.yaml").write_text(APP)

    assert "bot, shop have a channel 'chat': say which with --app" in goodput(capsys, "test-channel", "chat")[2]
    assert 0 == goodput(capsys, "test-channel", "chat", "--app", "shop", "--only", "page")[0]


def test_the_doctor_asks_everybody_and_tells_nobody(here, capsys):
    status, said, _ = goodput(capsys, "doctor")

    assert 0 == status, said
    assert 4 == said.count(" well ")
    for item in (
        "source of traces: Langfuse",
        "channel oncall: PagerDuty answered 202",
        "channel chat:",
        "channel log:",
    ):
        assert item in said
    assert {} == here["oncall"].incidents
    assert [] == here["slack"].messages


def test_the_doctor_says_what_to_mend(here, capsys, monkeypatch):
    monkeypatch.setenv("GOODPUT_PAGERDUTY_ROUTING_KEY", "x" * 32)
    monkeypatch.setenv("GOODPUT_SLACK_TOKEN", "xoxb-wrong")
    monkeypatch.setenv("GOODPUT_LANGFUSE_SECRET_KEY", "wrong")
    status, said, _ = goodput(capsys, "doctor", "--json")
    found = {one["item"]: one for one in json.loads(said)}

    assert 1 == status
    assert [False] * 3 == [
        found[f"{item}"]["is_well"] for item in ("source of traces", "channel oncall", "channel chat")
    ]
    assert "GOODPUT_LANGFUSE_SECRET_KEY" in found["source of traces"]["said"]
    assert "GOODPUT_SLACK_TOKEN" in found["channel chat"]["said"]


def test_what_does_not_answer_is_no_mistake_of_ours(here, capsys):
    here["slack"].server.__exit__()
    status, said, _ = goodput(capsys, "doctor")

    assert 1 == status
    assert "no answer channel chat" in said

"""`goodput listen`: which Slack apps it hears, and how it ends."""

import os
import signal
import subprocess

import pytest

from alerts.channels import ChannelSecrets
from flows.configuration import read_application
from flows.slack_listener import slack_apps
from tests.adapters.store.examples import SHOP
from tests.alerts.channels.slack_ear import KEY, open_store
from tests.deployments.test_command_line import GOODPUT, ROOT, goodput, home
from tests.stand_ins.server import wait_until
from tests.stand_ins.slack import APP_TOKEN, CHANNEL, TOKEN
from tests.stand_ins.slack_socket import pressed


def app_yaml(app_token: str = "", channel: str = CHANNEL) -> str:
    return (
        f"source: {{kind: jsonl, path: rows}}\nchannels: {{slack: {{kind: slack, channel: {channel}{app_token}}}}}\n"
        "routes: {page: [slack], ticket: [slack], informational: [slack]}\n"
    )


def write(folder, name: str, text: str) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "app.yaml").write_text(text)


def test_applications_with_the_same_token_share_one_connection(tmp_path) -> None:
    for name, variable in (("one", "A"), ("two", "B"), ("three", "C")):
        write(tmp_path, name, app_yaml(f", app_token: {variable}"))
    write(tmp_path, "four", app_yaml())
    secrets = ChannelSecrets({"GOODPUT_SLACK_TOKEN": TOKEN, "A": "xapp-1", "B": "xapp-1", "C": "xapp-2"}.get)

    apps = slack_apps([read_application(tmp_path, name) for name in ("one", "two", "three", "four")], secrets)

    assert [["one", "two"], ["three"]] == [[room.application.name for room in app.rooms] for app in apps]
    assert "xapp" not in repr(apps)


def test_without_an_app_token_the_command_says_what_to_configure(tmp_path) -> None:
    write(tmp_path / "deployments", SHOP, app_yaml())
    done = goodput("listen", **home(tmp_path))

    assert (2, "") == (done.returncode, done.stdout)
    assert "no Slack channel has an app_token" in done.stderr
    assert "GOODPUT_SLACK_APP_TOKEN" in done.stderr


def test_a_missing_secret_is_named(tmp_path) -> None:
    write(tmp_path / "deployments", SHOP, app_yaml(", app_token: TEAM_APP_TOKEN"))
    done = goodput("listen", **home(tmp_path), GOODPUT_SLACK_TOKEN=TOKEN)

    assert (2, 1) == (done.returncode, len(done.stderr.splitlines()))
    assert "set TEAM_APP_TOKEN in the environment" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_hears_until_it_is_told_to_end(tmp_path, workspace, slack_line, number) -> None:
    write(tmp_path / "deployments", SHOP, app_yaml(", app_token: GOODPUT_SLACK_APP_TOKEN"))
    write(tmp_path / "deployments", "wrong", "source: {kind: nothing}\n")
    workspace.socket_url = slack_line.url
    environment = home(
        tmp_path, GOODPUT_SLACK_URL=workspace.url, GOODPUT_SLACK_TOKEN=TOKEN, GOODPUT_SLACK_APP_TOKEN=APP_TOKEN
    )
    store = open_store(environment["GOODPUT_DATABASE_URL"])
    running = subprocess.Popen(
        [GOODPUT, "listen"], cwd=ROOT, env={**os.environ, **environment}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        wait_until(lambda: bool(slack_line.connections) or running.poll() is not None, 60)
        slack_line.press(pressed(KEY))
        wait_until(lambda: bool(workspace.whispers))
    finally:
        running.send_signal(number)
        said, mistakes = running.communicate(timeout=30)

    assert (0, "Goodput hears the Acknowledge buttons of shop\n") == (running.returncode, said)
    assert "wrong/app.yaml" in mistakes
    assert "Traceback" not in mistakes
    assert "very-secret" not in said + mistakes
    assert "ada (U0ADA)" == store.alerts.incidents(SHOP)[0].acknowledged_by
    store.close()

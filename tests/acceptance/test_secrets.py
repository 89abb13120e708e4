"""No secret is in any log, error, artifact or stored row, whatever the services say back to us."""

import logging
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client

from deployments.command_line import main
from domain.errors import GoodputError
from flows.deliver_messages import deliver_messages
from flows.evaluate_traces import evaluate_traces
from flows.send_digest import send_digest
from flows.watch_requests import watch_requests
from tests.acceptance.conftest import APP
from tests.acceptance.test_delivery import make_due
from tests.acceptance.test_outage import MINUTE, outage
from tests.acceptance.traffic import NOON
from tests.stand_ins import alertmanager as alertmanagers
from tests.stand_ins import webhook_receiver as programs
from tests.stand_ins.langfuse import SECRET_KEY
from tests.stand_ins.pagerduty import ROUTING_KEY
from tests.stand_ins.server import Answer, Fault, StandIn
from tests.stand_ins.slack import TOKEN, WEBHOOK_PATH

BEAT = "/beat/very-secret-heartbeat"
SECRETS = (SECRET_KEY, ROUTING_KEY, TOKEN, WEBHOOK_PATH, alertmanagers.TOKEN, programs.SECRET, programs.PATH, BEAT)
EVERYBODY = "[pagerduty, slack, simple, alerts, hook, log]"
CHANNELS = APP.replace(
    "routes:",
    "  simple: {kind: slack_webhook}\n"
    "  alerts: {kind: alertmanager, url: URL, token: GOODPUT_ALERTS_TOKEN}\n"
    "  hook: {kind: webhook}\n"
    "  log: {kind: console}\n"
    "routes:",
).replace("page: [pagerduty, slack]", f"page: {EVERYBODY}")


async def test_no_secret_is_anywhere(world, monkeypatch, caplog, capsys, tmp_path):
    caplog.set_level(logging.INFO)
    for room in ("alerts", "adapters", "flows", "tasks", "prefect"):
        caplog.set_level(logging.DEBUG, logger=room)
    said: list[str] = []
    with (
        alertmanagers.alertmanager() as alerts,
        programs.webhook_receiver() as program,
        StandIn(lambda _: Answer("ok")) as beats,
    ):
        here = world(outage(), app=CHANNELS.replace("URL", alerts.url))
        for name, value in {
            "SLACK_WEBHOOK_URL": here.slack.webhook_url,
            "ALERTS_TOKEN": alertmanagers.TOKEN,
            "WEBHOOK_URL": program.url,
            "WEBHOOK_SECRET": programs.SECRET,
            "HEARTBEAT_URL": f"{beats.url}{BEAT}",
        }.items():
            monkeypatch.setenv(f"GOODPUT_{name}", value)
        servers = {
            here.langfuse: SECRET_KEY,
            here.pagerduty.server: ROUTING_KEY,
            here.slack.server: f"{TOKEN} {WEBHOOK_PATH}",
            alerts.server: alertmanagers.TOKEN,
            program.server: f"{programs.SECRET} {programs.PATH}",
            beats: BEAT,
        }
        for minute, number in ((3, 0), (4, 1), (5, None), (18, 2), (19, 3), (20, 4)):
            for server, secrets in servers.items():
                if number is not None:
                    server.fail_next(tell_tales(secrets)[number])
            for flow in (watch_requests, evaluate_traces):
                said += await errors_of(flow, slot=NOON + minute * MINUTE)
            make_due(here)
            said += await errors_of(deliver_messages)
        said += await errors_of(send_digest, slot=NOON + 60 * MINUTE)

    assert 1 <= len(here.incidents()), "it did work in between"
    assert beats.received, "and said so"
    left = capsys.readouterr()
    assert "failures" in left.out, "the console was told"
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("goodput.db*")).decode(errors="replace")
    everything = {
        "errors": " ".join(said),
        "logs": caplog.text,
        "standard output": left.out + left.err,
        "the database": kept,
        "what Prefect keeps": await prefect_keeps(),
    }
    for where, text in everything.items():
        assert text, where
        assert [] == [secret for secret in SECRETS if secret in text], where


def tell_tales(words: str) -> list[Fault]:
    """Return answers that repeat the secrets that a service was sent."""
    return [
        Fault("status", Answer(words, status=500, headers={"Retry-After": words})),
        Fault("hang_up"),
        Fault("status", Answer({"ok": False, "error": words, "message": words, "errors": [words]}, status=401)),
        Fault("status", Answer({"ok": False, "error": "invalid_auth", "needed": words, "provided": words}, status=200)),
        Fault("status", Answer("", status=302, headers={"Location": f"http://127.0.0.1:9/{words.replace(' ', '')}"})),
    ]


async def errors_of(flow, **parameters: object) -> list[str]:
    try:
        await flow(**parameters)
    except GoodputError as error:
        return [str(error), repr(error), repr(error.__cause__), repr(error.__context__)]
    return []


async def prefect_keeps() -> str:
    """Return all that the Prefect server has of this session's runs: logs, states, parameters and artifacts."""
    async with get_client() as client:
        runs = await client.read_flow_runs(limit=200)
        tasks = await client.read_task_runs(limit=200)
        logs = await client.read_logs(limit=200)
        artifacts = await client.read_artifacts(limit=200)
    return " ".join(str(one.model_dump()) for found in (runs, tasks, logs, artifacts) for one in found)


@pytest.mark.parametrize("place", ["channels: {{slack: {{kind: slack, channel: C0123456789, token: {secret}}}}}"])
def test_a_secret_in_a_file_is_refused_and_not_repeated(tmp_path: Path, monkeypatch, capsys, place):
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "app.yaml").write_text(f"source: {{kind: langfuse}}\n{place.format(secret=TOKEN)}\n")

    with pytest.raises(SystemExit):
        main(["validate", str(tmp_path)])

    said = capsys.readouterr()
    assert "token" in said.err + said.out
    assert TOKEN not in said.err + said.out

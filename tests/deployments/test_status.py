"""`goodput status`: what it shows comes from the store alone, so it loads nothing that reaches elsewhere."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from adapters.assessor import Assessor
from adapters.store import Store
from domain.window import Window
from flows.configuration import read_application
from tests.adapters.store.examples import NOON, request

GOODPUT = str(Path(sys.executable).parent / "goodput")
APP = """
environment: prod
source: {kind: langfuse}
probe: {url: https://shop.example/health}
monthly_budget_usd: 100
judging:
  judge: {kind: openai, model: gpt-5-mini}
channels:
  pagerduty: {kind: pagerduty}
  slack: {kind: slack, channel: C0123456789}
  webhook: {kind: slack_webhook}
routes: {page: [pagerduty, slack], ticket: [slack], informational: [webhook]}
"""
ELSEWHERE = {"prefect", "langfuse", "httpx", "requests", "slack_sdk", "pdpyras", "alembic", "psycopg", "fastapi"}


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A store that holds verdicts of an application with every source, judge and channel that is far away."""
    folder = tmp_path_factory.mktemp("deployments")
    (folder / "shop").mkdir()
    (folder / "shop" / "app.yaml").write_text(APP)
    (folder / "shop" / "slos.yaml").write_text("profile: rag\n")
    url = f"sqlite:///{folder / 'goodput.db'}"
    with closing(Store.open(url)) as store:
        requests = [request(f"t{n}", -n - 1, application="shop") for n in range(300)]
        store.requests.save("shop", Window.ending(NOON, NOON - requests[-1].started_at), requests, [])
        shop = read_application(folder, "shop")
        Assessor(store, shop.application, shop.objectives, shop.plan).assess(NOON)
    return {**os.environ, "GOODPUT_DATABASE_URL": url, "GOODPUT_DEPLOYMENTS_FOLDER": str(folder)}


@pytest.mark.parametrize("arguments", [pytest.param([], id="for people"), pytest.param(["--json"], id="for programs")])
def test_status_loads_nothing_that_reaches_elsewhere(environment, arguments):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", GOODPUT, "status", "--app", "shop", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}

    assert "availability" in done.stdout or "99.9 % of the requests are answered" in done.stdout
    assert "adapters.store" in loaded
    assert not ELSEWHERE & loaded

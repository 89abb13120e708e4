"""A whole deployment on loopback: Langfuse, PagerDuty and Slack as stand-ins, SQLite in a temporary folder."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.store import Store
from tests.stand_ins.langfuse import PUBLIC_KEY, SECRET_KEY, LangfuseStandIn, langfuse
from tests.stand_ins.pagerduty import ROUTING_KEY, PagerDutyStandIn, pagerduty
from tests.stand_ins.slack import CHANNEL, TOKEN, SlackStandIn, slack

APP = f"""\
environment: prod
trace_names: [bot]
monthly_budget_usd: 100
source: {{kind: langfuse}}
judging: {{sample_rate: 0.5}}
channels:
  pagerduty: {{kind: pagerduty}}
  slack: {{kind: slack, channel: {CHANNEL}}}
routes:
  page: [pagerduty, slack]
  ticket: [slack]
  informational: [slack]
"""
SLOS = """\
objectives:
  - {name: availability, tier: infrastructure, promise: 99.9 % are answered, signal: answered, statistic: share, at_least: 0.999}
  - {name: first-token, tier: llm, promise: first token within 500 ms (p95), signal: ttft_s, statistic: p95, at_most: 0.5}
  - {name: hallucination, tier: quality, promise: at most 5 % invented, signal: hallucination_risk, statistic: share, above: 0.15, at_most: 0.05}
  - {name: month, tier: cost, promise: the month ends within $100, signal: spend_usd, statistic: projection, at_most: 100}
"""


@dataclass
class World:
    """Everything outside, and what Goodput remembers."""

    deployments: Path
    database: str
    langfuse: LangfuseStandIn
    pagerduty: PagerDutyStandIn
    slack: SlackStandIn

    def store(self) -> Store:
        return Store.open(self.database)

    def incidents(self) -> list[tuple[str, str]]:
        """Title and state of every incident that PagerDuty opened."""
        return [
            (one.summary, "resolved" if one.resolved else "open")
            for known in self.pagerduty.incidents.values()
            for one in known
        ]

    def said(self) -> list[str]:
        """What stands in the Slack channel."""
        return [message.text for message in self.slack.in_channel]


@pytest.fixture
def database(tmp_path: Path) -> str:
    """Where Goodput keeps its data; a test may ask for Postgres instead."""
    return f"sqlite:///{tmp_path / 'goodput.db'}"


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefect_api: None, database: str
) -> Iterator[Callable[..., World]]:
    """Return a function that puts rows behind Langfuse and gives the world around them."""
    with ExitStack() as stack:

        def make(rows: list[dict], scores: list[dict] = (), *, app: str = APP, slos: str = SLOS) -> World:  # type: ignore[assignment]
            folder = tmp_path / "deployments"
            (folder / "bot").mkdir(parents=True)
            (folder / "bot" / "app.yaml").write_text(app)
            (folder / "bot" / "slos.yaml").write_text(slos)
            made = World(
                deployments=folder,
                database=database,
                langfuse=stack.enter_context(langfuse(rows, scores)),
                pagerduty=stack.enter_context(pagerduty()),
                slack=stack.enter_context(slack()),
            )
            for name, value in {
                "DEPLOYMENTS_FOLDER": str(folder),
                "DATABASE_URL": made.database,
                "LANGFUSE_URL": made.langfuse.url,
                "LANGFUSE_PUBLIC_KEY": PUBLIC_KEY,
                "LANGFUSE_SECRET_KEY": SECRET_KEY,
                "PAGERDUTY_ROUTING_KEY": ROUTING_KEY,
                "PAGERDUTY_URL": made.pagerduty.url,
                "SLACK_TOKEN": TOKEN,
                "SLACK_URL": made.slack.url,
            }.items():
                monkeypatch.setenv(f"GOODPUT_{name}", value)
            return made

        yield make

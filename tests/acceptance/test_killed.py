"""SIGKILL at each step of claim, send and record, in a process of its own: nothing is lost, nothing is told twice."""

import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from adapters.store import Store
from domain.alerting import Notice
from domain.message import MessageKind
from tests.acceptance.killed_worker import STEPS, work
from tests.alerts.channels.messages import NOON
from tests.builders import message
from tests.stand_ins.pagerduty import ROUTING_KEY, pagerduty
from tests.stand_ins.slack import TOKEN, slack

KINDS = ("firing", "resolved")


class Workers:
    """Workers on one database, against one PagerDuty and one Slack."""

    def __init__(self, database: str, kind: str, oncall, workspace) -> None:
        self.work = (database, kind)
        self.settings = {
            "GOODPUT_PAGERDUTY_ROUTING_KEY": ROUTING_KEY,
            "GOODPUT_PAGERDUTY_URL": oncall.url,
            "GOODPUT_SLACK_TOKEN": TOKEN,
            "GOODPUT_SLACK_URL": workspace.url,
        }

    def one_is_killed_when(self, step: str, minutes_later: int) -> None:
        """Let one work until *step*, and kill it there as the kernel does."""
        command = [sys.executable, "-m", "tests.acceptance.killed_worker", *self.work, step, str(minutes_later)]
        environment = {**os.environ, **self.settings}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            assert process.stdout is not None
            assert f"{step}\n" == process.stdout.readline(), "it got there"
            process.send_signal(signal.SIGKILL)
            assert -signal.SIGKILL == process.wait(10)

    def another_works(self, minutes_later: int) -> None:
        work(*self.work, "", minutes_later, self.settings.get)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("kind", ["pagerduty", "slack"])
def test_a_worker_killed_at_a_step_loses_nothing_and_tells_nothing_twice(tmp_path, kind, step):
    assert_told_once(f"sqlite:///{tmp_path / 'goodput.db'}", kind, step)


@pytest.mark.xdist_group("postgres")
def test_so_it_is_on_postgres(postgres):
    assert_told_once(postgres.migrated_database(), "slack", "sent")


def assert_told_once(database: str, kind: str, step: str) -> None:
    store = Store.open(database)
    with pagerduty() as oncall, slack() as workspace:
        workers = Workers(database, kind, oncall, workspace)
        for round_, said in enumerate(KINDS):
            one = replace(message("k1", MessageKind(said)), at=NOON)
            store.outbox.add([Notice(message=one, channels=("to",))], NOON)
            workers.one_is_killed_when(step, minutes_later=round_ * 10)
            workers.another_works(minutes_later=round_ * 10 + 5)  # the lease of the dead one has run out

    assert {"sent": 2} == {str(status): n for status, n in store.outbox.counts().items() if n}
    if kind == "pagerduty":
        ((opened,),) = oncall.incidents.values()
        assert opened.resolved
    else:
        (told,), (answer,) = workspace.in_channel, workspace.in_threads
        assert "RESOLVED" in told.text
        assert "RESOLVED" in answer.text
    store.close()

"""Every fault, on every channel, at every kind of message: told once, in order, each attempt within its deadline."""

import asyncio
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.store import Store
from alerts.channels.alertmanager import Alertmanager
from alerts.channels.pagerduty import PagerDuty
from alerts.channels.slack import Slack
from alerts.channels.slack_webhook import SlackWebhook
from alerts.dispatcher import Dispatcher
from domain.alerting import Notice
from domain.delivery import DeliveryStatus
from domain.message import MessageKind
from tests.alerts.channels.conftest import Receiver
from tests.alerts.channels.messages import CHANGED, DIGEST, FIRING, NOON, RESOLVED
from tests.stand_ins.server import Answer, Fault

DEADLINE_S = 0.25
STORY = (
    FIRING,
    replace(FIRING, kind=MessageKind.UPDATED, number=1, sentence="Joined: slow."),
    replace(FIRING, kind=MessageKind.REMINDER, number=2, sentence="It goes on, for 4 h now."),
    replace(FIRING, kind=MessageKind.ACKNOWLEDGED, sentence="ada has taken it."),
    RESOLVED,
    DIGEST,
    CHANGED,
)
FAULTS = {
    "429": Fault("status", Answer(status=429)),
    "429 with seconds": Fault("status", Answer(status=429, headers={"Retry-After": "7"})),
    "429 with a date": Fault(
        "status",
        Answer(
            status=429,
            headers={"Retry-After": "Mon, 23 Nov 2026 08:00:09 GMT", "Date": "Mon, 23 Nov 2026 08:00:00 GMT"},
        ),
    ),
    "500": Fault("status", Answer("<html>", status=500)),
    "503": Fault("status", Answer(status=503)),
    "hang": Fault("hang"),
    "drip": Fault("drip", seconds=0.05),
    "reset": Fault("reset"),
    "hang up": Fault("hang_up"),
    "malformed": Fault("malformed"),
    "accepted, then reset": Fault("reset", committed=True),
    "accepted, then hang up": Fault("hang_up", committed=True),
    "accepted, then a hang": Fault("hang", committed=True),
    "accepted, then cut short": Fault("truncated", committed=True),
}
TAKES_NO = {PagerDuty: {MessageKind.DIGEST}, Alertmanager: {MessageKind.DIGEST, MessageKind.CHANGE}}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_whatever_happens_it_is_told_once_and_in_order(
    remote: Receiver, fault: Fault, tmp_path, migrated_file, workspace, program
) -> None:
    (tmp_path / "goodput.db").write_bytes(migrated_file)
    store = Store.open(f"sqlite:///{tmp_path / 'goodput.db'}")
    channel = remote.channel_with(10)
    now, story = NOON, [one for one in STORY if one.kind not in TAKES_NO.get(type(channel), ())]
    for message in story:
        store.outbox.add([Notice(message=message, channels=("c",))], NOON)
        remote.server.fail_next(fault)
        for _ in range(6):  # each minute, until it is delivered
            workspace.now_s = program.now_s = int(now.timestamp())
            dispatcher = Dispatcher(store.outbox, {"c": channel}, "me", deadline_s=DEADLINE_S)
            started = time.monotonic()
            asyncio.run(dispatcher.drain(lambda: now))  # noqa: B023 - it runs here
            assert time.monotonic() - started < 20 * DEADLINE_S
            if not store.outbox.counts()[DeliveryStatus.PENDING]:
                break
            now += timedelta(minutes=6)
        assert 0 == store.outbox.counts()[DeliveryStatus.PENDING], message.kind

    counts = store.outbox.counts()
    store.close()
    assert (len(story), 0) == (counts[DeliveryStatus.SENT], counts[DeliveryStatus.DEAD])
    if isinstance(channel, SlackWebhook):
        return  # the degraded mode: it cannot know what has arrived
    if fault.committed or not remote.believes(fault):  # a 2xx that lies cannot be told from one that does not
        expected = {Slack: 3 + 4, PagerDuty: 1, Alertmanager: 1}.get(type(channel), len(story))
        assert expected == len(remote.read())

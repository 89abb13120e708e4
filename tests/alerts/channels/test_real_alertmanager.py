"""The story of an incident at a real Alertmanager, where there is one; elsewhere its stand-in must do.

It needs the program of Debian's package `prometheus-alertmanager` (0.25 and 0.33 were seen to be alike here) or of upstream.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from alerts.channels.alertmanager import Alertmanager
from domain.delivery import GoingOn
from domain.errors import TransientError
from domain.message import Message, MessageKind
from tests.alerts.channels.messages import FIRING, HOSTILE, RESOLVED, delivery, hostile_messages
from tests.stand_ins.server import Answer, StandIn, stand_in, wait_until

VARIABLE = "GOODPUT_TEST_ALERTMANAGER"
BINARY = os.environ.get(VARIABLE) or shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
CONFIG = """
route: {{receiver: us, group_by: [incident], group_wait: 50ms, group_interval: 100ms, repeat_interval: 1h}}
receivers: [{{name: us, webhook_configs: [{{url: "{url}"}}]}}]
"""

pytestmark = pytest.mark.skipif(
    BINARY is None,
    reason=f"there is no Alertmanager: install Debian's prometheus-alertmanager, or let {VARIABLE} name the program",
)


@pytest.fixture(scope="module")
def told() -> Iterator[StandIn]:
    """Whom Alertmanager tells."""
    with stand_in(lambda _: Answer({})) as running:
        yield running


@pytest.fixture(scope="module")
def url(told: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("alertmanager")
    (folder / "config.yml").write_text(CONFIG.format(url=told.url))
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    options = ("--config.file=config.yml", "--storage.path=data", "--cluster.listen-address=")
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen([BINARY, *options, f"--web.listen-address={address}"], cwd=folder, stderr=log)
        try:
            wait_until(lambda: answers(f"http://{address}") or running.poll() is not None)
            assert running.poll() is None, (folder / "log").read_text()
            yield f"http://{address}"
        finally:
            running.terminate()
            running.wait(10)


def answers(url: str) -> bool:
    with suppress(TransientError):
        return Alertmanager(url).check().startswith("Alertmanager 0.")
    return False


def now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def begun(key: str) -> Message:
    return replace(FIRING, key=key, at=now(), since=now() - timedelta(minutes=15))


def heard(told: StandIn, key: str) -> list[str]:
    """What people were told of an incident, in order."""
    alerts = [alert for call in told.received for alert in call.json()["alerts"]]
    return [alert["status"] for alert in alerts if alert["labels"]["incident"] == key]


def test_people_hear_once_that_it_begins_and_once_that_it_is_over(told, url) -> None:
    channel, message = Alertmanager(url), begun("told")
    ref = channel.send(delivery(message, tried_at=now()))
    wait_until(lambda: ["firing"] == heard(told, "told"))

    channel.send(delivery(replace(message, kind=MessageKind.UPDATED, rule="latency"), tried_at=now(), earlier_ref=ref))
    channel.sustain([GoingOn(message=message, ref=ref, acknowledged="Ann has taken it.")], now())
    ahead = now() + timedelta(seconds=30)  # our clock, not theirs
    over = replace(RESOLVED, key="told", rule="latency", at=ahead, since=message.since)
    channel.send(delivery(over, tried_at=ahead, earlier_ref=ref))

    wait_until(lambda: ["firing", "resolved"] == heard(told, "told"))


def test_what_is_not_said_again_is_over_and_what_is_goes_on(told, url) -> None:
    channel = Alertmanager(url, ends_after=timedelta(seconds=1))
    kept = [begun(f"kept {number}") for number in range(3)]
    refs = [channel.send(delivery(message, tried_at=now())) for message in (*kept, begun("left alone"))]
    wait_until(lambda: ["firing"] == heard(told, "left alone"))
    standing = [GoingOn(message=message, ref=ref) for message, ref in zip(kept, refs[:3], strict=True)]
    Alertmanager(url).sustain(standing, now())

    wait_until(lambda: ["firing", "resolved"] == heard(told, "left alone"))
    assert [["firing"]] * 3 == [heard(told, message.key) for message in kept]


def test_nobody_hears_of_what_was_over_before_it_was_told(told, url) -> None:
    channel, message = Alertmanager(url), begun("over")
    ref = channel.send(delivery(message, tried_at=now(), is_over=True))
    channel.send(delivery(replace(message, kind=MessageKind.RESOLVED), tried_at=now(), earlier_ref=ref))
    channel.send(delivery(begun("another"), tried_at=now()))
    wait_until(lambda: ["firing"] == heard(told, "another"))

    assert [] == heard(told, "over")


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(message=hostile_messages)
def test_hostile_words_are_taken(url, message) -> None:
    kind = MessageKind.FIRING if message.kind in {MessageKind.DIGEST, MessageKind.CHANGE} else message.kind

    Alertmanager(url).send(delivery(replace(message, kind=kind, at=now()), tried_at=now()))


def test_very_long_words_are_taken(url) -> None:
    Alertmanager(url).send(delivery(replace(HOSTILE, at=now()), tried_at=now()))

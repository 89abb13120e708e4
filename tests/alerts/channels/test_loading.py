"""The first messages of a run leave in many threads at once, and each of them loads the client that it needs."""

import subprocess
import sys

import pytest

SEND_AT_ONCE = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor
from pydantic import SecretStr
from alerts.channels.slack import Slack
from alerts.channels.slack_webhook import SlackWebhook
from alerts.channels.webhook import Webhook
from domain.errors import TransientError
from tests.alerts.channels.messages import delivery

sys.setswitchinterval(1e-6)
nobody = "http://127.0.0.1:9"
channel = {
    "slack": lambda: Slack(SecretStr("x"), "C0123456789", base_url=nobody),
    "slack_webhook": lambda: SlackWebhook(SecretStr(nobody)),
    "webhook": lambda: Webhook(SecretStr(nobody), SecretStr("whsec_" + "A" * 44)),
}[sys.argv[1]]()
ready = threading.Barrier(32)

def send(_):
    ready.wait()
    try:
        channel.send(delivery())
    except TransientError:
        return
    raise AssertionError("nobody listens there")

with ThreadPoolExecutor(32) as pool:
    list(pool.map(send, range(32)))
"""


@pytest.mark.parametrize("kind", ["slack", "slack_webhook", "webhook"])
def test_no_thread_meets_a_client_that_is_half_loaded(kind):
    ran = subprocess.run([sys.executable, "-c", SEND_AT_ONCE, kind], capture_output=True, text=True, timeout=60)

    assert (0, "") == (ran.returncode, ran.stderr[-2000:])

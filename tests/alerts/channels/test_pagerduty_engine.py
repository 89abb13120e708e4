"""Two client libraries that try once each, behind one small adapter."""

import logging
import subprocess
import sys
from math import inf, nan

import pytest
from pydantic import SecretStr

from alerts.channels.pagerduty import PagerDuty, PagerDutyConfig, build
from alerts.channels.pagerduty_calls import PagerDutyCalls
from alerts.channels.pagerduty_engine import client
from alerts.channels.secrets import ChannelSecrets
from domain.errors import ConfigError, PermanentError, TransientError
from tests.alerts.channels.conftest import pagerduty_at
from tests.alerts.channels.messages import CHANGED, delivery
from tests.stand_ins.pagerduty import ROUTING_KEY
from tests.stand_ins.server import Answer, Fault

GIBBERISH = Answer(b"not gzip at all", status=202, headers={"Content-Encoding": "gzip"})


@pytest.fixture(params=["pdpyras", "pagerduty"])
def engine(request) -> str:
    return request.param


@pytest.fixture
def calls(on_call, engine) -> PagerDutyCalls:
    return PagerDutyCalls(client(engine), SecretStr(ROUTING_KEY), on_call.url, 10)


@pytest.mark.parametrize("number", [nan, inf, -inf])
def test_what_is_no_json_is_never_sent(on_call, calls, number) -> None:
    payload = {"summary": "s", "source": "s", "severity": "info", "custom_details": {"deep": [{"value": number}]}}

    with pytest.raises(PermanentError, match="no JSON"):
        calls.event("trigger", "k", {"payload": payload})
    with pytest.raises(PermanentError, match="no JSON"):
        calls.change({"payload": payload})

    assert [] == on_call.server.received


def test_what_is_too_big_is_never_sent(on_call, calls) -> None:
    with pytest.raises(PermanentError, match="512000"):
        calls.event("trigger", "k", {"payload": {"summary": "s" * 512_000}})

    assert [] == on_call.server.received


def test_an_answer_that_cannot_be_unpacked_is_transient(on_call, calls) -> None:
    on_call.server.fail_next(Fault("status", GIBBERISH), Fault("status", GIBBERISH))

    with pytest.raises(TransientError):
        calls.event("resolve", "k", {})
    with pytest.raises(TransientError):
        calls.change({"payload": {"summary": "s"}})

    assert 2 == len(on_call.server.received)


@pytest.mark.parametrize("body", [b'{"status": "success", "dedup_key": "k"', b"[" * 100_000, b"\xff\xfe"])
def test_an_answer_that_is_no_json_does_not_prove_anything(on_call, calls, body) -> None:
    on_call.server.fail_next(Fault("status", Answer(body, status=202)))

    with pytest.raises(TransientError, match=r"202 with an unreadable body"):
        calls.change({"payload": {"summary": "s"}})


def test_a_success_that_leads_elsewhere_is_none(on_call, calls) -> None:
    """One of the clients takes every status below 400 for a success."""
    on_call.server.fail_next(Fault("status", Answer({"status": "success", "dedup_key": "k"}, status=302)))

    with pytest.raises(PermanentError, match="302"):
        calls.event("resolve", "k", {})


def test_nothing_is_logged_that_is_raised(on_call, engine, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    on_call.server.fail_next(Fault("reset"), Fault("status", Answer(status=500)))
    channel = pagerduty_at(on_call, engine=engine)
    for _ in range(2):
        with pytest.raises(TransientError):
            channel.send(delivery())

    assert ROUTING_KEY not in caplog.text
    assert [] == [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_changes_go_through_whatever_time_it_is(on_call, engine) -> None:
    pagerduty_at(on_call, engine=engine).send(delivery(CHANGED))

    assert CHANGED.at.isoformat() == on_call.changes[0]["payload"]["timestamp"]


@pytest.mark.parametrize("address", ["https://events.eu.pagerduty.com", "http://127.0.0.1:1"])
def test_a_client_talks_to_the_address_it_is_given(engine, address) -> None:
    with client(engine).open(ROUTING_KEY, address, 10) as session:
        assert address == session.url


def test_the_engine_is_chosen_in_the_configuration(on_call) -> None:
    secrets = {"GOODPUT_PAGERDUTY_ROUTING_KEY": ROUTING_KEY, "GOODPUT_PAGERDUTY_URL": on_call.url}
    for engine in ({}, {"engine": "pdpyras"}, {"engine": "pagerduty"}):
        build(PagerDutyConfig(kind="pagerduty", **engine), ChannelSecrets(secrets.get)).check()

    agents = [one.headers["User-Agent"].partition("/")[0] for one in on_call.server.received]
    assert ["pdpyras", "pdpyras", "python-pagerduty"] == agents


@pytest.mark.parametrize("address", ["ftp://pagerduty", "events.pagerduty.com"])
def test_an_address_that_is_none_is_refused(address) -> None:
    secrets = {"GOODPUT_PAGERDUTY_ROUTING_KEY": ROUTING_KEY, "GOODPUT_PAGERDUTY_URL": address}

    with pytest.raises(ConfigError, match="GOODPUT_PAGERDUTY_URL must be a web address"):
        build(PagerDutyConfig(kind="pagerduty"), ChannelSecrets(secrets.get))


@pytest.mark.parametrize("missing", ["pagerduty", "httpx2"])
def test_a_library_that_is_not_installed_is_asked_for(monkeypatch, missing) -> None:
    monkeypatch.setitem(sys.modules, missing, None)

    with pytest.raises(ConfigError, match=r"pip install 'pagerduty>=7\.2,<8'"):
        PagerDuty(SecretStr(ROUTING_KEY), engine="pagerduty")


def test_a_library_is_only_loaded_by_who_uses_it() -> None:
    names = "('pdpyras', 'pagerduty', 'httpx2', 'slack_sdk')"
    probe = f"import sys, alerts.channels as c; print([name for name in {names} if name in sys.modules])"
    use = "import sys; from alerts.channels.pagerduty_engine import client; client('pagerduty'); print('pdpyras' in sys.modules)"

    for code, said in ((probe, "[]"), (use, "False")):
        run = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
        assert said == run.stdout.strip()

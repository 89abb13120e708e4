"""The probe on real sockets: down, slow, wrong and fine are told apart."""

from datetime import UTC, datetime

import httpx
import pytest

from adapters.probe import ProbeConfig, probe
from tests.stand_ins.server import Answer, Fault, stand_in

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


async def seen(url: str, **config):
    async with httpx.AsyncClient() as client:
        return await probe(client, ProbeConfig(url=url, **{"deadline_s": 1.0, **config}), "bot", NOON)


async def test_a_healthy_endpoint_is_timed():
    with stand_in(lambda incoming: Answer({"ok": incoming.method})) as server:
        found = await seen(server.url)

    assert (True, 200, "") == (found.ok, found.status, found.because)
    assert 0 < found.first_byte_s <= found.latency_s


async def test_a_canary_is_sent_as_json():
    with stand_in(lambda _: Answer("words")) as server:
        await seen(server.url, method="POST", body={"question": "ping"})

        assert {"question": "ping"} == server.received[0].json()


@pytest.mark.parametrize(
    ("fault", "because"),
    [
        pytest.param(Fault("status", Answer(status=503)), "status 503 instead of 200", id="503"),
        pytest.param(
            Fault("status", Answer(status=302, headers={"Location": "/"})), "status 302 instead", id="redirect"
        ),
        pytest.param(Fault("hang"), "no whole answer within 1 s", id="hangs"),
        pytest.param(Fault("drip", Answer(), seconds=0.05), "no whole answer within 1 s", id="drips"),
        pytest.param(Fault("reset"), "no answer (ReadError)", id="reset"),
        pytest.param(Fault("truncated", Answer("0123456789")), "no answer (RemoteProtocolError)", id="cut off"),
    ],
)
async def test_what_is_wrong_is_said(fault, because):
    with stand_in(lambda _: Answer("fine")) as server:
        server.fail_next(fault)
        found = await seen(server.url)

    assert not found.ok
    assert found.because.startswith(because)


async def test_nobody_there_is_no_answer():
    found = await seen("http://127.0.0.1:9")

    assert (False, None, None, "no answer (ConnectError)") == (found.ok, found.status, found.latency_s, found.because)


def test_an_address_with_a_password_is_refused():
    with pytest.raises(ValueError, match="pattern"):
        ProbeConfig(url="https://user:secret@example.org/health")

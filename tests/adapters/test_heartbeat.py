import socket

import httpx
import pytest

from adapters.heartbeat import Heartbeat
from domain.errors import ConfigError, PermanentError, TransientError
from tests.stand_ins.server import Answer, Fault, StandIn


async def beat(url: str | None) -> bool:
    async with httpx.AsyncClient() as client:
        return await Heartbeat(client, url).beat()


async def test_the_address_is_asked_for_and_without_one_nothing_is():
    with StandIn(lambda _: Answer("ok")) as switch:
        assert await beat(f"{switch.url}/ping/secret")
        assert ["/ping/secret"] == [one.path for one in switch.received]

    assert not await beat(None)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("status", Answer(status=404)), PermanentError),
        (Fault("status", Answer(status=302, headers={"Location": "http://elsewhere.example"})), PermanentError),
        (Fault("status", Answer(status=503)), TransientError),
        (Fault("reset"), TransientError),
    ],
)
async def test_a_sign_that_did_not_arrive_is_said_without_the_address(fault, error):
    with StandIn(lambda _: Answer("ok")) as switch:
        switch.fail_next(fault)
        with pytest.raises(error) as caught:
            await beat(f"{switch.url}/ping/secret")

    assert "secret" not in str(caught.value)


async def test_nobody_there_may_be_there_later():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(TransientError, match="did not arrive"):
            await beat(f"http://127.0.0.1:{taken.getsockname()[1]}/")


@pytest.mark.parametrize("url", ["", "hc-ping.com/x", "ftp://a.example", "http://"])
async def test_what_is_no_address_is_a_mistake(url):
    with pytest.raises(ConfigError, match="GOODPUT_HEARTBEAT_URL is no web address"):
        await beat(url)

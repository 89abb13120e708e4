"""One request, one time limit for all of it, nothing followed and nothing logged."""

import logging
import socket
import subprocess
import sys
import threading
import time

import pytest

from alerts.channels.http_calls import ask
from domain.errors import PermanentError, TransientError
from tests.stand_ins.server import Answer, Fault, stand_in

SHORT_S = 0.3


@pytest.fixture
def service():
    with stand_in(lambda _: Answer("fine", headers={"X-Name": "value"})) as running:
        yield running


def asked(url: str, **more: object):
    return ask("The service", "GET", url, **{"headers": {}, "deadline_s": 10.0, **more})


def test_the_whole_answer_comes_back(service) -> None:
    answered = asked(service.url, content=b"hello", headers={"X-Words": "grüße"})

    assert (200, b"fine", "value") == (answered.status, answered.body, answered.headers["x-name"])
    assert answered.error({}) is None
    assert b"hello" == service.received[0].body


@pytest.mark.parametrize("kind", ["drip", "hang"])
def test_an_answer_that_takes_too_long_is_cut_off(service, kind) -> None:
    """Each byte of the drip comes well in time; the client alone would wait for all of them."""
    service.fail_next(Fault(kind, seconds=0.05 if kind == "drip" else 30))
    began = time.monotonic()

    with pytest.raises(TransientError, match=r"The service did not answer: nothing whole within 0\.3 s"):
        asked(service.url, deadline_s=SHORT_S)

    assert time.monotonic() - began < 5


def test_headers_that_drip_are_cut_off() -> None:
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            line, _ = listening.accept()
            with line:
                line.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
                while not stop.wait(0.05):
                    try:
                        line.sendall(b"x")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        with pytest.raises(TransientError, match="nothing whole within"):
            asked(f"http://127.0.0.1:{listening.getsockname()[1]}/", deadline_s=SHORT_S)
        stop.set()
        thread.join()


def test_an_endless_answer_is_not_kept() -> None:
    with stand_in(lambda _: Answer(b"x" * 2_000_000)) as service, pytest.raises(TransientError, match="more than"):
        asked(service.url)


@pytest.mark.parametrize(
    "url", ["http://very-secret:port", "very-secret://x", "http://", f"http://very-secret{'x' * 64}.example"]
)
def test_an_address_that_is_none_is_refused_and_not_repeated(url) -> None:
    with pytest.raises(PermanentError, match="The service cannot be asked") as caught:
        asked(url)

    assert "very-secret" not in str(caught.value)


def test_others_are_still_logged(service, caplog) -> None:
    import httpx

    caplog.set_level(logging.DEBUG, "httpx")
    asked(f"{service.url}/very-secret")
    with httpx.Client() as client:
        client.get(f"{service.url}/public")

    assert ["/public"] == [place for place in ("/very-secret", "/public") if place in caplog.text]


def test_the_client_is_only_loaded_by_who_asks() -> None:
    probe = "import sys, alerts.channels; print('httpx' in sys.modules)"

    run = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert "False" == run.stdout.strip()

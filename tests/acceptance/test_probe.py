"""Nobody asks, and nobody could: the probe is what tells."""

from datetime import timedelta

from flows.probe_endpoints import probe_endpoints
from flows.watch_requests import watch_requests
from tests.acceptance.conftest import APP
from tests.acceptance.traffic import NOON
from tests.stand_ins.server import Answer, stand_in

MINUTE = timedelta(minutes=1)


async def test_an_endpoint_that_is_down_pages_although_nobody_asks(world):
    answers = [Answer(status=503)]
    with stand_in(lambda _: answers[0]) as endpoint:
        here = world([], app=f"{APP}probe: {{url: {endpoint.url}/health}}\n")
        for minute in range(3):
            await probe_endpoints(slot=NOON + minute * MINUTE)
            await watch_requests(slot=NOON + minute * MINUTE)
        assert [("open", True)] == [(state, "does not answer" in title) for title, state in here.incidents()]

        answers[0] = Answer({"ok": True})
        for minute in range(3, 6):
            await probe_endpoints(slot=NOON + minute * MINUTE)
            await watch_requests(slot=NOON + minute * MINUTE)

    assert ["resolved"] == [state for _, state in here.incidents()]

"""Messages on their way: a channel that is down, one that has no secret, a page that nobody takes."""

import pytest

from domain.delivery import DeliveryStatus
from domain.errors import GoodputError
from flows.deliver_messages import deliver_messages
from tests.acceptance.conftest import APP
from tests.acceptance.test_outage import outage, watch_minutes
from tests.stand_ins.server import Answer, Fault

ONLY_PAGERDUTY = APP.replace("page: [pagerduty, slack]", "page: [pagerduty]")
BUSY = Fault("status", Answer({"status": "busy"}, status=503))
REFUSED = Fault("status", Answer({"status": "invalid event", "errors": ["no"]}, status=400))


def waiting(here) -> int:
    store = here.store()
    counts = store.outbox.counts()
    store.close()
    return counts[DeliveryStatus.PENDING]


async def test_a_page_that_nobody_takes_fails_the_run_until_somebody_does(world):
    here = world(outage(), app=ONLY_PAGERDUTY)
    here.pagerduty.server.fail_next(*[BUSY] * 3)
    await watch_minutes(0, 3)
    assert [] == here.incidents()

    make_due(here, minutes_later=5)
    expected = r"nobody has taken this page: bot: A model provider .*PagerDuty answered 503"
    with pytest.raises(GoodputError, match=expected):
        await watch_minutes(4, 4)
    make_due(here)
    with pytest.raises(GoodputError, match="nobody has taken this page"):
        await deliver_messages()
    make_due(here)
    await deliver_messages()

    assert 1 == len(here.incidents())
    assert 0 == waiting(here)


def make_due(here, minutes_later: int = 0) -> None:
    """Let what waits be due at once, as if it were minutes later: pauses are minutes of the clock."""
    store = here.store()
    with store.database.writing() as connection:
        connection.exec_driver_sql(
            f"UPDATE outbox SET not_before_us = 0, first_tried_us = first_tried_us - {minutes_later * 60_000_000} "
            "WHERE status = 'pending'"
        )
    store.close()


async def test_what_a_channel_refuses_for_good_is_told_by_the_one_behind_it(world):
    here = world(outage(), app=ONLY_PAGERDUTY + "fallbacks: {pagerduty: {to: slack}}\n")
    here.pagerduty.server.fail_next(*[REFUSED] * 20)

    await watch_minutes(0, 18)

    assert [] == here.incidents()
    pages = [text for text in here.said() if "A model provider" in text]
    assert 1 == len(pages), "told once, and changed in place"
    assert pages[0].startswith("✅ RESOLVED")


async def test_without_the_secret_of_one_channel_the_others_are_told(world, monkeypatch):
    here = world(outage())
    monkeypatch.delenv("GOODPUT_SLACK_TOKEN")

    for minute in range(4):
        with pytest.raises(GoodputError, match=r"channel slack: .*set GOODPUT_SLACK_TOKEN"):
            await watch_minutes(minute, minute)

    assert 1 == len(here.incidents())
    assert 1 <= waiting(here), "Slack's waits until the token is there"

    monkeypatch.setenv("GOODPUT_SLACK_TOKEN", "xoxb-very-secret-token")
    make_due(here)
    await deliver_messages()
    assert 1 == len(here.said())


async def test_messages_are_delivered_while_langfuse_is_away(world):
    here = world(outage())
    here.pagerduty.server.fail_next(BUSY)
    await watch_minutes(0, 3)
    here.langfuse.fail_next(*[Fault("reset")] * 50)
    make_due(here)
    before = len(here.langfuse.received)

    await deliver_messages()

    assert 1 == len(here.incidents())
    assert before == len(here.langfuse.received), "it is not even asked"

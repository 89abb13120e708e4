"""The main story: the model's provider goes down, somebody is woken once, and told when it is over."""

import json
from datetime import timedelta

import pytest
from prefect.artifacts import Artifact

from domain.delivery import DeliveryStatus
from domain.errors import GoodputError
from flows.evaluate_traces import evaluate_traces
from flows.project_costs import project_costs
from flows.send_digest import send_digest
from flows.watch_requests import watch_requests
from tests.acceptance.traffic import INVENTED, NOON, request, steady, thumb
from tests.stand_ins.server import Answer, Fault

MINUTE = timedelta(minutes=1)


def outage() -> list[dict]:
    """20 healthy minutes, 6 in which everything fails, then 12 healthy ones."""
    return [
        *steady(NOON - 20 * MINUTE, 20, first=0),
        *steady(NOON, 6, first=1000, failed="Error code: 503 - upstream is down"),
        *steady(NOON + 6 * MINUTE, 14, first=2000),
    ]


async def watch_minutes(first: int, last: int) -> None:
    for minute in range(first, last + 1):
        await watch_requests(slot=NOON + minute * MINUTE)


async def test_an_outage_wakes_somebody_once_and_resolves_by_itself(world):
    here = world(outage())

    await watch_minutes(-2, 1)
    assert [] == here.incidents()

    await watch_minutes(2, 6)
    opened = here.incidents()
    assert {"open"} == {state for _, state in opened}
    assert [
        "[prod] bot: A model provider answers with failures (gpt-4o-mini, openai): 10 of 20 (Limit: 50.0 % of the last 20, or 5 in a row)"
    ] == [one for one, _ in opened], "that requests fail is a consequence, and keeps quiet"
    assert 1 == len(here.said()), "the page is mirrored once"

    await watch_minutes(7, 18)
    assert [(summary, "resolved") for summary, _ in opened] == here.incidents()
    assert 1 == len(here.said()), "a resolve updates the message that is there"


async def test_a_slot_that_is_run_twice_changes_nothing(world):
    here = world(outage())
    await watch_minutes(0, 4)
    before = (here.incidents(), here.said())
    store = here.store()
    transitions = store.alerts.instances("bot")

    await watch_requests(slot=NOON + 4 * MINUTE)
    await watch_requests(slot=NOON + 2 * MINUTE)

    assert before == (here.incidents(), here.said())
    assert transitions == store.alerts.instances("bot")
    store.close()


async def test_slots_that_were_missed_are_decided_in_order_afterwards(world):
    every_minute = world(outage())
    await watch_minutes(-1, 4)
    expected = [state for _, state in every_minute.incidents()]
    store = every_minute.store()
    last = store.alerts.last_slot("bot")
    store.close()

    assert expected
    assert NOON + 4 * MINUTE == last


async def test_an_unreachable_pagerduty_loses_no_page(world):
    here = world(outage())
    here.pagerduty.server.fail_next(*[Fault("status", Answer({"status": "busy"}, status=503))] * 20)

    await watch_minutes(0, 3)

    store = here.store()
    assert 0 < store.outbox.counts()[DeliveryStatus.PENDING]
    assert [] == here.incidents()
    assert here.said(), "Slack is told all the same"
    store.close()


async def test_a_langfuse_that_says_no_names_what_to_set(world, monkeypatch):
    world(outage())
    monkeypatch.setenv("GOODPUT_LANGFUSE_SECRET_KEY", "wrong")

    with pytest.raises(GoodputError, match="GOODPUT_LANGFUSE_SECRET_KEY"):
        await watch_requests(slot=NOON)


async def test_a_page_that_fails_half_way_marks_nothing_as_read(world):
    here = world(outage())
    await watch_minutes(-2, -2)
    store = here.store()
    before = store.requests.known("bot")
    here.langfuse.fail_next(*[Fault("status", Answer({"message": "no"}, status=400))] * 3)

    with pytest.raises(GoodputError):
        await watch_requests(slot=NOON)

    assert before == store.requests.known("bot")
    store.close()


async def test_invented_answers_are_judged_written_back_and_told(world):
    rows = [*steady(NOON - 20 * MINUTE, 40, per_minute=4, answer=INVENTED)]
    here = world(rows)
    await watch_requests(slot=NOON)

    await evaluate_traces(slot=NOON)
    await watch_requests(slot=NOON + MINUTE)

    assert any("look invented" in summary for summary, _ in here.incidents())
    written = here.langfuse.scores.written
    assert {"faithfulness", "hallucination-risk", "groundedness"} == {score["name"] for score in written.values()}
    again = len(written)
    await evaluate_traces(slot=NOON)
    assert again == len(here.langfuse.scores.written), "what is settled is not judged again"


async def test_every_quarter_the_signals_of_the_day_are_left_for_people(world):
    world([*steady(NOON - 20 * MINUTE, 19, per_minute=4)])
    await watch_requests(slot=NOON)

    artifact = await Artifact.get("signals-bot")
    rows = {(row["signal"], row["statistic"]): row for row in json.loads(artifact.data)}

    assert ("0 %", "0", "76") == tuple(rows["requests failed", "share"][name] for name in ("value", "k", "n"))
    assert "76 requests in 24 h before 2026" in artifact.description


async def test_the_digest_of_a_week_is_sent_once(world):
    here = world([*request(1, NOON - MINUTE)], [thumb(1, NOON, up=True)])
    await watch_requests(slot=NOON)
    await project_costs(slot=NOON)

    await send_digest(slot=NOON)
    await send_digest(slot=NOON)

    assert 1 == len(here.said())

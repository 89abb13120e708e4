"""What goes wrong outside is said, counted, and never stops what is right."""

from datetime import timedelta

import pytest

from domain.errors import GoodputError
from flows.project_costs import project_costs
from flows.replay import replay
from flows.watch_requests import watch_requests
from tests.acceptance.conftest import APP, SLOS
from tests.acceptance.traffic import NOON, request, steady
from tests.stand_ins.server import Answer, Fault

MINUTE = timedelta(minutes=1)


def story(caplog) -> str:
    return "\n".join(record.getMessage() for record in caplog.records)


async def test_rows_that_make_no_sense_are_skipped_counted_and_explained(world, caplog):
    naive, negative, fine = (request(number, NOON - MINUTE) for number in range(3))
    naive[0]["startTime"] = "2026-11-02T11:59:00.000"
    negative[2]["totalCost"] = -1
    here = world([*negative, *fine])
    here.langfuse.rows.append({**naive[0], "startTime": fine[0]["startTime"], "endTime": "2026-11-02T11:59:10"})

    await watch_requests(slot=NOON)

    assert "rows skipped" in story(caplog)
    store = here.store()
    assert {f"{2:032x}"} <= set(store.requests.facts("bot", _day()).trace_ids)
    store.close()


async def test_a_langfuse_that_is_too_old_is_named(world):
    here = world([])
    here.langfuse.version = "3.172.0"

    with pytest.raises(GoodputError, match=r"3\.172"):
        await watch_requests(slot=NOON)


async def test_one_applications_wrong_file_does_not_silence_another(world):
    here = world(steady(NOON - 5 * MINUTE, 5))
    (here.deployments / "broken").mkdir()
    (here.deployments / "broken" / "app.yaml").write_text(APP.replace("prod", "PROD!"))
    (here.deployments / "broken" / "slos.yaml").write_text(SLOS)

    with pytest.raises(GoodputError, match=r"broken/app\.yaml:1:1: environment"):
        await watch_requests(slot=NOON)

    store = here.store()
    assert NOON == store.alerts.last_slot("bot")
    store.close()


async def test_an_hour_is_reconciled_with_the_sources_own_count(world, caplog):
    world(steady(NOON - 60 * MINUTE, 60, per_minute=2))
    await watch_requests(slot=NOON)

    await project_costs(slot=NOON + 60 * MINUTE)
    counted = "360 rows and $0.24"
    assert f"{counted} read from 02 Nov 11:00 to 12:00, the source counts {counted}; 120 requests" in story(caplog)
    assert "Mon 2 Nov agrees with Langfuse" in story(caplog)


async def test_a_replay_of_the_past_tells_nobody_unless_asked(world):
    here = world([*steady(NOON, 10, failed="503 upstream")])

    await replay(NOON - 5 * MINUTE, NOON + 12 * MINUTE)

    store = here.store()
    assert [] == here.incidents() + here.said()
    assert any(one.is_firing for one in store.alerts.instances("bot").values())
    store.close()


async def test_an_hour_that_was_never_read_is_not_reconciled(world):
    here = world(steady(NOON - 10 * 60 * MINUTE, 9 * 60, per_minute=1))
    await watch_requests(slot=NOON - 9 * 60 * MINUTE)

    await project_costs(slot=NOON)
    await watch_requests(slot=NOON)

    store = here.store()
    assert 540 == len(store.requests.facts("bot", _day()))
    store.close()


async def test_a_message_does_not_wait_for_a_source_that_is_down(world, monkeypatch):
    here = world(steady(NOON, 5, failed="503 upstream"))
    here.slack.server.fail_next(*[Fault("status", Answer({"ok": False}, status=503))] * 9)
    here.pagerduty.server.fail_next(*[Fault("status", Answer({}, status=503))] * 9)
    for minute in range(4):
        await watch_requests(slot=NOON + minute * MINUTE)
    assert [] == here.incidents()

    here.pagerduty.server._faults.clear()
    monkeypatch.setenv("GOODPUT_LANGFUSE_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("flows.watch_requests.clock", lambda: NOON + timedelta(days=400))
    with pytest.raises(GoodputError, match="cannot be reached"):
        await watch_requests(slot=NOON + 4 * MINUTE)

    assert here.incidents()


async def test_the_past_is_not_decided_after_the_present(world):
    world(steady(NOON, 5))
    await watch_requests(slot=NOON)

    with pytest.raises(GoodputError, match="into a database of its own"):
        await replay(NOON - 60 * MINUTE, NOON - 30 * MINUTE)


def _day():
    from domain.window import Window

    return Window(NOON - timedelta(days=1), NOON)

"""What goes wrong around alerts: a source that is down, a slot from the future, late runs, edited rules, odd names."""

import logging
from datetime import timedelta

import pytest

from domain.alerting import State
from domain.errors import GoodputError
from domain.window import Window
from flows.watch_requests import watch_requests
from tests.acceptance.traffic import NOON, steady
from tests.stand_ins.server import Answer, Fault, StandIn

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
OUTAGE = "Error code: 503 - upstream is down"
ODD = "rück\u202egabe \U0001f6d1 'x\" <b>|*_`"
QUICK = """\
rules:
  - name: returns-fail
    severity: page
    summary: Too many requests about returns fail.
    when: {kind: share, signal: failed, share_above: LIMIT, over: 5m, healthy_share: 0.01, at_least_bad: 3, alpha: 0.001, split_by: feature}
    look: The orders service.
without: [provider-outage, availability, error-rate]
"""


async def watch(first: int, last: int) -> list[str]:
    """Run every minute as Prefect would, and return what the runs failed with."""
    failures = []
    for minute in range(first, last + 1):
        try:
            await watch_requests(slot=NOON + minute * MINUTE)
        except GoodputError as error:
            failures.append(str(error))
    return failures


async def test_a_langfuse_that_is_down_pages_that_we_are_blind_and_slots_are_made_up_for(world):
    here = world([*steady(NOON - 20 * MINUTE, 60)])
    assert [] == await watch(-1, 0)
    here.langfuse.fail_next(*[Fault("status", Answer({"message": "down"}, status=400))] * 8)

    assert 8 == len(await watch(1, 8)), "each run says that it failed"
    ((summary, state),) = here.incidents()
    assert ("open", True) == (state, "Rules that may page see nothing" in summary)
    store = here.store()
    assert NOON == store.alerts.last_slot("bot"), "what could not be seen is not decided"

    assert [] == await watch(9, 12)
    assert [(summary, "resolved")] == here.incidents()
    decided = store.alerts.decided("bot", Window(NOON - HOUR, NOON + HOUR))
    assert [NOON + minute * MINUTE for minute in range(-1, 13)] == decided, "in order, none left out"
    store.close()


async def test_a_slot_from_the_future_is_refused_and_makes_no_later_slot_a_no_op(world, monkeypatch):
    here = world([*steady(NOON - 20 * MINUTE, 30)])
    monkeypatch.setattr("flows.watch_requests.clock", lambda: NOON + MINUTE)

    assert "lies in the future; nothing was decided" in (await watch(4, 4))[0]
    assert [] == await watch(0, 3)
    store = here.store()
    assert NOON + 3 * MINUTE == store.alerts.last_slot("bot")
    store.close()


async def test_a_burst_of_late_runs_after_an_outage_tells_nothing_twice(world, caplog):
    here = world([*steady(NOON - 20 * MINUTE, 20), *steady(NOON, 30, first=1000, failed=OUTAGE)])
    assert [] == await watch(-1, 0)

    caplog.set_level(logging.INFO)
    for minute in (20, 3, 12, 20, 4, 21):
        await watch_requests(slot=NOON + minute * MINUTE)
    (one,) = here.incidents()

    assert "A model provider answers with failures" in one[0]
    assert 2 == len(here.said()), "the page, and that slots were given up"
    assert any("slots were lost" in said or "never decided" in said for said in here.said())
    assert "20 slots were missed; the last 15 are decided" in caplog.text
    assert "was decided before; nothing to do" in caplog.text


async def test_a_rule_that_is_edited_while_it_fires_goes_on_and_one_that_is_removed_ends(world, caplog):
    here = world(
        [*steady(NOON - 20 * MINUTE, 20), *steady(NOON, 30, first=1000, failed="KeyError: order", feature=ODD)]
    )
    rules = here.deployments / "bot" / "rules.yaml"
    rules.write_text(QUICK.replace("LIMIT", "0.10"))
    await watch(0, 4)
    ((summary, state),) = here.incidents()
    assert ("open", True) == (state, "Too many requests about returns fail (r" in summary)

    caplog.set_level(logging.INFO)
    rules.write_text(QUICK.replace("LIMIT", "0.20"))
    await watch(5, 6)
    assert 1 == len(here.incidents())
    assert "the rule returns-fail was edited while it was firing; it goes on" in caplog.text
    store = here.store()
    (alert,) = [
        one for (name, _), one in store.alerts.instances("bot").items() if name == "returns-fail" and one.is_firing
    ]
    assert (State.FIRING, (("feature", ODD),)) == (alert.state, alert.labels)

    assert {alert.version} < {version for name, version in store.alerts.versions("bot") if name == "returns-fail"}

    rules.write_text("without: [provider-outage, availability, error-rate]\n")
    await watch(7, 7)
    assert [(summary, "resolved")] == here.incidents()
    assert "The rule was removed" in " ".join(one.text for one in here.slack.messages)
    store.close()


async def test_a_channel_that_refuses_is_told_of_by_the_other(world):
    here = world([*steady(NOON - 20 * MINUTE, 20), *steady(NOON, 30, first=1000, failed=OUTAGE)])
    await watch(-1, 0)
    here.slack.refusals["chat.postMessage"] = "is_archived"

    await watch(1, 6)

    summaries = [summary for summary, _ in here.incidents()]
    assert any("A model provider answers with failures" in one for one in summaries)
    assert any("A channel does not take our messages (slack)" in one for one in summaries), "by PagerDuty"


@pytest.mark.parametrize("is_down", [False, True])
async def test_a_sign_of_life_is_given_only_by_a_run_that_watched_everything(world, monkeypatch, is_down):
    here = world([*steady(NOON - 20 * MINUTE, 20)])
    with StandIn(lambda _: Answer({})) as switch:
        monkeypatch.setenv("GOODPUT_HEARTBEAT_URL", f"{switch.url}/ping/secret")
        if is_down:
            here.langfuse.fail_next(Fault("status", Answer({"message": "down"}, status=400)))
        await watch(0, 0)

        assert (0 if is_down else 1) == len(switch.received)

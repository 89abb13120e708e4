"""The steps of chains: kept with their request, replaced with it, and never under more names than can be read."""

import logging
from dataclasses import replace

import pytest

from domain.hops import Step
from tests.adapters.store.examples import HOUR, NOON, SHOP, dump, request, window


def step(name="search", **said) -> Step:
    shape = {"type": "TOOL", "seconds": 1.5, "cost_nano_usd": None, "failed": False}
    return Step(name=name, **shape | said)


def chain(trace_id="t1", minute=1.0, *steps, **said):
    return request(trace_id, minute, is_chain=True, steps=steps or (step(), step("plan", cost_nano_usd=7)), **said)


def calls(store, application=SHOP) -> dict[str, int]:
    return {hop.name: hop.failed.n for hop in store.requests.hops(application, window(0, 60))}


def test_steps_come_back_as_hops(store):
    store.requests.save(SHOP, window(0, 15), [chain("a", 1), chain("b", 2, step(failed=True, seconds=None))], [])

    plan, search = store.requests.hops(SHOP, window(0, 15))  # equally busy: by type

    assert ("search", 1, 2, 1.5) == (search.name, search.failed.k, search.failed.n, search.latency_p50.value)
    assert ("plan", 7e-9) == (plan.name, pytest.approx(plan.spend_usd.value))
    assert ["search"] == [hop.name for hop in store.requests.hops(SHOP, window(2, 3))]
    assert [] == store.requests.hops("bank", window(0, 15))


def test_reading_again_changes_nothing(store):
    requests = [chain("a", 1), chain("b", 2), request("single", 3)]
    store.requests.save(SHOP, window(0, 15), requests, [])
    before = dump(store)
    store.requests.save(SHOP, window(0, 15), requests, [])

    assert before == dump(store)


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        pytest.param(chain("a", 1, step("other-tool")), {"other-tool": 1}, id="other steps"),
        pytest.param(chain("a", 5, step()), {"search": 1}, id="it ended later"),
        pytest.param(request("a", 1), {}, id="no chain after all"),
        pytest.param(chain("a", 1, step(), step(), step()), {"search": 3}, id="more steps"),
    ],
)
def test_a_chain_that_was_read_again_is_replaced(store, later, expected):
    store.requests.save(SHOP, window(0, 15), [chain("a", 1)], [])
    store.requests.save(SHOP, window(0, 15), [later], [])

    assert expected == calls(store)


def test_chains_that_were_not_read_again_stay(store):
    store.requests.save(SHOP, window(0, 15), [chain("a", 1)], [])
    store.requests.save(SHOP, window(10, 20), [chain("b", 12)], [])

    assert {"search": 2, "plan": 2} == calls(store)


def test_applications_do_not_share_steps_or_names(store):
    store.requests.save(SHOP, window(0, 15), [chain("a", 1, *(step(f"s{n}") for n in range(200)))], [])
    store.requests.save("bank", window(0, 15), [chain("a", 1, step("mine"), application="bank")], [])

    assert {"mine": 1} == calls(store, "bank")
    assert 200 == len(calls(store))


def test_ids_in_the_names_of_steps_become_other_and_are_counted(store, caplog):
    first = chain("a", 1, *(step(f"first-{n}") for n in range(150)))
    many = [chain(f"t{n:03}", 2, *(step(f"id-{n}-{m}") for m in range(100)), step("first-0")) for n in range(20)]
    with caplog.at_level(logging.WARNING):
        store.requests.save(SHOP, window(0, 15), [first, *many], [])
        before = dump(store)
        store.requests.save(SHOP, window(0, 15), [first, *many], [])

    found = calls(store)
    assert 201 == len(found)
    assert 2_000 - 50 == found["other"]
    assert 21 == found["first-0"]
    assert 150 + 20 * 101 == sum(found.values())
    assert before == dump(store)
    assert all("1950 more names of the step of shop" in record.message for record in caplog.records)
    assert 200 == len(before["day_name"])


def test_the_next_day_has_names_of_its_own(store):
    midnight = NOON + 12 * HOUR
    old = replace(chain("a", 1, *(step(f"old-{n}") for n in range(300))), ended_at=midnight - HOUR)
    new = replace(chain("b", 1, step("new")), ended_at=midnight + HOUR)
    store.requests.save(SHOP, window(0, 15), [old, new], [])

    hops = store.requests.hops(SHOP, window(0, 60 * 24))
    assert {"other": 100, "new": 1} == {hop.name: hop.failed.n for hop in hops if hop.name in {"other", "new"}}


def test_a_failure_on_the_way_keeps_no_steps(store):
    with pytest.raises(AttributeError):  # the vote is broken, after the steps were written
        store.requests.save(SHOP, window(0, 15), [chain("a", 1)], [None])

    assert {} == calls(store)
    assert [] == dump(store)["day_name"]

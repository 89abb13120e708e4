"""Hops: which step of a chain is slow, which fails, which is expensive."""

import pytest

from domain.application import Application
from domain.assembly import Assembly, assemble, group
from domain.hops import Step, hops
from domain.intervals import share_interval
from domain.measurement import labels
from domain.prices import PriceTable
from domain.window import Window
from tests import recorded
from tests.builders import DAY, NOON
from tests.domain.assembly.test_traces import call, request_of, root, row

TODAY = Window.ending(NOON, DAY)


def step(name="search", **said) -> Step:
    shape = {"type": "TOOL", "seconds": 1.0, "cost_nano_usd": None, "failed": False}
    return Step(name=name, **shape | said)


def chain(*more):
    return request_of(
        root(end=9, type="AGENT"),
        row("a", type="TOOL", name="search", parent_id="root", start=1, end=3),
        row("b", type="TOOL", name="search", parent_id="root", start=3, end=3.5, failed=True),
        *more,
    )


def test_the_steps_of_a_chain_are_its_agents_tools_and_calls_in_order_without_the_root():
    request = chain(call("c", name="answer", start=4, end=5), row("d", type="RETRIEVER", start=2, end=3))

    assert (
        step(seconds=2.0),
        step(seconds=0.5, failed=True),
        step("answer", type="GENERATION", seconds=1.0, cost_nano_usd=100),
    ) == request.steps


def test_a_single_answer_has_no_steps():
    assert () == request_of(root(), call(), row("a", type="TOOL")).steps


@pytest.mark.parametrize(
    ("one", "name", "seconds", "cost"),
    [
        pytest.param(call(name=None, start=4, end=5), "gpt-4o-mini", 1.0, 100, id="named by its model"),
        pytest.param(call(name=None, model=None, start=4, end=5), "generation", 1.0, 100, id="named by its type"),
        pytest.param(call(name="x" * 9999, start=4, end=5), "x" * 200, 1.0, 100, id="a text for a name"),
        pytest.param(call(name="n", start=4, end=None), "n", None, 100, id="no end"),
        pytest.param(call(name="n", start=4, end=3), "n", None, 100, id="an end before the start"),
        pytest.param(call(name="n", start=4, end=5, cost_nano_usd=None), "n", 1.0, None, id="no price"),
        pytest.param(call(name="n", start=4, end=5, failed=True), "n", 1.0, None, id="failed: the price is a guess"),
    ],
)
def test_what_is_shown_of_an_odd_step(one, name, seconds, cost):
    last = chain(one).steps[-1]

    assert (name, seconds, cost) == (last.name, last.seconds, last.cost_nano_usd)


def test_hops_are_measured_by_type_and_name_and_the_busiest_is_first():
    calls = [step(seconds=float(n)) for n in range(1, 5)]
    plans = [step("plan", type="GENERATION", seconds=0.5, cost_nano_usd=cost) for cost in (2_000, 4_000, None)]

    search, plan = hops([*plans, *calls, step(seconds=None, failed=True)], TODAY)

    assert ("search", "TOOL", 10.0) == (search.name, search.type, search.busy_s)
    assert (1, 5, 0.2) == (search.failed.k, search.failed.n, search.failed.value)
    assert share_interval(1, 5) == search.failed.interval
    assert (4, 2.5, pytest.approx(3.85)) == (search.latency_p50.n, search.latency_p50.value, search.latency_p95.value)
    assert (0, None) == (search.cost_usd.n, search.cost_usd.value)
    assert (2, pytest.approx(3e-6)) == (plan.cost_usd.n, plan.cost_usd.value)
    assert pytest.approx(6e-6) == plan.spend_usd.value
    assert labels({"hop": "plan", "type": "GENERATION"}) == plan.cost_usd.labels


def test_hops_without_times_have_no_latency():
    (hop,) = hops([step(seconds=None)], TODAY)

    assert (0, None, 0.0) == (hop.latency_p95.n, hop.latency_p95.value, hop.busy_s)


def test_no_steps_are_no_hops():
    assert [] == hops([], TODAY)


def test_the_steps_of_the_recorded_agents_equal_the_truth():
    for id_, truth in recorded.truth().items():
        request = recorded.requests()[id_]
        kinds = truth["observation_types"]
        counts = sum(kinds.get(kind, 0) for kind in ("AGENT", "TOOL", "GENERATION")) - 1
        assert (counts if request.is_chain else 0) == len(request.steps)
        if request.is_chain:
            assert request.cost_nano_usd == sum(one.cost_nano_usd or 0 for one in request.steps)


def test_the_hops_of_the_recorded_agents_say_where_time_and_money_go():
    steps = [one for request in recorded.requests().values() for one in request.steps]
    found = {hop.name: hop for hop in hops(steps, TODAY)}

    assert {"search-agent", "fetch_page", "summarise-source", "plan", "write-report"} <= found.keys()
    assert 306 == found["fetch_page"].failed.n
    assert max(found.values(), key=lambda hop: hop.busy_s).name == "search-agent"


def test_a_price_table_prices_steps_too():
    price = {"model": "gpt-.*", "effective_from": "2026-01-01", "usd_per_million": {"input": 1}, "source": "test"}
    rows = [
        root(end=9),
        row("a", type="AGENT"),
        row("b", type="AGENT"),
        call(start=1, cost_nano_usd=None, usage={"input": 7}),
    ]
    reading = Assembly(Application(name="bot"), PriceTable.model_validate({"prices": [price]}))

    (request,) = assemble(group(rows), reading)

    assert 7_000 == request.steps[-1].cost_nano_usd == request.cost_nano_usd

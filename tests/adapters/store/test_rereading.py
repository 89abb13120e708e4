"""Reading again what is there already: only what is new, changed or moved is written, and everything comes back."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from adapters.store.request_rows import write_requests
from adapters.store.votes import write_votes
from domain.facts import to_us
from domain.hops import Step
from domain.request import Outcome, Request
from domain.window import Window
from tests.adapters.store.examples import MINUTE, NOON, SECOND, SHOP, dump, request, thumb, window

NUMBERS = count(1)
STEP = Step(name="search", type="TOOL", seconds=0.5, cost_nano_usd=None, failed=False)
CHAIN = request("chain", 4, is_chain=True, steps=(STEP, replace(STEP, name="plan", seconds=None, cost_nano_usd=7)))


def changes(store, save) -> list[str]:
    """The statements by which *save* changed the database, without those that move the watermark."""
    seen: list[str] = []

    def see(_connection, _cursor, statement, *_rest):
        seen.append(" ".join(statement.split()))

    event.listen(store.database._engine, "before_cursor_execute", see)
    save()
    event.remove(store.database._engine, "before_cursor_execute", see)
    return [one for one in seen if one.startswith(("INSERT", "UPDATE", "DELETE")) and "watermark" not in one]


def written(store, requests, since=NOON):
    with store.database.writing() as connection:
        return write_requests(connection, SHOP, {one.trace_id: one for one in requests}, since)


def us(minute: float) -> int:
    return to_us(NOON + minute * MINUTE)


def test_what_is_kept_as_it_was_read_is_not_written_again(store):
    requests = [request(f"t{n}", n / 10, refused=None if n % 2 else False) for n in range(20)]
    votes = [thumb("t1"), thumb("t2", name="f2", positive=True)]
    store.requests.save(SHOP, window(0, 15), [*requests, CHAIN], votes)

    assert [] == changes(store, lambda: store.requests.save(SHOP, window(0, 15), [*requests, CHAIN], votes))
    assert [] == written(store, requests).ended_us


def test_what_the_texts_told_is_no_change(store):
    plain = request("a", 1)
    store.requests.save(SHOP, window(0, 15), [plain], [])
    store.requests.refine(SHOP, [replace(plain, refused=True, outcome=Outcome.REFUSED)])

    assert [] == changes(store, lambda: store.requests.save(SHOP, window(0, 15), [plain], []))


def test_the_times_of_what_is_new_changed_or_moved_are_told(store):
    written(store, [request("same", 1), request("changed", 2), request("moved", 3)])

    found = written(
        store, [request("same", 1), request("changed", 2, output_tokens=9), request("moved", 70), request("new", 5)]
    )

    assert 1 == found.new
    assert {us(2), us(3), us(70), us(5)} == set(found.ended_us)


def test_one_step_that_changed_is_written_though_its_request_did_not(store):
    store.requests.save(SHOP, window(0, 15), [CHAIN], [])
    now = replace(CHAIN, steps=(replace(STEP, failed=True), *CHAIN.steps[1:]))

    done = changes(store, lambda: store.requests.save(SHOP, window(0, 15), [now], []))

    assert not any("request" in one for one in done)
    assert [True, False] == [row.failed for row in dump(store)["step"]]


def test_a_chain_that_is_given_twice_has_its_steps_once(store):
    store.requests.save(SHOP, window(0, 15), [replace(CHAIN, ended_at=NOON + MINUTE), CHAIN], [])

    assert [us(4)] * 2 == [row.ended_us for row in dump(store)["step"]]


def test_the_traces_of_new_and_changed_votes_are_told(store):
    def told(*votes):
        with store.database.writing() as connection:
            return write_votes(connection, SHOP, votes)

    assert {"a", "b"} == told(thumb("a", name="1"), thumb("b", name="2"))
    assert set() == told(thumb("a", name="1"), thumb("b", name="2"))
    assert {"b"} == told(thumb("a", name="1"), thumb("b", name="2", positive=True))
    assert {"b", "c"} == told(thumb("c", name="2", positive=True))


def test_a_request_that_ended_long_before_its_window_is_still_found(store):
    early = request("a", -60 * 24)
    store.requests.save(SHOP, window(0, 15), [early], [])

    assert 0 == store.requests.save(SHOP, window(0, 15), [early], [])
    assert [early.trace_id] == [row.trace_id for row in dump(store)["request"]]


def test_a_trace_that_is_kept_twice_is_kept_once_afterwards(store):
    store.requests.save(SHOP, window(0, 15), [request("a", 1)], [])
    store.requests.save(SHOP, window(60 * 24, 60 * 25), [request("a", 60 * 24.5)], [])  # far apart: nobody looks back
    assert 2 == len(dump(store)["request"])
    store.requests.save(SHOP, window(0, 15), [request("a", 2)], [])

    assert [us(2)] == [row.ended_us for row in dump(store)["request"]]


@pytest.mark.parametrize("name", ['with "quotes"', "back\\slash", "{braces,}", "NULL", "", "ü\U0001f600", "a\nb\tc"])
def test_any_trace_id_is_found_again(store, name):
    requests = [request(name, 1), request("other", 2)]
    store.requests.save(SHOP, window(0, 15), requests, [thumb(name, name=name)])

    assert [] == changes(store, lambda: store.requests.save(SHOP, window(0, 15), requests, [thumb(name, name=name)]))
    assert {name} == store.requests.present(SHOP, [name, "never"], since=NOON)


def test_a_number_that_does_not_fit_is_an_error_and_keeps_nothing(store):
    with pytest.raises((DBAPIError, OverflowError)):
        store.requests.save(SHOP, window(0, 15), [request("a", 1), request("b", 2, cost_nano_usd=2**63)], [])
    if store.database.where.startswith("postgresql"):
        with pytest.raises(OverflowError):
            store.requests.save(SHOP, window(0, 15), [request("a", 1, unpriced_calls=2**31)], [])

    assert [] == dump(store)["request"]
    assert store.requests.known(SHOP) is None


TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=12)
MOMENT = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
FLOAT = st.none() | st.floats(allow_nan=True)
BIG = st.integers(-(2**63), 2**63 - 1)
ANY_REQUEST = st.builds(
    Request, trace_id=TEXT, application=st.just(""), started_at=MOMENT, ended_at=MOMENT,
    outcome=st.sampled_from(Outcome), refused=st.none() | st.booleans(), latency_s=FLOAT, ttft_s=FLOAT, tpot_s=FLOAT,
    retrieval_s=FLOAT, guardrail_s=FLOAT, context_share=FLOAT, queue_depth=FLOAT, input_tokens=BIG, output_tokens=BIG,
    cost_nano_usd=BIG, unpriced_calls=st.integers(0, 2**31 - 1), is_chain=st.booleans(), steps=st.just(()),
    oddities=st.just({}), status_message=st.none(), environment=TEXT,
    **{name: st.none() | TEXT for name in (
        "feature", "user_tier", "model", "provider", "prompt_version", "release", "user_id", "session_id", "profile",
    )},
)  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(requests=st.lists(ANY_REQUEST, min_size=1, max_size=6, unique_by=lambda one: one.trace_id))
def test_any_request_comes_back_as_it_was_and_is_not_written_twice(store, requests):
    application = f"app-{next(NUMBERS)}"
    requests = [replace(one, application=application) for one in requests]
    all_time = Window(NOON, NOON + timedelta(minutes=1))

    assert len(requests) == store.requests.save(application, all_time, requests, [])
    rows = {row.trace_id: row for row in dump(store)["request"] if row.application == application}
    for one in requests:
        row = rows[one.trace_id]
        assert (to_us(one.started_at), to_us(one.ended_at)) == (row.started_us, row.ended_us)
        assert all(same(getattr(one, name), getattr(row, name)) for name in KEPT)
    assert [] == changes(store, lambda: store.requests.save(application, all_time, requests, []))


KEPT = [field.name for field in fields(Request) if field.name not in {
    "started_at", "ended_at", "steps", "oddities", "status_message",
}]  # fmt: skip


def same(sent, kept) -> bool:
    """NaN is "not known" on both engines, though only Postgres can keep it apart from NULL."""
    unknown = [value is None or str(value) == "nan" for value in (sent, kept)]
    return all(unknown) or (sent == kept and type(kept) in {str, bool, int, float})


def test_a_second_of_difference_is_a_difference(store):
    store.requests.save(SHOP, window(0, 15), [request("a", 1)], [])
    later = replace(request("a", 1), started_at=NOON - 5 * SECOND)
    store.requests.save(SHOP, window(0, 15), [later], [])

    assert [to_us(later.started_at)] == [row.started_us for row in dump(store)["request"]]

from dataclasses import replace
from itertools import count

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from adapters.store import Known
from domain.facts import to_us
from domain.request import Outcome
from tests.adapters.store.examples import MINUTE, NOON, SHOP, dump, request, thumb, window

NUMBERS = count(1)


def known_minutes(store) -> tuple[float, float] | None:
    known = store.requests.known(SHOP)
    return ((known.start - NOON) / MINUTE, (known.until - NOON) / MINUTE) if known else None


def stored(store) -> dict[str, float]:
    """Every request and the minute it ended."""
    rows = dump(store)["request"]
    assert len({row.trace_id for row in rows}) == len(rows)
    return {row.trace_id: (row.ended_us - to_us(NOON)) / 60e6 for row in rows}


def test_an_unknown_application_has_no_requests_and_no_known_time(store):
    assert store.requests.known(SHOP) is None
    assert [] == store.requests.ended_in(SHOP, window(0, 60))
    assert 0 == len(store.requests.facts(SHOP, window(0, 60)))


def test_saving_a_window_twice_changes_nothing(store):
    requests, thumbs = [request("a", 1), request("b", 2, refused=True, outcome=Outcome.REFUSED)], [thumb("a")]

    assert 2 == store.requests.save(SHOP, window(0, 15), requests, thumbs)
    before = dump(store)
    assert 0 == store.requests.save(SHOP, window(0, 15), requests, thumbs)

    assert before == dump(store)


def test_a_late_request_joins_an_overlapping_window(store):
    store.requests.save(SHOP, window(0, 15), [request("a", 1)], [])
    new = store.requests.save(SHOP, window(10, 30), [request("a", 1), request("late", 12), request("c", 20)], [])

    assert 2 == new
    assert {"a": 1, "late": 12, "c": 20} == stored(store)


@pytest.mark.parametrize(("first", "then"), [(5, 7), (7, 5), (3, 29)], ids=["later", "earlier", "much later"])
def test_a_trace_that_first_came_in_part_is_replaced(store, first, then):
    store.requests.save(SHOP, window(0, 15), [request("a", first, output_tokens=1)], [])
    new = store.requests.save(SHOP, window(15, 30), [request("a", then, output_tokens=500)], [])

    assert 0 == new
    assert {"a": then} == stored(store)
    assert [500.0] == list(store.requests.facts(SHOP, window(0, 60)).output_tokens)


def test_the_same_trace_given_twice_is_kept_once(store):
    assert 1 == store.requests.save(SHOP, window(0, 15), [request("a", 1), request("a", 2)], [])
    assert {"a": 2} == stored(store)


def test_applications_do_not_see_each_other(store):
    store.requests.save(SHOP, window(0, 15), [request("a", 1)], [thumb("a", name="same")])
    store.requests.save(
        "bank", window(0, 5), [request("a", 1, application="bank")], [thumb("a", 1, positive=True, name="same")]
    )

    assert (0, 15) == known_minutes(store)
    assert [1.0] == list(store.requests.facts(SHOP, window(0, 15)).thumb_down)
    assert [0.0] == list(store.requests.facts("bank", window(0, 15)).thumb_down)


def test_a_failure_on_the_way_keeps_nothing_and_claims_nothing(store):
    store.requests.save(SHOP, window(0, 15), [request("a", 1)], [])
    before = dump(store)
    with pytest.raises(AttributeError):  # the last row is broken: requests were already written
        store.requests.save(SHOP, window(15, 30), [request("b", 20), request("a", 2)], [thumb("b"), None])

    assert before == dump(store)
    assert (0, 15) == known_minutes(store)


@pytest.mark.parametrize(
    ("windows", "known"),
    [
        pytest.param([(0, 15), (15, 30)], (0, 30), id="side by side"),
        pytest.param([(0, 15), (10, 30)], (0, 30), id="overlapping"),
        pytest.param([(15, 30), (0, 15)], (0, 30), id="backwards"),
        pytest.param([(0, 60), (10, 20)], (0, 60), id="inside"),
        pytest.param([(0, 15), (20, 30)], (20, 30), id="a gap is never claimed"),
        pytest.param([(20, 30), (0, 15)], (20, 30), id="older time does not undo newer"),
        pytest.param([(0, 15), (20, 30), (15, 20)], (0, 30), id="a gap that is filled joins both sides"),
        pytest.param([(0, 5), (10, 15), (20, 25), (4, 21)], (0, 25), id="many stretches become one"),
    ],
)
def test_known_time_is_the_newest_stretch_without_a_gap(store, windows, known):
    for bounds in windows:
        store.requests.save(SHOP, window(*bounds), [], [])

    assert known == known_minutes(store)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_known_time_never_covers_a_minute_that_was_not_read(store, data):
    application = f"app-{next(NUMBERS)}"
    read: set[int] = set()
    for start in data.draw(st.lists(st.integers(0, 30), min_size=1, max_size=8)):
        length = data.draw(st.integers(1, 6))
        store.requests.save(application, window(start, start + length), [], [])
        read |= set(range(start, start + length))
    known = store.requests.known(application)
    first, end = (int((moment - NOON) / MINUTE) for moment in (known.start, known.until))

    assert max(read) + 1 == end
    assert set(range(first, end)) <= read
    assert first - 1 not in read


def test_what_the_texts_told_survives_the_next_reading_without_texts(store):
    plain = [request("a", 1), request("b", 2), request("c", 3), request("d", 4)]
    store.requests.save(SHOP, window(0, 15), plain, [])
    read = [
        replace(plain[0], refused=True, outcome=Outcome.REFUSED),
        replace(plain[1], refused=False),
        replace(plain[2], refused=True, outcome=Outcome.REFUSED),
    ]
    store.requests.refine(SHOP, read)
    again = [plain[0], plain[1], replace(plain[2], ended_at=NOON + 5 * MINUTE), plain[3]]
    store.requests.save(SHOP, window(0, 16), again, [])

    facts = store.requests.facts(SHOP, window(0, 16))
    assert ["a", "b", "d", "c"] == list(facts.trace_ids)
    assert ["1.0", "0.0", "nan", "1.0"] == [str(value) for value in facts.refused]
    assert ["refused", "ok", "refused", "ok"] == [
        row.outcome for row in sorted(dump(store)["request"], key=lambda r: r.trace_id)
    ]


def test_a_failure_that_shows_later_outweighs_a_refusal(store):
    store.requests.save(SHOP, window(0, 15), [request("a", 1, refused=True, outcome=Outcome.REFUSED)], [])
    store.requests.save(SHOP, window(0, 15), [request("a", 1, outcome=Outcome.TIMEOUT)], [])

    assert ["timeout"] == [row.outcome for row in dump(store)["request"]]


def test_refining_touches_nothing_that_is_not_there(store):
    store.requests.save(SHOP, window(0, 15), [request("a", 1)], [])
    before = dump(store)
    store.requests.refine(SHOP, [request("a", 2, refused=True), request("ghost", 1, refused=True)])
    store.requests.refine("bank", [request("a", 1, refused=True)])
    store.requests.refine(SHOP, [])

    assert before == dump(store)


@pytest.mark.parametrize("rows", [1, 500])
def test_the_number_of_statements_does_not_grow_with_the_number_of_rows(store, rows):
    statements: list[str] = []
    requests = [request(f"t{n}", n / 100) for n in range(rows)]
    thumbs = [thumb(f"t{n}", 1, name=f"f{n}") for n in range(rows)]
    store.requests.save(SHOP, window(0, 15), [replace(one, ended_at=one.ended_at + MINUTE) for one in requests], thumbs)
    event.listen(store.database._engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    store.requests.save(SHOP, window(0, 15), requests, thumbs)
    store.requests.refine(SHOP, requests)

    assert len(statements) <= 16


def test_requests_are_given_in_order_of_their_end(store):
    store.requests.save(SHOP, window(0, 15), [request("c", 3), request("b", 1), request("a", 1), request("d", 15)], [])

    assert ["a", "b", "c"] == store.requests.ended_in(SHOP, window(0, 15))
    assert ["b", "c", "d"] == store.requests.ended_in(SHOP, window(1, 16))[1:]
    assert ["c"] == store.requests.ended_in(SHOP, window(1.5, 15))


def test_known_is_exact_to_the_microsecond(store):
    start = NOON.replace(microsecond=123_457)
    store.requests.save(SHOP, window(0, 15).__class__(start, start + MINUTE), [], [])

    assert Known(start, start + MINUTE) == store.requests.known(SHOP)


def test_a_large_window_goes_in_and_comes_out_as_it_was(store):
    requests = [request(f"t{n:05}", n / 1000, cost_nano_usd=n) for n in range(5000)]

    assert 5000 == store.requests.save(SHOP, window(0, 15), requests, [])
    assert sum(range(5000)) == int(np.sum(store.requests.facts(SHOP, window(0, 15)).spend_nano_usd))

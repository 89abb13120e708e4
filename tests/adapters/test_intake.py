from dataclasses import replace
from itertools import count, pairwise
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.intake import Intake
from adapters.sources import Skip
from adapters.store import Known, Store
from domain.assembly import assemble, group
from domain.errors import TransientError
from domain.feedback import Feedback
from domain.request import Outcome
from domain.window import Window
from tests.adapters.source_in_memory import MINUTE, NOON, SourceInMemory, answered, at, reading, row
from tests.adapters.store.examples import dump

SHOP = "shop"
ALWAYS = Window(at(-600), at(600))
NUMBERS = count(1)


@pytest.fixture
def store(tmp_path):
    opened = Store.open(f"sqlite:///{tmp_path / 'goodput.db'}")
    yield opened
    opened.close()


def kept(store, application=SHOP) -> dict[str, float]:
    """Trace and the minute it ended."""
    facts = store.requests.facts(application, ALWAYS)
    return {
        t: (us - NOON.timestamp() * 1e6) / 60e6 for t, us in zip(facts.trace_ids, facts.ended_us.tolist(), strict=True)
    }


async def read(store, source, *moments):
    """Read from the first moment to each of the others in turn; return the reports."""
    start, *ends = moments
    intake = Intake(source, store, reading())
    return [await intake.read(at(start), at(end)) for end in ends]


async def test_a_first_reading_keeps_what_ended_since_its_start(store):
    source = SourceInMemory([*answered("before", -1), *answered("first", 1), *answered("last", 9)])
    [report] = await read(store, source, 0, 10)

    assert {"first": 1, "last": 9} == kept(store)
    assert (9, 2, 2, 0, 0) == (report.observations, report.requests, report.new, report.waiting, report.cut)
    assert Known(at(0), at(10)) == store.requests.known(SHOP)
    assert "2 requests from 9 observations, 2 new, 0 votes" == str(report)


async def test_the_next_reading_goes_on_where_the_last_ended(store):
    source = SourceInMemory([*answered("a", 1), *answered("b", 41)])
    first, second = await read(store, source, 0, 40, 50)

    assert (1, 1) == (first.new, second.new)
    assert {"a": 1, "b": 41} == kept(store)
    assert Window(at(24), at(50)) == second.window
    assert Known(at(0), at(50)) == store.requests.known(SHOP)


async def test_a_request_begun_before_the_first_reading_and_ended_in_it_is_whole(store):
    source = SourceInMemory([row("a", -14, 0.5), row("a", -13, -12, name="call", root=False)])
    await read(store, source, 0, 10)

    assert {"a": 0.5} == kept(store)


async def test_a_pause_longer_than_the_first_look_loses_nothing(store):
    source = SourceInMemory([*answered("a", 1), *answered("in the pause", 100), *answered("b", 595)])
    intake = Intake(source, store, reading())
    await intake.read(at(0), at(10))
    await intake.read(at(500), at(599))

    assert {"a": 1, "in the pause": 100, "b": 595} == kept(store)
    assert Known(at(0), at(599)) == store.requests.known(SHOP)


async def test_reading_the_same_slot_again_changes_nothing(store):
    source = SourceInMemory([*answered("a", 1), *answered("b", 9)])
    await read(store, source, 0, 10)
    [again] = await read(store, source, 0, 10)
    [older] = await read(store, source, 0, 5)

    assert (0, 0) == (again.new, older.new)
    assert at(5) == older.window.end
    assert Known(at(0), at(10)) == store.requests.known(SHOP)


async def test_older_time_is_read_without_forgetting_newer(store):
    source = SourceInMemory([*answered("old", -99), *answered("new", 1)])
    await read(store, source, 0, 10)
    await read(store, source, -100, -90)

    assert {"old": -99, "new": 1} == kept(store)
    assert Known(at(0), at(10)) == store.requests.known(SHOP)
    await read(store, source, -100, 10)
    assert Known(at(-100), at(10)) == store.requests.known(SHOP)


@pytest.mark.parametrize("broken", [{"fails_on_page": 1}, {"fails_on_page": 2}, {"feedback_fails": True}], ids=str)
async def test_a_source_that_fails_on_the_way_keeps_nothing_and_the_next_reading_has_it(store, broken):
    source = SourceInMemory([*answered("a", 1), *answered("b", 12), *answered("c", 13)])
    await read(store, source, 0, 10)
    with pytest.raises(TransientError):
        await read(store, replace(source, **broken), 0, 20)

    assert {"a": 1} == kept(store)
    assert Known(at(0), at(10)) == store.requests.known(SHOP)
    await read(store, source, 0, 20)
    assert {"a": 1, "b": 12, "c": 13} == kept(store)


async def test_a_request_that_ends_after_the_horizon_waits(store):
    source = SourceInMemory([row("long", 8, 14), row("long", 8.5, 9, name="call", root=False)])
    first, second = await read(store, source, 0, 10, 20)

    assert ((0, 1), (1, 0)) == ((first.requests, first.waiting), (second.requests, second.waiting))
    assert {"long": 14} == kept(store)
    assert "0 requests from 2 observations, 0 new, 0 votes; 1 not complete yet" == str(first)


async def test_a_trace_whose_root_is_late_waits_for_it(store):
    call = row("a", 2, 3, name="call", root=False)
    root = row("a", 1, 9)
    source = SourceInMemory([call, root], arrivals={root.id: at(12)})
    reports = await read(store, source, 0, 5, 10, 15)

    assert [1, 1, 0] == [report.waiting for report in reports]
    assert {"a": 9} == kept(store)


async def test_a_part_that_comes_late_completes_the_request(store):
    root, call = row("a", 1, 2), row("a", 1.1, 3, name="call", root=False, type="GENERATION", usage={"output": 70})
    source = SourceInMemory([root, call], arrivals={call.id: at(8)})
    await read(store, source, 0, 5)
    before = store.requests.facts(SHOP, ALWAYS).output_tokens.tolist()
    await read(store, source, 0, 10)

    assert [70.0] == store.requests.facts(SHOP, ALWAYS).output_tokens.tolist() != before
    assert {"a": 2} == kept(store)


@pytest.mark.parametrize("ends", [[60], [20, 40, 60], list(range(1, 61))], ids=["at once", "in three", "every minute"])
async def test_a_trace_without_a_root_is_kept_once_its_root_can_no_longer_come(store, ends):
    rows = [row("a", 25, 26, name="one", root=False), row("a", 27, 29, name="two", root=False)]
    reports = await read(store, SourceInMemory(rows), 0, *ends)

    assert {"a": 29} == kept(store)
    assert 1 == sum(report.oddities["no root"] for report in reports)
    assert 0 == sum(report.cut for report in reports)
    assert "1 with no root" in " ".join(map(str, reports))


async def test_a_trace_cut_by_the_first_reading_is_counted_and_not_kept(store):
    rows = [row("a", -30, 5), row("a", -14, 3, name="call", root=False)]
    [report] = await read(store, SourceInMemory(rows), 0, 30)

    assert {} == kept(store)
    assert 1 == report.cut
    assert "1 begun before what was read" in str(report)


@pytest.mark.parametrize("edge", [80.92, 80.95, 80.98])
async def test_a_reading_that_begins_inside_a_request_leaves_what_is_known_of_it(store, edge):
    ahead = row("a", 64.9, 66, name="call", root=False, type="GENERATION", usage={"output": 70})
    reports = await read(store, SourceInMemory([row("a", 65, 66), ahead]), 0, 70, edge, edge + 5)

    assert [2, 2, 1] == [report.observations for report in reports]
    assert [70.0] == store.requests.facts(SHOP, ALWAYS).output_tokens.tolist()


async def test_skips_are_reported(store):
    source = SourceInMemory(
        answered("a", 1), skips=[Skip("line 7", "startTime is missing"), Skip("line 9", "not JSON")]
    )
    [report] = await read(store, source, 0, 10)

    assert source.skips == list(report.skips)
    assert str(report).endswith(
        "; 1 rows skipped: not JSON (first line 9); 1 rows skipped: startTime is missing (first line 7)"
    )


async def test_other_applications_traces_are_left_out(store):
    source = SourceInMemory([*answered("ours", 1), *answered("theirs", 2, environment="staging")])
    [report] = await read(store, source, 0, 10)

    assert ({"ours": 1}, 1) == (kept(store), report.requests)


async def test_thumbs_are_kept_and_joined(store):
    thumb = Feedback(id="f", trace_id="a", positive=False, given_at=at(4))
    [report] = await read(store, SourceInMemory(answered("a", 1), [thumb]), 0, 10)

    assert 1 == report.feedback
    assert [1.0] == store.requests.facts(SHOP, ALWAYS).thumb_down.tolist()


async def test_what_the_judge_saw_is_not_forgotten_by_the_next_reading(store):
    source = SourceInMemory(answered("a", 9))
    await read(store, source, 0, 10)
    [request] = [replace(one, refused=True, outcome=Outcome.REFUSED) for one in assemble(group(source.rows), reading())]
    store.requests.refine(SHOP, [request])
    await read(store, source, 0, 11)

    assert [1.0] == store.requests.facts(SHOP, ALWAYS).refused.tolist()


@st.composite
def traces(draw):
    """Rows and when they arrive: all of a trace within 15 minutes of its beginning, as the overlap allows."""
    rows, arrivals = [], {}
    for number in range(draw(st.integers(1, 6))):
        start, length = draw(st.integers(-150, 550)) / 10, draw(st.integers(0, 90)) / 10
        parts = [row(f"t{number}", start, start + length)] if draw(st.booleans()) else []
        for child in range(draw(st.integers(0 if parts else 1, 3))):
            begin = start + draw(st.integers(-5, 90)) / 10 if child else start
            end = max(begin, min(begin + draw(st.integers(0, 30)) / 10, start + 9))
            kind, used = draw(st.sampled_from(["SPAN", "GENERATION", "TOOL"])), draw(st.integers(0, 99))
            parts.append(row(f"t{number}", begin, end, name=f"c{child}", root=False, type=kind, usage={"output": used}))
        began = min(part.started_at for part in parts)
        latest = int((began + 15 * MINUTE - NOON) / MINUTE * 10)
        for part in parts:
            first = min(int((part.ended_at - NOON) / MINUTE * 10) + 1, latest)
            arrivals[part.id] = at(draw(st.integers(first, latest)) / 10)
        rows += parts
    return rows, arrivals


@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(made=traces(), ends=st.sets(st.integers(1, 59), max_size=12), seed=st.integers(0, 99))
async def test_any_split_of_a_window_ends_in_what_one_reading_finds(store, made, ends, seed):
    rows, arrivals = made
    found = []
    for moments in ([60], [*sorted(ends), 60]):
        name = f"app-{next(NUMBERS)}"
        intake = Intake(SourceInMemory(rows, arrivals=arrivals, shuffle=Random(seed)), store, reading(name))
        for _, end in pairwise([0, *moments]):
            await intake.read(at(0), at(end))
        found.append([one[1:] for one in dump(store)["request"] if one.application == name])

    only_one, only_split = ([row for row in mine if row not in other] for mine, other in (found, found[::-1]))
    assert ([], []) == (only_one, only_split)

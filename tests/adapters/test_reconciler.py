"""Hours against the source's own count: compared when they have had time to arrive, settled once after midnight."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.intake import Intake
from adapters.reconciler import HOURS_AT_ONCE, Reconciler
from adapters.sources import Skip
from adapters.store import Store
from domain.errors import TransientError
from domain.reconciliation import Totals, add_up_days, totals_of
from domain.window import Window
from tests.adapters.source_in_memory import NOON, SourceInMemory, answered, at, reading, row
from tests.builders import DAY, HOUR

TODAY = Window(NOON - 12 * HOUR, NOON + 12 * HOUR)
YESTERDAY = Window(TODAY.start - DAY, TODAY.start)
BOTH = Window(YESTERDAY.start, TODAY.end)
TWO_IN_THE_MORNING = TODAY.start + 2 * HOUR


@pytest.fixture
def store(tmp_path):
    opened = Store.open(f"sqlite:///{tmp_path / 'goodput.db'}")
    yield opened
    opened.close()


def counting(rows, **how) -> SourceInMemory:
    """A source that counts the rows it has."""
    return SourceInMemory(rows, says=lambda window: totals_of(one for one in rows if one.started_at in window), **how)


def reconciler(store, source) -> Reconciler:
    return Reconciler("shop", source, store, Intake(source, store, reading()))


async def read(store, source, start=TODAY.start):
    await Intake(source, store, reading()).read(start, TODAY.end)


def kept(store, window=BOTH):
    return store.reconciliations.hours("shop", window)


def a_day(of=YESTERDAY):
    """One request in the middle of each hour, from the first on."""
    first = (of.start - NOON) / timedelta(minutes=1)
    return [one for number in range(24) for one in answered(f"r{number}", first + number * 60 + 30)]


async def test_the_hour_before_the_last_is_compared_and_kept(store):
    source = counting([*answered("a", -100, cost_nano_usd=9), *answered("b", -65), *answered("c", -30)])
    await read(store, source)
    (found,) = await reconciler(store, source).reconcile(NOON)

    assert [found.hour] == kept(store)
    assert (NOON - 2 * HOUR, NOON) == (found.hour.start, found.hour.checked_at)
    assert (found.hour.ours, 2) == (found.hour.theirs, found.hour.requests)
    assert "02 Nov 10:00 to 11:00" in str(found)


async def test_rows_of_other_applications_failed_calls_and_rows_that_cannot_be_read_are_counted_too(store):
    rows = [
        *answered("ours", -100),
        *answered("theirs", -90, environment="staging"),
        row("failed", -80, -79, type="GENERATION", failed=True, cost_nano_usd=40, environment="staging"),
    ]
    inside, before = NOON - 1.5 * HOUR, NOON - 2.1 * HOUR
    skips = [Skip("x", "y", inside), Skip("x", "y", inside), Skip("z", "y", before), Skip("w", "y")]
    source = counting(rows, skips=skips)
    await read(store, source)
    (found,) = await reconciler(store, source).reconcile(NOON)

    assert (Totals(len(rows) + 2, 40), 1) == (found.hour.ours, found.hour.requests)
    assert Totals(len(rows), 40) == found.hour.theirs


async def test_our_own_prices_are_no_part_of_the_comparison_but_of_the_spend(store):
    priced = row("a", -100, -99, type="GENERATION", model="gpt-5", usage={"input": 10}, cost_nano_usd=None)
    source = counting([priced, row("b", -100, -99, type="GENERATION", usage={"input": 10}, cost_nano_usd=70)])
    await read(store, source)
    (found,) = await reconciler(store, source).reconcile(NOON)

    assert (70, 70) == (found.hour.ours.cost_nano_usd, found.hour.theirs.cost_nano_usd)
    assert 70 <= found.hour.spend_nano_usd


async def test_a_request_that_came_late_is_read_and_named(store):
    rows = []
    source = counting(rows)
    await read(store, source)
    rows += answered("a", -100)
    (found,) = await reconciler(store, source).reconcile(NOON)

    assert (1, 1) == (found.late, found.hour.requests)
    assert found.hour.agrees_exactly
    assert "1 requests came late" in str(found)


async def test_an_hour_that_is_not_read_yet_is_left_out_and_costs_no_request(store):
    source = counting(answered("a", -100))
    await read(store, source, start=NOON - HOUR)

    assert [] == await reconciler(store, source).reconcile(NOON)
    assert ([], []) == (source.asked_for_totals, kept(store))


async def test_a_source_that_cannot_count_is_read_and_gives_no_day(store):
    source = SourceInMemory(answered("a", -100))
    await read(store, source)
    (found,) = await reconciler(store, source).reconcile(NOON)

    assert found.hour.theirs is None
    assert "does not count" in str(found)
    assert [] == add_up_days(kept(store))


async def test_the_same_slot_again_replaces_what_it_found(store):
    rows = [*answered("a", -100)]
    source = counting(rows)
    await read(store, source)
    await reconciler(store, source).reconcile(NOON)
    rows += answered("b", -90)
    await reconciler(store, source).reconcile(NOON)

    (found,) = kept(store)
    assert (2, found.ours) == (found.requests, found.theirs)


async def hours_of_yesterday(store, source):
    """Run every slot from yesterday's first to the one before it is settled."""
    await read(store, source, YESTERDAY.start)
    for number in range(2, 26):
        await reconciler(store, source).reconcile(YESTERDAY.start + number * HOUR)
    source.asked_for_totals.clear()


async def test_a_day_on_which_nothing_changed_is_settled_with_one_question(store):
    source = counting(a_day())
    await hours_of_yesterday(store, source)
    await reconciler(store, source).reconcile(TWO_IN_THE_MORNING)
    await reconciler(store, source).reconcile(TWO_IN_THE_MORNING + HOUR)

    assert 1 == source.asked_for_totals.count(YESTERDAY)
    assert {TWO_IN_THE_MORNING} == {one.checked_at for one in kept(store, YESTERDAY)}
    (day,) = add_up_days(kept(store, YESTERDAY))
    assert (24, True, 24) == (day.hours, day.agrees, day.requests)


async def test_what_came_late_is_settled_some_hours_at_a_time(store):
    rows = a_day()
    late = answered("late", (YESTERDAY.start - NOON) / timedelta(minutes=1) + 22 * 60 + 10)
    source = counting(rows)
    await hours_of_yesterday(store, source)
    rows += late
    asked = []
    for number in range(24 // HOURS_AT_ONCE + 2):
        source.asked_for_totals.clear()
        await reconciler(store, source).reconcile(TWO_IN_THE_MORNING + number * HOUR)
        asked.append(len([one for one in source.asked_for_totals if one.start in YESTERDAY]))

    assert [HOURS_AT_ONCE + 1] * 4 + [0, 0] == asked
    (day,) = add_up_days(kept(store, YESTERDAY))
    assert (24, 25, len(rows), len(rows)) == (day.hours, day.requests, day.rows.ours, day.rows.theirs)


async def test_hours_that_no_slot_compared_are_compared_when_the_day_is_settled(store):
    source = counting(a_day())
    await read(store, source, YESTERDAY.start)
    for number in range(4):
        await reconciler(store, source).reconcile(TWO_IN_THE_MORNING + number * HOUR)

    assert [24] == [day.hours for day in add_up_days(kept(store, YESTERDAY))]


async def test_a_day_of_which_a_part_is_known_is_settled_by_that_part(store):
    source = counting(a_day())
    await read(store, source, start=YESTERDAY.end - 5 * HOUR)
    await reconciler(store, source).reconcile(TWO_IN_THE_MORNING)
    await reconciler(store, source).reconcile(TWO_IN_THE_MORNING + HOUR)

    assert [5] == [day.hours for day in add_up_days(kept(store, YESTERDAY))]
    assert 1 == source.asked_for_totals.count(Window.ending(YESTERDAY.end, 5 * HOUR))


async def test_a_day_is_not_settled_before_its_last_hour_had_time(store):
    source = counting(a_day())
    await read(store, source, YESTERDAY.start)
    await reconciler(store, source).reconcile(TODAY.start + HOUR)

    assert [YESTERDAY.end - HOUR] == [one.start for one in kept(store)]


async def test_a_difference_that_stays_is_looked_at_once_more_and_then_left(store):
    rows = a_day()
    source = SourceInMemory(rows, says=lambda window: Totals(100 * int(window.length / HOUR), 0))
    await hours_of_yesterday(store, source)
    for number in range(6):
        await reconciler(store, source).reconcile(TWO_IN_THE_MORNING + number * HOUR)

    (day,) = add_up_days(kept(store, YESTERDAY))
    assert (24, False) == (day.hours, day.agrees)
    assert 4 == source.asked_for_totals.count(YESTERDAY)


async def test_a_source_that_fails_while_a_day_is_settled_is_asked_only_for_the_rest_afterwards(store):
    rows = a_day()
    source = counting(rows)
    await hours_of_yesterday(store, source)
    rows += answered("late", (YESTERDAY.start - NOON) / timedelta(minutes=1) + 10)

    def third_time_busy(window):
        if len(source.asked_for_totals) == 4:
            raise TransientError("busy")
        return totals_of(one for one in rows if one.started_at in window)

    with pytest.raises(TransientError):
        await reconciler(store, replace(source, says=third_time_busy)).reconcile(TWO_IN_THE_MORNING)
    settled = [one.start for one in kept(store, YESTERDAY) if one.checked_at == TWO_IN_THE_MORNING]
    source.asked_for_totals.clear()
    await reconciler(store, source).reconcile(TWO_IN_THE_MORNING)

    assert [YESTERDAY.start] == settled
    assert YESTERDAY.start not in {one.start for one in source.asked_for_totals if one != YESTERDAY}


async def test_the_slot_may_be_given_in_the_middle_of_an_hour(store):
    source = counting(answered("a", -100))
    await read(store, source)
    (found,) = await reconciler(store, source).reconcile(datetime(2026, 11, 2, 12, 34, tzinfo=UTC))

    assert at(-120) == found.hour.start

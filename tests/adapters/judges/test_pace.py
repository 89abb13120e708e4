"""How often an endpoint is asked: less after a refusal, more again after answers, never before it wants to be."""

import asyncio
import time
from contextlib import suppress

import pytest

from adapters.judges.endpoint import retry_after_s
from adapters.judges.pace import Pace
from adapters.judges.unusable import UnusableError
from domain.judgement import FailureReason


async def answered(pace, times=1):
    for _ in range(times):
        async with pace.turn():
            pace.went_well()


async def refused(pace, wait_s=0.0):
    async with pace.turn() as began:
        pace.was_refused(began, wait_s)


async def test_a_refusal_halves_and_a_round_of_answers_adds_one():
    pace = Pace(16)
    await refused(pace)
    halved = pace.allowed
    await answered(pace, 9)  # each answer adds its part of one
    grown = pace.allowed
    await answered(pace, 1000)

    assert (8, 9, 16) == (halved, grown, pace.allowed)


async def test_refusals_of_one_round_count_once():
    pace = Pace(16)

    async def one():
        async with pace.turn() as began:
            await asyncio.sleep(0.01)
            pace.was_refused(began, 0.0)

    await asyncio.gather(*(one() for _ in range(16)))

    assert 8 == pace.allowed


async def test_at_least_one_call_is_always_allowed():
    pace = Pace(2)
    for _ in range(5):
        await refused(pace)

    assert 1 == pace.allowed


async def test_nobody_starts_before_the_endpoint_wants_to_be_asked():
    pace = Pace(4)
    await refused(pace, 0.2)
    started = time.monotonic()
    await asyncio.gather(*(answered(pace) for _ in range(8)))

    assert 0.19 < time.monotonic() - started < 3


@pytest.mark.parametrize("wait_s", [61, 3600])
async def test_a_pause_longer_than_a_run_is_not_waited_for(wait_s):
    pace = Pace(4)
    await refused(pace, wait_s)

    with pytest.raises(UnusableError, match="wants a pause") as caught:
        await answered(pace)

    assert FailureReason.RATE_LIMITED is caught.value.reason


async def test_a_pause_longer_than_there_is_time_is_not_waited_for():
    pace = Pace(4)
    await refused(pace, 5)

    with pytest.raises(UnusableError, match="wants a pause"):
        async with pace.turn(asyncio.get_running_loop().time() + 0.1):
            pass


async def test_a_turn_that_comes_too_late_is_none_and_blocks_nobody():
    pace = Pace(1)
    async with pace.turn():
        with pytest.raises(UnusableError) as caught:
            async with pace.turn(asyncio.get_running_loop().time() + 0.02):
                pass

    assert FailureReason.TIMEOUT is caught.value.reason
    async with asyncio.timeout(1):
        await answered(pace)


async def test_who_gives_up_waiting_leaves_no_gap():
    pace = Pace(2)
    running = most = done = 0

    async def one(number):
        nonlocal running, most, done
        async with pace.turn():
            running += 1
            most = max(most, running)
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(0.002)
            running -= 1
            done += 1

    tasks = [asyncio.create_task(one(number)) for number in range(60)]
    for number, task in enumerate(tasks):
        if number % 3 == 0:
            await asyncio.sleep(0.001)
            task.cancel()
    async with asyncio.timeout(5):
        await asyncio.gather(*tasks, return_exceptions=True)
        await answered(pace, 3)

    assert (2, 0) == (most, running)
    assert done >= 40


async def test_turns_are_given_in_the_order_in_which_they_were_asked_for():
    pace, order = Pace(1), []

    async def one(number):
        async with pace.turn():
            order.append(number)
            await asyncio.sleep(0)

    await asyncio.gather(*(one(number) for number in range(20)))

    assert list(range(20)) == order


async def test_six_rounds_of_refusals_are_enough():
    pace = Pace(4)
    for _ in range(6):
        await refused(pace)

    with pytest.raises(UnusableError, match="6 refusals in a row: not asked again"):
        await answered(pace)


async def test_an_answer_in_between_gives_new_hope():
    pace = Pace(4)
    for _ in range(10):
        await refused(pace)
        await answered(pace)


async def test_requests_per_minute_are_kept_to_after_a_first_burst():
    pace = Pace(50, per_minute=600)  # 10 a second, 60 at once
    started = time.monotonic()
    await asyncio.gather(*(answered(pace) for _ in range(63)))

    assert 0.25 < time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "2.5"}, 2.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:07 GMT", "date": "Sun, 22 Nov 2026 12:00:00 GMT"}, 7.0),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT", "date": "Sun, 22 Nov 2026 12:00:00 GMT"}, 0.0),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:07 GMT"}, None),
        ({"retry-after": "99999999"}, 3600.0),
        *[
            ({"retry-after": odd}, None)
            for odd in ("", "-1", "nan", "inf", "1e3", "soon", "\u0663", "1.2.3", "9" * 400)
        ],
    ],
)
def test_reads_how_long_to_wait(headers, wait_s):
    assert wait_s == retry_after_s(headers)

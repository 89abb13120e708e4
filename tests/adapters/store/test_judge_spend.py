"""The ledger of judging: a cap that all processes together never exceed."""

import asyncio
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from adapters.judges.endpoint import open_client
from adapters.judges.purse import Purse
from adapters.store import Store
from adapters.store.judge_spend import DaysSpend
from domain.judgement import FailureReason, JudgeFailure, Score
from tests.adapters.judges.bench import ONE_CALL, PRICE, build, judged, transcript
from tests.adapters.store.examples import NOON, SHOP
from tests.stand_ins.judge_model import judge_model

DAY = date(2026, 11, 2)
NEXT = DAY + timedelta(days=1)
CAP = 1_000_000


@pytest.fixture
def ledger(store):
    return store.judge_spend(SHOP)


def purse(ledger, cap=CAP):
    return Purse(ledger, cap, lambda: NOON)


def test_grants_as_much_as_the_cap_leaves(ledger):
    granted = [ledger.reserve(DAY, 100, 600_000, CAP) for _ in range(3)]

    assert [600_000, 400_000, 0] == granted
    assert [DaysSpend(DAY, 0, CAP)] == ledger.days(DAY, DAY)


def test_grants_nothing_where_the_least_is_too_much(ledger):
    assert 0 == ledger.reserve(DAY, CAP + 1, CAP + 1, CAP)
    assert CAP == ledger.reserve(DAY, CAP, CAP, CAP)
    assert 0 == ledger.reserve(DAY, 1, 1, CAP)


def test_what_is_settled_is_free_again_except_what_was_spent(ledger):
    ledger.reserve(DAY, 1, CAP, CAP)
    ledger.settle(DAY, CAP, 250_000)

    assert [DaysSpend(DAY, 250_000, 0)] == ledger.days(DAY, NEXT)
    assert 750_000 == ledger.reserve(DAY, 1, CAP, CAP)


def test_days_and_applications_do_not_mix(store, ledger):
    ledger.reserve(DAY, CAP, CAP, CAP)

    assert CAP == ledger.reserve(NEXT, CAP, CAP, CAP)
    assert CAP == store.judge_spend("bank").reserve(DAY, CAP, CAP, CAP)
    assert [DAY, NEXT] == [one.day for one in ledger.days(DAY, NEXT)]
    assert [] == ledger.days(NEXT + timedelta(days=1), NEXT + timedelta(days=9))


def test_without_a_cap_everything_is_granted_and_noted(ledger):
    assert 10**17 == ledger.reserve(DAY, 1, 10**17, None)
    ledger.settle(DAY, 10**17, 10**17)

    assert [DaysSpend(DAY, 10**17, 0)] == ledger.days(DAY, DAY)


def test_a_cap_that_was_lowered_grants_nothing_more(ledger):
    ledger.reserve(DAY, CAP, CAP, CAP)

    assert 0 == ledger.reserve(DAY, 1, 1, CAP // 2)


def test_what_a_killed_process_held_stays_spent(open_store):
    killed = purse(open_store().judge_spend(SHOP))
    assert killed.take(CAP // 2)
    other = purse(open_store().judge_spend(SHOP))

    assert not other.take(CAP // 2 + 1)
    assert other.take(CAP // 2)


def test_two_workers_at_once_keep_to_the_cap_together(open_store):
    ledgers = [open_store().judge_spend(SHOP) for _ in range(2)]

    def work(ledger):
        mine = purse(ledger)
        spent = 0
        for _ in range(150):
            if mine.take(9_000):
                spent += 7_000
                mine.put_back(9_000, 7_000)
        mine.settle()
        return spent

    with ThreadPoolExecutor(2) as pool:
        spent = sum(pool.map(work, ledgers))

    assert [DaysSpend(DAY, spent, 0)] == ledgers[0].days(DAY, DAY)
    assert 0.9 * CAP < spent <= CAP


def _spend(url: str, go, results) -> None:
    store = Store.open(url)
    mine = purse(store.judge_spend(SHOP))
    go.wait()
    spent = 0
    while mine.take(9_000):
        spent += 8_000
        mine.put_back(9_000, 8_000)
    results.put(spent)  # and dies without settling
    store.close()


def test_two_processes_keep_to_the_cap_together(url):
    context = multiprocessing.get_context("spawn")
    go, results = context.Event(), context.Queue()
    workers = [context.Process(target=_spend, args=(url, go, results)) for _ in range(2)]
    for worker in workers:
        worker.start()
    go.set()
    spent = sum(results.get(timeout=60) for _ in workers)
    for worker in workers:
        worker.join(60)
    store = Store.open(url)
    (day,) = store.judge_spend(SHOP).days(DAY, DAY)
    still = store.judge_spend(SHOP).reserve(DAY, 9_000, 9_000, CAP)
    store.close()

    assert 0.8 * CAP < spent <= CAP
    assert (0, 0) == (day.spent_nano_usd, still)
    assert spent <= day.reserved_nano_usd <= CAP


async def test_two_judges_with_many_calls_at_once_keep_to_the_cap_together(open_store):
    """The real judges on a real socket: what the endpoint was paid is within the cap, and the books say so."""
    cap_usd = "0.0035"
    settings = {"price": PRICE, "daily_cap_usd": cap_usd, "max_output_tokens": 2_000, "max_concurrency": 40}
    ledgers = [open_store().judge_spend(SHOP) for _ in range(2)]
    with judge_model() as model:
        model.latency_s = 0.005
        async with open_client(80) as client:
            judges = [build(model, client, parts={"ledger": one, "now": lambda: NOON}, **settings) for one in ledgers]
            asked = [(judge, transcript(f"Answer {n}.", trace_id=f"{n}")) for n in range(60) for judge in judges]
            judgements = await asyncio.gather(*(judged(judge, one) for judge, one in asked))
        calls = len(model.server.received)
        for judge in judges:
            judge.settle()

    (day,) = ledgers[0].days(DAY, DAY)
    assert (calls * ONE_CALL, 0) == (day.spent_nano_usd, day.reserved_nano_usd)
    assert day.spent_nano_usd <= 3_500_000
    assert calls == sum(isinstance(one, Score) for one in judgements)
    assert {FailureReason.BUDGET} == {one.reason for one in judgements if isinstance(one, JudgeFailure)}

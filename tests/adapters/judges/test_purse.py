"""What judging may cost is set aside before each call and never more than the cap."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.judges.chat import Message, Usage
from adapters.judges.configuration import Endpoint, TokenPrice
from adapters.judges.purse import Purse, Tariff
from domain.judgement import FailureReason, JudgeFailure, Score
from domain.prices import Price, PriceTable
from tests.adapters.judges.bench import NOON, ONE_CALL, PRICE, LedgerInMemory, build, judged, said, transcript
from tests.stand_ins.judge_model import completion
from tests.stand_ins.server import Answer, Fault

TARIFF = Tariff(150_000_000, 600_000_000)
CAP = 1_000_000  # nano-USD


def purse(ledger, cap=CAP, now=lambda: NOON):
    return Purse(ledger, cap, now)


def test_what_is_not_spent_is_given_back():
    ledger = LedgerInMemory()
    one = purse(ledger)
    assert one.take(300)
    one.put_back(300, 120)
    one.settle()

    assert (0, 120) == (ledger.reserved, ledger.spent)


def test_what_a_killed_process_held_stays_set_aside():
    ledger = LedgerInMemory()
    assert purse(ledger).take(CAP // 2)

    assert not purse(ledger).take(CAP // 2 + 1)
    assert purse(ledger).take(CAP // 2)


def test_without_a_cap_everything_goes_and_is_noted():
    ledger = LedgerInMemory()
    one = purse(ledger, cap=None)
    assert one.take(10**18)
    one.put_back(10**18, 5)
    one.settle()

    assert (0, 5) == (ledger.reserved, ledger.spent)


def test_a_run_over_midnight_is_charged_to_the_day_on_which_it_began():
    moments = iter([NOON, NOON + timedelta(days=1), NOON + timedelta(days=1)])
    ledger = LedgerInMemory()
    one = purse(ledger, now=lambda: next(moments))
    one.take(10)
    one.put_back(10, 10)
    one.take(10)
    one.put_back(10, 10)
    one.settle()
    one.take(10)

    assert {date(2026, 11, 22), date(2026, 11, 23)} == ledger.days


def test_more_than_the_worst_is_noted_and_comes_off_what_is_left():
    ledger = LedgerInMemory()
    one = purse(ledger)
    assert one.take(100)
    one.put_back(100, CAP)
    assert not one.take(1)
    one.settle()

    assert (0, CAP) == (ledger.reserved, ledger.spent)


CALLS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 400_000), st.floats(0, 1), st.booleans()), max_size=60)


async def test_a_call_waits_for_what_others_may_not_need():
    one = purse(LedgerInMemory())
    assert await one.allow(CAP, 5)
    waiting = asyncio.create_task(one.allow(CAP // 2, 5))
    await asyncio.sleep(0)
    assert not waiting.done()
    one.put_back(CAP, CAP // 4)

    assert await waiting


async def test_nobody_waits_longer_than_told_or_for_nothing():
    one = purse(LedgerInMemory())
    assert not await one.allow(CAP + 1, 60)
    assert await one.allow(CAP, 60)
    assert not await one.allow(1, 0.01)
    one.put_back(CAP, CAP)

    assert not await one.allow(1, 60)


@given(calls=CALLS)
def test_two_purses_together_never_exceed_the_cap(calls):
    ledger = LedgerInMemory()
    purses = [purse(ledger), purse(ledger)]
    spent = 0
    for who, worst, share, settles in calls:
        if purses[who].take(worst):
            spent += int(worst * share)
            purses[who].put_back(worst, int(worst * share))
        if settles:
            purses[who].settle()
        assert spent <= CAP
        assert ledger.reserved + ledger.spent <= CAP
    for one in purses:
        one.settle()

    assert (0, spent) == (ledger.reserved, ledger.spent)


@given(tokens=st.integers(0, 10**9), more=st.integers(0, 10**9))
def test_a_cost_is_whole_and_rounded_up(tokens, more):
    exact = (tokens * Decimal("0.15") + more * Decimal("0.60")) * 1000
    cost = TARIFF.cost(Usage(tokens, more))

    assert exact <= cost < exact + 1


@pytest.mark.parametrize("text", ["plain words", "\u4f60\u597d" * 50, "\U0001f680" * 99, "a\nb" * 99, "\ud800"])
def test_the_worst_is_more_than_any_tokenizer_makes_of_it(text):
    tokens = len(text.encode(errors="replace"))

    assert TARIFF.worst([Message("user", text)], "{}", 10) >= TARIFF.cost(Usage(tokens, 10))


def test_the_price_stands_in_the_configuration_or_in_the_table():
    price = {
        "model": "gpt-5-.*",
        "effective_from": "2026-01-01",
        "source": "s",
        "usd_per_million": {"input": 1, "output": 2},
    }
    table = PriceTable(prices=(Price(**price),))
    named = Endpoint(kind="openai", model="gpt-5-mini")
    priced = named.model_copy(update={"price": TokenPrice(**PRICE)})

    assert Tariff(10**9, 2 * 10**9) == Tariff.of(named, table, NOON)
    assert TARIFF == Tariff.of(priced, table, NOON)
    assert Tariff.of(named, PriceTable(), NOON) is None


async def test_many_calls_at_once_keep_to_the_cap(model, client, kind):
    ledger = LedgerInMemory()
    dollars = Decimal("0.0018")
    settings = {"price": PRICE, "daily_cap_usd": dollars, "max_output_tokens": 1000, "max_concurrency": 50}
    judge = build(model, client, kind, parts={"ledger": ledger}, **settings)
    model.latency_s = 0.01

    judgements = await asyncio.gather(*(judged(judge, transcript(trace_id=str(n))) for n in range(60)))
    judge.settle()

    refused = [one for one in judgements if isinstance(one, JudgeFailure)]
    scored = [one for one in judgements if isinstance(one, Score)]
    assert {FailureReason.BUDGET} == {one.reason for one in refused}
    assert {0} == {one.cost_nano_usd for one in refused}
    assert len(scored) == len(model.server.received)
    assert ledger.spent == len(scored) * ONE_CALL <= dollars * 10**9
    assert 0 == ledger.reserved


async def test_a_useless_answer_without_usage_is_charged_in_full(model, client, kind):
    ledger = LedgerInMemory()
    model.say(Answer(b"?"))
    judge = build(model, client, kind, parts={"ledger": ledger}, price=PRICE, daily_cap_usd="1")

    judgement = await judged(judge)
    judge.settle()

    assert judgement.cost_nano_usd == ledger.spent > 8_000 * 600


async def test_what_was_turned_away_costs_nothing(model, client, kind):
    ledger = LedgerInMemory()
    model.server.fail_next(Fault("status", Answer(status=401)))
    judge = build(model, client, kind, parts={"ledger": ledger}, price=PRICE, daily_cap_usd="1")

    await judged(judge)
    judge.settle()

    assert (0, 0) == (ledger.reserved, ledger.spent)


async def test_a_call_that_never_had_its_turn_costs_nothing(model, client):
    ledger = LedgerInMemory()
    model.storm(1, 30)
    judge = build(model, client, parts={"ledger": ledger}, price=PRICE, daily_cap_usd="1")

    judgement = await judged(judge)
    judge.settle()

    assert (0, 0) == (judgement.cost_nano_usd, ledger.spent)


async def test_a_lying_usage_uses_up_the_cap_and_nothing_more_is_asked(model, client):
    model.say(said([], usage={"prompt_tokens": 10**9, "completion_tokens": 10**9}))
    judge = build(model, client, price=PRICE, daily_cap_usd="1")

    judgements = [await judged(judge), await judged(judge)]

    assert [FailureReason.BUDGET] * 2 == [one.reason for one in judgements]
    assert 1 == len(model.server.received)


async def test_a_judgement_that_is_called_off_is_charged_in_full(model, client):
    ledger = LedgerInMemory()
    model.latency_s = 0.5
    judge = build(model, client, parts={"ledger": ledger}, price=PRICE, daily_cap_usd="1")
    task = asyncio.create_task(judge.judge(transcript(), NOON))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    judge.settle()

    assert 0 == ledger.reserved
    assert ledger.spent > 8_000 * 600


async def test_a_usage_of_an_odd_form_is_charged_as_the_worst(model, client):
    model.say(completion({}, usage={"prompt_tokens": -5, "completion_tokens": 1}))

    assert (await judged(build(model, client, price=PRICE))).cost_nano_usd > 8_000 * 600

from datetime import date, timedelta

import pytest

from adapters.assessor import Assessor
from adapters.store import Store
from domain.application import Application
from domain.objective import Objective, Verdict
from domain.planning import plan_of
from domain.window import Window
from tests.adapters.store.examples import NOON, SHOP, dump, request

DAY = timedelta(days=1)
FAST = Objective(name="fast", tier="llm", promise="p95 within 3 s", signal="latency_s", statistic="p95", at_most=3.0)
CHEAP = Objective(
    name="cheap", tier="cost", promise="$1 a month", signal="spend_usd", statistic="projection", at_most=1.0
)
ANSWERED = Objective(
    name="answered", tier="infrastructure", promise="99 %", signal="answered", statistic="share", at_least=0.99
)
NINETY = Objective(name="goodput", tier="quality", promise="90 %", statistic="goodput", at_least=0.9, over="7d")


@pytest.fixture
def store(tmp_path):
    opened = Store.open(f"sqlite:///{tmp_path / 'goodput.db'}")
    yield opened
    opened.close()


def assessor(store, *objectives):
    return Assessor(store, Application(name=SHOP), objectives, plan_of(objectives))


def fill(store, days: float, per_day: int = 100, **changes):
    """Keep *per_day* requests on each of the days before noon."""
    count = int(days * per_day)
    requests = [request(f"t{n}", -n * 24 * 60 / per_day - 1, **changes) for n in range(count)]
    store.requests.save(SHOP, Window(NOON - days * DAY, NOON), requests, [])


def test_verdicts_are_kept_under_their_slot(store):
    fill(store, 1)
    [found] = assessor(store, FAST).assess(NOON)
    [kept] = store.assessments.latest(SHOP)

    assert (Verdict.MET, 100, 0) == (kept.verdict, kept.n, kept.k)
    assert (found.measurement.value, found.measurement.interval) == (kept.value, kept.interval)
    assert ("fast", "llm", "p95 within 3 s", NOON) == (kept.objective, kept.tier, kept.promise, kept.slot)


def test_the_same_slot_again_changes_nothing(store):
    fill(store, 1)
    assessor(store, FAST, CHEAP).assess(NOON)
    before = dump(store)
    assessor(store, FAST, CHEAP).assess(NOON)

    assert before == dump(store)


def test_the_newest_verdict_of_each_objective_is_shown(store):
    assessor(store, FAST, CHEAP).assess(NOON)
    fill(store, 1, latency_s=9.0)
    assessor(store, FAST).assess(NOON + timedelta(minutes=15))

    latest = {one.objective: (one.slot, one.verdict) for one in store.assessments.latest(SHOP)}
    assert {
        "fast": (NOON + timedelta(minutes=15), Verdict.BREACHED),
        "cheap": (NOON, Verdict.INCONCLUSIVE),
    } == latest


def test_without_requests_there_is_no_verdict_and_no_number(store):
    assessor(store, FAST).assess(NOON)
    [kept] = store.assessments.latest(SHOP)

    assert (Verdict.INCONCLUSIVE, 0, None, None) == (kept.verdict, kept.n, kept.value, kept.interval)


def test_a_projection_rests_on_complete_days_only(store):
    fill(store, 5.5, cost_nano_usd=10_000_000)
    projection = assessor(store, CHEAP).projection(NOON)
    [found] = assessor(store, CHEAP).assess(NOON)

    assert (date(2026, 11, 1), 5) == (projection.since, projection.days)
    assert Verdict.BREACHED is found.verdict


def test_a_day_that_was_read_in_part_is_no_day_of_history(store):
    fill(store, 4, cost_nano_usd=10_000_000)

    assert 3 == assessor(store).projection(NOON).days


def test_an_application_that_was_never_read_has_no_projection(store):
    assert assessor(store).projection(NOON).total_usd is None


def test_time_before_a_gap_is_no_history(store):
    fill(store, 10, cost_nano_usd=10_000_000)
    store.requests.save(SHOP, Window(NOON + DAY, NOON + 1.5 * DAY), [], [])

    assert 0 == assessor(store).projection(NOON + 1.5 * DAY).days


def test_goodput_is_kept_like_any_other_verdict(store):
    fill(store, 2)
    [found] = assessor(store, NINETY).assess(NOON)
    [kept] = store.assessments.latest(SHOP)

    assert ("goodput", "goodput", Verdict.MET, 200, 1.0) == (
        kept.signal,
        kept.statistic,
        kept.verdict,
        kept.n,
        kept.value,
    )
    assert (200, found.measurement.interval) == (found.goodput.n, kept.interval)


def test_goodput_is_of_the_promises_of_the_application(store):
    fill(store, 1, latency_s=9.0)

    assert 0.0 == assessor(store, NINETY, FAST).assess(NOON)[0].measurement.value


def test_a_verdict_comes_with_its_budget_and_the_burns_reach_back_three_days(store):
    fill(store, 5)
    fast, cheap = assessor(store, FAST, CHEAP).assess(NOON)

    assert (1.0, 100, 300) == (fast.budget.left, fast.budget.n, fast.budget.burns[-1].n)
    assert cheap.budget is None


def test_where_an_application_stands(store):
    fill(store, 2, latency_s=9.0)
    standing = assessor(store, FAST, ANSWERED, CHEAP).standing(NOON)

    assert [("fast", -19.0), ("answered", 1.0)] == [
        (one.objective, pytest.approx(one.left)) for one in standing.budgets
    ]
    assert (0, 100, DAY) == (standing.goodput.kept, standing.goodput.n, standing.goodput.window.length)


def test_goodput_is_shown_over_the_window_in_which_it_was_promised(store):
    fill(store, 9)

    assert 700 == assessor(store, NINETY).standing(NOON).goodput.n


def test_an_application_that_was_never_read_stands_nowhere(store):
    standing = assessor(store, FAST).standing(NOON)

    assert (0, None, None) == (standing.goodput.n, standing.goodput.value, standing.budgets[0].left)


def test_a_month_of_requests_without_a_price_is_not_called_within_its_budget(store):
    fill(store, 5.5, cost_nano_usd=0, unpriced_calls=1)
    [found] = assessor(store, CHEAP).assess(NOON)

    assert Verdict.INCONCLUSIVE is found.verdict
    assert "150 of 150 requests this month have a call without a price" == found.because

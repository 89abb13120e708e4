"""A day's money: against its part of the month's budget, and against all of it."""

import pytest
from pydantic import ValidationError

from alerts.conditions import DaySpend
from domain.alerting import Truth
from tests.builders import DAY, HOUR, MINUTE, NOON, SETTLE, bad_of, facts, view

MIDNIGHT = NOON - 12 * HOUR  # of the 23rd day of a month with 30


def day(**said):
    return DaySpend.model_validate({"kind": "day_spend", "of": "day", "spent_above": 0.80, **said})


def spent(*usd, before=0.0, **more):
    """Today's requests, one each hour, and one of yesterday."""
    moments = [MIDNIGHT - HOUR, *(MIDNIGHT + position * HOUR for position in range(len(usd)))]
    return facts(moments, spend_usd=[before, *usd], **more)


@pytest.mark.parametrize(
    ("usd", "said", "truth", "clear"),
    [
        pytest.param(79.9, {}, Truth.FALSE, True, id="nearly 80 % of $100"),
        pytest.param(80.0, {}, Truth.TRUE, False, id="just 80 %"),
        pytest.param(99.9, {"spent_above": 1.0}, Truth.FALSE, True, id="nearly all of it"),
        pytest.param(100.0, {"spent_above": 1.0}, Truth.TRUE, False, id="all of it"),
        pytest.param(2399.0, {"of": "month"}, Truth.FALSE, True, id="nearly 80 % of the month's"),
        pytest.param(2400.0, {"of": "month"}, Truth.TRUE, False, id="80 % of the month's in one day"),
        pytest.param(0.0, {}, Truth.FALSE, True, id="nothing"),
    ],
)
def test_the_share_of_a_day_s_or_the_month_s_budget(usd, said, truth, clear):
    (found,) = day(**said).find(view(spent(usd / 2, usd / 2, before=5_000.0), budget=3_000))

    assert (truth, clear, 2) == (found.truth, found.clear, found.n)


@pytest.mark.parametrize(
    ("before", "truth", "because"),
    [
        pytest.param(2_250.0, Truth.TRUE, "; the month is 1.0 days ahead of an even pace", id="a day ahead"),
        pytest.param(2_249.0, Truth.FALSE, "; the month is 1.0 days ahead of an even pace", id="nearly a day ahead"),
        pytest.param(1_950.0, Truth.FALSE, "; the month is 2.0 days behind an even pace", id="behind"),
    ],
)
def test_a_dear_day_of_a_month_on_its_pace_is_no_news(before, truth, because):
    (found,) = day(spent_above=1.0, ahead_by="1d").find(view(spent(150.0, before=before), budget=3_000))

    assert (truth, False) == (found.truth, found.clear)
    assert f"$150.00 spent on 23 November, 150.0 % of the day's $100.00{because}" == found.because


@pytest.mark.parametrize(
    ("usd", "truth", "because"),
    [
        pytest.param(
            10.0, Truth.UNKNOWN, "2 of 4 requests today have a call without a price", id="low, as far as known"
        ),
        pytest.param(90.0, Truth.TRUE, "$90.00 spent on 23 November, 90.0 % of the day's $100.00", id="high already"),
    ],
)
def test_requests_without_a_price_only_add(usd, truth, because):
    of = spent(usd, 0.0, 0.0, 0.0, unpriced=[0.0, *bad_of(2, 4)])
    (found,) = day().find(view(of, budget=3_000))

    assert (truth, False, because) == (found.truth, found.clear, found.because)


def test_it_stands_until_midnight_and_the_next_day_begins_with_nothing():
    of = spent(500.0)
    slots = [
        MIDNIGHT - MINUTE,
        MIDNIGHT + HOUR,
        MIDNIGHT + 23 * HOUR,
        MIDNIGHT + DAY + SETTLE / 2,
        MIDNIGHT + DAY + HOUR,
    ]
    found = [day().find(view(of, slot=slot, budget=3_000))[0] for slot in slots]

    assert [Truth.FALSE, Truth.TRUE, Truth.TRUE, Truth.TRUE, Truth.FALSE] == [one.truth for one in found]
    assert [True, False, False, False, True] == [one.clear for one in found]


@pytest.mark.parametrize(
    ("more", "because"),
    [
        pytest.param({}, "no monthly budget is set (monthly_budget_usd in app.yaml)", id="no budget"),
        pytest.param(
            {"budget": 30, "known_until": NOON - HOUR}, "traces are read only until 23 Nov 11:00 UTC", id="unread"
        ),
    ],
)
def test_without_a_budget_or_traces_nothing_is_known(more, because):
    (found,) = day().find(view(spent(500.0), **more))

    assert (Truth.UNKNOWN, because) == (found.truth, found.because)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"of": "week"}, "'day' or 'month'"),
        ({"spent_above": 0}, "greater than 0"),
        ({"of": "month", "ahead_by": "1d"}, "ahead_by is of a day's part"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(said, words):
    with pytest.raises(ValidationError, match=words):
        day(**said)


def test_it_looks_back_a_day_or_the_month_whose_pace_it_asks_about():
    assert (DAY, 62 * DAY) == (day().looks_back, day(ahead_by="1d").looks_back)
    assert () == day().worst(view(), ())

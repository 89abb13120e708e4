"""What holds of any forecast, whatever was spent."""

from datetime import UTC, date, datetime, timedelta
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.forecast import forecast_month
from domain.forecast_parts import forecast_parts
from domain.forecast_today import DayShare

DAY = timedelta(days=1)
AMOUNTS = st.just(0.0) | st.floats(0.01, 10_000)
NOWS = st.datetimes(datetime(2024, 1, 1), datetime(2024, 12, 31), timezones=st.just(UTC))  # leap February and all
SHARES = st.none() | st.builds(DayShare, st.floats(0.02, 1), st.floats(0.001, 2), st.just(28))


@st.composite
def spends(draw, least=0):
    now, known = draw(NOWS), draw(st.integers(least, 80))
    amounts = draw(st.lists(AMOUNTS, min_size=known + 1, max_size=known + 1))
    return now, {now.date() - n * DAY: usd for n, usd in enumerate(amounts)}


LONG = spends(least=50)


@given(case=spends(), share=SHARES, power=st.integers(-12, 12))
def test_in_another_currency_it_is_the_same_forecast(case, share, power):
    now, spend = case
    factor = 2.0**power  # exact, so that nothing else can differ
    one = forecast_month(spend, now, share=share)
    other = forecast_month({day: factor * usd for day, usd in spend.items()}, now, share=share)

    assert (one.rest_usd is None, one.days, one.because) == (other.rest_usd is None, other.days, other.because)
    assert pytest.approx(factor * one.spent_usd) == other.spent_usd
    if one.total_usd is not None:
        assert pytest.approx(factor * one.total_usd) == other.total_usd
        budget = 1.1 * one.total_usd
        assert pytest.approx(one.chance_over(budget), abs=1e-9) == other.chance_over(factor * budget)


@given(case=spends(), share=SHARES)
def test_an_interval_holds_the_point_and_the_wider_the_surer(case, share):
    now, spend = case
    found = forecast_month(spend, now, share=share)
    narrow, wide = found.interval(0.80), found.interval(0.95)
    if found.spread is None or not found.spread.is_measured:
        assert (None, None) == (narrow, wide)
        assert "insufficient history" in found.because or "nothing was spent" in found.because
    else:
        assert wide.low <= narrow.low <= found.total_usd <= narrow.high <= wide.high < inf
        assert found.spent_usd <= wide.low


@given(case=LONG, share=SHARES)
def test_the_chance_of_ending_above_a_bound_is_what_the_interval_says(case, share):
    now, spend = case
    found = forecast_month(spend, now, share=share)
    bounds = found.interval(0.80)
    if bounds is not None and found.rest_usd > 1e-6 * found.spent_usd:
        assert pytest.approx(0.9, abs=0.001) == found.chance_over(bounds.low)
        assert pytest.approx(0.1, abs=0.001) == found.chance_over(bounds.high)


@given(case=spends(), share=SHARES, amounts=st.lists(st.floats(0, 1e6), min_size=2, max_size=8))
def test_more_is_never_more_probable(case, share, amounts):
    now, spend = case
    found = forecast_month(spend, now, share=share)
    chances = [found.chance_over(amount) for amount in sorted(amounts)]
    known = [chance for chance in chances if chance is not None]

    assert known == sorted(known, reverse=True)
    assert all(0 <= chance <= 1 for chance in known)
    assert 1.0 == found.chance_over(found.spent_usd - 0.001)


@given(case=spends(), share=SHARES)
def test_what_is_spent_stays_spent(case, share):
    now, spend = case
    found = forecast_month(spend, now, share=share)

    assert pytest.approx(sum(usd for day, usd in spend.items() if day >= found.month)) == found.spent_usd
    assert found.total_usd is None or found.total_usd >= found.spent_usd


@given(case=spends(), share=SHARES)
def test_the_same_days_give_the_same_forecast_in_any_order(case, share):
    now, spend = case

    assert forecast_month(spend, now, share=share) == forecast_month(
        dict(sorted(spend.items())), now, first_day=min(spend), share=share
    )


@given(
    case=spends(),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 80)), min_size=0, max_size=5),
    share=SHARES,
)
def test_parts_add_up_to_the_whole(case, cuts, share):
    now, whole = case
    parts, left = {}, dict(whole)
    for number, (portion, begins) in enumerate(cuts):
        taken = {day: portion * usd for day, usd in left.items() if day >= now.date() - begins * DAY}
        left = {day: usd - taken.get(day, 0.0) for day, usd in left.items()}
        parts[f"feature {number}"] = taken
    parts["the rest"] = left
    total = forecast_month(whole, now, share=share)
    found = forecast_parts(parts, total, now, shares=dict.fromkeys(parts, share))

    assert list(parts) == list(found)
    assert pytest.approx(total.spent_usd) == sum(one.spent_usd for one in found.values())
    if total.rest_usd is None:
        assert {None} == {one.rest_usd for one in found.values()}
    else:
        assert pytest.approx(total.rest_usd) == sum(one.rest_usd for one in found.values())
        assert all(one.rest_usd >= 0 for one in found.values())


@given(month=st.integers(1, 12), level=st.floats(0.01, 1e5), known=st.integers(14, 182))
def test_equal_days_go_on_as_they_were(month, level, known):
    now = datetime(2024, month, 9, tzinfo=UTC)
    found = forecast_month({now.date() - n * DAY: level for n in range(1, known + 1)}, now)
    days = ((date(2024, month, 28) + 4 * DAY).replace(day=1) - date(2024, month, 1)).days

    assert pytest.approx(level * (days - 8)) == found.rest_usd

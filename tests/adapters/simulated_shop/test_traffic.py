from collections import Counter

import pytest

from adapters.simulated_shop.chance import Chance, Mix

pytestmark = pytest.mark.xdist_group("simulated shop")


def test_a_week_has_about_twenty_thousand_requests(week):
    assert 18_000 <= len(week.requests) <= 22_000


def test_weekends_are_quieter_than_any_weekday(week):
    counts = [len(day.requests) for day in week.days]
    sunday, *weekdays, saturday = counts

    assert max(sunday, saturday) < 0.75 * min(weekdays)


def test_nights_are_quieter_than_days(week):
    hours = Counter(request.started_at.hour for request in week.requests)

    assert sum(hours[hour] for hour in range(1, 5)) < 0.1 * sum(hours[hour] for hour in range(9, 13))


def test_requests_begin_on_their_day_and_in_order(week):
    for day in week.days:
        starts = [request.started_at for request in day.requests]

        assert {day.day} == {start.date() for start in starts}
        assert sorted(starts) == starts


def test_sessions_belong_to_one_customer_of_one_tier(week):
    customers = {(request.session_id, request.user_id, request.tier) for request in week.requests}

    assert len(customers) == len({session for session, _, _ in customers})
    assert len({(user, tier) for _, user, tier in customers}) == len({user for _, user, _ in customers})
    assert len(customers) < 0.8 * len(week.requests)


def test_chance_keeps_its_promises():
    chance = Chance("test")
    mix = Mix.of({"rare": 1, "never": 0, "usual": 9})

    drawn = Counter(chance.draw(mix) for _ in range(2_000))
    assert {"rare", "usual"} == set(drawn)
    assert 140 < drawn["rare"] < 260
    assert {1, 2, 3} == {chance.between(1, 3) for _ in range(100)}
    assert sorted(chance.some((1, 2, 3), 9)) == [1, 2, 3]
    assert min(chance.around(100, 0.3) for _ in range(2_000)) > 20

"""Books that differ: by half a percent and by enough to speak of, and silence is not agreement."""

from dataclasses import replace
from datetime import date

import pytest
from pydantic import ValidationError

from alerts.conditions import Mismatch
from domain.alerting import Truth
from domain.money import NANO_PER_USD
from domain.reconciliation import Counted, ReconciledDay
from tests.alerts.shipped import RULES
from tests.builders import NOON, view

TODAY, YESTERDAY, BEFORE = date(2026, 11, 23), date(2026, 11, 22), date(2026, 11, 21)
BOOKS = RULES["M6"].when
ALL, NONE = Counted(10_000, 10_000), Counted(0, 0)


def dollars(ours: float, theirs: float) -> Counted:
    return Counted(round(ours * NANO_PER_USD), round(theirs * NANO_PER_USD))


def day(rows: Counted = ALL, cost: Counted | None = NONE, *, of: date = YESTERDAY, hours: int = 24) -> ReconciledDay:
    return ReconciledDay(day=of, hours=hours, rows=rows, cost=cost, requests=2_000, spend_nano_usd=NANO_PER_USD)


def find(*days: ReconciledDay, slot=NOON):
    (found,) = BOOKS.find(replace(view(slot=slot), reconciled=days))
    return found


@pytest.mark.parametrize(
    ("of", "truth", "clear"),
    [
        pytest.param(day(), Truth.FALSE, True, id="the same"),
        pytest.param(day(Counted(0, 0)), Truth.FALSE, True, id="a day without traffic"),
        pytest.param(day(Counted(9_949, 10_000)), Truth.TRUE, False, id="rows are missing"),
        pytest.param(day(Counted(10_051, 10_000)), Truth.TRUE, False, id="there are too many"),
        pytest.param(day(Counted(9_950, 10_000)), Truth.FALSE, False, id="just half a percent"),
        pytest.param(day(Counted(9_975, 10_000)), Truth.FALSE, True, id="a quarter of a percent"),
        pytest.param(day(cost=dollars(9.8, 10)), Truth.TRUE, False, id="the cost alone"),
        pytest.param(day(cost=dollars(9.96, 10)), Truth.FALSE, True, id="cents of dollars"),
        pytest.param(day(Counted(49, 50)), Truth.FALSE, True, id="one row of a quiet day"),
        pytest.param(day(Counted(0, 19)), Truth.FALSE, True, id="19 rows"),
        pytest.param(day(Counted(0, 20)), Truth.TRUE, False, id="20 rows"),
        pytest.param(day(Counted(50, 50), dollars(0, 0.09)), Truth.FALSE, True, id="nine cents"),
        pytest.param(day(Counted(50, 50), dollars(0, 0.11)), Truth.TRUE, False, id="eleven cents"),
        pytest.param(day(cost=None), Truth.FALSE, False, id="no word about the cost fires and resolves nothing"),
        pytest.param(day(Counted(0, 50), None), Truth.TRUE, False, id="rows are missing, no word about the cost"),
        pytest.param(day(Counted(900, 1_000), hours=3), Truth.TRUE, False, id="three hours are enough"),
    ],
)
def test_it_takes_half_a_percent_and_enough_of_it(of, truth, clear):
    found = find(of)

    assert (truth, clear) == (found.truth, found.clear)


def test_what_nobody_counted_neither_fires_nor_resolves():
    found = find()

    assert (Truth.UNKNOWN, False) == (found.truth, found.clear)
    assert "nothing was compared with Langfuse since Sun 22 Nov" == found.because


def test_days_before_yesterday_are_history():
    assert Truth.UNKNOWN is find(day(Counted(0, 10_000), of=BEFORE)).truth


def test_a_good_morning_does_not_hide_a_bad_yesterday():
    found = find(day(Counted(9_000, 10_000)), day(Counted(300, 300), of=TODAY, hours=3))

    assert (Truth.TRUE, False) == (found.truth, found.clear)
    assert found.because.startswith("Sun 22 Nov")


def test_a_small_number_far_off_does_not_hide_a_large_one_that_matters():
    found = find(day(Counted(9_900, 10_000)), day(Counted(0, 10), of=TODAY, hours=1))

    assert (Truth.TRUE, 0.01) == (found.truth, found.value)


def test_where_all_days_agree_the_newest_is_spoken_of():
    assert find(day(), day(of=TODAY, hours=10)).because.startswith("Mon 23 Nov")


def test_the_evidence_names_the_day_both_counts_and_both_costs():
    found = find(day(Counted(9_000, 10_000), dollars(4.1, 4), hours=21))

    assert (
        "Sun 22 Nov differs from Langfuse: 9,000 rows read, 10,000 rows at Langfuse (10.0 % fewer); "
        "$4.10 read, $4.00 at Langfuse (2.4 % more); 21 of 24 hours compared; limit 0.5 %"
    ) == found.because
    assert ("Became", "2,000 requests of this application, $1.00") in found.facts
    assert (0.1, 0.005, 21) == (found.value, found.limit, found.n)


def test_a_difference_too_small_to_tell_says_what_it_takes():
    assert find(day(Counted(49, 50))).because.endswith("limit 0.5 %, but it takes 20 rows or $0.10")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"clear_at": 0.01}, "it would resolve while it fires"),
        ({"above": 0}, "greater than 0"),
        ({"above": 1.5}, "less than 1"),
        ({"days": 0}, "greater than or equal to 1"),
        ({"days": 8}, "less than or equal to 7"),
        ({"at_least_usd": "nan"}, "at_least_usd"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(wrong, words):
    with pytest.raises(ValidationError, match=words):
        Mismatch.model_validate({"kind": "mismatch", "above": 0.005, "clear_at": 0.0025, **wrong})


def test_the_days_are_drawn_up_to_now_and_one_alone_is_no_line():
    days = [day(of=BEFORE), day(Counted(9_900, 10_000)), day(of=TODAY, hours=12)]
    chart = BOOKS.chart(replace(view(), reconciled=days), (), NOON)

    assert [0.0, 0.01, 0.0] == [value for _, value in chart.points]
    assert (NOON, 0.005) == (chart.points[-1][0], chart.limit)
    assert BOOKS.chart(replace(view(), reconciled=days[:1]), (), NOON) is None

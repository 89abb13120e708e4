"""The month's money: projected, spent, and what nobody knows."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from alerts.conditions import BudgetSpent, OverBudget
from domain.alerting import Truth
from tests.builders import DAY, HOUR, NOON, SETTLE, bad_of, facts, view


def over_budget(**said):
    return OverBudget.model_validate({"kind": "projection", "by": 0.15, "sure": 0.9, "clear_at": 1.10, **said})


def spent(**said):
    return BudgetSpent.model_validate({"kind": "budget", "spent_above": 0.80, **said})


def spend(first, *amounts, **more):
    """One request at noon of each day."""
    moments = [first.replace(hour=12) + position * DAY for position in range(len(amounts))]
    return facts(moments, spend_usd=list(amounts), **more)


FIRST = datetime(2026, 11, 1, tzinfo=UTC)


class TestMoney:
    @pytest.mark.parametrize("question", [over_budget(), spent()], ids=["projection", "spent"])
    @pytest.mark.parametrize(
        ("more", "because"),
        [
            pytest.param({"budget": None}, "no monthly budget is set (monthly_budget_usd in app.yaml)", id="no budget"),
            pytest.param(
                {"budget": 1000, "known_until": NOON - 2 * DAY},
                "traces are read only until 21 Nov 12:00 UTC",
                id="traces not read: unread days are not free days",
            ),
        ],
    )
    def test_without_a_budget_or_traces_nothing_is_known(self, question, more, because):
        found = question.find(view(spend(FIRST, *[10.0] * 22), **more))

        assert [(Truth.UNKNOWN, because)] == [(one.truth, one.because) for one in found]

    @pytest.mark.parametrize(
        ("budget", "truth", "clear"),
        [
            pytest.param(250, Truth.TRUE, False, id="far over"),
            pytest.param(261, Truth.FALSE, False, id="over, but not by 15 %"),
            pytest.param(300, Truth.FALSE, True, id="on budget"),
        ],
    )
    def test_a_month_on_track_over_its_budget(self, budget, truth, clear):
        found = over_budget().find(view(spend(FIRST, *[10.0] * 22), budget=budget, known_from=FIRST))[0]

        assert (truth, clear, 22) == (found.truth, found.clear, found.n)
        assert f"$300.00 expected by month end, limit ${budget * 1.15:,.2f}" in found.because

    def test_a_noisy_month_is_not_surely_over(self):
        amounts = [2.0, 25.0, 4.0, 21.0, 3.0]
        found = over_budget().find(
            view(spend(NOON - 5 * DAY, *amounts), budget=70, known_from=NOON - 5 * DAY - HOUR * 12)
        )[0]

        assert Truth.FALSE is found.truth

    def test_too_little_history_is_unknown_until_the_money_is_gone(self):
        few = spend(NOON - 2 * DAY, 40.0, 40.0)
        known, gone = (over_budget().find(view(few, budget=b, known_from=NOON - 3 * DAY))[0] for b in (100, 60))

        assert (Truth.UNKNOWN, "2 complete days of history; a projection needs 3") == (known.truth, known.because)
        assert (Truth.TRUE, "$80.00 spent already, limit $69.00") == (gone.truth, gone.because)

    @pytest.mark.parametrize(
        ("question", "budget", "truth"),
        [
            pytest.param(over_budget(), 250, Truth.TRUE, id="projected over whatever the rest costs"),
            pytest.param(over_budget(), 400, Truth.UNKNOWN, id="not over, as far as anybody knows"),
            pytest.param(spent(), 250, Truth.TRUE, id="spent whatever the rest costs"),
            pytest.param(spent(), 400, Truth.UNKNOWN, id="not spent, as far as anybody knows"),
        ],
    )
    def test_requests_without_a_price_only_add(self, question, budget, truth):
        found = question.find(
            view(spend(FIRST, *[10.0] * 22, unpriced=bad_of(2, 22)), budget=budget, known_from=FIRST)
        )[0]

        assert (truth, False) == (found.truth, found.clear)
        if truth is Truth.UNKNOWN:
            assert "2 of 22 requests this month have a call without a price" == found.because

    @pytest.mark.parametrize(
        ("budget", "truth", "clear"),
        [
            pytest.param(275, Truth.TRUE, False, id="exactly 80 %"),
            pytest.param(276, Truth.FALSE, True, id="just below"),
            pytest.param(100, Truth.TRUE, False, id="more than all"),
        ],
    )
    def test_eighty_per_cent_are_spent(self, budget, truth, clear):
        found = spent().find(view(spend(FIRST, *[10.0] * 22), budget=budget, known_from=FIRST))[0]

        assert (truth, clear, 22) == (found.truth, found.clear, found.n)

    @pytest.mark.parametrize(
        ("day", "truth"), [(10, Truth.TRUE), (23, Truth.TRUE), (25, Truth.FALSE), (30, Truth.FALSE)]
    )
    def test_that_most_is_spent_when_most_of_the_month_is_gone_is_no_news(self, day, truth):
        slot = FIRST + (day - 1) * DAY
        found = spent(ahead_by="1d").find(view(spend(FIRST, 85.0), slot=slot, budget=100))[0]

        assert (truth, False) == (found.truth, found.clear)

    def test_a_new_month_begins_with_nothing_spent(self):
        october = spend(FIRST - 10 * DAY, *[20.0] * 10)
        last, first = (spent().find(view(october, slot=FIRST + d, budget=100))[0] for d in (SETTLE / 2, HOUR))

        assert (Truth.TRUE, 2.0, 10) == (last.truth, last.value, last.n)
        assert (Truth.FALSE, True, 0.0, 0) == (first.truth, first.clear, first.value, first.n)

    def test_the_spend_of_the_first_incomplete_day_counts(self):
        begun = spend(NOON - 3 * HOUR, 90.0)
        found = spent().find(view(begun, slot=NOON + HOUR, budget=100, known_from=NOON - 3 * HOUR))[0]

        assert (Truth.TRUE, "$90.00 of $100.00 spent (90.0 %), 75.1 % of the month gone") == (
            found.truth,
            found.because,
        )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"clear_at": 1.2}, "resolve while it fires"),
        ({"sure": 0.5}, "greater than 0.5"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(said, words):
    with pytest.raises(ValidationError, match=words):
        over_budget(**said)


@pytest.mark.parametrize(
    ("question", "back"), [(over_budget(), 62 * DAY), (spent(), 62 * DAY)], ids=lambda value: type(value).__name__
)
def test_every_question_says_how_much_history_it_needs(question, back):
    assert back == question.looks_back
    assert () == question.worst(view(), ())

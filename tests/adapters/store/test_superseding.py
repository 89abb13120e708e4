"""One judgement stands for each answer and criterion, and what was paid for it stays paid."""

import pytest

from adapters.store.superseding import HOPELESS_AFTER
from domain.judgement import FailureReason, JudgeFailure, NotApplicable, Quarantined, QuarantineReason, Score
from domain.transcript import Transcript
from domain.window import Window
from tests.adapters.store.examples import NOON, SHOP
from tests.builders import HOUR, MINUTE

SAID = {"trace_id": "a", "criterion": "faithfulness", "judge": "m"}


def said(minute, kind, *, version="1", cost=10, **more):
    return kind(**SAID, version=version, judged_at=NOON + minute * MINUTE, cost_nano_usd=cost, **more)


def score(minute, value=0.5, **more):
    return said(minute, Score, value=value, **more)


def failure(minute, reason=FailureReason.SCHEMA, **more):
    return said(minute, JudgeFailure, reason=reason, **more)


def doubted(minute, **more):
    return said(minute, Quarantined, reason=QuarantineReason.CANARY, detail="wrong", **more)


@pytest.fixture
def keep(store):
    def save(*judgements, rate=1.0):
        answer = Transcript(trace_id="a", question="", answer="", ended_at=NOON)
        for one in judgements:
            store.judgements.save(SHOP, [(answer, one)], keep_reasons=True, rate=rate)
        with store.database.reading() as connection:
            return connection.exec_driver_sql(
                "select outcome, value, version, cost_nano_usd, attempts, rate from judgement"
            ).all()

    return save


@pytest.mark.parametrize("later", [failure(1), doubted(1)], ids=["a failure", "one that is not believed"])
def test_a_score_stands_when_a_later_round_gives_none(keep, later):
    assert [("scored", 0.5, "1", 20, 1, 1.0)] == keep(score(0), later)


def test_a_later_score_stands_for_a_failure_and_for_a_score(keep):
    assert [("scored", 0.25, "1", 30, 3, 1.0)] == keep(failure(0), score(1, 0.75), score(2, 0.25))


def test_nothing_to_judge_is_a_verdict_too(keep):
    (row,) = keep(said(0, NotApplicable, reason="no context"), failure(1))

    assert ("not applicable", None) == (row.outcome, row.value)


def test_another_version_takes_the_place_and_what_was_paid_stays_paid(keep):
    assert [("failed: schema", None, "2", 20, 1, 1.0)] == keep(score(0), failure(1, version="2"))


def test_the_same_judgement_saved_again_costs_nothing_more(keep):
    assert [("scored", 0.5, "1", 10, 1, 1.0)] == keep(score(0), score(0))


def test_a_cost_nobody_knows_makes_the_sum_unknown(keep):
    (row,) = keep(failure(0, cost=None), score(1))

    assert row.cost_nano_usd is None


def test_an_answer_keeps_the_highest_rate_it_was_chosen_with(keep):
    keep(failure(0), rate=0.5)
    (row,) = keep(score(1), rate=0.125)

    assert 0.5 == row.rate


@pytest.mark.parametrize(
    ("reason", "is_given_up"),
    [
        (FailureReason.SCHEMA, True),
        (FailureReason.CONTENT_FILTER, True),
        (FailureReason.TIMEOUT, False),
        (FailureReason.BUDGET, False),
        (FailureReason.UNAVAILABLE, False),
    ],
)
def test_an_answer_that_fails_by_itself_is_given_up_and_an_outage_is_not(keep, store, reason, is_given_up):
    settled = []
    for n in range(HOPELESS_AFTER):
        keep(failure(n, reason))
        settled.append(store.judgements.settled(SHOP, Window(NOON - HOUR, NOON + HOUR), ["faithfulness"]))

    assert [set()] * (HOPELESS_AFTER - 1) == [set(one) for one in settled[:-1]]
    assert ({"a"} if is_given_up else set()) == set(settled[-1])

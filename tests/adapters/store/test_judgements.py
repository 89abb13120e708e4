from dataclasses import replace
from datetime import timedelta

import pytest

from domain.judgement import Quarantined, QuarantineReason, Score
from tests.adapters.store.examples import NOON, SHOP, dump, failure, nothing_to_judge, score, transcript, window


def quarantined(trace_id, reason):
    return Quarantined(
        trace_id=trace_id, criterion="faithfulness", version="1", judge="rules", judged_at=NOON, reason=reason
    )


def save(store, *judgements, minute=1, keep_reasons=True):
    judged = [(transcript(one.trace_id, minute), one) for one in judgements]
    store.judgements.save(SHOP, judged, keep_reasons=keep_reasons)


def test_scored_and_not_applicable_are_settled_and_failures_are_not(store):
    save(store, score("a"), nothing_to_judge("b"), failure("c"))
    save(store, score("later"), minute=30)

    assert {"a", "b"} == store.judgements.settled(SHOP, window(0, 15), ["faithfulness"])
    assert set() == store.judgements.settled("bank", window(0, 15), ["faithfulness"])


def test_saving_the_same_judgement_again_changes_nothing(store):
    save(store, score("a"), failure("b"))
    before = dump(store)
    save(store, score("a"), failure("b"))

    assert before == dump(store)


def test_a_score_replaces_the_failure_before_it(store):
    save(store, failure("a"))
    save(store, score("a", minute=30))

    assert ["scored"] == [row.outcome for row in dump(store)["judgement"]]


def test_scores_wait_to_be_written_back_and_come_out_as_they_went_in(store):
    save(store, score("b"), nothing_to_judge("c"), failure("d"))
    save(store, score("a"), minute=0.5)
    first, second = store.judgements.unpublished(SHOP, window(0, 15))

    assert (replace(score("a")), "root-a") == (first.score, first.observation_id)
    assert (score("b"), transcript("b", 1).ended_at) == (second.score, second.ended_at)


def test_a_score_that_was_written_back_waits_no_more(store):
    save(store, score("a"), score("b"), score("a", version="2"))
    store.judgements.mark_published(SHOP, [score("a"), score("b")])

    assert [score("a", version="2")] == [one.score for one in store.judgements.unpublished(SHOP, window(0, 15))]


def test_a_score_without_a_price_keeps_none(store):
    unpriced = Score(
        trace_id="a", criterion="faithfulness", version="1", value=1, judge="j", judged_at=NOON, cost_nano_usd=None
    )
    save(store, unpriced)

    assert [None] == [row.cost_nano_usd for row in dump(store)["judgement"]]


def test_reasons_are_given_only_where_they_are_kept(store):
    save(store, score("a"))
    save(store, score("b"), keep_reasons=False)

    assert {"a": "Sentence 2 has no support."} == store.judgements.reasons(SHOP, ["a", "b", "c"])


def by(criterion, judgement):
    return replace(judgement, criterion=criterion, version=f"{criterion}/1")


def test_an_answer_is_settled_when_it_is_by_every_criterion(store):
    save(store, by("faithfulness", score("a")), by("relevance", score("a")))
    save(store, by("faithfulness", score("b")), by("relevance", failure("b")))
    save(store, by("faithfulness", nothing_to_judge("c")), by("toxicity", score("c")))
    of = store.judgements.settled

    assert {"a", "b", "c"} == of(SHOP, window(0, 15), ["faithfulness"])
    assert {"a"} == of(SHOP, window(0, 15), ["faithfulness", "relevance"])
    assert {"a"} == of(SHOP, window(0, 15), ["relevance"])
    assert set() == of(SHOP, window(0, 15), ["faithfulness", "relevance", "toxicity"])


def test_two_versions_of_one_criterion_are_not_two_criteria(store):
    save(store, by("faithfulness", score("a")), score("a", version="2"))

    assert set() == store.judgements.settled(SHOP, window(0, 15), ["faithfulness", "relevance"])


@pytest.mark.parametrize(("reason", "settled"), [(QuarantineReason.INJECTION, {"a"}), (QuarantineReason.CANARY, set())])
def test_a_suspect_is_settled_and_a_doubted_answer_is_not(store, reason, settled):
    save(store, quarantined("a", reason))

    assert settled == store.judgements.settled(SHOP, window(0, 15), ["faithfulness"])
    assert [f"quarantined: {reason}"] == [row.outcome for row in dump(store)["judgement"]]
    assert [] == store.judgements.unpublished(SHOP, window(0, 15))


def test_a_believed_score_replaces_a_doubted_one(store):
    save(store, quarantined("a", QuarantineReason.CANARY))
    save(store, score("a", minute=30))

    assert ["scored"] == [row.outcome for row in dump(store)["judgement"]]


def test_coverage_is_known_by_the_length_of_the_context(store):
    def kept(name, length, judgement, criterion="faithfulness"):
        long = replace(transcript(name, 1), context=("x" * (length // 2), "y" * (length - length // 2)))
        store.judgements.save(SHOP, [(long, by(criterion, judgement))], keep_reasons=True)

    kept("a", 100, score("a"))
    kept("b", 1_999, failure("b"))
    kept("c", 2_000, score("c"))
    kept("d", 9_000, quarantined("d", QuarantineReason.CANARY))
    kept("e", 9_000, nothing_to_judge("e"))
    kept("f", 50_000, failure("f"))
    kept("g", 50_000, score("g"), criterion="relevance")
    found = store.judgements.coverage(SHOP, window(0, 15), "faithfulness")

    assert [(0, 2, 1, 1, 0), (2_000, 1, 1, 0, 0), (8_000, 1, 0, 0, 1), (32_000, 1, 0, 1, 0)] == [
        (one.low, one.asked, one.scored, one.failed, one.quarantined) for one in found
    ]
    assert [] == store.judgements.coverage(SHOP, window(15, 30), "faithfulness")


def test_who_scored_is_counted_by_judge_and_version(store):
    save(store, score("a"), score("b"), score("c", version="2"), failure("d"), nothing_to_judge("e"))

    assert {("rules", "1"): 2, ("rules", "2"): 1} == store.judgements.judges(SHOP, window(0, 15), "faithfulness")


def test_scores_written_back_some_time_ago_can_be_looked_for_the_newest_first(store):
    save(store, score("a", minute=20), score("b", minute=22), score("c", minute=40), score("d", minute=10))
    store.judgements.mark_published(SHOP, [score("a"), score("b"), score("c")])
    before = NOON + timedelta(minutes=30)
    found = store.judgements.published_before(SHOP, window(0, 15), before, 5)

    assert ["b", "a"] == [one.score.trace_id for one in found]
    assert ["b"] == [one.score.trace_id for one in store.judgements.published_before(SHOP, window(0, 15), before, 1)]
    store.judgements.mark_published(SHOP, [score("b")], published=False)
    assert ["b", "d"] == sorted(one.score.trace_id for one in store.judgements.unpublished(SHOP, window(0, 15)))


def test_a_score_keeps_who_served_it(store):
    save(store, replace(score("a"), served_by="m-2026"))

    assert ["m-2026"] == [one.score.served_by for one in store.judgements.unpublished(SHOP, window(0, 15))]

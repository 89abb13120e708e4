from dataclasses import replace

from domain.judgement import Score
from tests.adapters.store.examples import NOON, SHOP, dump, failure, nothing_to_judge, score, transcript, window


def save(store, *judgements, minute=1, keep_reasons=True):
    judged = [(transcript(one.trace_id, minute), one) for one in judgements]
    store.judgements.save(SHOP, judged, keep_reasons=keep_reasons)


def test_scored_and_not_applicable_are_settled_and_failures_are_not(store):
    save(store, score("a"), nothing_to_judge("b"), failure("c"))
    save(store, score("later"), minute=30)

    assert {"a", "b"} == store.judgements.settled(SHOP, window(0, 15))
    assert set() == store.judgements.settled("bank", window(0, 15))


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

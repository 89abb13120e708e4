"""What people said, beside what the judge said, on both engines; and reviews that are asked for once."""

from adapters.store.human_labels import Calibration
from domain.calibration import Confusion
from domain.judgement import Score
from domain.labels import HumanLabel
from domain.transcript import Transcript
from domain.window import Window
from tests.builders import DAY, HOUR, MINUTE, NOON

SHOP = "shop"


def score(store, trace_id, value, *, judge="rules", version="v1", ended=NOON, rate=1.0):
    transcript = Transcript(trace_id=trace_id, question="", answer="", ended_at=ended)
    said = Score(
        trace_id=trace_id, criterion="faithfulness", version=version, value=value, judge=judge, judged_at=ended
    )
    store.judgements.save(SHOP, [(transcript, said)], keep_reasons=True, rate=rate)


def label(trace_id, bad, criterion="faithfulness", at=NOON):
    return HumanLabel(trace_id=trace_id, criterion=criterion, bad=bad, at=at)


def pairs(store, window=None, judge="rules", version="v1"):
    found = store.human_labels.pairs(SHOP, "faithfulness", by=(judge, version), window=window)
    return sorted((one.value, one.bad, one.by_verdict) for one in found)


def test_labels_meet_the_scores_of_the_same_answers(store):
    score(store, "a", 0.5)
    score(store, "b", 1.0)
    score(store, "unlabelled", 0.1)
    store.human_labels.save(SHOP, [label("a", True), label("b", False), label("unjudged", True)], by_verdict=False)
    store.human_labels.save(SHOP, [label("b", True, "relevance")], by_verdict=True)

    assert [(0.5, True, False), (1.0, False, False)] == pairs(store)
    assert [] == pairs(store, judge="openai/m")
    assert [] == pairs(store, version="v2")


def test_a_window_asks_when_the_answer_was_given(store):
    score(store, "a", 0.5, ended=NOON - HOUR)
    score(store, "b", 1.0, ended=NOON - MINUTE)
    store.human_labels.save(SHOP, [label("a", True, at=NOON + DAY), label("b", False)], by_verdict=True)

    assert [(1.0, False, True)] == pairs(store, Window.ending(NOON, 2 * MINUTE))


def test_a_label_that_is_given_again_counts_once_as_it_was_said_last(store):
    score(store, "a", 0.5)
    store.human_labels.save(SHOP, [label("a", True)], by_verdict=True)
    store.human_labels.save(SHOP, [label("a", False)], by_verdict=False)

    assert [(0.5, False, False)] == pairs(store)


def test_a_label_the_judge_had_no_say_in_keeps_its_worth(store):
    score(store, "a", 0.5)
    store.human_labels.save(SHOP, [label("a", True)], by_verdict=False)
    store.human_labels.save(SHOP, [label("a", True)], by_verdict=True)

    assert [(0.5, True, False)] == pairs(store)


def test_labels_meet_the_scores_of_every_judge_where_nobody_is_named(store):
    score(store, "a", 0.5)
    score(store, "b", 1.0, judge="openai/m", version="v2")
    store.human_labels.save(SHOP, [label("a", True), label("b", False)], by_verdict=True)

    assert {0.5, 1.0} == {one.value for one in store.human_labels.pairs(SHOP, "faithfulness")}


def test_calibrations_are_kept_the_newest_first(store):
    def made(at, tp):
        return Calibration(
            criterion="faithfulness", version="v1", judge="rules", at=at, flag_above=0.15,
            confusion=Confusion(tp=tp, fn=1, tn=2, fp=3),
        )  # fmt: skip

    store.human_labels.keep_calibration(SHOP, made(NOON, 5))
    store.human_labels.keep_calibration(SHOP, made(NOON + DAY, 6))
    store.human_labels.keep_calibration(SHOP, made(NOON + DAY, 7))

    assert [made(NOON + DAY, 7), made(NOON, 5)] == store.human_labels.calibrations(SHOP, "faithfulness")
    assert [] == store.human_labels.calibrations(SHOP, "relevance")


def test_what_was_sent_to_review_is_not_waiting_any_more(store):
    reviews = store.reviews

    assert ["a", "b"] == reviews.intend(SHOP, "q", ["b", "a", "b"])
    reviews.mark_sent(SHOP, "q", ["a"], NOON)
    assert ["b", "c"] == reviews.intend(SHOP, "q", ["a", "c"])  # b is not known to have arrived
    assert ["a"] == reviews.intend(SHOP, "another", ["a"])
    assert [] == reviews.intend("other", "q", [])

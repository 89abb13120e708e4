import logging
import math
from dataclasses import replace

import pytest

from domain.facts import OUTCOMES
from domain.judgement import Quarantined, QuarantineReason
from domain.request import Outcome
from tests.adapters.store.examples import (
    NOON,
    SHOP,
    failure,
    nothing_to_judge,
    request,
    score,
    thumb,
    transcript,
    window,
)  # fmt: skip


def facts_of(store, requests, *, thumbs=(), judged=()):
    store.requests.save(SHOP, window(0, 15), requests, thumbs)
    for judgement in judged:
        store.judgements.save(SHOP, [(transcript(judgement.trace_id, 1), judgement)], keep_reasons=False)
    return store.requests.facts(SHOP, window(0, 15))


def spelled(column) -> list[float | None]:
    """NaN is not equal to itself; None is."""
    return [None if isinstance(value, float) and math.isnan(value) else value for value in column.tolist()]


def test_every_column_says_what_the_rows_say(store):
    facts = facts_of(
        store,
        [
            request("a", 1, refused=False),
            request("b", 2, latency_s=None, ttft_s=None, tpot_s=None, output_tokens=0, feature=None, model=None),
            request("c", 3, latency_s=0.25, feature="orders", user_tier="gold", cost_nano_usd=7, unpriced_calls=2),
        ],
    )

    assert ["a", "b", "c"] == facts.trace_ids.tolist()
    assert [2.0, None, 0.25] == spelled(facts.latency_s)
    assert [0.5, None, 0.5] == spelled(facts.ttft_s)
    assert [0.01, None, 0.01] == spelled(facts.tpot_s)
    assert [150.0, None, 150.0] == spelled(facts.output_tokens)
    assert [0.0, None, None] == spelled(facts.refused)
    assert [0.001234567, 0.001234567, None] == spelled(facts.cost_usd)
    assert [1_234_567, 1_234_567, 7] == spelled(facts.spend_nano_usd)
    assert [0.0, 0.0, 1.0] == spelled(facts.unpriced)
    assert {"returns": 1, "orders": 1} == facts.counts("feature")
    assert {"gold": 1} == facts.counts("user_tier")
    assert {"gpt-5": 2} == facts.counts("model")
    assert {"standard": 3} == facts.counts("query_class")
    assert {"default": 3} == facts.counts("environment")
    assert {} == facts.counts("profile")
    assert ["c"] == facts.labelled("feature", "orders").trace_ids.tolist()


def test_what_surrounds_and_fills_the_model_is_there_where_it_is_known(store):
    facts = facts_of(
        store,
        [
            request("a", 1, retrieval_s=0.3, guardrail_s=0.1, context_share=0.5, queue_depth=4.0, profile="voice"),
            request("b", 2, input_tokens=0, is_chain=True, environment="prod"),
        ],
    )

    assert [0.3, None] == spelled(facts.retrieval_s)
    assert [0.1, None] == spelled(facts.guardrail_s)
    assert [0.5, None] == spelled(facts.context_share)
    assert [4.0, None] == spelled(facts.queue_depth)
    assert [900.0, None] == spelled(facts.input_tokens)
    assert {"voice": 1} == facts.counts("profile")
    assert {"standard": 1, "agent chain": 1} == facts.counts("query_class")
    assert {"default": 1, "prod": 1} == facts.counts("environment")


@pytest.mark.parametrize("outcome", Outcome)
def test_an_outcome_comes_back_as_it_was(store, outcome):
    assert [outcome] == [OUTCOMES[code] for code in facts_of(store, [request("a", 1, outcome=outcome)]).outcome]


def test_a_label_with_too_many_names_keeps_the_most_frequent_and_says_so(store, caplog):
    often = [request(f"often-{n:05}", n / 1000, feature=f"often-{n % 199}") for n in range(398)]
    ids = [request(f"id-{n:05}", n / 1000, feature=f"user-{n:05}") for n in range(10_000)]
    without = [request("without", 1, feature=None)]
    with caplog.at_level(logging.WARNING):
        facts = facts_of(store, [*often, *ids, *without])

    counts = facts.counts("feature")
    assert 201 == len(counts)
    assert 9_999 == counts["other"]
    assert 1 == counts["user-00000"]  # of equals the first by name, so that every reading agrees
    assert {2} == {counts[f"often-{n}"] for n in range(199)}
    assert 10_398 == sum(counts.values())
    assert [
        "the label feature has 10199 names: all but the 200 most frequent are counted as 'other'; is it an id?"
    ] == [record.message for record in caplog.records]


def test_as_many_names_as_are_allowed_are_kept_in_silence(store, caplog):
    facts = facts_of(store, [request(f"t{n}", n / 100, feature=f"f{n}") for n in range(200)])

    assert 200 == len(facts.counts("feature"))
    assert [] == caplog.records


@pytest.mark.parametrize(
    ("outcome", "failed", "provider_failed", "cost"),
    [
        (Outcome.OK, 0.0, 0.0, 0.001234567),
        (Outcome.REFUSED, 0.0, 0.0, 0.001234567),
        (Outcome.TIMEOUT, 1.0, 1.0, None),
        (Outcome.RATE_LIMITED, 1.0, 0.0, None),
        (Outcome.PROVIDER_ERROR, 1.0, 1.0, None),
        (Outcome.APPLICATION_ERROR, 1.0, 0.0, None),
        (Outcome.INVALID_REQUEST, None, 0.0, 0.001234567),
    ],
)
def test_an_outcome_counts_for_against_or_not_at_all(store, outcome, failed, provider_failed, cost):
    facts = facts_of(store, [request("a", 1, outcome=outcome)])

    assert ([failed], [provider_failed]) == (spelled(facts.failed), spelled(facts.provider_failed))
    assert [cost] == spelled(facts.cost_usd)


@pytest.mark.parametrize(
    ("thumbs", "down"),
    [
        pytest.param([], None, id="nobody voted"),
        pytest.param([thumb(positive=True)], 0.0, id="up"),
        pytest.param([thumb(positive=False)], 1.0, id="down"),
        pytest.param([thumb("t1", 300)], 1.0, id="hours later"),
        pytest.param([thumb("t1", 2, name="z"), thumb("t1", 3, positive=True, name="a")], 0.0, id="changed to up"),
        pytest.param([thumb("t1", 3, positive=True, name="a"), thumb("t1", 4, name="z")], 1.0, id="changed to down"),
        pytest.param([thumb("somebody else")], None, id="about another trace"),
    ],
)
def test_the_last_thumb_counts(store, thumbs, down):
    assert [down] == spelled(facts_of(store, [request("t1", 1)], thumbs=thumbs).thumb_down)


@pytest.mark.parametrize(
    ("judged", "selected", "judgeable", "faithfulness"),
    [
        pytest.param([], False, False, None, id="not chosen"),
        pytest.param([score(value=0.0)], True, True, 0.0, id="a score of zero is a score"),
        pytest.param([nothing_to_judge()], True, False, None, id="nothing to judge"),
        pytest.param([failure()], True, True, None, id="the judge failed"),
        pytest.param([failure(minute=15), score(minute=30)], True, True, 0.75, id="failed, then scored"),
        pytest.param(
            [score(value=0.5, version="9"), score(value=1.0, minute=30, version="10")],
            True,
            True,
            1.0,
            id="two versions",
        ),
        pytest.param([score(version="1"), failure(minute=30, version="2")], True, True, None, id="new version fails"),
        pytest.param([score("ghost")], False, False, None, id="of a trace that is not stored"),
    ],
)
def test_the_newest_judgement_counts(store, judged, selected, judgeable, faithfulness):
    facts = facts_of(store, [request("t1", 1)], judged=judged)

    assert ([selected], [judgeable]) == (spelled(facts.selected), spelled(facts.asked_by("faithfulness")))
    assert [faithfulness] == spelled(facts.score("faithfulness"))


def test_no_requests_are_columns_of_no_length(store):
    facts = facts_of(store, [])

    assert 0 == len(facts)
    assert {} == facts.counts("feature")
    assert 0 == len(facts.within(window(0, 5)))


def test_each_criterion_has_its_own_scores_and_its_own_coverage(store):
    said = [
        replace(score(value=0.5), cost_nano_usd=2_000_000),
        replace(score(value=1.0), criterion="tone", cost_nano_usd=3_000_000),
        replace(failure(), criterion="relevance", cost_nano_usd=None),
    ]
    facts = facts_of(store, [request("t1", 1), request("t2", 2)], judged=said[:2])
    assert [0.5, None] == spelled(facts.score("faithfulness"))
    assert [1.0, None] == spelled(facts.score("tone"))
    assert [None, None] == spelled(facts.score("relevance"))
    assert [0.0, None] == spelled(facts.unjudged("tone"))
    assert [0.005, None] == spelled(facts.judge_usd)
    assert [0.0, None] == spelled(facts.quarantined)

    store.judgements.save(SHOP, [(transcript("t1", 1), said[2])], keep_reasons=False)
    facts = store.requests.facts(SHOP, window(0, 60))
    assert ([1.0, None], [None, None]) == (spelled(facts.unjudged("relevance")), spelled(facts.judge_usd))


def test_one_judgement_that_is_not_believed_marks_the_answer(store):
    doubted = Quarantined(
        trace_id="t1", criterion="tone", version="1", reason=QuarantineReason.CANARY, judge="m", judged_at=NOON
    )
    facts = facts_of(store, [request("t1", 1), request("t2", 2)], judged=[score(value=1.0), doubted])

    assert ([1.0, None], [1.0, None]) == (spelled(facts.quarantined), spelled(facts.unjudged("tone")))
    assert [1.0, None] == spelled(facts.score("faithfulness"))

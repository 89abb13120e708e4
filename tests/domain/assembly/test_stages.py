"""The stages around the model, how full things were, and clocks and counts that cannot be true."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sources.rows import read_row
from domain.application import Application
from domain.assembly import Assembly, assemble, group
from domain.models import ModelTable
from domain.prices import PriceTable
from tests import recorded
from tests.domain.assembly.test_traces import at, call, request_of, root, row

WINDOWS = ModelTable.model_validate(
    {
        "models": [
            {"model": "gpt-4o-mini-special", "context_window": 500, "source": "test"},
            {"model": "gpt-4o-.*", "context_window": 1000, "source": "test"},
        ]
    }
)


def reading(**said) -> Assembly:
    return Assembly(Application.model_validate({"name": "bot", **said}), PriceTable(), WINDOWS)


def read_by(assembly, *rows):
    (request,) = assemble(group(rows), assembly)
    return request


def retrieval(id_, start, end):
    return row(id_, type="RETRIEVER", start=start, end=end)


@pytest.mark.parametrize(
    ("spans", "seconds"),
    [
        pytest.param([], None, id="nothing was retrieved"),
        pytest.param([(1, 1.5)], 0.5, id="once"),
        pytest.param([(1, 2), (3, 3.5)], 1.5, id="one after the other"),
        pytest.param([(1, 3), (2, 4)], 3, id="overlapping"),
        pytest.param([(1, 5), (2, 3)], 4, id="one inside another"),
        pytest.param([(1, 2), (1, 2)], 1, id="in parallel"),
        pytest.param([(1, 1)], 0, id="in no time"),
    ],
)
def test_retrieval_is_the_time_in_which_anything_was_retrieved(spans, seconds):
    rows = [retrieval(f"r{n}", *span) for n, span in enumerate(spans)]

    assert seconds == request_of(root(end=9), *rows).retrieval_s


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 10)), min_size=1, max_size=12))
def test_merged_time_is_that_of_a_clock_with_one_tick_a_second(spans):
    rows = [retrieval(f"r{n}", start, start + length) for n, (start, length) in enumerate(spans)]
    ticks = {second for start, length in spans for second in range(start, start + length)}

    assert len(ticks) == request_of(root(end=99), *rows).retrieval_s


def test_embedding_the_question_is_no_retrieval_and_guardrails_are_a_stage_of_their_own():
    request = request_of(
        root(end=9),
        row("embed", type="EMBEDDING", start=0, end=1),
        retrieval("search", 1, 3),
        row("in", type="GUARDRAIL", start=0, end=0.25),
        row("out", type="GUARDRAIL", start=8, end=8.5),
    )

    assert (2.0, 0.75) == (request.retrieval_s, request.guardrail_s)


@pytest.mark.parametrize("end", [None, 0.5], ids=["no end", "an end before the start"])
def test_a_stage_of_which_a_part_is_unknown_is_unknown(end):
    request = request_of(
        root(end=9), retrieval("a", 1, 2), retrieval("b", 3, None) if end is None else retrieval("b", 3, end)
    )

    assert request.retrieval_s is None
    assert {"retriever without a usable end": 1} == request.oddities


@pytest.mark.parametrize(
    ("rows", "share", "oddity"),
    [
        pytest.param(
            [call(usage={"input": 100, "input_cached_tokens": 150, "output": 9})], 0.25, None, id="cached too"
        ),
        pytest.param([call(model="gpt-4o-mini-special", usage={"input": 100})], 0.2, None, id="the first match"),
        pytest.param([call(model="in-house", usage={"input": 100})], None, None, id="an unknown model"),
        pytest.param([call(model=None, usage={"input": 100})], None, None, id="no model"),
        pytest.param([call(usage={"output": 10})], None, None, id="no tokens in"),
        pytest.param([call(usage={"input": 0})], None, None, id="zero tokens in"),
        pytest.param([], None, None, id="no call"),
        pytest.param([call(failed=True, usage={"input": 100})], None, None, id="a failed call"),
        pytest.param([call(usage={"input": 1000})], 1.0, None, id="full"),
        pytest.param([call(usage={"input": 1001})], None, "more tokens than the context window", id="more than can be"),
        pytest.param(
            [call("plan", start=1, usage={"input": 900}), call("answer", start=2, usage={"input": 300})],
            0.3,
            None,
            id="the call that answered",
        ),
        pytest.param(
            [call("answer", start=1, usage={"input": 300}), call("again", start=2, failed=True, usage={"input": 9})],
            0.3,
            None,
            id="the last that worked",
        ),
    ],
)
def test_the_context_window_is_looked_up_never_guessed(rows, share, oddity):
    request = read_by(reading(), root(end=9), *rows)

    assert share == request.context_share
    assert ({oddity: 1} if oddity else {}) == request.oddities


@pytest.mark.parametrize(
    ("value", "depth", "odd"),
    [
        pytest.param(7, 7.0, False, id="a number"),
        pytest.param(0, 0.0, False, id="nobody waits"),
        pytest.param("12", 12.0, False, id="a number as text"),
        pytest.param(None, None, False, id="not reported"),
        pytest.param(-1, None, True, id="negative"),
        pytest.param("long", None, True, id="a word"),
        pytest.param(True, None, True, id="a truth"),
        pytest.param("nan", None, True, id="no number"),
        pytest.param("1e999", None, True, id="without end"),
        pytest.param(10**400, None, True, id="too large"),
        pytest.param([1], None, True, id="a list"),
    ],
)
def test_queue_depth_is_what_the_application_reports(value, depth, odd):
    assembly = reading(saturation={"queue_depth": "queue.depth"})
    request = read_by(assembly, root(metadata={} if value is None else {"queue.depth": value}))

    assert depth == request.queue_depth
    assert ({"queue depth that is no count": 1} if odd else {}) == request.oddities


def test_without_a_key_no_queue_depth_is_read():
    assert read_by(reading(), root(metadata={"queue.depth": 3})).queue_depth is None


def test_the_profile_is_a_label_like_any_other():
    rule = {"labels": {"profile": {"metadata": "channel", "otherwise": "chat"}}}

    assert "voice" == read_by(reading(**rule), root(metadata={"channel": "voice"})).profile
    assert "chat" == read_by(reading(**rule), root()).profile
    assert read_by(reading(), root()).profile is None


def test_a_text_in_the_place_of_a_label_is_cut_and_nothing_is_no_label():
    assert "x" * 200 == request_of(root(tags=("feature:" + "x" * 100_000,))).feature
    assert request_of(root(tags=("feature:",))).feature is None


@pytest.mark.parametrize(
    ("rows", "shown", "oddities"),
    [
        pytest.param(
            [root(start=0, end=2), call(start=-0.5, end=2.5, first_token_at=at(0))],
            (2.0, 0.5),
            {},
            id="another host's clock: each number is of one clock",
        ),
        pytest.param(
            [root(end=2), call(end=1, first_token_at=at(1.5))],
            (2.0, None),
            {"first token only at the end": 1},
            id="first token after the end",
        ),
        pytest.param(
            [root(start=2, end=1), call(start=2, end=3, first_token_at=at(2.5))],
            (None, None),
            {"end before start": 1},
            id="end before start",
        ),
        pytest.param(
            [root(end=2), call(start=1, end=0.5, first_token_at=at(1.2))],
            (2.0, None),
            {"first token only at the end": 1},
            id="a call that ends before it starts",
        ),
        pytest.param([root(end=0), call(end=0)], (0.0, None), {}, id="no time at all"),
    ],
)
def test_what_is_shown_of_clocks_that_contradict_each_other(rows, shown, oddities):
    request = request_of(*rows)

    assert shown == (request.latency_s, request.ttft_s)
    assert oddities == request.oddities


@pytest.mark.parametrize(
    ("usage", "tokens", "known_pace"),
    [
        pytest.param({"input": 10, "output": 5}, (10, 5), True, id="as usual"),
        pytest.param({"input": 10, "output": 1}, (10, 1), False, id="one token has no pace"),
        pytest.param({"input": 10, "output": 0}, (10, 0), False, id="no token came out"),
        pytest.param({"input": 0, "output": 0}, (0, 0), False, id="nothing was counted"),
        pytest.param({}, (0, 0), False, id="nothing was said"),
        pytest.param({"output": 1, "output_reasoning_tokens": 4}, (0, 5), True, id="reasoning counts"),
    ],
)
def test_what_is_shown_of_few_tokens_or_none(usage, tokens, known_pace):
    request = request_of(root(), call(first_token_at=at(0.4), usage=usage))

    assert tokens == (request.input_tokens, request.output_tokens)
    assert known_pace == (request.tpot_s is not None)


def test_negative_tokens_do_not_get_in():
    raw = {"id": "a", "traceId": "t", "startTime": at(0).isoformat(), "usageDetails": {"output": -5}}

    with pytest.raises(ValueError, match="negative"):
        read_row(raw)


def test_the_recorded_bots_retrieve_and_guard_and_their_agents_do_neither():
    found = recorded.requests().values()

    assert {"support-bot"} == {one.application for one in found if one.retrieval_s is not None}
    assert 400 == sum(one.guardrail_s is not None for one in found)
    assert all(0 < one.retrieval_s < one.latency_s for one in found if one.retrieval_s is not None)

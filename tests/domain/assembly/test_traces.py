"""Every shape of trace that a source can bring, however odd."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.application import Application
from domain.assembly import Assembly, assemble, group, transcripts
from domain.observation import Observation
from domain.prices import PriceTable
from domain.request import Outcome

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
BOT = Assembly(Application(name="bot"), PriceTable())


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def row(id_="root", *, start=0.0, end=1.0, **fields) -> Observation:
    values = {"trace_id": "t1", "type": "SPAN", "started_at": at(start), "ended_at": None if end is None else at(end)}
    return Observation(id=id_, **{**values, **fields})


def root(**fields) -> Observation:
    return row("root", is_root=True, name="bot", **fields)


def call(id_="call", **fields) -> Observation:
    values = {"parent_id": "root", "type": "GENERATION", "model": "gpt-4o-mini", "usage": {"input": 10, "output": 5}}
    return row(id_, **{**values, "cost_nano_usd": 100, **fields})


def request_of(*rows: Observation):
    (request,) = assemble(group(rows), BOT)
    return request


def test_a_trace_without_a_root_is_kept_and_counted_as_odd():
    request = request_of(call(start=1, end=2), row("other", parent_id="root", start=2, end=4))

    assert {"no root": 1} == request.oddities
    assert (at(1), at(4)) == (request.started_at, request.ended_at)


def test_a_negative_latency_is_unknown_and_counted():
    request = request_of(root(start=5, end=3))

    assert request.latency_s is None
    assert {"end before start": 1} == request.oddities
    assert at(5) == request.ended_at


def test_a_root_without_an_end_takes_the_last_end_of_its_trace_and_is_no_time_out():
    request = request_of(root(end=None), call(start=0.5, end=2))

    assert 2.0 == request.latency_s
    assert Outcome.OK is request.outcome


def test_a_root_made_up_by_the_server_gives_way_to_the_real_one():
    made_up = row("t-t1", is_root=True, end=None, user_id="u1", trace_name="bot")
    real = row("real", parent_id="t-t1", end=3, failed=True, status_message="503 unavailable")

    request = request_of(made_up, real)

    assert (3.0, Outcome.APPLICATION_ERROR, "u1") == (request.latency_s, request.outcome, request.user_id)
    assert {} == request.oddities


def test_a_span_that_was_sent_twice_counts_once_and_the_newer_row_wins():
    older = call(updated_at=at(10), cost_nano_usd=100)
    newer = call(updated_at=at(20), cost_nano_usd=250)

    assert 250 == request_of(root(), newer, older).cost_nano_usd
    assert 250 == request_of(root(), older, newer).cost_nano_usd


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        pytest.param("RateLimitError: 429 rate limit reached", Outcome.RATE_LIMITED, id="rate limit"),
        pytest.param("httpx.ReadTimeout: timed out while reading", Outcome.TIMEOUT, id="time-out"),
        pytest.param("Error code: 529 - overloaded_error", Outcome.PROVIDER_ERROR, id="overloaded"),
        pytest.param("APIConnectionError: Connection error", Outcome.PROVIDER_ERROR, id="connection"),
        pytest.param("request was cancelled by the user", Outcome.INVALID_REQUEST, id="cancelled"),
        pytest.param("", Outcome.PROVIDER_ERROR, id="no words"),
        pytest.param("litellm.RateLimitError: provider returned 429", Outcome.RATE_LIMITED, id="the library's name"),
        pytest.param("Error code: 429 - insufficient_quota", Outcome.RATE_LIMITED, id="quota"),
        pytest.param("ThrottlingException (status 400): slow down", Outcome.RATE_LIMITED, id="throttled with a 400"),
        pytest.param("Error code: 504 - upstream took too long", Outcome.TIMEOUT, id="gateway time-out"),
        pytest.param("DEADLINE_EXCEEDED", Outcome.TIMEOUT, id="deadline"),
        pytest.param("HTTP 503 from upstream: no healthy upstream", Outcome.PROVIDER_ERROR, id="HTTP 503"),
        pytest.param("503 Service Unavailable", Outcome.PROVIDER_ERROR, id="503 first"),
        pytest.param(
            "InternalServerError: 500 try again later", Outcome.PROVIDER_ERROR, id="500 after an error's name"
        ),
        pytest.param("HTTPStatusError: Server error '502 Bad Gateway'", Outcome.PROVIDER_ERROR, id="httpx"),
        pytest.param("TypeError: fetch failed", Outcome.PROVIDER_ERROR, id="node"),
        pytest.param("something new", Outcome.PROVIDER_ERROR, id="unknown words of a model call"),
        pytest.param("Error code: 400 - context_length_exceeded", Outcome.APPLICATION_ERROR, id="too long"),
        pytest.param("Error code: 401 - invalid key for connection", Outcome.APPLICATION_ERROR, id="no key"),
        pytest.param("HTTP/1.1 403 Forbidden", Outcome.APPLICATION_ERROR, id="forbidden"),
        pytest.param("404 Not Found: this model is unavailable", Outcome.APPLICATION_ERROR, id="no such model"),
        pytest.param("UnprocessableEntityError: status_code=422", Outcome.APPLICATION_ERROR, id="unprocessable"),
        pytest.param("max_tokens must be at most 512", Outcome.APPLICATION_ERROR, id="512 is no status"),
        pytest.param("KeyError: 'connection_id'", Outcome.APPLICATION_ERROR, id="a key of ours"),
        pytest.param("JSONDecodeError: line 1 column 500", Outcome.APPLICATION_ERROR, id="500 is no status"),
    ],
)
def test_a_failed_call_is_told_apart_by_its_words(words, outcome):
    request = request_of(root(), call(failed=True, status_message=words))

    assert outcome is request.outcome


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        pytest.param("ValueError: cancellation_policy missing", Outcome.APPLICATION_ERROR, id="a name with cancel"),
        pytest.param("cancel_order: order 17 was cancelled by the user", Outcome.APPLICATION_ERROR, id="an order"),
        pytest.param("RuntimeError: the client has been closed", Outcome.APPLICATION_ERROR, id="our own client"),
        pytest.param("JSONDecodeError: line 1 column 500", Outcome.APPLICATION_ERROR, id="column 500"),
        pytest.param("JSONDecodeError: line 1 column 429", Outcome.APPLICATION_ERROR, id="column 429"),
        pytest.param("KeyError: 'connection_id'", Outcome.APPLICATION_ERROR, id="a key with connection"),
        pytest.param("KeyError: 'rate_limit_tier'", Outcome.APPLICATION_ERROR, id="a key with rate limit"),
        pytest.param("TypeError: unexpected keyword 'timeout'", Outcome.APPLICATION_ERROR, id="a name of ours"),
        pytest.param("max_tokens must be at most 512", Outcome.APPLICATION_ERROR, id="at most 512"),
        pytest.param("HTTP 503 Service Unavailable", Outcome.APPLICATION_ERROR, id="no model call failed"),
        pytest.param("", Outcome.APPLICATION_ERROR, id="no words"),
        pytest.param("asyncio.CancelledError", Outcome.INVALID_REQUEST, id="task cancelled"),
        pytest.param("client disconnected", Outcome.INVALID_REQUEST, id="client gone"),
        pytest.param("Error: canceled by user", Outcome.INVALID_REQUEST, id="cancelled"),
        pytest.param("TimeoutError: search did not answer", Outcome.TIMEOUT, id="time-out"),
        pytest.param("HTTP 429", Outcome.RATE_LIMITED, id="rate limit"),
    ],
)
def test_a_root_without_a_failed_call_is_the_applications_own(words, outcome):
    request = request_of(root(failed=True, status_message=words), call())

    assert outcome is request.outcome


def test_an_error_type_that_is_a_number_is_a_status():
    types = {429: Outcome.RATE_LIMITED, "503": Outcome.PROVIDER_ERROR, 400: Outcome.APPLICATION_ERROR}

    assert types == {
        kind: request_of(root(), call(failed=True, metadata={"attributes.error.type": kind})).outcome for kind in types
    }


def test_a_call_that_was_repeated_with_success_did_not_fail():
    request = request_of(root(), call("first", failed=True, start=0, end=0.2), call("second", start=0.3, end=0.9))

    assert Outcome.OK is request.outcome


def test_a_fallback_text_does_not_hide_a_failed_call():
    request = request_of(root(output="Please try again later."), call(failed=True, status_message="timeout"))

    assert Outcome.TIMEOUT is request.outcome


def test_an_http_status_of_the_callers_fault_counts_for_nobody():
    request = request_of(root(failed=True, metadata={"attributes.http.response.status_code": 422}))

    assert Outcome.INVALID_REQUEST is request.outcome


def test_failed_calls_cost_nothing_although_the_server_guesses_a_price():
    request = request_of(root(), call(failed=True, cost_nano_usd=999, usage={"input": 500}))

    assert (0, 0, 0) == (request.cost_nano_usd, request.input_tokens, request.unpriced_calls)


def test_a_call_without_a_price_is_counted_never_free():
    request = request_of(root(), call(cost_nano_usd=None))

    assert (0, 1) == (request.cost_nano_usd, request.unpriced_calls)


def test_our_price_table_is_asked_only_where_the_source_knows_no_cost():
    prices = PriceTable.model_validate(
        {
            "prices": [
                {
                    "model": "gpt-4o-.*",
                    "effective_from": "2026-01-01",
                    "usd_per_million": {"input": "1", "output": "2"},
                    "source": "test",
                }
            ]
        }
    )
    rows = (root(), call("known"), call("unknown", cost_nano_usd=None), call("other", model="m", cost_nano_usd=None))

    (request,) = assemble(group(rows), Assembly(Application(name="bot"), prices))

    assert (100 + 10 * 1000 + 5 * 2000, 1) == (request.cost_nano_usd, request.unpriced_calls)


@pytest.mark.parametrize(
    ("first", "ttft", "oddity"),
    [
        pytest.param(0.4, 0.4, None, id="streamed"),
        pytest.param(None, None, None, id="not told"),
        pytest.param(1.0, None, "first token only at the end", id="the end as the first token"),
        pytest.param(-0.1, None, "first token before the start", id="clock skew"),
    ],
)
def test_the_first_token_is_known_or_unknown_never_wrong(first, ttft, oddity):
    request = request_of(root(), call(first_token_at=None if first is None else at(first)))

    assert ttft == request.ttft_s
    assert ({oddity: 1} if oddity else {}) == request.oddities


def test_time_per_output_token_needs_two_tokens():
    one = request_of(root(), call(first_token_at=at(0.4), usage={"output": 1}))
    five = request_of(root(), call(first_token_at=at(0.4), usage={"output": 4}))

    assert one.tpot_s is None
    assert pytest.approx(0.6 / 3) == five.tpot_s


def test_refusals_are_unknown_until_texts_are_read():
    declined = call(metadata={"finish_reason": "content_filter"})

    assert request_of(root(), declined).refused is None
    assert request_of(root(output="I'm sorry, but I can't help with that."), declined).refused is True
    assert request_of(root(output="It costs EUR 5."), call(metadata={"finish_reason": "stop"})).refused is False


def test_another_applications_traces_are_left_out():
    other = Assembly(Application(name="bot", trace_names=("something-else",)), PriceTable())

    assert [] == assemble(group([root()]), other)
    assert [] == assemble(group([root(environment="staging")]), BOT)


@pytest.mark.parametrize(
    ("output", "answer"),
    [
        pytest.param("plain words", "plain words", id="plain"),
        pytest.param('{"answer": "words", "sources": []}', "words", id="an object with an answer"),
        pytest.param('{"role": "assistant", "content": "words"}', "words", id="a message"),
        pytest.param(
            '[{"role": "assistant", "parts": [{"type": "text", "content": "words"}]}]', "words", id="message parts"
        ),
        pytest.param('{"broken": ', '{"broken": ', id="not JSON after all"),
        pytest.param("[1, 2]", "[1, 2]", id="JSON of another kind"),
    ],
)
def test_an_answer_is_found_in_any_shape(output, answer):
    (transcript,) = transcripts(group([root(input="q", output=output), call()]))

    assert answer == transcript.answer


def test_context_comes_from_retrievers_and_otherwise_from_tools():
    tool = row("tool", type="TOOL", output='{"source": "x", "text": "tool text"}')
    retriever = row("retriever", type="RETRIEVER", output='["one", {"page_content": "two"}, {"documents": ["three"]}]')
    texts = {"input": "q", "output": "a"}

    (with_both,) = transcripts(group([root(**texts), call(), tool, retriever]))
    (with_tool,) = transcripts(group([root(**texts), call(), tool]))

    assert ("one", "two", "three") == with_both.context
    assert ("tool text",) == with_tool.context


@given(
    st.permutations(
        [root(end=9), call("a", start=1, end=2), call("b", start=3, end=4), row("tool", type="TOOL", start=2)]
    )
)
def test_the_order_of_rows_never_matters(rows):
    expected = request_of(
        root(end=9), call("a", start=1, end=2), call("b", start=3, end=4), row("tool", type="TOOL", start=2)
    )

    assert expected == request_of(*rows)


def test_what_a_tool_returns_without_prose_is_no_context():
    numbers = row("tool", type="TOOL", output='{"hits": 22}')

    (transcript,) = transcripts(group([root(input="q", output="a"), call(), numbers]))

    assert () == transcript.context

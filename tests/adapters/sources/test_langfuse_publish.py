"""Scores reach every version of Langfuse in the form it takes, and what is refused is named."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.sources import ScoreNote, Skip
from adapters.sources.langfuse_scores import refused_events, refused_in_array
from domain.errors import PermanentError, TransientError
from tests.stand_ins.langfuse import langfuse
from tests.stand_ins.server import Answer, Fault

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
OLD_AND_NEW = pytest.mark.parametrize("version", ["4.16.0", "4.59.0"])


def note(number, **fields):
    values = {
        "id": f"score-{number}",
        "trace_id": f"trace-{number}",
        "observation_id": "o",
        "name": "faithfulness",
        "value": number / 1000,
        "comment": "all claims supported",
        "environment": "shop-prod",
        "at": NOON + timedelta(seconds=number),
        "metadata": {"judge": "nli-1"},
    }
    return ScoreNote(**(values | fields))


@pytest.mark.parametrize("version", ["4.0.0", "4.16.0", "4.58.3", "4.59.0", "4.60.1-rc.1", "5.0.0"])
async def test_every_version_stores_the_same_scores(opened, version):
    with langfuse((), version=version) as server:
        source = await opened(server)

        assert not await source.publish([note(number) for number in range(120)])

    assert {f"score-{number}" for number in range(120)} == server.scores.written.keys()
    stored = {
        "id": "score-7",
        "traceId": "trace-7",
        "observationId": "o",
        "name": "faithfulness",
        "value": 0.007,
        "dataType": "NUMERIC",
        "comment": "all claims supported",
        "environment": "shop-prod",
        "metadata": {"judge": "nli-1"},
        "timestamp": "2026-11-22T12:00:07.000Z",
    }
    assert stored == server.scores.written["score-7"]


@OLD_AND_NEW
async def test_judging_again_overwrites(opened, version):
    with langfuse((), version=version) as server:
        source = await opened(server)
        await source.publish([note(1, value=0.1)])
        await source.publish([note(1, value=0.2)])

    assert [0.2] == [score["value"] for score in server.scores.written.values()]


async def test_an_event_is_named_after_its_score_so_that_the_later_one_wins(opened):
    with langfuse((), version="4.16.0") as server:
        source = await opened(server)
        await source.publish([note(1)])

    events = server.received[-1].json()["batch"]
    assert [("score-1", "2026-11-22T12:00:01.000Z")] == [(event["id"], event["timestamp"]) for event in events]


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        pytest.param({"comment": "x" * 501}, {"comment": "x" * 499 + "…"}, id="a long comment is clipped"),
        pytest.param({"comment": "x" * 500}, {"comment": "x" * 500}, id="500 characters are not long"),
        pytest.param({"comment": "half \ud83d and \x00"}, {"comment": "half � and "}, id="half a character"),
        pytest.param({"metadata": {"judge": "x" * 201}}, {"metadata": {"judge": "x" * 199 + "…"}}, id="long metadata"),
        pytest.param(
            {"metadata": {"version": "faithfulness/1.2", "judge": "nli-1", "cost_usd": "0.00042"}},
            {"metadata": {"version": "faithfulness/1.2", "judge": "nli-1", "cost_usd": "0.00042"}},
            id="version, judge and cost",
        ),
        pytest.param({"metadata": {"why": "\ud83d"}}, {"metadata": {"why": "�"}}, id="half a character of metadata"),
    ],
)
@OLD_AND_NEW
async def test_texts_are_made_fit(opened, version, fields, sent):
    with langfuse((), version=version) as server:
        source = await opened(server)
        await source.publish([note(1, **fields)])

    assert sent.items() <= server.scores.written["score-1"].items()


@OLD_AND_NEW
async def test_reasons_and_observations_may_be_missing(opened, version):
    with langfuse((), version=version) as server:
        source = await opened(server)
        await source.publish([note(1, comment=None, observation_id=None)])

    assert not {"comment", "observationId"} & server.scores.written["score-1"].keys()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@OLD_AND_NEW
async def test_a_value_that_json_has_no_word_for_is_skipped(opened, version, value):
    with langfuse((), version=version) as server:
        source = await opened(server)
        skips = await source.publish([note(1, value=value), note(2)])

    assert [("score-1", "the value is not a finite number")] == [(skip.where, skip.reason) for skip in skips]
    assert {"score-2"} == server.scores.written.keys()


async def test_an_old_server_names_the_score_that_it_refuses(opened):
    with langfuse((), version="4.16.0") as server:
        source = await opened(server)
        skips = await source.publish([note(1), note(2, trace_id=""), note(3)])

    assert ["score-2"] == [skip.where for skip in skips]
    assert skips[0].reason.startswith("Provide exactly one")
    assert {"score-1", "score-3"} == server.scores.written.keys()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        pytest.param({"error": '[{"message": "too big"}]'}, "too big", id="issues as text"),
        pytest.param({"error": [{"message": "too big"}]}, "too big", id="issues"),
        pytest.param({"error": "x" * 9 + "{"}, "Invalid request data", id="no JSON"),
        pytest.param({"error": "[" * 100_000}, "Invalid request data", id="nested without end"),
        pytest.param({"error": "[7]"}, "Invalid request data", id="odd issues"),
        pytest.param({"error": '[{"message": "half \\ud83d"}]'}, "half �", id="half a character"),
        pytest.param({"error": [{"message": "x" * 300}]}, "x" * 199 + "…", id="long words"),
        pytest.param({"message": None}, "refused", id="nothing"),
    ],
)
def test_why_an_event_was_refused(error, reason):
    refused = {"id": "score-1", "status": 400, "message": "Invalid request data"} | error

    assert [Skip("score-1", reason)] == refused_events([note(1)], {"successes": [], "errors": [refused]})


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_an_event_for_which_the_server_was_too_busy_may_be_sent_again(status):
    answer = {"successes": [{"id": "score-2", "status": 201}], "errors": [{"id": "score-1", "status": status}]}

    with pytest.raises(TransientError, match="too busy"):
        refused_events([note(1), note(2)], answer)


async def test_a_new_server_does_not_say_which_score_it_refuses_and_is_not_asked_again(opened):
    with langfuse((), version="4.59.0") as server:
        source = await opened(server)
        skips = await source.publish([note(1), note(2, trace_id=""), note(3)])

    assert ["one of score-1 .. score-3"] == [skip.where for skip in skips]
    assert skips[0].reason.startswith("Provide exactly one")
    assert {"score-1", "score-3"} == server.scores.written.keys()
    assert ["GET", "POST"] == [request.method for request in server.received]


async def test_a_new_server_that_refuses_all_has_named_all(opened):
    with langfuse((), version="4.59.0") as server:
        source = await opened(server)
        skips = await source.publish([note(number, trace_id="") for number in range(3)])

    assert ["score-0", "score-1", "score-2"] == [skip.where for skip in skips]


@pytest.mark.parametrize(
    ("answer", "skipped"),
    [
        ({"message": "Accepted"}, 0),
        ({"accepted": 2, "rejected": 0, "errors": []}, 0),
        ({"accepted": 1, "rejected": 1, "errors": []}, 1),
        ({"accepted": 0, "rejected": 9, "errors": [{"message": 7}, None]}, 2),
        ({"rejected": "many"}, 0),
        ({"rejected": True}, 0),
        ({"accepted": 1, "errors": []}, 1),
        ({"accepted": 0, "rejected": 0}, 2),
        ({"accepted": 7, "rejected": -5}, 0),
    ],
)
def test_odd_answers_to_an_array(answer, skipped):
    assert skipped == len(refused_in_array([note(1), note(2)], answer))


@pytest.mark.parametrize("body", [{}, {"successes": [], "errors": []}, {"successes": [7], "errors": None}])
async def test_a_score_that_is_in_neither_list_is_not_taken_for_stored(opened, body):
    with langfuse((), version="4.16.0") as server:
        source = await opened(server)
        await source.check()
        server.fail_next(Fault("status", Answer(body, 207)))

        with pytest.raises(PermanentError, match="what became of"):
            await source.publish([note(1)])


@OLD_AND_NEW
async def test_scores_that_were_stored_before_the_connection_broke_may_be_sent_again(opened, version):
    with langfuse((), version=version) as server:
        source = await opened(server)
        await source.check()
        server.fail_next(Fault("reset", committed=True))
        with pytest.raises(TransientError):
            await source.publish([note(1)])

        assert not await source.publish([note(1)])

    assert {"score-1"} == server.scores.written.keys()


async def test_nothing_to_write_asks_for_nothing(opened):
    with langfuse(()) as server:
        source = await opened(server)

        assert not await source.publish([])

    assert not server.received

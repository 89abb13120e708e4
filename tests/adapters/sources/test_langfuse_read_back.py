"""A score that Langfuse accepted and then dropped, renamed, moved or changed is found and named."""

from dataclasses import replace

import pytest

from adapters.sources import Skip
from adapters.sources.langfuse_read_back import unlike
from domain.errors import PermanentError, TransientError
from tests.adapters.sources.test_langfuse_publish import note
from tests.stand_ins.langfuse import langfuse
from tests.stand_ins.server import Answer, Fault, stand_in

OLD_AND_NEW = pytest.mark.parametrize("version", ["4.16.0", "4.59.0"])


@OLD_AND_NEW
async def test_a_score_that_never_appears_is_named(opened, version):
    notes = [note(number) for number in range(120)]
    with langfuse((), version=version) as server:
        server.scores.loses = {"score-7", "score-119"}
        source = await opened(server, "shop-prod")

        assert not await source.publish(notes)
        skips = await source.unread(notes)

    asked = [request.query for request in server.received if request.method == "GET" and "scores" in request.path]
    assert [("score-7", "was accepted and is not there"), ("score-119", "was accepted and is not there")] == [
        (skip.where, skip.reason) for skip in skips
    ]
    assert [50, 50, 20] == [len(query["id"].split(",")) for query in asked]
    assert not any("environment" in query for query in asked)


@OLD_AND_NEW
async def test_which_of_a_batch_was_refused_is_found_by_reading_back(opened, version):
    notes = [note(1), note(2, trace_id=""), note(3)]
    with langfuse((), version=version) as server:
        source = await opened(server)

        assert 1 == len(await source.publish(notes))
        assert ["score-2"] == [skip.where for skip in await source.unread(notes)]


@pytest.mark.parametrize(
    ("environment", "ends_up_in"), [("Bad Env!", "default"), ("langfuse-mine", "mine"), ("x" * 41, "default")]
)
async def test_an_environment_that_breaks_the_naming_rule_is_named(opened, environment, ends_up_in):
    with langfuse(()) as server:
        source = await opened(server, "shop-prod")
        await source.publish([note(1, environment=environment)])

        [skip] = await source.unread([note(1, environment=environment)])

    assert Skip("score-1", f"was written to the environment {environment!r} and is in {ends_up_in!r}") == skip


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        pytest.param({}, None, id="as it was written"),
        pytest.param({"value": 0.1 + 0.2}, None, id="but for the last digit"),
        pytest.param({"value": 0.31}, "was written with the value 0.3 and is there with 0.31", id="another value"),
        pytest.param({"value": 1e300}, "was written with the value 0.3 and is there with 1e+300", id="a huge value"),
        pytest.param({"value": 10**400}, "was written as a number and is there as something else", id="an endless one"),
        pytest.param({"value": True}, "was written as a number and is there as something else", id="a truth"),
        pytest.param({"value": None}, "was written as a number and is there as something else", id="nothing"),
        pytest.param({"name": "risk"}, "was written as 'faithfulness' and is there as 'risk'", id="another name"),
        pytest.param({"name": 7}, "was written as 'faithfulness' and is there as something that is no text", id="7"),
        pytest.param(
            {"environment": "default"}, "was written to the environment 'shop-prod' and is in 'default'", id="elsewhere"
        ),
    ],
)
def test_what_is_unlike(row, reason):
    there = {"id": "score-1", "name": "faithfulness", "value": 0.3, "environment": "shop-prod"} | row
    skip = unlike(note(1, value=0.3), there)

    assert reason == (skip and skip.reason)


async def test_of_two_notes_with_one_id_the_later_one_counts(opened):
    twice = [note(1, value=0.1), note(1, value=0.2)]
    with langfuse(()) as server:
        source = await opened(server)
        await source.publish(twice)

        assert not await source.unread(twice)
        assert ["score-1"] == [skip.where for skip in await source.unread(twice[:1])]
        assert ["score-1"] == [skip.where for skip in await source.unread([replace(twice[1], name="renamed")])]


async def test_a_value_out_of_the_range_of_its_configuration_is_found(opened):
    with langfuse(()) as server:
        server.scores.configs["c"] = ("faithfulness", 0.0, 1.0)
        source = await opened(server)
        await source.publish([note(1, value=7.0), note(2)])
        for score in server.scores.written.values():
            score["configId"] = "c"

        assert ["score-1"] == [skip.where for skip in await source.unread([note(1, value=7.0), note(2)])]


@pytest.mark.parametrize("rows", [[7], [None], [{"id": 7}], [{}], [{"id": "other"}]])
async def test_odd_rows_are_no_scores(opened, rows):
    with stand_in(lambda _: Answer({"data": rows, "meta": {}})) as server:
        source = await opened(server)

        assert ["score-1"] == [skip.where for skip in await source.unread([note(1)])]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("status", Answer(status=429)), TransientError),
        (Fault("status", Answer(status=500)), TransientError),
        (Fault("malformed"), TransientError),
        (Fault("reset"), TransientError),
        (Fault("status", Answer(status=400)), PermanentError),
    ],
)
async def test_a_score_that_could_not_be_asked_for_is_not_taken_for_lost(opened, fault, error):
    notes = [note(number) for number in range(60)]
    with langfuse(()) as server:
        source = await opened(server)
        await source.publish(notes)
        server.fail_after(1, fault)

        with pytest.raises(error):
            await source.unread(notes)

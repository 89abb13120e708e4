"""Traces reach an annotation queue once each, whatever breaks on the way, and what people say there comes back."""

import httpx
import pytest

from adapters.sources import langfuse_queues
from adapters.sources.langfuse_queues import find_queue
from domain.errors import ConfigError, PermanentError, TransientError
from tests.adapters.sources.people import QUEUE, QUEUE_ID, THAT_DAY, said
from tests.stand_ins.langfuse import PUBLIC_KEY, SECRET_KEY, langfuse
from tests.stand_ins.server import Answer, Fault, stand_in

TRACES = [f"trace-{number}" for number in range(6)]
BROKEN = [
    pytest.param(Fault("status", Answer(status=429)), id="busy"),
    pytest.param(Fault("status", Answer(status=503)), id="away"),
    pytest.param(Fault("reset"), id="resets"),
    pytest.param(Fault("reset", committed=True), id="takes it and resets"),
    pytest.param(Fault("hang_up", committed=True), id="takes it and hangs up"),
    pytest.param(Fault("malformed", committed=True), id="takes it and answers half"),
    pytest.param(Fault("truncated", committed=True), id="takes it and stops in the middle"),
]


@pytest.fixture
def server():
    with langfuse(()) as running:
        assert QUEUE_ID == running.queues.open(QUEUE)
        yield running


@pytest.mark.parametrize("name", [QUEUE, QUEUE_ID])
async def test_a_queue_is_known_by_name_and_by_id(opened, server, name):
    source = await opened(server)

    assert not await source.send_to_review(name, TRACES)
    assert TRACES == server.queues.objects(QUEUE_ID)
    assert {"objectId": "trace-5", "objectType": "TRACE"} == server.received[-1].json()


async def test_an_id_comes_before_a_name(opened, server):
    server.queues.open(QUEUE_ID)
    source = await opened(server)
    await source.send_to_review(QUEUE_ID, TRACES)

    assert TRACES == server.queues.objects(QUEUE_ID)


async def test_an_unknown_queue_is_named_with_those_that_there_are(opened, server):
    server.queues.open("edge cases")
    source = await opened(server)

    with pytest.raises(ConfigError) as caught:
        await source.send_to_review("worst-anwsers", TRACES)
    with pytest.raises(ConfigError, match="no annotation queue 'worst-anwsers'"):
        await source.human_labels("faithfulness", THAT_DAY, "worst-anwsers")

    assert "'edge cases', 'worst-answers'" in str(caught.value)
    assert "create it in Langfuse" in str(caught.value)
    assert {"GET"} == {request.method for request in server.received}


@pytest.mark.parametrize(("there", "words"), [(0, "there is none"), (12, "and 2 more")])
async def test_few_names_are_shown(opened, there, words):
    with langfuse(()) as server:
        for number in range(there):
            server.queues.open(f"queue {number:02}")
        source = await opened(server)

        with pytest.raises(ConfigError, match=words):
            await source.send_to_review(QUEUE, TRACES)


@pytest.mark.parametrize("status", ["PENDING", "COMPLETED"])
async def test_what_was_in_the_queue_is_not_put_there_again(opened, server, status):
    for number in range(250):
        server.queues.add(QUEUE_ID, f"trace-{number}", status=status)
    source = await opened(server)

    assert not await source.send_to_review(QUEUE, ["trace-0", "trace-249", "new", "new"])
    assert ["new"] == server.queues.objects(QUEUE_ID)[250:]
    assert ["1", "1", "2", "3"] == [request.query["page"] for request in server.received if request.method == "GET"]


async def test_reading_the_queue_ends_where_all_were_found(opened, server):
    for number in range(250):
        server.queues.add(QUEUE_ID, f"trace-{number}")
    source = await opened(server)
    await source.send_to_review(QUEUE, ["trace-249", "trace-200"])

    assert ["annotation-queues", "items"] == [request.path.rsplit("/", 1)[-1] for request in server.received]


async def test_an_observation_with_the_same_id_is_another_thing(opened, server):
    server.queues.add(QUEUE_ID, "trace-1", kind="OBSERVATION")
    source = await opened(server)
    await source.send_to_review(QUEUE, ["trace-1"])

    assert ["trace-1", "trace-1"] == server.queues.objects(QUEUE_ID)


async def test_a_trace_that_was_done_and_removed_may_come_again(opened, server):
    source = await opened(server)
    await source.send_to_review(QUEUE, ["trace-1"])
    path = f"{server.url}/{langfuse_queues.QUEUES}/{QUEUE_ID}/items"
    keys = httpx.BasicAuth(PUBLIC_KEY, SECRET_KEY)
    async with httpx.AsyncClient(auth=keys, trust_env=False) as client:
        [item] = (await client.get(path)).json()["data"]
        await client.delete(f"{path}/{item['id']}")
    await source.send_to_review(QUEUE, ["trace-1"])

    assert ["trace-1"] == server.queues.objects(QUEUE_ID)


async def test_one_refused_trace_costs_one_trace(opened, server):
    server.queues.refuses = {"trace-3", "trace-5"}
    source = await opened(server)
    skips = await source.send_to_review(QUEUE, TRACES)

    assert ["trace-3", "trace-5"] == [skip.where for skip in skips]
    assert skips[0].reason.endswith("answered 400 Bad Request")
    assert sorted(set(TRACES) - server.queues.refuses) == server.queues.objects(QUEUE_ID)


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("passing", [1, 3, 6])
async def test_once_each_after_a_crash_on_the_way(opened, server, fault, passing):
    source = await opened(server)
    server.fail_after(passing, fault)
    with pytest.raises(TransientError):
        await source.send_to_review(QUEUE, TRACES)
    again = await opened(server)

    assert not await again.send_to_review(QUEUE, TRACES)
    assert TRACES == server.queues.objects(QUEUE_ID)


@pytest.mark.parametrize("status", [401, 403, 404, 422])
async def test_what_refuses_all_is_no_refusal_of_one(opened, server, status):
    source = await opened(server)
    server.fail_after(3, Fault("status", Answer(status=status)))

    with pytest.raises(PermanentError):
        await source.send_to_review(QUEUE, TRACES)

    assert ["trace-0"] == server.queues.objects(QUEUE_ID)


@pytest.mark.parametrize(
    "items",
    [
        pytest.param([{"objectType": "TRACE", "objectId": 7}, {}, None, "x"], id="odd items"),
        pytest.param([{"objectType": "TRACE", "objectId": "trace-0"}, 7], id="an odd one after a good one"),
    ],
)
async def test_an_odd_item_hides_no_other(opened, items):
    known = {item["objectId"] for item in items if isinstance(item, dict) and "objectId" in item}
    queue = {"id": "q", "name": QUEUE}

    def answer(incoming):
        rows = items if "items" in incoming.path else [7, {"id": 7}, queue]
        return Answer({"data": rows, "meta": {"totalPages": 1}} if incoming.method == "GET" else {"id": "new"})

    with stand_in(answer) as server:
        source = await opened(server)
        await source.send_to_review(QUEUE, TRACES[:2])

    posted = [request.json()["objectId"] for request in server.received if request.method == "POST"]
    assert [trace for trace in TRACES[:2] if trace not in known] == posted


@pytest.mark.parametrize(
    ("page", "words"),
    [
        pytest.param({"data": [{"id": "q"}], "meta": {"totalPages": 99}}, "again and again", id="one page for ever"),
        pytest.param({"data": {}, "meta": {"totalPages": 1}}, "does not know", id="no rows"),
        pytest.param({"data": []}, "does not know", id="no count of pages"),
        pytest.param({"data": [], "meta": {"totalPages": "1"}}, "does not know", id="an odd count of pages"),
    ],
)
async def test_a_list_of_queues_that_is_none(opened, page, words):
    with stand_in(lambda _: Answer(page)) as server:
        source = await opened(server)

        with pytest.raises(PermanentError, match=words):
            await source.send_to_review(QUEUE, TRACES)

    assert 3 > len(server.received)


async def test_an_empty_page_ends_a_list_that_promises_more(opened):
    with stand_in(lambda _: Answer({"data": [], "meta": {"totalPages": 10**9}})) as server:
        source = await opened(server)

        with pytest.raises(ConfigError, match="there is none"):
            await find_queue(source._wire, QUEUE)

    assert 1 == len(server.received)


async def test_labels_are_asked_for_by_what_is_needed(opened):
    rows = [said(number, number % 2 == 0) for number in range(250)]
    with langfuse((), rows) as server:
        server.queues.open(QUEUE)
        source = await opened(server, "shop-prod")
        labels = await source.human_labels("faithfulness", THAT_DAY, QUEUE)

    assert [number % 2 == 1 for number in range(250)] == [label.bad for label in labels]
    first = server.received[1].query
    assert {"source": "ANNOTATION", "queueId": QUEUE_ID, "fields": "subject,annotation"}.items() <= first.items()
    assert first["name"].split(",")[:2] == ["faithfulness", "faithfulness-bad"]
    assert "environment" not in first
    assert 3 == len(server.received) - 1


async def test_a_criterion_may_say_which_end_is_good(opened):
    with langfuse((), [said(1, True, name="brevity")]) as server:
        source = await opened(server)
        [told] = await source.human_labels("brevity", THAT_DAY, good="low")
        [guessed] = await source.human_labels("brevity", THAT_DAY)

    assert (True, False) == (told.bad, guessed.bad)


async def test_one_odd_label_does_not_lose_the_page(opened, caplog):
    rows = [said(1, True), said(2, True) | {"value": "maybe"}, said(3, False)]
    with stand_in(lambda _: Answer({"data": [*rows, 7], "meta": {}})) as server:
        source = await opened(server)
        labels = await source.human_labels("faithfulness", THAT_DAY)

    assert ["trace-1", "trace-3"] == [label.trace_id for label in labels]
    assert ["2 of 4 labels that people gave for faithfulness cannot be read, first label-2"] == [
        message.split(":")[0] for message in caplog.messages if "cannot be read" in message
    ]


async def test_a_second_page_of_labels_that_fails_is_no_partial_success(opened):
    with langfuse((), [said(number, True) for number in range(150)]) as server:
        source = await opened(server)
        server.fail_after(1, Fault("status", Answer(status=503)))

        with pytest.raises(TransientError):
            await source.human_labels("faithfulness", THAT_DAY)

"""What every source keeps towards people: traces reach them once, and what they say is read alike."""

import json
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from pydantic import TypeAdapter

from adapters.sources import SOURCES, Access, SourceConfig, TraceSource
from domain.labels import HumanLabel
from domain.window import Window
from tests.adapters.source_in_memory import SourceInMemory
from tests.adapters.sources.people import MORNING, QUEUE, QUEUE_ID, THAT_DAY, said
from tests.adapters.sources.test_langfuse_publish import note
from tests.stand_ins.langfuse import access_to, langfuse

CONFIG = TypeAdapter(SourceConfig)
TRACES = [f"trace-{number}" for number in range(7)]

ROWS = [
    said(1, True),
    said(2, False),
    said(3, "hallucinated", "CATEGORICAL", authorUserId=None),
    said(4, 0.7, "NUMERIC", queueId="another"),
    said(5, True, name="faithfulness-bad", environment="default", queueId=None),
    said(6, "who knows", "CATEGORICAL"),
    said(7, True, name="toxicity"),
    said(8, True, source="API"),
]


def label(minute, bad, criterion="faithfulness", by="ann"):
    at = MORNING + timedelta(minutes=minute)
    return HumanLabel(trace_id=f"trace-{minute}", criterion=criterion, bad=bad, at=at, labelled_by=by)


LABELS = {
    QUEUE_ID: [label(1, False), label(2, True), label(3, True, by=None), label(7, True, "toxicity")],
    "another": [label(4, False)],
    "none": [label(5, True)],
}


@dataclass
class Opened:
    """A source, and how to look at what waits in its queue."""

    source: TraceSource
    waiting: Callable[[], list[str]]


@asynccontextmanager
async def opened_on(kind, folder):
    if kind == "memory":
        queues = {QUEUE_ID: []}
        yield Opened(SourceInMemory(labels=LABELS, queues=queues), lambda: queues[QUEUE_ID])
    elif kind == "jsonl":
        scores = folder / "scores.jsonl"
        (folder / "rows.jsonl").write_text("")
        scores.write_text("\n".join([*map(json.dumps, ROWS), "{half a", "[]"]))
        config = CONFIG.validate_python({"kind": kind, "path": folder / "rows.jsonl", "scores": scores})
        async with config.open(Access()) as source:
            yield Opened(source, list)
    else:
        with langfuse((), ROWS) as server:
            assert QUEUE_ID == server.queues.open(QUEUE)
            async with CONFIG.validate_python({"kind": kind}).open(access_to(server.url, "shop-prod")) as source:
                yield Opened(source, lambda: server.queues.objects(QUEUE_ID))


@pytest.fixture(params=[*sorted(SOURCES), "memory"])
async def opened_source(request, tmp_path):
    async with opened_on(request.param, tmp_path) as opened:
        yield opened


async def test_every_trace_is_before_people_or_named(opened_source):
    skips = await opened_source.source.send_to_review(QUEUE_ID, TRACES)

    assert TRACES == sorted([*opened_source.waiting(), *(skip.where for skip in skips)])


async def test_a_trace_is_before_people_once(opened_source):
    for traces in (TRACES[:3], TRACES[2:5], [*TRACES, *TRACES]):
        await opened_source.source.send_to_review(QUEUE_ID, traces)

    assert opened_source.waiting() in ([], TRACES)


async def test_nobody_is_shown_nothing(opened_source):
    assert not await opened_source.source.send_to_review(QUEUE_ID, [])
    assert not opened_source.waiting()


async def test_what_people_said_is_read_alike(opened_source):
    said_so = [("trace-1", False), ("trace-2", True), ("trace-3", True), ("trace-4", False), ("trace-5", True)]
    labels = await opened_source.source.human_labels("faithfulness", THAT_DAY)

    assert said_so == [(label.trace_id, label.bad) for label in labels]
    assert ["ann", "ann", None, "ann", "ann"] == [label.labelled_by for label in labels]
    assert [MORNING + timedelta(minutes=minute) for minute in range(1, 6)] == [label.at for label in labels]
    assert {"faithfulness"} == {label.criterion for label in labels}


async def test_the_name_of_a_fault_turns_yes_into_bad(opened_source):
    [label] = await opened_source.source.human_labels("toxicity", THAT_DAY)

    assert ("trace-7", True) == (label.trace_id, label.bad)


async def test_only_what_was_said_in_one_queue(opened_source):
    labels = await opened_source.source.human_labels("faithfulness", THAT_DAY, QUEUE_ID)

    assert ["trace-1", "trace-2", "trace-3"] == [label.trace_id for label in labels]


@pytest.mark.parametrize(
    ("start", "end", "traces"),
    [(1, 3, ["trace-1", "trace-2"]), (2, 4, ["trace-2", "trace-3"]), (6, 9, []), (-60, 0, [])],
)
async def test_a_window_of_labels_is_half_open(opened_source, start, end, traces):
    window = Window(MORNING + timedelta(minutes=start), MORNING + timedelta(minutes=end))
    labels = await opened_source.source.human_labels("faithfulness", window)

    assert traces == [label.trace_id for label in labels]


async def test_nobody_has_said_anything_of_an_unknown_criterion(opened_source):
    assert not await opened_source.source.human_labels("brevity", THAT_DAY)


async def test_what_was_written_is_there(opened_source):
    notes = [note(number, metadata={"judge": "nli-1", "version": "3"}) for number in range(120)]

    assert not await opened_source.source.publish(notes)
    assert not await opened_source.source.unread(notes)
    assert not await opened_source.source.unread([])

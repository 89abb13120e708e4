"""The judge before people: flagged answers into a queue, labels back out of it, and anchors from day to day."""

import json
from datetime import timedelta

from flows.check_judge import check_judge
from flows.evaluate_traces import evaluate_traces
from flows.review_judge import review_judge
from flows.watch_requests import watch_requests
from tests.acceptance.conftest import APP
from tests.acceptance.traffic import INVENTED, NOON, TRUE, request, wire

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
JUDGING = "judging: {sample_rate: 0.5, review_queue: doctors, label_queue: doctors, anchors: anchors.jsonl}"
PEOPLE = APP.replace("judging: {sample_rate: 0.5}", JUDGING)


def trace(number: int) -> str:
    return f"{number:032x}"


def said(number: int, good: bool) -> dict:
    """What a person said of a trace in the queue."""
    return {
        "id": f"label-{number}",
        "name": "faithfulness",
        "value": good,
        "dataType": "BOOLEAN",
        "source": "ANNOTATION",
        "timestamp": wire(NOON - MINUTE),
        "environment": "prod",
        "subject": {"kind": "trace", "id": trace(number)},
        "queueId": "id00000001",
        "authorUserId": "dr-who",
    }


def anchors(path, *answers: str) -> None:
    context = ["Most items can be returned within 30 days of delivery."]
    lines = [
        {"id": f"a{n}", "question": "How long?", "context": context, "answer": answer, "bad": answer == INVENTED}
        for n, answer in enumerate(answers)
    ]
    path.write_text("\n".join(map(json.dumps, lines)))


async def test_a_flagged_answer_goes_before_people_once(world):
    rows = [*request(1, NOON - 3 * MINUTE, answer=TRUE), *request(2, NOON - 2 * MINUTE, answer=INVENTED)]
    here = world(rows, app=PEOPLE)
    queue = here.langfuse.queues.open("doctors")
    await watch_requests(slot=NOON)

    await evaluate_traces(slot=NOON)
    await evaluate_traces(slot=NOON + 15 * MINUTE)

    assert [trace(2)] == here.langfuse.queues.objects(queue)


async def test_a_missing_queue_is_said_and_judging_is_done_all_the_same(world, caplog):
    here = world([*request(2, NOON - 2 * MINUTE, answer=INVENTED)], app=PEOPLE)
    await watch_requests(slot=NOON)

    state = await evaluate_traces(slot=NOON, return_state=True)

    assert state.is_failed()
    assert "doctors" in state.message
    store = here.store()
    assert 1 == len(store.judgements.unpublished("bot", _day())) + len(here.langfuse.scores.written) // 2
    store.close()


async def test_people_and_anchors_come_together_in_the_quarterly_review(world):
    rows = [*request(1, NOON - 3 * MINUTE, answer=TRUE), *request(2, NOON - 2 * MINUTE, answer=INVENTED)]
    here = world(rows, [said(2, good=False)], app=PEOPLE)
    here.langfuse.queues.open("doctors")
    anchors(here.deployments / "bot" / "anchors.jsonl", TRUE, INVENTED, INVENTED)
    await watch_requests(slot=NOON)
    await evaluate_traces(slot=NOON)

    await review_judge(slot=NOON)
    await review_judge(slot=NOON + DAY)

    (told,) = [text for text in here.said() if "is the judge still calibrated" in text]
    assert "Quarter 4 of 2026" in told
    store = here.store()
    (newest, _) = store.human_labels.calibrations("bot", "faithfulness")
    assert (2, 0, 1, 0) == (
        newest.confusion.tp,
        newest.confusion.fn,
        newest.confusion.tn,
        newest.confusion.fp,
    )
    (pair,) = store.human_labels.pairs("bot", "faithfulness", by=(newest.judge, newest.version))
    assert (0.0, True, True) == (pair.value, pair.bad, pair.by_verdict)
    store.close()


async def test_the_judge_is_put_to_its_anchors_every_day(world):
    here = world([], app=PEOPLE)
    anchors(here.deployments / "bot" / "anchors.jsonl", TRUE, INVENTED)

    await check_judge(slot=NOON)
    await check_judge(slot=NOON + DAY)

    store = here.store()
    (check,) = store.anchors.checks("bot", NOON + DAY)
    assert (2, 0, 0, 0) == (check.asked, check.failed, check.flips.up, check.flips.down)
    store.close()


def _day():
    from domain.window import Window

    return Window.ending(NOON, DAY)

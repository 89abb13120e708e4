"""Rows that Langfuse counts and does not give: shown where money is shown, a ticket, and over once they agree again."""

import json
from datetime import timedelta

import pytest
from prefect.artifacts import Artifact

from domain.alerting import State
from domain.errors import GoodputError
from flows.project_costs import project_costs
from flows.watch_requests import watch_requests
from tests.acceptance.traffic import NOON, steady
from tests.stand_ins.server import Answer, Fault

HOUR = timedelta(hours=1)


async def hour_by_hour(first: int, last: int) -> None:
    for number in range(first, last + 1):
        await watch_requests(slot=NOON + number * HOUR)
        await project_costs(slot=NOON + number * HOUR)


def state_of_books(here) -> State:
    store = here.store()
    (books,) = [one for one in store.alerts.instances("bot").values() if one.rule == "books-differ"]
    store.close()
    return books.state


async def note_of(day: str) -> str:
    artifact = await Artifact.get("costs-bot")
    (row,) = [row for row in json.loads(artifact.data) if row["what"] == f"rows of {day}"]
    return row["note"]


async def test_rows_that_are_missing_are_a_ticket_until_the_days_agree_again(world):
    here = world(steady(NOON - HOUR, 180, per_minute=1))
    await hour_by_hour(0, 2)
    assert State.INACTIVE is state_of_books(here)
    assert (
        "agrees with Langfuse: 360 rows read, the same at Langfuse; $0.24 read, the same at Langfuse; "
        "3 of 24 hours compared; 120 requests of this application, $0.24"
    ) == await note_of("Mon 2 Nov")

    here.langfuse.counted_too += steady(NOON + HOUR, 20, per_minute=1, first=1000)
    await hour_by_hour(3, 5)
    assert State.FIRING is state_of_books(here)
    (told,) = [text for text in here.said() if "Goodput has read other rows" in text]
    assert "540 rows read, 600 rows at Langfuse (10.0 % fewer)" in told
    assert (await note_of("Mon 2 Nov")).startswith("differs from Langfuse: ")

    here.langfuse.counted_too.clear()
    await hour_by_hour(14, 18)
    assert State.INACTIVE is state_of_books(here)
    assert "24 of 24 hours compared" in await note_of("Mon 2 Nov")


async def test_money_is_counted_even_if_langfuse_does_not_say_what_it_counts(world):
    here = world(steady(NOON - 2 * HOUR, 120, per_minute=1))
    await watch_requests(slot=NOON)
    fault = Fault("status", Answer({"message": "no"}, status=400))
    here.langfuse.fail_next(fault)

    with pytest.raises(GoodputError, match="400"):
        await project_costs(slot=NOON)

    assert "$0.24" in (await Artifact.get("costs-bot")).data

"""The form in which programs get a message: everything that fits, the important first."""

import json
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.channels.clean import cleaned
from alerts.channels.message_form import SMALLEST_ROOM, encoded, message_form
from domain.message import Chart, Table, WorstTrace
from tests.alerts.channels.messages import DIGEST, FIRING, NOON, delivery, hostile_messages

POINTS = ((NOON - timedelta(minutes=5), 0.2), (NOON, None), (NOON, float("nan")))
CHART = Chart("Bad answers", "share", POINTS, limit=0.1)
ALWAYS = {
    "version", "key", "kind", "severity", "application", "environment", "rule", "title", "sentence", "number",
    "is_news", "is_over", "at", "since", "left_out",
}  # fmt: skip
SOMETIMES = ["labels", "facts", "changes", "links", "worst_traces", "tables", "chart"]


def test_all_of_a_message_is_there_by_name() -> None:
    message = replace(DIGEST, chart=CHART, labels=(("model", "gpt"),), changes=("prompt v42 serves",))
    form = message_form(delivery(message, is_over=True), room=SMALLEST_ROOM)

    assert ALWAYS | set(SOMETIMES) == set(form)
    assert ([{"name": "model", "value": "gpt"}], ["prompt v42 serves"]) == (form["labels"], form["changes"])
    assert {"title": "Alerts", "header": ["Rule", "Times"], "rows": [["faithfulness", "2"], ["latency", ""]]} == (
        form["tables"][1]
    )
    assert [0.2, None, None] == [point["value"] for point in form["chart"]["points"]]
    assert (True, None, 0) == (form["is_over"], form["since"], form["left_out"])


def test_only_web_links_are_shown() -> None:
    traces = (WorstTrace("t", "r", "javascript:alert(1)"), WorstTrace("t", "r", "https://ok.example"))
    form = message_form(delivery(replace(FIRING, worst_traces=traces)), room=SMALLEST_ROOM)

    assert [None, "https://ok.example"] == [trace["url"] for trace in form["worst_traces"]]


def test_what_matters_least_goes_first() -> None:
    big = Table("Big", ("a",) * 20, (("x" * 100,) * 20,) * 20)
    form = message_form(delivery(replace(FIRING, chart=CHART, tables=(big, *DIGEST.tables))), room=SMALLEST_ROOM)

    assert ([], 3) == (form["tables"], form["left_out"])
    assert form["chart"] is not None
    assert 2 == len(form["facts"]) == len(form["worst_traces"])


@settings(max_examples=80, deadline=None)
@given(message=hostile_messages, room=st.integers(SMALLEST_ROOM, 60_000))
def test_it_fits_and_has_no_character_that_cannot_be_printed(message, room) -> None:
    said = encoded(message_form(delivery(message), room=room))

    assert len(said) <= room
    assert said.decode() == cleaned(said.decode())
    assert ALWAYS < set(json.loads(said))


def test_what_is_always_there_fits_the_smallest_room() -> None:
    crowd = "\U0001f600" * 5000
    names = dict.fromkeys(("application", "environment", "rule", "title", "sentence", "key"), crowd)

    assert len(encoded(message_form(delivery(replace(FIRING, **names)), room=SMALLEST_ROOM))) <= SMALLEST_ROOM

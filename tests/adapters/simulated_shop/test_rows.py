import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from adapters.simulated_shop import ENVIRONMENT

pytestmark = pytest.mark.xdist_group("simulated shop")

RECORDED = Path(__file__).parents[2] / "data" / "simulated_shop"


def recorded(name):
    return [json.loads(line) for line in (RECORDED / name).read_text(encoding="utf-8").splitlines()]


def types_by_field(rows, key):
    """Which JSON types each field has, apart for each kind of row; numbers are numbers."""
    types = defaultdict(set)
    for row in rows:
        for field, value in row.items():
            types[key(row), field].add("number" if type(value) in {int, float} else type(value).__name__)
    return types


def test_fields_have_the_names_and_types_of_recorded_rows(week):
    def kind(row):
        return row["type"], row["level"]

    theirs = types_by_field(recorded("recorded-observations.jsonl"), kind)
    ours = types_by_field(week.observations, kind)

    assert {key for key, _ in theirs} == {key for key, _ in ours}
    strange = {field: types for field, types in ours.items() if not types <= theirs[field] | {"NoneType"}}
    assert strange == {}


def test_scores_have_the_names_and_types_of_recorded_scores(week):
    theirs, ours = recorded("recorded-scores.jsonl")[0], week.scores[0]

    assert set(ours) <= set(theirs)
    assert {field: type(theirs[field]) for field in ours} == {field: type(ours[field]) for field in ours}
    assert set(theirs["subject"]) == set(ours["subject"])


def test_every_trace_has_one_root_and_its_steps(week):
    types = defaultdict(Counter)
    for row in week.observations:
        types[row["traceId"]][row["type"]] += 1

    assert {request.trace_id for request in week.requests} == set(types)
    assert {1} == {count[step] for count in types.values() for step in ("AGENT", "GUARDRAIL", "EMBEDDING", "RETRIEVER")}
    assert {1, 2} == {count["GENERATION"] for count in types.values()}


def test_ids_are_unique(week):
    ids = [row["id"] for row in (*week.observations, *week.scores)]

    assert len(ids) == len(set(ids))


def test_children_lie_within_their_root(week):
    roots = {row["id"]: row for row in week.observations if row["isRootObservation"]}
    children = [row for row in week.observations if not row["isRootObservation"]]

    assert all(roots[child["parentObservationId"]]["startTime"] <= child["startTime"] for child in children)
    assert all(child["endTime"] <= roots[child["parentObservationId"]]["endTime"] for child in children)


def test_rows_agree_with_the_facts(week):
    facts = {request.trace_id: request for request in week.requests}

    for row in week.observations:
        request = facts[row["traceId"]]
        assert (request.user_id, request.session_id) == (row["userId"], row["sessionId"])
        assert [f"feature:{request.feature}", f"tier:{request.tier}"] == row["tags"]
        if row["isRootObservation"]:
            assert request.root_failed == (row["level"] == "ERROR")
            assert request.latency_ms == round(row["latency"] * 1_000)
        if row["type"] == "GENERATION" and row["level"] == "DEFAULT":
            assert (request.model, request.prompt_version) == (row["model"], str(row["promptVersion"]))
            assert request.output_tokens == row["usageDetails"]["output"]


def test_costs_of_the_rows_add_up_to_the_facts(week):
    spent = Counter()
    for row in week.observations:
        assert row["totalCost"] == row["costDetails"].get("total", 0)
        if row["level"] != "ERROR":
            spent[row["traceId"]] += round(row["totalCost"] * 1_000_000_000)

    assert {request.trace_id: request.cost_nano_usd for request in week.requests} == dict(spent)


def test_tokens_and_prices_of_a_call_add_up(week):
    for row in week.observations:
        usage, cost = dict(row["usageDetails"]), dict(row["costDetails"])
        assert usage.pop("total", 0) == sum(usage.values())
        if row["type"] == "GENERATION":
            assert cost.pop("total", 0) == pytest.approx(sum(cost.values()))
            assert not cost or set(cost) == set(usage)


def test_thumbs_belong_to_their_traces(week):
    thumbs = {request.trace_id: request.thumb_up for request in week.requests if request.thumb_up is not None}

    assert thumbs == {row["subject"]["id"]: row["value"] for row in week.scores}
    assert {ENVIRONMENT} == {row["environment"] for row in week.scores}

"""Rows of every shape that was recorded, and of shapes that must not get through."""

import math
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sources.rows import RowError, read_row
from domain.money import nano_usd
from domain.observation import Observation
from tests.adapters.sources.recorded import recorded_rows, recordings, rows

SMALLEST = {"id": "o", "traceId": "t", "startTime": "2026-11-22T10:00:00.000Z"}
STAGING = "0fab6ffb78fbb7c4e42686f763967224"


def read(**fields):
    return read_row(SMALLEST | fields)


@pytest.mark.parametrize("name", recordings("observations", "paging"))
def test_every_recorded_row_is_readable(name):
    sent = recorded_rows(name)

    read_rows = [read_row(row) for row in sent]

    assert [row["id"] for row in sent] == [observation.id for observation in read_rows]
    assert not any(value == "" for observation in read_rows for value in fields_of(observation))


@pytest.mark.parametrize(
    ("total", "of"),
    [
        pytest.param(3994, lambda _: True, id="rows"),
        pytest.param(560, lambda row: row.is_root, id="roots"),
        pytest.param(nano_usd("0.51860406"), lambda row: row.cost_nano_usd or 0, id="cost"),
        pytest.param(
            nano_usd("0.0018542"), lambda row: failed_call(row) and (row.cost_nano_usd or 0), id="failed calls"
        ),
        pytest.param(69, lambda row: bool(row.usage) and row.cost_nano_usd is None, id="unpriced"),
        pytest.param(1083, lambda row: row.first_token_at is not None, id="streamed"),
    ],
)
def test_the_48_hours_have_their_known_totals(total, of):
    assert total == sum(of(row) for row in map(read_row, rows()))


def test_a_row_of_the_sdk_is_read_in_full():
    written = Observation(
        id="9cf7e5f42858b0e4",
        trace_id="f50ed990a76622600dc64ebfedea5467",
        parent_id="88d5a412e38c0ca9",
        type="GENERATION",
        name="answer",
        started_at=datetime(2026, 11, 22, 19, 58, 1, 962000, UTC),
        ended_at=datetime(2026, 11, 22, 19, 58, 2, 530000, UTC),
        first_token_at=datetime(2026, 11, 22, 19, 58, 2, 367000, UTC),
        updated_at=datetime(2026, 11, 23, 9, 43, 23, 23000, UTC),
        model="gpt-4o-2024-11-20",
        usage={"input": 179, "output": 16, "total": 195},
        cost_nano_usd=607_500,
        prompt_name="support-answer",
        prompt_version="2",
        trace_name="support-bot",
        user_id="user-0001",
        session_id="sess-0299",
        release="2026.11.2",
        version="rag-3",
        environment="shop-prod",
        tags=("feature:billing", "tier:pro"),
    )

    assert written == read_row(recorded_rows("observations/cheap")[0])


def test_a_failed_call_says_why():
    row = read_row(recorded_rows("observations/failed-generation")[0])

    assert row.failed
    assert recorded_rows("observations/failed-generation")[0]["statusMessage"] == row.status_message


def test_the_root_that_the_server_adds_has_no_end():
    root = next(read_row(row) for row in recorded_rows("observations/staging-path-trace") if row["isRootObservation"])

    assert (f"t-{STAGING}", None, False) == (root.id, root.ended_at, root.failed)


@pytest.mark.parametrize(
    ("fields", "user", "session"),
    [
        pytest.param({"userId": "u", "sessionId": "s"}, "u", "s", id="columns"),
        pytest.param({"metadata": {"attributes.user.id": "u", "attributes.session.id": "s"}}, "u", "s", id="direct"),
        pytest.param({"metadata": {"attributes": {"user.id": "42", "session.id": "s"}}}, "42", "s", id="staging"),
        pytest.param({"metadata": {"attributes.gen_ai.conversation.id": "c"}}, None, "c", id="conversation"),
        pytest.param({"userId": "u", "metadata": {"attributes.user.id": "x"}}, "u", None, id="the column wins"),
        pytest.param({"metadata": {"attributes.user.id": ["u"]}}, None, None, id="a list is no name"),
        pytest.param({"metadata": {"attributes.user.id": True}}, None, None, id="true is no name"),
    ],
)
def test_user_and_session_come_from_attributes_when_the_column_is_empty(fields, user, session):
    row = read(**({"userId": "", "sessionId": ""} | fields))

    assert (user, session) == (row.user_id, row.session_id)


@pytest.mark.parametrize(
    ("total", "details", "nano"),
    [
        pytest.param(0, {}, None, id="no price matched"),
        pytest.param(None, {}, None, id="null"),
        pytest.param(0, {"total": 0}, 0, id="free of charge"),
        pytest.param(5.655e-05, {"total": 5.655e-05}, 56_550, id="priced"),
        pytest.param(0.25, {}, 250_000_000, id="a total without details"),
        pytest.param("2e-8", {"total": 2e-8}, 20, id="as text"),
    ],
)
def test_unpriced_is_not_free(total, details, nano):
    assert nano == read(totalCost=total, costDetails=details).cost_nano_usd


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"id": ""}, "id"),
        ({"id": 7}, "id"),
        ({"traceId": None}, "traceId"),
        ({"startTime": None}, "startTime"),
        ({"startTime": "2026-11-22T10:00:00"}, "startTime"),
        ({"startTime": "yesterday"}, "startTime"),
        ({"startTime": 1700000000}, "startTime"),
        ({"startTime": "0001-01-01T00:00:00+05:00"}, "startTime"),
        ({"endTime": "2026-11-22T10:00:00"}, "endTime"),
        ({"completionStartTime": "soon"}, "completionStartTime"),
        ({"updatedAt": [1]}, "updatedAt"),
        ({"name": 5}, "name"),
        ({"model": {"secret": "text"}}, "model"),
        ({"tags": "a"}, "tags"),
        ({"tags": [1]}, "tags"),
        ({"metadata": "secret text"}, "metadata"),
        ({"usageDetails": [1]}, "usageDetails"),
        ({"usageDetails": {"input": -1}}, "usageDetails"),
        ({"usageDetails": {"input": math.nan}}, "usageDetails"),
        ({"usageDetails": {"input": math.inf}}, "usageDetails"),
        ({"usageDetails": {"input": 1.5}}, "usageDetails"),
        ({"usageDetails": {"input": "secret"}}, "usageDetails"),
        ({"usageDetails": {"input": True}}, "usageDetails"),
        ({"usageDetails": {"input": 2**63}}, "usageDetails"),
        ({"totalCost": "secret"}, "totalCost"),
        ({"totalCost": True}, "totalCost"),
        ({"totalCost": [1]}, "totalCost"),
    ],
)
def test_a_row_that_cannot_be_read_names_the_field_and_nothing_else(fields, field):
    with pytest.raises(RowError, match=rf"^{field}\b") as caught:
        read(**fields)

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ({"startTime": "2026-11-22T12:00:00+02:00"}, "started_at", datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ({"usageDetails": {"input": 3.0, "output": None}}, "usage", {"input": 3}),
        ({"input": {"messages": ["ä"]}}, "input", '{"messages": ["ä"]}'),
        ({"input": ""}, "input", None),
        ({"environment": ""}, "environment", "default"),
        ({"type": None}, "type", "SPAN"),
        ({"promptVersion": "7"}, "prompt_version", "7"),
        ({"level": "WARNING"}, "failed", False),
    ],
)
def test_odd_but_readable(fields, name, value):
    assert value == getattr(read(**fields), name)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(field=st.sampled_from(sorted({*rows()[0]})), value=JSON)
def test_any_value_in_any_field_is_read_or_refused(field, value):
    with suppress(RowError):
        read_row(rows()[0] | {field: value})


def fields_of(observation):
    return (getattr(observation, name) for name in observation.__slots__)


def failed_call(row):
    return row.failed and row.type == "GENERATION"

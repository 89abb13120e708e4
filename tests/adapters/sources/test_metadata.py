"""Metadata is one flat mapping, whichever way a span took into Langfuse."""

import pytest

from adapters.sources.rows import read_row
from tests.adapters.sources.recorded import row_of, rows

STAGING = "0fab6ffb78fbb7c4e42686f763967224"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("attributes.gen_ai.system", "openai"),
        ("attributes.gen_ai.usage.prompt_tokens", 317),
        ("attributes.gen_ai.request.temperature", 0.1),
        ("attributes.gen_ai.response.finish_reasons", ["stop"]),
        ("attributes.server.port", 443),
        ("resourceAttributes.service.version", "1.8.0"),
        ("scope.name", "opentelemetry.instrumentation.openai"),
    ],
)
def test_both_ways_into_langfuse_give_the_same_metadata(key, value):
    staging = read_row(row_of(STAGING, "chat gpt-4o-mini")).metadata
    direct = [row["metadata"] for row in rows() if key in row["metadata"]]

    assert value == staging[key]
    assert type(value) in {type(metadata[key]) for metadata in direct}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("317", 317),
        ("-0.5", -0.5),
        ("2.0", 2),
        ("true", True),
        ("null", None),
        ('["stop"]', ["stop"]),
        ('"quoted"', "quoted"),
        ("9007199254740991", 9007199254740991),
        ("9007199254740993", "9007199254740993"),
        ("-9007199254740993", "-9007199254740993"),
        ("1e400", "1e400"),
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ("1.8.0", "1.8.0"),
        ("007", "007"),
        ("[cut", "[cut"),
        ("", ""),
        ("plain words", "plain words"),
    ],
)
def test_a_nested_text_becomes_what_the_direct_path_sends(text, value):
    assert {"attributes.k": value} == dict(metadata_of({"attributes": {"k": text}}))


@pytest.mark.parametrize(
    ("metadata", "flat"),
    [
        pytest.param({"tier": "317", "vip": True}, {"tier": "317", "vip": True}, id="flat texts were parsed before"),
        pytest.param(
            {"scope": {"name": "s", "attributes": {}}}, {"scope.name": "s"}, id="an empty object says nothing"
        ),
        pytest.param({"a": {"b": '{"c": {"d": "1"}}'}}, {"a.b.c.d": 1}, id="objects within texts open too"),
        pytest.param({"a": [{"b": "1"}]}, {"a": [{"b": "1"}]}, id="lists stay as they are"),
        pytest.param(
            {"a": {"b": '"cut\\ud83d"', "c": '["nul\\u0000"]'}}, {"a.b": "cut\ufffd", "a.c": ["nul"]}, id="not storable"
        ),
        pytest.param(None, {}, id="not asked for"),
    ],
)
def test_metadata_is_flat(metadata, flat):
    assert flat == dict(metadata_of(metadata))


def test_endless_nesting_ends():
    deep = {}
    for _ in range(400):
        deep = {"k": deep}

    assert all(key.startswith("attributes.k") for key in metadata_of({"attributes": deep}))


def metadata_of(metadata):
    row = {"id": "o", "traceId": "t", "startTime": "2026-11-22T10:00:00.000Z", "metadata": metadata}
    return dict(read_row(row).metadata)

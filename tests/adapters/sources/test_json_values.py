"""JSON as servers really send it: strict where they can, and everything that only the lenient reader takes."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sources.json_values import NotJsonError, decode, storable_value

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(value=JSON, ascii_only=st.booleans())
def test_any_value_is_read_as_the_standard_library_reads_it(value, ascii_only):
    raw = json.dumps(value, ensure_ascii=ascii_only).encode(errors="surrogatepass")

    assert storable_value(json.loads(raw)) == decode(raw)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        pytest.param(b'"cut\\ud83d"', "cut�", id="half a character, escaped"),
        pytest.param(b'"cut\\uD83D"', "cut�", id="half a character, in capitals"),
        pytest.param(b'"cut\xed\xa0\xbd"', "cut�", id="half a character, as bytes"),
        pytest.param(b'"\\ud83d\\ude00"', "\U0001f600", id="both halves"),
        pytest.param(b'{"nul\\u0000": "\\u0000"}', {"nul": ""}, id="NUL"),
        pytest.param(b"[1e999]", [math.inf], id="a number beyond all floats"),
        pytest.param(b"\xef\xbb\xbf{}", {}, id="a byte order mark"),
        pytest.param('{"a": 1}'.encode("utf-16"), {"a": 1}, id="UTF-16"),
        pytest.param(b'{"a": 1, "a": 2}', {"a": 2}, id="the same name twice"),
    ],
)
def test_odd_but_readable(raw, value):
    assert value == decode(raw)


def test_not_a_number_is_read():
    assert math.isnan(decode(b"NaN"))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        pytest.param(b'{"a": ', "not JSON from byte 6 on", id="cut"),
        pytest.param(b'"\xff"', "not UTF-8", id="no text"),
        pytest.param(b"[" * 5_000 + b"]" * 5_000, "nested too deep", id="deep"),
        pytest.param(b"1" * 5_000, "has a number that is too long", id="a long number"),
    ],
)
def test_what_is_not_json_is_said_without_quoting_it(raw, words):
    with pytest.raises(NotJsonError, match=f"^{words}$"):
        decode(raw)

"""What was used, read from the many ways to say it: every token once, in the bucket that has its price."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.price_kinds import KINDS, kind_of, used


@pytest.mark.parametrize(
    ("usage", "units"),
    [
        pytest.param({"input": 3, "output": 2, "total": 5}, {"input": 3, "output": 2}, id="as Langfuse says it"),
        pytest.param(
            {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}, {"input": 3, "output": 2}, id="OpenAI"
        ),
        pytest.param(
            {"input": 3, "input_cached_tokens": 4, "output": 2, "output_reasoning_tokens": 9, "total": 18},
            {"input": 3, "cache_read": 4, "output": 2, "output_reasoning": 9},
            id="OpenAI, exclusive",
        ),
        pytest.param(
            {"input": 3, "cache_read_input_tokens": 4, "cache_creation_input_tokens": 5, "output": 2},
            {"input": 3, "cache_read": 4, "cache_write": 5, "output": 2},
            id="Anthropic",
        ),
        pytest.param(
            {"input": 3, "input_cache_creation_5m": 4, "input_cache_creation_1h": 5},
            {"input": 3, "cache_write_5m": 4, "cache_write_1h": 5},
            id="Anthropic, by how long it is kept",
        ),
        pytest.param(
            {"input": 3, "cache_creation_ephemeral_5m_input_tokens": 7, "cache_creation_input_tokens": 7},
            {"input": 3, "cache_write_5m": 7},
            id="Anthropic through LangChain: the parts and their sum",
        ),
        pytest.param(
            {"input": 3, "input_audio_tokens": 4, "output": 1, "output_audio_tokens": 6},
            {"input": 3, "input_audio": 4, "output": 1, "output_audio": 6},
            id="audio",
        ),
        pytest.param(
            {"input": 0, "input_modality_TEXT": 8, "cached_modality_AUDIO": 2, "output_modality_IMAGE": 5},
            {"input": 8, "cache_read_audio": 2, "output_image": 5},
            id="Vertex through LangChain",
        ),
        pytest.param({"input": 3, "input_tokens": 4}, {"input": 7}, id="two names of one bucket"),
        pytest.param({"input": 0, "output": 0, "total": 0}, {}, id="nothing"),
        pytest.param({}, {}, id="not told"),
        pytest.param({"total": 7}, {"total": 7}, id="only a total, which is of no bucket"),
        pytest.param({"input": 2, "Web_Searches": 3}, {"input": 2, "web_searches": 3}, id="what we have no name for"),
    ],
)
def test_many_names_lead_to_one_kind(usage, units):
    assert units == used(usage).units


@pytest.mark.parametrize(
    ("usage", "units"),
    [
        pytest.param(
            {"input": 1000, "input_cached_tokens": 800, "output": 200, "total": 1200},
            {"input": 200, "cache_read": 800, "output": 200},
            id="the total proves that input includes what was cached",
        ),
        pytest.param(
            {"input": 800, "input_cached_tokens": 800, "output": 1, "total": 801},
            {"cache_read": 800, "output": 1},
            id="all of it was cached",
        ),
        pytest.param(
            {"input": 10, "output": 200, "output_reasoning_tokens": 150, "total": 210},
            {"input": 10, "output": 50, "output_reasoning": 150},
            id="output includes reasoning",
        ),
        pytest.param(
            {"input": 100, "input_cached_tokens": 60, "output": 50, "output_reasoning_tokens": 20, "total": 150},
            {"input": 40, "cache_read": 60, "output": 30, "output_reasoning": 20},
            id="both",
        ),
        pytest.param(
            {"input": 100, "input_cached_tokens": 60, "output": 50, "output_reasoning_tokens": 20, "total": 170},
            {"input": 40, "cache_read": 60, "output": 50, "output_reasoning": 20},
            id="only the input",
        ),
        pytest.param(
            {"input": 100, "input_cached_tokens": 20, "output": 50, "output_reasoning_tokens": 20, "total": 170},
            {"input": 100, "cache_read": 20, "output": 50, "output_reasoning": 20},
            id="one of the two, but which",
        ),
        pytest.param(
            {"input": 1000, "input_cached_tokens": 800, "output": 200},
            {"input": 1000, "cache_read": 800, "output": 200},
            id="no total, no proof",
        ),
        pytest.param(
            {"input": 1000, "input_cached_tokens": 800, "output": 200, "total": 2000},
            {"input": 1000, "cache_read": 800, "output": 200},
            id="the total says exclusive",
        ),
        pytest.param(
            {"input": 86, "cache_read_input_tokens": 17817, "output": 5, "total": 91},
            {"input": 86, "cache_read": 17817, "output": 5},
            id="more was cached than input can include",
        ),
        pytest.param(
            {"input": 1000, "input_cached_tokens": 800, "output": 200, "total": 77},
            {"input": 1000, "cache_read": 800, "output": 200},
            id="a total that fits nothing",
        ),
    ],
)
def test_tokens_that_are_counted_twice_are_taken_out_where_the_total_proves_it(usage, units):
    assert units == used(usage).units


@pytest.mark.parametrize(
    ("usage", "units", "tier"),
    [
        pytest.param(
            {"input": 0, "input_flex": 200, "input_flex_cache_read": 800, "output": 0, "output_flex": 9},
            {"input": 200, "cache_read": 800, "output": 9},
            "flex",
            id="flex",
        ),
        pytest.param(
            {"input": 1000, "input_priority": 200, "input_priority_cache_read": 800, "output": 50, "total": 1050},
            {"input": 200, "cache_read": 800, "output": 50},
            "priority",
            id="priority, which LangChain's handler leaves in the input",
        ),
        pytest.param({"input": 5, "input_flex": 0}, {"input": 5}, None, id="of which nothing was used"),
        pytest.param({"input": 5, "input_quick": 3}, {"input": 5, "input_quick": 3}, None, id="no tier that we know"),
    ],
)
def test_a_service_tier_may_stand_in_the_names(usage, units, tier):
    found = used(usage)

    assert (units, tier) == (found.units, found.service_tier)


NO_SUM_OF_OTHERS = [kind for kind in (*KINDS, "total") if kind != "cache_write"]


@given(counts=st.dictionaries(st.sampled_from(NO_SUM_OF_OTHERS), st.integers(0, 10**9)))
def test_no_token_is_made_up(counts):
    found = used(counts)
    buckets = sum(count for kind, count in counts.items() if kind != "total")

    assert all(count > 0 for count in found.units.values())
    assert sum(found.units.values()) <= max(buckets, counts.get("total", 0))
    assert sum(found.units.values()) in {buckets, counts.get("total", 0)}


@given(st.dictionaries(st.text(max_size=30), st.integers(0, 2**53), max_size=8))
def test_no_name_is_too_odd(usage):
    found = used(usage)

    assert found.input + found.output <= sum(found.units.values()) * 2
    assert all(kind_of(kind) == kind for kind in found.units)

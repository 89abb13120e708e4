"""The shipped table of models knows the names that traces carry, and says nothing of others."""

import pytest

from flows.configuration import read_models


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    return read_models(tmp_path_factory.mktemp("nothing") / "models.yaml")


@pytest.mark.parametrize(
    ("model", "tokens"),
    [
        ("gpt-4o", 128_000),
        ("openai/gpt-4o-2024-11-20", 128_000),
        ("gpt-4o-mini-2024-07-18", 128_000),
        ("openrouter/openai/gpt-4.1-mini", 1_047_576),
        ("o3", 200_000),
        ("o4-mini-2025-04-16", 200_000),
        ("gpt-5-2025-08-07", 400_000),
        ("azure/gpt-5-nano", 400_000),
        ("gpt-5.1", 400_000),
        ("gpt-5-chat-latest", 128_000),
        ("claude-3-opus-20240229", 200_000),
        ("claude-3-5-sonnet-latest", 200_000),
        ("claude-3-7-sonnet@20250219", 200_000),
        ("us.anthropic.claude-3-5-sonnet-20241022-v2:0", 200_000),
        ("claude-sonnet-4-20250514", 200_000),
        ("anthropic/claude-opus-4-1-20250805", 200_000),
        ("claude-sonnet-4-5-20250929", 200_000),
        ("anthropic.claude-haiku-4-5-20251001-v1:0", 200_000),
        ("claude-opus-4-6", 1_000_000),
        ("models/gemini-2.5-pro", 1_048_576),
        ("vertex_ai/gemini-2.0-flash-001", 1_048_576),
        ("gemini-1.5-pro-002", 2_097_152),
        ("gemini-2.5-flash-lite", 1_048_576),
        ("gemini-3.5-flash", 1_048_576),
        ("mistral/mistral-large-2411", 131_072),
    ],
)
def test_a_well_known_model_has_a_context_window(shipped, model, tokens):
    assert tokens == shipped.context_window(model)


@pytest.mark.parametrize(
    "model",
    [
        None,
        "",
        "gpt-4o-realtime-preview",
        "gpt-4o-2024",
        "my-gpt-4o",
        "gpt-9",
        "claude-sonnet-4-50",
        "claude-9-opus",
        "gemini-2.0-flash-preview-image-generation",
        "mistral-large-latest",
        "llama3.1",
    ],
)
def test_a_model_that_nobody_looked_up_has_none(shipped, model):
    assert shipped.context_window(model) is None


def test_every_number_says_where_it_was_read(shipped):
    assert all(entry.source.startswith("https://") for entry in shipped.models)


def test_what_an_operator_says_of_a_model_comes_first_and_hides_no_other(tmp_path):
    own = tmp_path / "models.yaml"
    own.write_text("models:\n  - {model: gpt-4o, context_window: 8000, source: our gateway cuts it}\n")

    assert (8000, 128_000) == (
        read_models(own).context_window("gpt-4o"),
        read_models(own).context_window("gpt-4o-mini"),
    )

"""Families of models: a judge prefers answers of its own kind, so it should come from another family."""

import re

_FAMILIES = (
    ("GPT", r"\b(?:gpt|o[1345](?:-mini|-preview|-pro)?\b|chatgpt|davinci|codex)"),
    ("Claude", r"\bclaude"),
    ("Gemini", r"\b(?:gemini|gemma|palm)"),
    ("Llama", r"\b(?:llama|codellama)"),
    ("Mistral", r"\b(?:mistral|mixtral|ministral|magistral|codestral|pixtral)"),
    ("Qwen", r"\b(?:qwen|qwq)"),
    ("DeepSeek", r"\bdeepseek"),
    ("Grok", r"\bgrok"),
    ("Command", r"\b(?:command-|c4ai|aya-)"),
    ("Phi", r"\bphi-"),
    ("Nova", r"\b(?:nova-|titan-)"),
)


def family_of(model: str) -> str | None:
    """Return the family that the name of a model speaks of; None where it speaks of none.

    >>> family_of("openai/gpt-5-mini"), family_of("anthropic.claude-sonnet-4"), family_of("in-house-7b")
    ('GPT', 'Claude', None)
    """
    lower = model.lower().replace("_", "-")
    return next((family for family, pattern in _FAMILIES if re.search(pattern, lower)), None)


def same_family(judge: str, generators: dict[str, int]) -> str | None:
    """Return the family that *judge* shares with most of what it judges, or None.

    Args:
        generators: How many answers each model gave.
    """
    family = family_of(judge)
    mine = sum(count for model, count in generators.items() if family_of(model) == family)
    return family if family is not None and 2 * mine > sum(generators.values()) else None

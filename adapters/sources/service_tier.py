"""At which of its provider's service tiers a call was answered: flex, priority and batch have prices of their own.

The provider's answer counts before what was asked for, because a busy provider may answer at another tier. Langfuse's
OpenAI integration writes the answer's into the model parameters; OpenTelemetry has attributes for both. Nobody's answer
tells of a batch but Anthropic's: whoever runs batches elsewhere says `service_tier: batch` in the metadata.
"""

from collections.abc import Mapping

_ANSWERED = (
    "attributes.openai.response.service_tier",
    "attributes.gen_ai.openai.response.service_tier",
    "attributes.gen_ai.response.service_tier",
    "attributes.gen_ai.anthropic.service_tier",
)
_ASKED = (
    "attributes.openai.request.service_tier",
    "attributes.gen_ai.openai.request.service_tier",
    "attributes.gen_ai.request.service_tier",
)
_KEY = "service_tier"
_STANDARD = frozenset({"", "auto", "default", "standard", "on_demand"})
_SAME = {"fast": "priority"}
"""OpenAI takes both words for one service; Anthropic's fast mode is the parameter `speed`."""

_LONGEST = 40


def service_tier(metadata: Mapping[str, object], parameters: object) -> str | None:
    """Return the tier in lower case, None for the standard one or where nothing is said.

    A word that no price knows is returned too: such a call has no price, rather than the standard one.

    >>> service_tier({"attributes.openai.response.service_tier": "flex"}, {"service_tier": "auto"})
    'flex'
    """
    asked = parameters if isinstance(parameters, Mapping) else {}
    if metadata.get(_KEY) == "batch":
        return "batch"
    if asked.get("speed") == "fast":
        return "fast"
    if metadata:
        for key in _ANSWERED:
            if (word := metadata.get(key)) is not None:
                return _tier(word)
    for word in (asked.get(_KEY), metadata.get(_KEY), *map(metadata.get, _ASKED)):
        if word is not None:
            return _tier(word)
    return None


def _tier(word: object) -> str | None:
    tier = word[:_LONGEST].strip().lower() if isinstance(word, str) else ""
    return None if tier in _STANDARD else _SAME.get(tier, tier)

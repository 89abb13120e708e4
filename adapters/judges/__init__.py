"""Who judges answers. To add one: a file here with a class that fits `Judge`, and a line in `JUDGES`."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field

from adapters.judges.judge import Judge
from adapters.judges.openai import OpenAIConfig, OpenAIJudge, Wire
from adapters.judges.rules import RulesConfig, RulesJudge

__all__ = [
    "JUDGES",
    "Judge",
    "JudgeConfig",
    "OpenAIConfig",
    "OpenAIJudge",
    "RulesConfig",
    "RulesJudge",
    "Wire",
    "build_judge",
]

JudgeConfig = Annotated[RulesConfig | OpenAIConfig, Field(discriminator="kind")]
"""What an operator writes about the judge."""

JUDGES: dict[str, Callable[[Any, Wire], Judge]] = {
    "rules": lambda _config, _wire: RulesJudge(),
    "openai": OpenAIJudge.from_config,
}


def build_judge(config: JudgeConfig, wire: Wire) -> Judge:
    """Build the judge that *config* describes.

    Raises:
        ConfigError: The judge needs an API key and there is none.
    """
    return JUDGES[config.kind](config, wire)

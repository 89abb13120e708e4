"""Who judges answers. To add one: a file here with a class that fits `Judge`, its configuration, a line in `JUDGES`.

Configurations stand in a file of their own, and a judge is loaded when it is built: the commands that only show what
was found read the configuration, too.
"""

from collections.abc import Callable
from typing import Any

from adapters.judges.configuration import JudgeConfig, OpenAIConfig, RulesConfig
from adapters.judges.judge import Judge, Wire

__all__ = ["JUDGES", "Judge", "JudgeConfig", "OpenAIConfig", "RulesConfig", "Wire", "build_judge"]


def _rules(_config: RulesConfig, _wire: Wire) -> Judge:
    from adapters.judges.rules import RulesJudge  # noqa: PLC0415 - loaded when built

    return RulesJudge()


def _openai(config: OpenAIConfig, wire: Wire) -> Judge:
    from adapters.judges.openai import OpenAIJudge  # noqa: PLC0415 - loaded when built

    return OpenAIJudge.from_config(config, wire)


JUDGES: dict[str, Callable[[Any, Wire], Judge]] = {  # each takes the config of its own kind
    "rules": _rules,
    "openai": _openai,
}


def build_judge(config: JudgeConfig, wire: Wire) -> Judge:
    """Build the judge that *config* describes.

    Raises:
        ConfigError: The judge needs an API key and there is none.
    """
    return JUDGES[config.kind](config, wire)

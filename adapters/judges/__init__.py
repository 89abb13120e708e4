"""Who judges answers. To add one: a file here with a class that fits `Judge`, its configuration, a line in `JUDGES`.

Configurations stand in a file of their own, and a judge is loaded when it is built: the commands that only show what
was found read the configuration, too.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.judges.configuration import (
    AnthropicConfig,
    JudgeConfig,
    ModelConfig,
    OpenAIConfig,
    RulesConfig,
    TriageConfig,
)
from adapters.judges.judge import Judge, Wire
from domain.anchor import Labelled
from domain.criterion import FAITHFULNESS, GROUNDEDNESS, Criterion
from domain.prices import PriceTable

if TYPE_CHECKING:  # whoever reads a configuration loads no rules
    from domain.grounding.catalogue import Catalogue

__all__ = [
    "JUDGES",
    "AnthropicConfig",
    "Brief",
    "Judge",
    "JudgeConfig",
    "ModelConfig",
    "OpenAIConfig",
    "RulesConfig",
    "TriageConfig",
    "Wire",
    "build_judge",
]


@dataclass(frozen=True, slots=True)
class Brief:
    """What a judge is to judge by.

    Attributes:
        criteria: By name, in the order in which they are asked.
        asked: Those that a model is asked about; the others are for rules.
        prices: What models cost.
        catalogue: The application's own facts, where it has such a file.
        labelled: Answers with what people say of them, where there is such a file.
    """

    criteria: Mapping[str, Criterion]
    asked: Sequence[str]
    prices: PriceTable
    catalogue: "Catalogue | None" = None
    labelled: Sequence[Labelled] = ()


def _rules(_config: RulesConfig, _wire: Wire, brief: Brief) -> Judge:
    from adapters.judges.rules import RulesJudge  # noqa: PLC0415 - loaded when built

    return _with_specifics(RulesJudge(brief.criteria[FAITHFULNESS]), brief)


def _triage(_config: TriageConfig, _wire: Wire, brief: Brief) -> Judge:
    from adapters.judges.triage import TriageJudge  # noqa: PLC0415 - loaded when built

    return _with_specifics(TriageJudge(brief.criteria[FAITHFULNESS], brief.labelled), brief)


def _model(config: ModelConfig, wire: Wire, brief: Brief) -> Judge:
    from adapters.judges.model import ModelJudge  # noqa: PLC0415 - loaded when built

    judge = ModelJudge.from_config(config, wire, [brief.criteria[name] for name in brief.asked], brief.prices)
    is_for_rules = brief.catalogue is not None and GROUNDEDNESS not in brief.asked
    return _with_specifics(judge, brief) if is_for_rules else judge


def _with_specifics(judge: Judge, brief: Brief) -> Judge:
    from adapters.judges.specifics import SpecificsJudge  # noqa: PLC0415 - loaded when built
    from adapters.judges.together import TogetherJudge  # noqa: PLC0415

    return TogetherJudge(judge, SpecificsJudge(brief.criteria[GROUNDEDNESS], brief.catalogue))


JUDGES: dict[str, Callable[[Any, Wire, Brief], Judge]] = {  # each takes the config of its own kind
    "rules": _rules,
    "triage": _triage,
    "openai": _model,
    "anthropic": _model,
}


def build_judge(config: JudgeConfig, wire: Wire, brief: Brief) -> Judge:
    """Build the judge that *config* describes.

    Raises:
        ConfigError: The judge needs an API key and there is none, or a price to keep to its budget.
    """
    return JUDGES[config.kind](config, wire, brief)

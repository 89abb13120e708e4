"""Rules that could never fire for the objectives of an application: a promise nobody would ever hear of."""

from collections.abc import Sequence
from pathlib import Path

from adapters.yaml_files import position_of
from alerts.conditions import BudgetBurn
from alerts.rule import Rule
from domain.errors import ConfigError
from domain.objective import Objective


def refuse_burns_that_never_fire(path: Path, objectives: Sequence[Objective], rules: Sequence[Rule]) -> None:
    """Compare every rule about a burn with the objective that it names, which stands in the file *path*.

    Rules are shared, promises are an application's own: so the place of the mistake is the promise's limit.

    Raises:
        ConfigError: Every mistake, one a line.
    """
    mistakes = []
    for position, objective in enumerate(objectives):
        for rule in rules:
            if not isinstance(rule.when, BudgetBurn) or rule.when.objective != objective.name:
                continue
            if why := rule.when.why_never(objective):
                limit = "at_least" if objective.at_least is not None else "at_most"
                where = position_of(path, ("objectives", position, limit))
                needed = f"the rule {rule.name!r} waits for {rule.when.factor:g} times"
                mistakes.append(f"{where}: objectives.{position}.{limit}: {why}; {needed}, and could never fire")
    if mistakes:
        raise ConfigError("\n".join(mistakes))

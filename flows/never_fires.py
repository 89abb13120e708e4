"""Burn rates that no budget of an application can reach: a promise nobody would ever hear of."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from adapters.yaml_files import position_of
from alerts.conditions import BudgetBurn
from alerts.rule import Rule
from domain.errors import ConfigError
from domain.objective import Objective
from flows.never_passes import Flaw


def refuse_burns_that_never_fire(path: Path, objectives: Sequence[Objective], rules: Sequence[Rule]) -> None:
    """Compare every shipped rule about a burn with the objective that it names, which stands in the file *path*.

    Shipped rules are shared, promises are an application's own: so the place of the mistake is the promise's limit.

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


def find_burns_out_of_reach(rule: Rule, objectives: Mapping[str, Objective]) -> Iterable[Flaw]:
    """Yield that an operator's own *rule* waits for more than the budget it names can ever burn."""
    objective = objectives.get(rule.when.objective) if isinstance(rule.when, BudgetBurn) else None
    if isinstance(rule.when, BudgetBurn) and objective is not None and (why := rule.when.why_never(objective)):
        yield Flaw(("when", "factor"), f"{why}; this waits for {rule.when.factor:g} times, and could never fire")

"""The files of a deployment: read whole, checked against each other, and explained with file, line and column."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TypeVar

from adapters.judges import ModelConfig
from adapters.price_file import read_prices
from adapters.sources import JsonlConfig
from adapters.yaml_files import read_yaml
from alerts.rule import Rule
from domain.application import NAME, Application
from domain.badness import Line, line_of
from domain.criterion import Criterion
from domain.errors import ConfigError
from domain.models import ModelTable
from domain.objective import Objective
from domain.plan import Plan
from domain.planning import plan_of
from domain.prices import PriceTable
from flows.application_file import ApplicationFile, application_of, with_absolute_paths
from flows.judging import chosen_criteria
from flows.never_applies import Here
from flows.never_fires import refuse_burns_that_never_fire
from flows.never_judged import refuse_promises_nobody_judges
from flows.never_silent import refuse_maintenance_of_nothing, refuse_routes_of_nothing
from flows.promised import Promised, read_promises
from flows.rule_files import OWN, own_files, read_rules, read_written
from flows.rules_here import fit_rules

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """Everything that the files say about one application.

    Attributes:
        criteria: By what answers are judged, by name.
        human_review: Whether a person must look at every flagged answer: the domain asks for it.
        warnings: What is no mistake but surely not meant, each with file, line and column.
    """

    application: Application
    file: ApplicationFile
    objectives: Sequence[Objective]
    rules: Sequence[Rule]
    prices: PriceTable
    models: ModelTable
    criteria: Mapping[str, Criterion]
    human_review: bool = False
    warnings: Sequence[str] = ()

    @property
    def lines(self) -> Mapping[str, Line]:
        """Above which badness an answer is flagged, by criterion."""
        return {name: line_of(one, self.objectives) for name, one in self.criteria.items()}

    @property
    def plan(self) -> Plan:
        """What is counted by the hour, so that objectives and rules need no rows of long windows."""
        known = {objective.name: objective for objective in self.objectives}
        asked = [limit for rule in self.rules for limit in rule.when.limits(known)]
        asked += [line.limit(name) for name, line in self.lines.items()]
        named = {pair for rule in self.rules for pair in rule.labels_asked}
        return plan_of(self.objectives, asked, self.criteria, named)


def application_names(deployments: Path) -> list[str]:
    """Return the watched applications: every folder of *deployments* with an `app.yaml`."""
    return sorted(file.parent.name for file in deployments.glob("*/app.yaml"))


def read_application(deployments: Path, name: str, rules: Path | None = None) -> Configured:
    """Return what the files say about the application *name*.

    Args:
        rules: A file of rules to try, in the place of the application's own.

    Raises:
        ConfigError: Every mistake, one a line, or the names that exist.
    """
    folder = deployments / name
    _refuse_what_is_none(deployments, name)
    mistakes: list[str] = []
    file = _noting(mistakes, lambda: read_yaml(folder / "app.yaml", ApplicationFile))
    budget_usd = file.monthly_budget_usd if file else None
    promised = _noting(mistakes, lambda: read_promises(folder / "slos.yaml", budget_usd))
    prices = _noting(mistakes, lambda: read_price_table(deployments / "prices.yaml"))
    models = _noting(mistakes, lambda: read_models(deployments / "models.yaml"))
    written = _noting(mistakes, lambda: read_written(own_files(deployments, name, rules)))
    mistakes += written.mistakes if written else ()
    chosen = None
    if file is not None:
        own = deployments / "criteria"
        chosen = _noting(mistakes, lambda: chosen_criteria(folder / "app.yaml", file.judging, own))
    if file is None or promised is None or prices is None or models is None or written is None or chosen is None:
        raise ConfigError("\n".join(mistakes))
    here = fit_rules(written, _here(file, promised, chosen), own=rules or folder / OWN, app=folder / "app.yaml")
    mistakes += here.mistakes
    _noting(mistakes, lambda: refuse_burns_that_never_fire(folder / "slos.yaml", promised.own, here.shipped))
    _noting(mistakes, lambda: refuse_promises_nobody_judges(folder / "slos.yaml", promised.own, chosen))
    names = {rule.name for rule in (*here.rules, *read_rules())}
    _noting(mistakes, lambda: refuse_maintenance_of_nothing(folder / "app.yaml", file.maintenance, names))
    _noting(mistakes, lambda: refuse_routes_of_nothing(folder / "app.yaml", file.routes.exceptions, names))
    if mistakes:
        raise ConfigError("\n".join(mistakes))
    return Configured(
        application=application_of(name, file),
        file=with_absolute_paths(file, folder),
        objectives=promised.objectives,
        rules=here.rules,
        prices=prices,
        models=models,
        criteria=chosen,
        human_review=promised.human_review,
        warnings=[*promised.warnings, *here.warnings],
    )


def read_models(own: Path) -> ModelTable:
    """Return what the file *own* says of models, where there is one, and after it what the shipped table says.

    Raises:
        ConfigError: Every mistake, one a line.
    """
    with resources.as_file(resources.files("deployments") / "models.yaml") as shipped:
        known = read_yaml(shipped, ModelTable).models
        if not own.is_file() or own.samefile(shipped):
            return ModelTable(models=known)
    return ModelTable(models=(*read_yaml(own, ModelTable).models, *known))


def read_price_table(own: Path) -> PriceTable:
    """Return the prices of the file *own*, where there is one, before the shipped ones.

    The shipped ones are read at the first question that needs them: most sources know what their calls cost.

    Raises:
        ConfigError: Every mistake, one a line.
    """
    table = read_prices(own) if own.is_file() else PriceTable()
    with resources.as_file(resources.files("deployments") / "prices.yaml") as shipped:
        return table if own.is_file() and own.samefile(shipped) else table.over(_shipped_prices)


@cache
def _shipped_prices() -> PriceTable:
    with resources.as_file(resources.files("deployments") / "prices.yaml") as shipped:
        return read_prices(shipped)


def _noting(mistakes: list[str], read: Callable[[], Read]) -> Read | None:
    """Return what *read* returns, or None with its complaint noted: one wrong file does not hide another."""
    try:
        return read()
    except ConfigError as error:
        mistakes.append(str(error))
        return None


def _refuse_what_is_none(deployments: Path, name: str) -> None:
    folder = deployments / name
    if not (folder / "app.yaml").is_file():
        known = ", ".join(application_names(deployments)) or "none"
        raise ConfigError(f"{folder / 'app.yaml'}: there is no application {name!r}; there are: {known}")
    if not re.fullmatch(NAME, name):
        raise ConfigError(f"{folder}: an application's folder is named in lower case letters, digits and dashes")


def _here(file: ApplicationFile, promised: Promised, criteria: Collection[str]) -> Here:
    return Here(
        objectives={objective.name: objective for objective in promised.objectives},
        criteria=criteria,
        slot=file.slot,
        is_recording=isinstance(file.source, JsonlConfig),
        is_probed=file.probe is not None,
        has_anchors=file.judging.anchors is not None,
        has_model_judge=isinstance(file.judging.judge, ModelConfig),
        has_budget=file.monthly_budget_usd is not None,
        requests_a_day=file.expected_requests_a_day,
        sample_rate=file.judging.sample_rate,
    )

"""The files of a deployment: read whole, checked against each other, and explained with file, line and column."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from adapters.judges import ModelConfig
from adapters.probe import ProbeConfig
from adapters.sources import JsonlConfig, SourceConfig
from adapters.yaml_files import read_yaml, refuse_twins
from alerts.channels import ChannelConfig
from alerts.channels.console import ConsoleConfig
from alerts.conditions import JudgeDrift, JudgeModelChanged, Unreachable
from alerts.rule import Rule, RuleFile
from domain.application import NAME, Application, Environment, Labelling, Saturation
from domain.badness import Line, line_of
from domain.criterion import Criterion
from domain.duration import Duration
from domain.errors import ConfigError
from domain.message import Severity
from domain.models import ModelTable
from domain.objective import Objective
from domain.plan import Plan
from domain.planning import plan_of
from domain.prices import PriceTable
from flows.judging import Judging, chosen_criteria
from flows.never_fires import refuse_burns_that_never_fire
from flows.never_judged import refuse_promises_nobody_judges
from flows.promised import read_promises

Read = TypeVar("Read")


class Routes(BaseModel):
    """Which channels hear of what; several are told each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    page: tuple[str, ...]
    ticket: tuple[str, ...]
    informational: tuple[str, ...]

    def for_severity(self) -> dict[Severity, tuple[str, ...]]:
        """Return the routes as the engine reads them."""
        return {severity: getattr(self, severity.value) for severity in Severity}


class ApplicationFile(BaseModel):
    """`app.yaml`: one watched application.

    Attributes:
        environment: The Langfuse environment (or the field `environment` of the rows) that its traces have.
        trace_names: Which traces of that environment are its own; empty means all.
        labels: Where feature, user tier and profile are found on a trace.
        saturation: Where the application reports how full it is.
        probe: An address of the application to ask each minute, so that "no traffic" and "down" differ.
        slot: How often alerts are decided; the schedule of `watch_requests` must fit.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    environment: Environment = "default"
    trace_names: tuple[str, ...] = ()
    labels: Labelling = Labelling()
    saturation: Saturation = Saturation()
    monthly_budget_usd: Decimal | None = Field(default=None, gt=0)
    slot: Duration = timedelta(minutes=1)
    source: SourceConfig
    judging: Judging = Judging()
    probe: ProbeConfig | None = None
    channels: dict[str, ChannelConfig] = {"console": ConsoleConfig(kind="console")}
    routes: Routes = Routes(page=("console",), ticket=("console",), informational=("console",))

    @model_validator(mode="after")
    def _routes_lead_somewhere(self) -> Self:
        for severity, names in self.routes.for_severity().items():
            for name in names:
                if name not in self.channels:
                    known = ", ".join(self.channels)
                    raise ValueError(f"route {severity} leads to {name!r}, but the channels are {known}")
                if severity is Severity.INFORMATIONAL and self.channels[name].kind == "pagerduty":
                    raise ValueError(
                        f"{name!r} is PagerDuty, which takes no digests: give informational another channel"
                    )
        return self


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
        return plan_of(self.objectives, asked, self.criteria)


def application_names(deployments: Path) -> list[str]:
    """Return the watched applications: every folder of *deployments* with an `app.yaml`."""
    return sorted(file.parent.name for file in deployments.glob("*/app.yaml"))


def read_application(deployments: Path, name: str) -> Configured:
    """Return what the files say about the application *name*.

    Raises:
        ConfigError: Every mistake, one a line, or the names that exist.
    """
    folder = deployments / name
    if not (folder / "app.yaml").is_file():
        known = ", ".join(application_names(deployments)) or "none"
        raise ConfigError(f"{folder / 'app.yaml'}: there is no application {name!r}; there are: {known}")
    if not re.fullmatch(NAME, name):
        raise ConfigError(f"{folder}: an application's folder is named in lower case letters, digits and dashes")
    mistakes: list[str] = []
    file = _noting(mistakes, lambda: read_yaml(folder / "app.yaml", ApplicationFile))
    budget_usd = file.monthly_budget_usd if file else None
    promised = _noting(mistakes, lambda: read_promises(folder / "slos.yaml", budget_usd))
    prices = _noting(mistakes, lambda: _read_prices(deployments / "prices.yaml"))
    models = _noting(mistakes, lambda: read_models(deployments / "models.yaml"))
    rules = _noting(mistakes, read_rules)
    chosen = None
    if file is not None:
        own = deployments / "criteria"
        chosen = _noting(mistakes, lambda: chosen_criteria(folder / "app.yaml", file.judging, own))
    if file is None or promised is None or prices is None or models is None or rules is None or chosen is None:
        raise ConfigError("\n".join(mistakes))
    refuse_burns_that_never_fire(folder / "slos.yaml", promised.own, rules)
    refuse_promises_nobody_judges(folder / "slos.yaml", promised.own, chosen)
    return Configured(
        application=Application(
            name=name,
            environment=file.environment,
            trace_names=file.trace_names,
            labels=file.labels,
            saturation=file.saturation,
            monthly_budget_usd=file.monthly_budget_usd,
        ),
        file=_with_absolute_paths(file, folder),
        objectives=promised.objectives,
        rules=[rule for rule in rules if _applies(rule, promised.objectives, file)],
        prices=prices,
        models=models,
        criteria=chosen,
        human_review=promised.human_review,
        warnings=promised.warnings,
    )


def read_rules() -> list[Rule]:
    """Return the shipped rules; a rule's severity is the name of the file it stands in.

    Raises:
        ConfigError: Every mistake, one a line.
    """
    rules: list[Rule] = []
    for severity in Severity:
        with resources.as_file(resources.files("alerts") / "rules" / f"{severity}.yaml") as path:
            read = read_yaml(path, RuleFile).rules
            refuse_twins(path, "rules", [rule.name for rule in (*rules, *read)], skip=len(rules))
            rules += [rule.model_copy(update={"severity": severity}) for rule in read]
    return rules


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


def _read_prices(path: Path) -> PriceTable:
    return read_yaml(path, PriceTable) if path.is_file() else PriceTable()


def _noting(mistakes: list[str], read: Callable[[], Read]) -> Read | None:
    """Return what *read* returns, or None with its complaint noted: one wrong file does not hide another."""
    try:
        return read()
    except ConfigError as error:
        mistakes.append(str(error))
        return None


def _applies(rule: Rule, objectives: Sequence[Objective], file: ApplicationFile) -> bool:
    """Whether the rule makes sense here: one about an objective needs the promise, one about probes a probe."""
    if isinstance(rule.when, Unreachable) and file.probe is None:
        return False
    if isinstance(rule.when, JudgeDrift) and file.judging.anchors is None:
        return False
    if isinstance(rule.when, JudgeModelChanged) and not isinstance(file.judging.judge, ModelConfig):
        return False
    return rule.objective is None or any(objective.name == rule.objective for objective in objectives)


def _with_absolute_paths(file: ApplicationFile, folder: Path) -> ApplicationFile:
    """Return *file* with its paths read relative to the folder it stands in: a worker may run anywhere."""
    source, judging = file.source, file.judging
    files = {name: folder / path for name in ("catalogue", "anchors") if (path := getattr(judging, name)) is not None}
    update: dict[str, object] = {"judging": judging.model_copy(update=files)}
    if isinstance(source, JsonlConfig):
        scores = folder / source.scores if source.scores else None
        update["source"] = source.model_copy(update={"path": folder / source.path, "scores": scores})
    return file.model_copy(update=update)
